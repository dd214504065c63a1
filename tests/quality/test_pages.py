"""The pages of quality at a desk: who may see and do what, and what comes back when something is wrong."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from mes.core.access import Role
from mes.core.i18n import speaking
from mes.core.work import Work
from mes.lots.models import LotStatus
from mes.lots.service import split_lot
from mes.quality import queries
from mes.quality.forms import read_measurement
from mes.quality.models import Defect, Disposition, InspectionKind
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_defect, make_inspection
from tests.quality.workshop import Workshop, snapshot

D = Decimal


@pytest.fixture
def quality(app: Flask, workshop: Workshop) -> Desk:
    """Somebody of quality at a desk."""
    return Desk(app, workshop.shop, Role.QUALITY)


def rust_on_sheets(workshop: Workshop, **values: object) -> Defect:
    lot = workshop.receive_sheets()
    return workshop.shop.do(lambda work: make_defect(work, lot.code, 3, code="BURR", **values))


def upload(raw: bytes, name: str = "IMG_1.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(raw), name


# Who may do what


PAGES = (
    "/quality/defects",
    "/quality/defects/new",
    "/quality/pareto?since=2026-01-01",
    "/quality/inspections",
    "/quality/standards",
    "/quality/standards/SH",
    "/quality/codes",
)


def test_the_office_sees_every_page_and_an_operator_none(app: Flask, workshop: Workshop) -> None:
    clerk, operator = Desk(app, workshop.shop, Role.MATERIAL), Desk(app, workshop.shop, Role.OPERATOR)
    for address in PAGES:
        assert "<h1>" in clerk.see(address)
        operator.see(address, 403)


@pytest.mark.parametrize("role", [Role.LEADER, Role.MATERIAL, Role.OPERATOR])
def test_only_quality_decides_and_keeps_codes_and_standards(app: Flask, workshop: Workshop, role: Role) -> None:
    defect, desk = rust_on_sheets(workshop), Desk(app, workshop.shop, role)
    for address in (
        f"/quality/defects/{defect.id}/decide",
        "/quality/new-code",
        "/quality/codes/BURR",
        "/quality/new-characteristic/SH",
        f"/quality/characteristics/{workshop.width.id}",
    ):
        desk.see(address, 403)
        desk.press(address, 403)
    assert workshop.defects()[0].disposition is Disposition.OPEN


def test_a_material_handler_does_not_inspect(app: Flask, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    Desk(app, workshop.shop, Role.MATERIAL).see(f"/quality/inspect/incoming/{lot.code}", 403)
    Desk(app, workshop.shop, Role.LEADER).see(f"/quality/inspect/incoming/{lot.code}")


# Defects


def test_a_defect_with_a_photo_is_recorded_and_shown(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    assert f'value="{lot.code}"' in quality.see(f"/quality/defects/new?of={lot.code}")
    place = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="1,234.5", status=409)
    assert "never had more than 100" in place
    place = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="2.5", photo=upload(snapshot()))
    shown = quality.see(place)
    assert "Burr" in shown
    assert "2.5" in shown
    assert "/photo" in shown


def test_the_photo_is_served_as_a_picture_and_nothing_else(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop, photo=snapshot(), photo_name='x".html')
    answer = quality.client.get(f"/quality/defects/{defect.id}/photo")
    assert answer.content_type == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'inline; filename="defect-{defect.id}.jpg"'
    assert answer.data.startswith(b"\xff\xd8")


def test_a_kept_file_of_another_kind_is_handed_over_rather_than_shown(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop, photo=snapshot())

    def spoil(work: Work) -> None:
        queries.get_photo(work.session, defect.id).kind = "text/html"

    workshop.shop.do(spoil)
    answer = quality.client.get(f"/quality/defects/{defect.id}/photo")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "photo.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.svg"),
        (b"", "empty.jpg"),
    ],
)
def test_a_bad_photo_keeps_what_was_typed_and_says_one_sentence(
    quality: Desk, workshop: Workshop, raw: bytes, name: str
) -> None:
    lot = workshop.receive_sheets()
    shown = quality.press(
        "/quality/defects/new",
        of=lot.code,
        code="BURR",
        quantity="2",
        cause="찍힘",
        photo=upload(raw, name),
        status=422,
    )
    assert f"The file {name} is not a photo that can be read." in shown
    assert "찍힘" in shown
    assert workshop.defects() == []


def test_a_photo_that_is_too_large_is_refused_in_a_sentence(
    quality: Desk, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mes.core.files.MOST_BYTES", 1000)
    lot = workshop.receive_sheets()
    big = upload(b"\xff\xd8" + b"0" * 1000)
    shown = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="2", photo=big, status=422)
    assert "is too large" in shown


def test_bad_entries_come_back_at_their_fields(quality: Desk) -> None:
    shown = quality.press("/quality/defects/new", of="", code="NOPE", quantity="viele", status=422)
    assert "viele is not a number." in shown
    shown = quality.press("/quality/defects/new", of="L260105-0000X", code="BURR", quantity="1", status=404)
    assert "There is no lot or job L260105-0000X." in shown
    quality.press("/quality/defects/new", of="<script>", code="BURR", quantity="-1", status=422)
    quality.press("/quality/defects/new", of="A" * 200, code="BURR", quantity="1e30", status=422)


def test_a_decision_is_made_once_with_its_reason(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop)
    address = f"/quality/defects/{defect.id}/decide"
    assert "Take the pieces out" in quality.see(address)
    quality.press(address, 422, decision="scrap", reason="")
    place = quality.press(address, decision="scrap", reason="녹 심함", take_out="y")
    assert "녹 심함" in quality.see(place)
    lot = workshop.defects()[0].lot_id
    with workshop.shop.read() as read:
        assert read.get_one(Defect, defect.id).disposition is Disposition.SCRAP
        assert lot is not None
    quality.press(address, 422, decision="rework", reason="다시")  # nothing may be chosen any more


def test_filters_live_in_the_address_and_unreadable_ones_choose_nothing(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop)
    day = defect.day.isoformat()
    row = f"/quality/defects/{defect.id}"
    assert row in quality.see(f"/quality/defects?since={day}&until={day}&code=BURR&item=SH&machine=-&disposition=open")
    for address in (
        "since=2030-01-01",
        "code=CRACK",
        "item=PL",
        "machine=PR-1",
        "disposition=scrap",
        "unit=EA",
        "lot=L1",
    ):
        assert row not in quality.see(f"/quality/defects?{address}")
    for address in ("since=yesterday", "since=0001-01-01", "disposition=nonsense", "after=garbage"):
        assert row in quality.see(f"/quality/defects?{address}")


def test_the_pareto_opens_with_30_days_in_its_address(quality: Desk, workshop: Workshop) -> None:
    rust_on_sheets(workshop)
    answer = quality.client.get("/quality/pareto?by=item")
    assert answer.location == "/quality/pareto?by=item&since=2025-12-07"
    shown = quality.see(answer.location)
    links = re.findall(r'href="(/quality/defects\?[^"]+)"', shown)
    assert links
    assert "item=SH" in links[0]
    quality.see(links[0].replace("&amp;", "&"))


def test_a_page_of_the_list_takes_the_same_few_statements_at_any_length(quality: Desk, workshop: Workshop) -> None:
    def statements() -> int:
        seen: list[str] = []
        listen = lambda _c, _cursor, statement, *_rest: seen.append(statement)  # noqa: E731
        event.listen(workshop.shop.database.engine, "before_cursor_execute", listen)
        quality.see("/quality/defects")
        event.remove(workshop.shop.database.engine, "before_cursor_execute", listen)
        return len(seen)

    rust_on_sheets(workshop)
    few = statements()
    for _ in range(5):
        rust_on_sheets(workshop, photo=snapshot((50, 50)))
    assert statements() == few


# Codes and standards


def test_a_code_is_entered_changed_and_taken_out_of_use(quality: Desk, workshop: Workshop) -> None:
    quality.press("/quality/new-code", code="RUST", name="녹", name_vi="Gỉ sét", group="외관")
    assert "Gỉ sét" in quality.see("/quality/codes")
    shown = quality.press("/quality/new-code", 409, code="rust", name="또")
    assert "differs from the existing RUST" in shown
    quality.press("/quality/codes/RUST", name="녹 발생", version="1")
    quality.see("/quality/codes")
    assert "RUST" not in quality.see("/quality/defects/new")
    shown = quality.press("/quality/codes/RUST", 409, name="다른 이름", version="1")
    assert "while you were editing it" in shown
    assert "다른 이름" in shown


def test_a_characteristic_is_entered_and_reversed_limits_are_refused(quality: Desk, workshop: Workshop) -> None:
    address = "/quality/new-characteristic/SH?kind=outgoing"
    shown = quality.press(address, 409, kind="outgoing", name="길이", lower="20", upper="10")
    assert "The lower limit 20 is above the upper limit 10." in shown
    quality.press(address, 409, kind="outgoing", name="길이")
    quality.press(address, kind="outgoing", name="길이", lower="-0.5", nominal="0", upper="0.5", unit="mm")
    shown = quality.see("/quality/standards/SH")
    assert "길이" in shown
    assert "-0.5" in shown
    quality.see("/quality/standards/NOPE", 404)
    quality.see("/quality/new-characteristic/NOPE", 404)


def test_a_characteristic_is_changed_and_taken_out_of_use(quality: Desk, workshop: Workshop) -> None:
    address = f"/quality/characteristics/{workshop.width.id}"
    assert "99.5" in quality.see(address)
    quality.press(address, name="폭", lower="99", position="1", version="1")
    shown = quality.see("/quality/standards/SH")
    assert "Not in use" in shown


# Inspections


def enter(desk: Desk, address: str, *typed: str, status: int = 303) -> str:
    """Type the readings one after the other and save."""
    values: dict[str, Any] = dict(zip(reading_fields(desk.see(address)), typed, strict=True))
    return desk.press(address, status, **values)


def reading_fields(page: str) -> list[str]:
    return re.findall(r'name="(reading_\d+)"', page)


def test_an_inspection_is_entered_one_reading_per_field(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    assert lot.code in quality.see("/quality/inspect")
    assert "Incoming inspection" in quality.see(f"/quality/inspect?code={lot.code.lower()}")
    place = enter(quality, f"/quality/inspect/incoming/{lot.code}", "2.05", "99.5")
    assert "Pass" in quality.see(place)
    assert "Pass" in quality.see(f"{place}/print")
    assert workshop.see_lot(lot).status is LotStatus.AVAILABLE


def test_an_empty_reading_is_missing_and_said_at_its_field(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    shown = enter(quality, f"/quality/inspect/incoming/{lot.code}", "2.01", " ", status=409)
    assert "No reading was given for: 폭." in shown
    assert 'value="2.01"' in shown
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION


@pytest.mark.parametrize("typed", ["1,95", "1,234", "2..0", "two", "2.0mm", "NaN", "1e999"])
def test_a_reading_that_could_mean_two_things_is_refused(quality: Desk, workshop: Workshop, typed: str) -> None:
    lot = workshop.receive_sheets()
    shown = enter(quality, f"/quality/inspect/incoming/{lot.code}", typed, "100", status=422)
    assert typed in shown
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION


def test_a_typed_number_is_read_exactly_or_not_at_all() -> None:
    with speaking("en"):
        for typed, value in (
            ("2.050", "2.05"),
            ("-0.05", "-0.05"),
            ("1,234.5", "1234.5"),
            ("１２", "12"),
            ("−3", "-3"),
        ):
            assert read_measurement(typed) == D(value)
        assert read_measurement("1,234,567") == 1234567
        for typed in ("1,5", "1,234", "12,34.5", "1.234,5", "1.0000001"):
            with pytest.raises(ValueError, match=r"read in two ways|not a number|decimal places"):
                read_measurement(typed)


def test_a_failed_lot_is_rejected_or_accepted_by_quality(quality: Desk, workshop: Workshop) -> None:
    for answer, status in (("no", LotStatus.REJECTED), ("yes", LotStatus.AVAILABLE)):
        lot = workshop.receive_sheets()
        code = workshop.shop.do(lambda work, lot=lot: make_inspection(work, lot.code, "3").code)  # type: ignore[misc]
        address = f"/quality/lots/{lot.code}/decide"
        assert address in quality.see(f"/quality/inspections/{code}")
        quality.press(address, 422, accept=answer)
        quality.press(address, accept=answer, reason="고객 승인")
        assert workshop.see_lot(lot).status is status
        assert address not in quality.see(f"/quality/inspections/{code}")
    assert "is not waiting" in quality.press(address, 409, accept="no", reason="또")


def test_a_first_piece_is_inspected_at_its_job(app: Flask, shop: Shop) -> None:
    workshop = Workshop(shop, first_piece=True)
    job, desk = workshop.pressing(), Desk(app, shop, Role.LEADER)
    assert f"/quality/inspect/first/{job.code}" in desk.see("/quality/inspect")
    place = enter(desk, f"/quality/inspect/first/{job.code}", "10")
    assert job.code in desk.see(place)
    assert workshop.see_job(job).first_piece_passed


def test_an_item_without_a_standard_says_what_to_do(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    assert "Nothing to measure on this item" in quality.see(f"/quality/inspect/outgoing/{lot.code}")
    quality.press(f"/quality/inspect/outgoing/{lot.code}", 409)
    quality.see(f"/quality/inspect/nonsense/{lot.code}", 404)
    quality.see("/quality/inspect?code=NOPE", 404)
    quality.see("/quality/inspections/NOPE", 404)
    quality.see("/quality/defects/999", 404)


def test_inspections_are_filtered_by_the_address(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    code = workshop.shop.do(lambda work: make_inspection(work, lot.code, "3").code)
    assert code in quality.see(
        f"/quality/inspections?verdict=fail&kind={InspectionKind.INCOMING}&lot={lot.code}&item=SH"
    )
    for address in ("verdict=pass", "kind=final", "lot=L1", "item=PL", "until=2020-01-01"):
        assert code not in quality.see(f"/quality/inspections?{address}")


def test_words_of_fixed_lists_follow_the_reader(app: Flask, workshop: Workshop) -> None:
    desk = Desk(app, workshop.shop, Role.QUALITY)
    assert "Pass" in desk.see("/quality/inspections")
    with desk.client.session_transaction() as kept:
        kept["language"] = "ko"
    assert "합격" in desk.see("/quality/inspections")
    with desk.client.session_transaction() as kept:
        kept["language"] = "en"
    assert "합격" not in desk.see("/quality/inspections")


# What a failed lot says


def failed_sheets(workshop: Workshop) -> tuple[str, str]:
    """Sheets whose incoming inspection failed: their lot and the inspection."""
    lot = workshop.receive_sheets()
    failed = workshop.shop.do(lambda work: make_inspection(work, lot.code, "99.6"), actor=workshop.inspector)
    return lot.code, failed.code


def test_the_page_of_a_failed_lot_says_why_in_every_state(quality: Desk, workshop: Workshop) -> None:
    lot, failed = failed_sheets(workshop)
    page = quality.see(f"/lots/{lot}")
    for text in (
        "Incoming inspection: Fail",
        failed,
        "두께 99.6 mm (1.95 ~ 2.05)",
        "박품질",
        f"/quality/lots/{lot}/decide",
    ):
        assert text in page
    [hold] = re.findall(r'name="hold" type="hidden" value="(\d+)"', page)
    quality.press(f"/lots/{lot}/lift", hold=hold, reason="재측정 예정")
    assert failed in quality.see(f"/lots/{lot}"), "lifting the hold decides nothing"
    quality.press(f"/quality/lots/{lot}/decide", accept="no", reason="두께 초과")
    page = quality.see(f"/lots/{lot}")
    assert failed in page
    assert "두께 초과" in page
    assert f"/quality/lots/{lot}/decide" not in page


def test_a_part_of_a_failed_lot_says_why_too(quality: Desk, workshop: Workshop) -> None:
    lot, failed = failed_sheets(workshop)
    part = workshop.shop.do(lambda work: split_lot(work, lot, D(5)))
    assert failed in quality.see(f"/lots/{part.code}")


def test_an_unknown_code_leaves_the_inspector_at_the_scan_page(quality: Desk, workshop: Workshop) -> None:
    page = quality.see("/quality/inspect?code=NOPE", status=404)
    assert "There is no lot or job NOPE." in page
    assert 'value="NOPE"' in page
    assert "First pieces that wait" in page


def test_a_scanned_work_order_leads_to_the_inspections_of_its_jobs(quality: Desk, workshop: Workshop) -> None:
    order = workshop.order()
    page = quality.see(f"/quality/inspect?code={order.code.lower()}")
    for job in order.jobs:
        assert f"/quality/inspect?code={job.code}" in page
