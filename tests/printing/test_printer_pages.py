"""The pages of printers and print jobs, as people use them."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.config import bundled
from mes.core.errors import ReasonNeeded
from mes.core.voided import find_voided
from mes.core.work import Work
from mes.equipment.service import pair_station
from mes.labels.service import codes_of_all
from mes.lots.models import Lot, Receipt
from mes.printing import queue
from mes.printing.batches import without_label
from mes.printing.models import Printer, PrinterKind, PrinterLanguage, PrintJob, PrintState
from mes.printing.printers import change_printer, get_printer
from mes.printing.rules import (
    AddressMissing,
    FileIsGone,
    FolderUnknown,
    JobNeedsNoAnswer,
    LabelNotPrinted,
    LabelVoidedBefore,
    LanguageUnfit,
    NoSuchLabelInJob,
    PrinterNotUsed,
    PrinterTakesNoSheets,
)
from mes.printing.voiding import void_label
from tests.conftest import BOSS, Shop
from tests.desk import Desk
from tests.factories import make_printer, make_station
from tests.orders.bakery import Bakery
from tests.printing.samples import add, came_out, fake, job, send, sender

Values = dict[str, Any]


@pytest.fixture
def flour(shop: Shop) -> list[Lot]:
    """Three bags of flour that came in together."""
    bakery = Bakery(shop)
    return bakery.receive(bakery.flour, 20, 20, 15, days=180)


@pytest.fixture
def admin(app: Flask, shop: Shop) -> Desk:
    """The administrator at a desk."""
    return Desk(app, shop, Role.ADMIN, Role.MANAGER)


@pytest.fixture
def keeper(app: Flask, shop: Shop) -> Desk:
    """The material handler at a desk."""
    return Desk(app, shop, Role.MATERIAL)


def entered(**values: Any) -> Values:
    """What is typed into the form of a new printer."""
    return {
        "name": "포장 프린터", "kind": "tcp", "address": "192.0.2.20", "port": "9100", "language": "zpl",
        "dpi": "203", "stock": "60x40", "shift_x": "-1.5", "active": "y", **values,
    }  # fmt: skip


def test_a_printer_is_entered_set_and_taken_out_of_use(shop: Shop, admin: Desk, keeper: Desk) -> None:
    assert "No label printer yet" in admin.see("/printers")
    place = admin.press("/printers/new", **entered(density="12"))
    page = admin.see(place)
    assert "192.0.2.20:9100" in page
    assert "Not asked yet" in page
    code = place.rsplit("/", 1)[1]
    keeper.press(f"/printers/{code}/settings", stock="100x60", density="", shift_x="0.5", shift_y="-2", version="1")
    with shop.read() as read:
        saved = get_printer(read, code)
        assert (saved.stock, saved.density, str(saved.shift_x), str(saved.shift_y)) == ("100x60", None, "0.5", "-2")
    assert "Test label" in keeper.see(f"/printers/{code}/settings")
    assert "changed" in keeper.press(f"/printers/{code}/settings", 409, stock="", version="1")
    assert "At most" in keeper.press(f"/printers/{code}/settings", 422, shift_x="9", version="2")
    admin.press(f"/printers/{code}/edit", **entered(active="", version="2"))
    assert code not in admin.see("/printers")
    assert code in admin.see("/printers?in_use=no")
    assert PrinterNotUsed.message.split("%")[0] in keeper.press(f"/printers/{code}/test", 409)
    assert PrinterNotUsed.message.split("%")[0] in keeper.press(f"/printers/{code}/use", 409)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"address": ""}, AddressMissing),
        ({"language": "pdf"}, LanguageUnfit),
        ({"kind": "browser", "address": ""}, LanguageUnfit),
        ({"kind": "folder", "address": "/no/such/folder"}, FolderUnknown),
        ({"kind": "folder", "address": "labels"}, FolderUnknown),
        ({"kind": "folder", "address": "/" + "폴더" * 90}, FolderUnknown),
    ],
)
def test_a_printer_that_cannot_be_is_refused_in_words(admin: Desk, wrong: Values, refusal: Any) -> None:
    assert refusal.message.partition("%")[0] in admin.press("/printers/new", refusal.status, **entered(**wrong))


def test_a_font_that_is_no_file_of_a_printer_is_refused(admin: Desk) -> None:
    for wrong in ("KR.TTF", "E:KR.TTF^XZ", "E:K R.TTF"):
        assert "E:KR.TTF" in admin.press("/printers/new", 422, **entered(font_regular=wrong))
    admin.press("/printers/new", **entered(font_regular="E:KR.TTF"))


def test_only_the_administrator_says_where_a_printer_is(shop: Shop, keeper: Desk, app: Flask) -> None:
    printer = shop.do(make_printer)
    keeper.see("/printers/new", 403)
    keeper.press("/printers/new", 403, **entered())
    keeper.see(f"/printers/{printer.code}/edit", 403)
    operator = Desk(app, shop, Role.OPERATOR)
    operator.see(f"/printers/{printer.code}")
    operator.see(f"/printers/{printer.code}/settings", 403)
    operator.see("/printers", 403)
    with shop.read() as read:
        assert read.scalars(select(Printer.code)).all() == [printer.code]


def test_a_test_label_comes_out_and_says_how_the_printer_is_set(shop: Shop, keeper: Desk) -> None:
    with fake() as machine:
        printer = add(shop, machine, density=9, shift_x=1)
        place = keeper.press(f"/printers/{printer.code}/test")
        assert "Test label" in keeper.see(place)
        assert sender(shop).send_next(printer.id)
        [label] = machine.labels
        assert b"~SD09" in label
        assert b"^LS-8" in label
        assert b"TEST" in label
    assert "Printed" in keeper.see(place)


def print_values(lots: list[Lot], **values: Any) -> Values:
    """The form of a print."""
    return {
        "code": "\n".join(lot.code for lot in lots), "layout": "lot-60x40", "language": "ko", "copies": "1",
        "skip": "0", **values,
    }  # fmt: skip


def test_labels_go_to_the_printer_that_is_chosen_and_the_browser_remembers_it(
    shop: Shop, flour: list[Lot], keeper: Desk
) -> None:
    assert "Open as PDF" not in keeper.see(f"/labels/lots?code={flour[0].code}")
    with fake() as machine:
        printer = add(shop, machine, stock="60x40")
        page = keeper.see(f"/labels/lots?code={flour[0].code}")
        assert "Open as PDF" in page
        place = keeper.press("/labels/lots", **print_values(flour[:2], printer=printer.code))
        page = keeper.see(place)
        assert "0 / 2" in page
        assert '<svg class="label"' in page
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == [lot.code for lot in flour[:2]]
        assert "2 / 2" in keeper.see(place)
        keeper.press("/labels/lots/print", code=flour[2].code)  # one tap: the same printer
        assert sender(shop).send_next(printer.id)
        assert came_out(machine)[2:] == [flour[2].code]
        assert f'value="{printer.code}" selected' in keeper.see(f"/labels/lots?code={flour[0].code}").replace(
            f'selected value="{printer.code}"', f'value="{printer.code}" selected'
        )
        paper = keeper.press(
            "/labels/lots", **print_values(flour[:1], printer=printer.code, paper="1", reason="Label lost")
        )
        assert paper.startswith("/labels/prints/")
        keeper.press("/printers/forget")
        assert keeper.press("/labels/lots/print", code=flour[0].code, reason="Label lost").startswith("/labels/prints")
        keeper.press(f"/printers/{printer.code}/use")
        assert keeper.press("/labels/lots/print", code=flour[0].code, reason="Label lost").startswith("/printers/jobs")


def test_another_roll_in_the_printer_is_asked_about(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    printer = shop.do(lambda work: make_printer(work, stock="100x50"))
    values = print_values(flour[:1], printer=printer.code)
    page = keeper.press("/labels/lots", 409, **values)
    assert "there is 100x50, and this label is 60x40" in page
    assert "Print it all the same" in page
    assert keeper.press("/labels/lots", **values, confirmed="1").startswith("/printers/jobs/")
    sheets = print_values(flour[1:2], printer=printer.code) | {"layout": "lot-a4-3x8"}
    assert PrinterTakesNoSheets.hint is not None
    assert PrinterTakesNoSheets.hint in keeper.press("/labels/lots", 422, **sheets)


def test_one_tap_at_a_station_prints_beside_it_and_stays_there(app: Flask, shop: Shop, flour: list[Lot]) -> None:
    operator = Desk(app, shop, Role.OPERATOR)

    def paired(work: Work) -> tuple[str, int]:
        station = make_station(work)
        return pair_station(work, station.code), station.id

    token, station_id = shop.do(paired)
    operator.client.set_cookie("mes_station", token)
    shop.do(lambda work: at_station(work, station_id))
    printer = shop.do(lambda work: make_printer(work, station_id=station_id))
    answer = operator.client.post(
        "/labels/lots/print", data={"once": "tap-0001", "code": flour[0].code},
        headers={"Referer": "http://localhost/station/queue?x=1"},
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (303, "/station/queue?x=1")
    with shop.read() as read:
        [waiting] = read.query(PrintJob).all()
        assert (waiting.printer_id, waiting.labels) == (printer.id, 1)


def at_station(work: Work, station_id: int) -> None:
    """The newest sign-in is at this station's tablet."""
    from mes.people.models import SignIn

    newest = work.session.query(SignIn).order_by(SignIn.id.desc()).first()
    assert newest is not None
    newest.station_id = station_id


def unsure(shop: Shop, printer: Printer, lots: list[Lot], sent: int = 2) -> PrintJob:
    """A job that was left in the middle."""
    one = send(shop, printer, lots)
    shop.do(lambda work: queue.claim(work, printer.id, "killed"))
    shop.do(lambda work: queue.advance(work, one.id, "killed", sent))
    shop.do(lambda work: queue.doubt(work, one.id, "killed", "broken", ""))
    return one


def test_a_job_that_broke_off_asks_on_its_page_and_goes_on(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = unsure(shop, printer, flour)
        page = keeper.see(f"/printers/jobs/{one.id}")
        assert "Which label came out last?" in page
        assert f"2: {flour[1].code}" in page
        assert "hx-get" not in page.partition('id="now"')[2].partition(">")[0]  # an answer is not swept away
        assert "Needs an answer" in keeper.see("/printers/jobs")
        assert "Needs an answer" in keeper.see("/printers")
        address = f"/printers/jobs/{one.id}/answer"
        assert NoSuchLabelInJob.message.partition("%")[0] in keeper.press(address, 422, last="9")
        assert NoSuchLabelInJob.message.partition("%")[0] in keeper.press(address, 422, last="many")
        keeper.press(address, last="1", then="on")
        assert JobNeedsNoAnswer.message in keeper.press(address, 409, last="1")
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == [lot.code for lot in flour[1:]]


def test_jobs_are_cancelled_tried_now_and_listed(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    printer = shop.do(make_printer)
    one = send(shop, printer, flour)
    assert sender(shop).send_next(printer.id)
    page = keeper.see(f"/printers/jobs/{one.id}")
    assert "Does not answer" in page
    assert "next try" in page
    keeper.press(f"/printers/jobs/{one.id}/again")
    assert job(shop, one).next_try_at is None
    assert "Does not answer" in keeper.see(f"/printers/{printer.code}")
    keeper.press(f"/printers/jobs/{one.id}/cancel")
    assert "This print job is over" in keeper.press(f"/printers/jobs/{one.id}/cancel", 409)
    assert "Cancelled" in keeper.see("/printers/jobs")
    assert "Nothing printed yet" in keeper.see("/printers/mine")
    keeper.see("/printers/jobs/999999999", 404)
    keeper.press(f"/printers/{printer.code}/pause")
    assert "Paused here" in keeper.see(f"/printers/{printer.code}")
    keeper.press(f"/printers/{printer.code}/resume")


def test_many_labels_for_the_browser_are_made_in_the_background(
    app: Flask, shop: Shop, flour: list[Lot], keeper: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = keeper.press("/labels/lots", **print_values(flour, copies="70", layout="lot-a4-3x8"))
    assert place.startswith("/printers/jobs/")
    assert "The file is being made" in keeper.see(place)
    assert "FileIsGone" in str(FileIsGone)
    keeper.see(f"{place}.pdf", 410)
    assert sender(shop).send_next(None)
    assert "Open the file" in keeper.see(place)
    assert "a4-3x8" in keeper.see("/printers/mine")
    answer = keeper.client.get(f"{place}.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    Desk(app, shop, Role.OPERATOR).see(f"{place}.pdf", 403)


def test_a_label_is_voided_with_a_reason_and_its_history_says_so(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    code = flour[0].code
    keeper.press("/labels/lots/print", code=code)
    keeper.press("/labels/lots/print", code=code, reason="Label damaged")
    page = keeper.see(f"/lots/{code}")
    assert "Labels so far" in page
    assert f"{code}.2" in page
    address = f"/printers/void/lot/1/{code}"
    assert 'class="error"' in keeper.press(address, 422)
    keeper.press(address, reason="Cannot be read")
    page = keeper.see(f"/printers/labels/lot/{code}")
    assert "Voided" in page
    assert "Cannot be read" in page
    assert "was voided before" in keeper.press(address, 409, reason="Lost")
    assert "was never printed" in keeper.press(f"/printers/void/lot/3/{code}", 404, reason="Lost")
    with shop.read() as read:
        found = find_voided(read, "lot", code)
        assert found is not None
        assert (found.reason, found.copy) == ("Cannot be read", 1)
        assert find_voided(read, "lot", code, 2) is None


def test_a_void_needs_a_reason_and_a_label(shop: Shop, flour: list[Lot]) -> None:
    given = {"subject": "lot", "code": flour[0].code, "copy": 1}
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: void_label(work, **given, reason=" "))  # type: ignore[arg-type]
    with pytest.raises(LabelNotPrinted):
        shop.do(lambda work: void_label(work, **given, reason="Lost"))  # type: ignore[arg-type]
    send(shop, None, flour[:1])
    shop.do(lambda work: void_label(work, **given, reason="Lost"))  # type: ignore[arg-type]
    with pytest.raises(LabelVoidedBefore):
        shop.do(lambda work: void_label(work, **given, reason="Lost"))  # type: ignore[arg-type]


def test_a_printer_for_pdf_in_the_browser_prints_as_before(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    given = {"kind": PrinterKind.BROWSER, "language": PrinterLanguage.PDF, "address": None}
    printer = shop.do(lambda work: make_printer(work, **given))
    assert "Ready" in keeper.see(f"/printers/{printer.code}")
    keeper.press(f"/printers/{printer.code}/use")
    assert keeper.press("/labels/lots/print", code=flour[0].code).startswith("/labels/prints/")


def test_folders_are_checked_when_a_printer_is_changed(shop: Shop, tmp_path: Path) -> None:
    given = {"kind": PrinterKind.FOLDER, "language": PrinterLanguage.PDF, "address": str(tmp_path)}
    printer = shop.do(lambda work: make_printer(work, **given))
    with pytest.raises(FolderUnknown):
        shop.do(lambda work: change_printer(work, printer.code, address=str(tmp_path / "gone")))
    assert bundled("labels").is_dir()
    assert PrintState.UNSURE in PrintState


def test_labels_of_a_receipt_are_printed_in_one_go(shop: Shop, keeper: Desk) -> None:
    bakery = Bakery(shop)
    lots = bakery.receive(bakery.flour, *[5] * 60)
    with shop.read() as read:
        receipt = read.get_one(Receipt, lots[0].receipt_id)
    page = keeper.see(f"/labels/lots?receipt={receipt.code}")
    assert "and 57 more" in page
    assert lots[-1].code in page
    keeper.see("/labels/lots?receipt=NONE", 404)
    page = keeper.see("/lots?show=all")
    assert 'formaction="/labels/lots"' in page
    assert keeper.see(f"/labels/lots?lot={lots[0].code}&lot={lots[1].code}").count('<svg class="label"') == 2


def test_an_order_offers_the_labels_of_its_lots_and_says_why_there_are_none_before(shop: Shop, keeper: Desk) -> None:
    bakery = Bakery(shop)
    order = bakery.order()
    page = keeper.see(f"/labels/lots?order={order.code}")
    assert "has made no lot yet" in page
    assert f"/labels/orders?code={order.code}" in page


def test_only_places_without_a_label_are_meant_after_an_import(shop: Shop, keeper: Desk) -> None:
    Bakery(shop)
    page = keeper.see("/labels/locations")
    assert "Without a label so far" in page
    values = print_values([]) | {"layout": "location-60x40", "code": "ST"}
    keeper.press("/labels/locations", **values)
    page = keeper.see("/labels/locations?new=1")
    assert page.count('<svg class="label"') == 1
    with shop.read() as read:
        rest = without_label(read, "location", codes_of_all(read, BOSS, "location"))
    keeper.press("/labels/locations", **values | {"code": "\n".join(rest)})
    assert "Each of them has a label" in keeper.see("/labels/locations?new=1")


def test_a_thousand_labels_show_how_far_they_are_and_can_be_left(shop: Shop, keeper: Desk) -> None:
    bakery = Bakery(shop)
    [lot] = bakery.receive(bakery.flour, 5)
    jobs = [keeper.press("/labels/lots", **print_values([lot], copies="100", reason="Label lost")) for _n in range(2)]
    with fake() as machine:
        printer = add(shop, machine)
        values = print_values([lot], copies="100", reason="Label lost", printer=printer.code)
        place = keeper.press("/labels/lots", **values)
        assert "0 / 100" in keeper.see(place)
        assert sender(shop).send_next(printer.id)
        assert len(set(came_out(machine))) == 100
        assert "100 / 100" in keeper.see(place)
        assert "Lot tag 60x40" in keeper.see("/printers/mine")
    assert all(job.startswith("/labels/prints/") for job in jobs)
