"""Printing labels: what stands on them, who may, and that every print is in the books once."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Actor, Role
from mes.core.config import bundled
from mes.core.errors import NotAllowed, NotFound
from mes.core.events import Event
from mes.core.work import Work
from mes.equipment.service import add_location, add_machine
from mes.inspection.models import InspectionKind
from mes.inspection.service import record_inspection
from mes.labels.files import get_layout
from mes.labels.placing import WordsDoNotFit
from mes.labels.queries import subjects_of, things_of
from mes.labels.rows import rows_of
from mes.labels.rules import SUBJECTS, BadgeOfAnother, NoLabelChosen
from mes.labels.service import codes_of_all
from mes.lots.models import Lot
from mes.lots.service import hold_lot, receive_lots
from mes.orders.models import Report
from mes.orders.reporting import record_report
from mes.printing import rules
from mes.printing.models import LabelPrint
from mes.printing.queries import layout_used_last, prints_of
from mes.printing.service import paper_of, preview_rows, print_labels
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_characteristic, make_item, make_person
from tests.labels.test_pdf import text_of
from tests.orders.bakery import Bakery, D
from tests.statements import statements

Values = dict[str, Any]
FOLDERS = [bundled("labels")]
#: A day on which nothing has expired.
TODAY = date(2026, 1, 5)
HAND = Actor("자재 담당", frozenset({Role.MATERIAL}))


def put_on_paper(
    shop: Shop, subject: str, codes: Sequence[str], layout: str = "", *, actor: Actor | None = None, copies: int = 1,
    reason: str | None = None, language: str = "ko",
) -> tuple[list[LabelPrint], bytes]:  # fmt: skip
    """Print labels; the prints as recorded, and the paper."""
    chosen = get_layout(FOLDERS, layout or SUBJECTS[subject].layout)
    who = actor or shop.actor
    prints = shop.do(
        lambda work: print_labels(
            work, subject=subject, codes=codes, layout=chosen, language=language, copies=copies, reason=reason
        ),
        actor=who,
    )
    with shop.read() as read:
        return prints, paper_of(read, who, prints, chosen, language)


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery."""
    return Bakery(shop)


@pytest.fixture
def flour(bakery: Bakery) -> list[Lot]:
    """Three bags of flour that came in together."""
    return bakery.receive(bakery.flour, 20, 20, 15, days=180)


def report_all(job_code: str, work: Work) -> Report:
    """A hundred good ones at once."""
    return record_report(work, job_code, good=D(100), confirmed=True)


def baked(bakery: Bakery) -> Lot:
    """Cakes that were steamed and packed."""
    [bag] = bakery.receive(bakery.flour, 60)
    bakery.receive(bakery.film, 200)
    order = bakery.order()
    for job in order.jobs:
        bakery.start(job)
        if job.is_first:
            bakery.scan(job, bag)
        report = bakery.shop.do(partial(report_all, job.code), actor=bakery.operator)
    assert report.lot_id is not None
    return bakery.lot(report.lot_id)


def test_a_received_lot_says_what_it_is_and_where_it_came_from(shop: Shop, flour: list[Lot], tmp_path: Path) -> None:
    _prints, pdf = put_on_paper(shop, "lot", [flour[0].code], "lot-100x100")
    words = text_of(pdf, tmp_path)
    for word in (flour[0].code, "쌀가루", "20 kg", "2026-07-04", "제분소", "A-77", "RF", "2026-01-05", "생산현장"):
        assert word in words, word


def test_a_made_lot_says_by_whom_and_for_which_order(shop: Shop, bakery: Bakery, tmp_path: Path) -> None:
    lot = baked(bakery)
    words = text_of(put_on_paper(shop, "lot", [lot.code], "lot-100x150")[1], tmp_path)
    with shop.read() as read:
        [thing] = things_of(read, "lot", [lot.code])
        [row] = rows_of([thing], "가나다", "ko", {}, "Asia/Seoul", TODAY)
    for key in ("work_order", "operation", "made_by", "expiry", "kind"):
        assert row[key], key
        assert row[key] in words, key


def test_an_order_says_its_steps_and_revisions(shop: Shop, bakery: Bakery, tmp_path: Path) -> None:
    order = bakery.order()
    words = text_of(put_on_paper(shop, "order", [order.code.lower()], "order-100x150")[1], tmp_path)
    for word in (order.code, "가래떡", "100 EA", "2026-01-08 (목)", "10 증숙 → 20 포장", "BOM 1", "김대표"):
        assert word in words.replace("\u00a0", " "), word


def test_a_place_or_machine_whose_code_no_scanner_types_shows_its_tag(shop: Shop, bakery: Bakery) -> None:
    def enter(work: Work) -> tuple[str, str]:
        place = add_location(work, code="냉장-1", name="냉장고")
        machine = add_machine(work, code="M-1", name="포장기", work_centre_id=bakery.packing.id)
        return place.tag, machine.code

    tag, code = shop.do(enter)
    with shop.read() as read:
        [place] = preview_rows(read, "location", things_of(read, "location", ["냉장-1"]), "ko", TODAY)
        [machine] = preview_rows(read, "machine", things_of(read, "machine", [code]), "ko", TODAY)
    assert (place["code"], place["name"]) == (tag, "냉장-1 냉장고")
    assert (machine["code"], machine["name"], machine["work_centre"]) == ("M-1", "포장기", "포장")


def test_words_follow_the_language_of_the_label(shop: Shop, tmp_path: Path) -> None:
    item = shop.do(lambda work: make_item(work, name="멥쌀가루", name_en="Rice flour"))
    [lot] = shop.do(lambda work: receive_lots(work, item=item, quantities=[D(5)]))
    assert "Rice flour" in text_of(put_on_paper(shop, "lot", [lot.code], language="en")[1], tmp_path)
    assert "멥쌀가루" in text_of(put_on_paper(shop, "lot", [lot.code], reason="x")[1], tmp_path)


def test_a_name_stands_on_its_badge_in_its_own_letters_and_without_a_font_in_english_or_as_number(shop: Shop) -> None:
    def enter(work: Work) -> list[str]:
        nepali = make_person(work, name="सन्तोष", name_en="Santosh")
        tamil = make_person(work, name="சந்தோஷ்", name_en="Santhosh")
        other = make_person(work, name="சிவா")
        return [nepali.code, tamil.code, other.code]

    codes = shop.do(enter)
    with shop.read() as read:
        rows = preview_rows(read, "badge", things_of(read, "badge", codes), "ko", TODAY)
    assert [row["name"] for row in rows] == ["सन्तोष", "Santhosh", codes[2]]


def test_each_print_is_recorded_with_who_when_and_how_many(shop: Shop, flour: list[Lot]) -> None:
    codes = [lot.code for lot in flour]
    put_on_paper(shop, "lot", codes, copies=2, actor=HAND)
    with shop.read() as read:
        for code in codes:
            [one] = prints_of(read, "lot", code)
            assert (one.layout, one.copies, one.person, one.at, one.reason) == (
                "lot-60x40", 2, "자재 담당", shop.now, None,
            )  # fmt: skip
        assert read.query(Event).filter_by(verb="labels.print").count() == 1


def test_copies_come_one_after_the_other(shop: Shop, flour: list[Lot]) -> None:
    _prints, pdf = put_on_paper(shop, "lot", [lot.code for lot in flour], copies=3)
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) == 9


def test_a_label_is_printed_again_only_with_a_reason(shop: Shop, flour: list[Lot], tmp_path: Path) -> None:
    put_on_paper(shop, "lot", [flour[0].code])
    with pytest.raises(rules.ReprintNeedsReason, match=r"printed before, by 김대표"):
        put_on_paper(shop, "lot", [lot.code for lot in flour])
    with shop.read() as read:
        assert prints_of(read, "lot", *[lot.code for lot in flour]) != []
        assert prints_of(read, "lot", flour[1].code) == []
    _prints, pdf = put_on_paper(shop, "lot", [flour[0].code], "lot-100x60", reason="Label damaged")
    assert "재발행 1" in text_of(pdf, tmp_path)
    with shop.read() as read:
        assert [one.reason for one in prints_of(read, "lot", flour[0].code)] == ["Label damaged", None]


def test_a_label_that_cannot_be_made_is_not_in_the_books(shop: Shop, bakery: Bakery) -> None:
    [lot] = bakery.receive(bakery.flour, "123456789.123456")
    with pytest.raises(WordsDoNotFit):
        put_on_paper(shop, "lot", [lot.code], "lot-30x20")
    with shop.read() as read:
        assert prints_of(read, "lot", lot.code) == []


def test_what_nobody_means_is_refused_in_words(shop: Shop, flour: list[Lot]) -> None:
    with pytest.raises(NotFound, match="There is no lot NOWHERE"):
        put_on_paper(shop, "lot", [flour[0].code, "NOWHERE"])
    with pytest.raises(NoLabelChosen):
        put_on_paper(shop, "lot", ["  "])
    with pytest.raises(rules.TooManyLabels, match="at most 5,000"):
        put_on_paper(shop, "lot", [lot.code for lot in flour], copies=2000)
    with pytest.raises(rules.LayoutOfAnotherThing, match="badge-60x40"):
        put_on_paper(shop, "lot", [flour[0].code], "badge-60x40")


def test_a_badge_is_recorded_under_the_persons_number_never_its_secret(shop: Shop, tmp_path: Path) -> None:
    person = shop.do(lambda work: make_person(work, Role.OPERATOR))
    leader = Actor("반장", frozenset({Role.LEADER}))
    _prints, pdf = put_on_paper(shop, "badge", [person.code], actor=leader)
    assert person.badge in text_of(pdf, tmp_path).replace(" ", "")
    with shop.read() as read:
        [printed] = prints_of(read, "badge", person.code)
        kept = [printed.code, printed.layout]
        kept += [str(vars(one)) for one in read.query(Event).filter_by(verb="labels.print")]
    assert person.badge not in " ".join(kept)


def test_nobody_prints_a_badge_that_opens_more_than_his_own(shop: Shop) -> None:
    admin = shop.do(lambda work: make_person(work, Role.ADMIN, name="관리자"))
    worker = shop.do(lambda work: make_person(work, Role.OPERATOR))
    leader = Actor("반장", frozenset({Role.LEADER}))
    with pytest.raises(BadgeOfAnother, match="관리자"):
        put_on_paper(shop, "badge", [admin.code], actor=leader)
    with pytest.raises(NotAllowed):
        put_on_paper(shop, "badge", [worker.code], actor=HAND)
    with shop.read() as read:
        assert codes_of_all(read, leader, "badge") == [worker.code]
        assert set(codes_of_all(read, Actor("관리자", frozenset({Role.ADMIN})), "badge")) >= {worker.code, admin.code}


def test_the_layout_used_last_at_a_place_is_proposed_again(shop: Shop, flour: list[Lot]) -> None:
    tablet = Actor("작업자", frozenset({Role.OPERATOR}), station="포장 1")
    put_on_paper(shop, "lot", [flour[0].code], "lot-40x20", actor=tablet)
    put_on_paper(shop, "lot", [flour[1].code], "lot-50x30")
    with shop.read() as read:
        assert layout_used_last(read, "lot", "포장 1", None) == "lot-40x20"
        assert layout_used_last(read, "lot", None, None) is not None
        assert layout_used_last(read, "order", "포장 1", None) is None


def test_ten_labels_ask_the_database_as_often_as_one(shop: Shop, bakery: Bakery) -> None:
    lots = bakery.receive(bakery.flour, *[5] * 10)
    counts = []
    for codes in ([lots[0].code], [lot.code for lot in lots]):
        with statements(shop.database) as sent, shop.read() as read:
            preview_rows(read, "lot", things_of(read, "lot", codes), "ko", TODAY)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 6


@pytest.fixture
def keeper(app: Flask, shop: Shop) -> Desk:
    """The material handler at a desk."""
    return Desk(app, shop, Role.MATERIAL)


def test_one_tap_prints_and_opens_the_paper(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    paper = keeper.press("/labels/lots/print", code="\n".join(lot.code for lot in flour))
    answer = keeper.client.get(paper)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert len(re.findall(rb"/Type /Page\b(?!s)", answer.data)) == 3


def test_a_double_tap_prints_once(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    taps = [
        keeper.client.post("/labels/lots/print", data={"once": "the same tap", "code": flour[0].code}) for _ in range(2)
    ]
    assert [tap.status_code for tap in taps] == [303, 303]
    assert taps[0].location == taps[1].location
    with shop.read() as read:
        assert len(prints_of(read, "lot", flour[0].code)) == 1


def action_of(page: str) -> str:
    """Where the form with the reason is sent."""
    found = re.search(r'id="print" method="post" action="([^"]+)"', page)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize("subject", ["lot", "order"])
def test_a_second_tap_asks_for_the_reason_and_prints_with_it(
    shop: Shop, bakery: Bakery, flour: list[Lot], keeper: Desk, subject: str
) -> None:
    one = SUBJECTS[subject]
    code = flour[0].code if subject == "lot" else bakery.order().code
    keeper.press(f"/labels/{one.address}/print", code=code)
    page = keeper.press(f"/labels/{one.address}/print", 409, code=code)
    assert "printed before" in page
    assert "Why is it printed again?" in page
    assert f'value="{code}"' in page
    address = action_of(page)
    assert address == f"/labels/{one.address}"
    keeper.press(address, code=code, layout=one.layout, language="ko", copies="1", skip="0", reason="Label lost")
    with shop.read() as read:
        assert [again.reason for again in prints_of(read, subject, code)] == ["Label lost", None]


@pytest.mark.parametrize("once", ["", "x" * 200])
def test_a_tap_whose_key_is_no_key_is_refused_in_words_below_the_labels(
    shop: Shop, flour: list[Lot], keeper: Desk, once: str
) -> None:
    answer = keeper.client.post("/labels/lots/print", data={"code": flour[0].code, "once": once})
    assert 400 <= answer.status_code < 500
    assert action_of(answer.text) == "/labels/lots"
    with shop.read() as read:
        assert not prints_of(read, "lot", flour[0].code)


@pytest.mark.parametrize("address", ["/labels/lots", "/labels/orders"])
def test_a_tap_that_names_nothing_asks_for_codes_where_they_are_taken(keeper: Desk, address: str) -> None:
    page = keeper.press(f"{address}/print", 422)
    assert f'<form class="form" method="get" action="{address}">' in page
    assert "Which labels?" in keeper.see(address)


def test_looking_at_labels_and_at_a_paper_records_nothing(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    keeper.see(f"/labels/lots?code={flour[0].code}&code={flour[1].code}")
    paper = keeper.press("/labels/lots/print", code=flour[0].code)
    for _again in range(3):
        assert keeper.client.get(paper).status_code == 200
    with shop.read() as read:
        assert read.query(LabelPrint).count() == 1


def test_a_recorded_print_is_open_for_a_quarter_of_an_hour(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    paper = keeper.press("/labels/lots/print", code=flour[0].code)
    shop.later(minutes=16)
    assert rules.PrintIsOver.message in keeper.see(paper, 410)
    assert "There is no label print 999999999" in keeper.see("/labels/prints/999999999-999999999.pdf", 404)


def test_the_page_shows_the_labels_and_prints_as_chosen(shop: Shop, flour: list[Lot], keeper: Desk) -> None:
    address = f"/labels/lots?code={flour[0].code}&code={flour[1].code}"
    page = keeper.see(address)
    assert page.count('<svg class="label"') == 2
    values: Values = {
        "code": "\n".join(lot.code for lot in flour[:2]),
        "layout": "lot-a4-3x8",
        "language": "en",
    }
    paper = keeper.press("/labels/lots", **values, copies="3", skip="20")
    answer = keeper.client.get(paper)
    assert len(re.findall(rb"/Type /Page\b(?!s)", answer.data)) == 2  # four places are left on the first sheet
    page = keeper.see(address)
    assert "Printed so far" in page
    assert "Why is it printed again?" in page
    assert "printed before" in keeper.press("/labels/lots", 409, **values, copies="1", skip="0")
    keeper.press("/labels/lots", **values, copies="1", skip="0", reason="Label lost")
    assert "Label lost" in keeper.see(address)


def test_wrong_choices_come_back_at_their_fields(flour: list[Lot], keeper: Desk) -> None:
    values: Values = {
        "code": flour[0].code,
        "layout": "lot-60x40",
        "language": "ko",
        "copies": "1",
        "skip": "0",
    }
    for wrong in ({"copies": "0"}, {"copies": "many"}, {"layout": "none"}, {"language": "xx"}, {"skip": "-1"}):
        assert 'class="error"' in keeper.press("/labels/lots", 422, **{**values, **wrong})


def test_unknown_codes_are_named_and_none_are_asked_for(keeper: Desk) -> None:
    assert "There is no lot NOWHERE" in keeper.see("/labels/lots?code=NOWHERE", 404)
    assert "Which labels?" in keeper.see("/labels/lots")
    assert NoLabelChosen.message in keeper.press("/labels/lots/print", 422)


def test_all_places_and_machines_are_meant_when_none_is_named(
    shop: Shop, bakery: Bakery, app: Flask, keeper: Desk
) -> None:
    assert keeper.see("/labels/locations").count('<svg class="label"') == 2
    order = bakery.order()
    assert order.code in keeper.see(f"/labels/orders?code={order.code}")
    paper = keeper.press("/labels/orders/print", code=order.code)
    assert keeper.client.get(paper).status_code == 200
    assert "Which labels?" in keeper.see("/labels/machines")


def test_operators_print_lots_and_nothing_else(app: Flask, shop: Shop, flour: list[Lot]) -> None:
    operator = Desk(app, shop, Role.OPERATOR)
    paper = operator.press("/labels/lots/print", code=flour[0].code)
    assert operator.client.get(paper).status_code == 200
    for address in ("/labels", "/labels/orders", "/labels/locations", "/labels/machines", "/labels/badges"):
        operator.see(address, 403)


def test_a_printed_badge_opens_only_for_those_who_may_print_it(app: Flask, shop: Shop, keeper: Desk) -> None:
    admin = Desk(app, shop, Role.ADMIN, Role.LEADER)
    person = shop.do(lambda work: make_person(work, Role.MANAGER))
    values: Values = {
        "code": person.code,
        "layout": "badge-60x40",
        "language": "ko",
        "copies": "1",
        "skip": "0",
    }
    paper = admin.press("/labels/badges", **values)
    assert admin.client.get(paper).status_code == 200
    assert keeper.client.get(paper).status_code == 403
    assert person.badge not in paper
    leader = Desk(app, shop, Role.LEADER)
    assert "may do more than you may" in leader.see(f"/labels/badges?code={person.code}", 403)
    assert leader.see("/labels/badges")
    assert leader.client.get(paper).status_code == 403


def test_a_layout_on_which_the_label_does_not_fit_says_so_instead_of_a_picture(bakery: Bakery, keeper: Desk) -> None:
    [lot] = bakery.receive(bakery.flour, "123456789.123456")
    page = keeper.see(f"/labels/lots?code={lot.code}&layout=lot-30x20")
    assert "does not fit on this label" in page
    assert '<svg class="label"' not in page


def test_every_layout_is_shown_and_the_plants_own_faults_are_named(
    app: Flask, keeper: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LAYOUTS_DIR", tmp_path)
    (tmp_path / "broken.toml").write_text("title = 3", "utf-8")
    own = (bundled("labels") / "lot-60x40.toml").read_text("utf-8").replace("60x40", "58x40")
    (tmp_path / "own.toml").write_text(own, "utf-8")
    page = keeper.see("/labels")
    assert "broken.toml" in page
    assert "58x40" in page
    assert page.count('<svg class="label"') >= 15
    for subject in ("order", "location", "machine", "badge"):
        assert '<svg class="label"' in keeper.see(f"/labels?of={subject}")


def test_kinds_that_differ_are_told_apart(shop: Shop, bakery: Bakery, flour: list[Lot]) -> None:
    order = bakery.order()
    with shop.read() as read:
        assert subjects_of(read, [flour[0].code.lower(), order.code, "ST"]) == {
            flour[0].code.lower(): "lot", order.code: "order", "ST": "location",
        }  # fmt: skip
        with pytest.raises(NotFound, match="NOWHERE"):
            subjects_of(read, ["ST", "NOWHERE"])


def tag(shop: Shop, code: str, language: str = "ko", day: date = TODAY) -> Values:
    """The status words of a lot's label."""
    with shop.read() as read:
        [row] = preview_rows(read, "lot", things_of(read, "lot", [code]), language, day)
    return {"status": row["status"], "blocked": row.get("blocked", "")}


def test_a_tag_says_in_a_word_whether_the_lot_may_be_used(shop: Shop, flour: list[Lot]) -> None:
    free, held, old = flour
    assert tag(shop, free.code) == {"status": "사용 가능", "blocked": ""}
    shop.do(lambda work: hold_lot(work, held.id, "이물"))
    assert tag(shop, held.code) == {"status": "보류", "blocked": "보류"}
    assert old.expires_on is not None
    assert tag(shop, old.code, day=old.expires_on + timedelta(days=1))["blocked"] == "기한 지남"


def test_a_tag_says_pass_only_of_what_an_inspection_passed(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, inspect_incoming=True))
    points = [shop.do(partial(make_characteristic, item=item, nominal=D(5), lower=D(4), upper=D(6))).id]
    good, bad = shop.do(lambda work: receive_lots(work, item=item, quantities=[D(5), D(5)]))
    assert tag(shop, good.code, "en") == {"status": "To inspect", "blocked": "To inspect"}
    for lot, value in ((good, D(5)), (bad, D(9))):
        shop.do(partial(inspected, lot.code, {points[0]: value}))
    assert tag(shop, good.code) == {"status": "합격", "blocked": ""}
    assert tag(shop, bad.code)["blocked"] in ("보류", "불합격")


def inspected(code: str, readings: dict[int, Decimal], work: Work) -> None:
    """One incoming inspection."""
    record_inspection(work, kind=InspectionKind.INCOMING, lot_code=code, readings=readings)
