"""The pages, papers and the API of recalls."""

import re
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.lots.queries import get_lot
from mes.lots.service import ship_lots, split_lot
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner
from mes.people.own_words import set_own_words
from mes.people.plant import set_up_plant
from mes.recall.lists import all_lots
from mes.recall.models import Recall
from mes.recall.paper import percent
from mes.recall.queries import counts_of
from mes.recall.service import cancel_recall, close_recall
from mes.scan.relabelling import label_anew
from tests.api.test_api import Program
from tests.certificates.reading import pdf_text
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_recall
from tests.orders.bakery import D
from tests.statements import statements
from tests.trace.day import Day, bakery_day


@pytest.fixture
def day(shop: Shop) -> Day:
    """The evening: flour went into cakes, a box of which was shipped."""
    return bakery_day(shop)


@pytest.fixture
def recall(shop: Shop, day: Day) -> Recall:
    """A recall of the flour."""
    return shop.do(lambda work: make_recall(work, day.flour.code))


def test_quality_goes_from_the_suspect_to_the_end(app: Flask, shop: Shop, day: Day) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    assert "No recalls yet" in desk.see("/recalls")
    assert "/recalls/new?how=codes" in desk.see(f"/trace?of={day.flour.code}")
    seen = desk.see(f"/recalls/new?how=codes&of={day.flour.code}")
    assert day.bakery.market.name in seen
    assert "Begin now" in seen
    chosen: dict[str, Any] = {"how": "codes", "of": day.flour.code, "title": "Glass", "reason": "told by the mill"}
    address = desk.press("/recalls/new", **chosen)
    shown = desk.see(address)
    assert "not told yet" in shown
    assert "3 lots reached" in shown  # flour, cakes, box
    assert day.cakes.code in desk.see(f"{address}/lots?show=stock")
    assert day.cakes.code not in desk.see(f"{address}/lots?show=gone")
    assert day.cakes.code in desk.see(f"{address}/collect")
    desk.press(f"{address}/collect", lot=day.cakes.code)
    desk.press(f"{address}/collect", lot=day.flour.code, quantity="1")
    assert "does not belong" in desk.press(f"{address}/collect", 409, lot=day.spare.code)
    assert "Everything is found" in desk.see(f"{address}/collect")
    customer = f"{address}/customers/{day.bakery.market.code}"
    desk.press(f"{customer}/told", how="by phone")
    desk.press(f"{customer}/answer", answer="24 sold", returned="none")
    assert "24 sold" in desk.see(address)
    assert "Nothing was reached since" in desk.press(f"{address}/add", 409)
    asked = desk.press(f"{address}/close", 409, reason="destroyed & burnt")
    assert "Still open" in asked
    assert asked.count("destroyed &amp; burnt</textarea>") == 1, "answered with no, what was typed is still there"
    desk.press(f"{address}/close", reason="destroyed", confirmed="1")
    assert "destroyed" in desk.see(address)
    assert "Glass" in desk.see("/recalls")


def test_a_wrong_choice_is_told_on_the_page(app: Flask, shop: Shop, day: Day) -> None:
    desk = Desk(app, shop, Role.LEADER)
    assert "Nothing that can be traced" in desk.see("/recalls/new?how=codes&of=NOTHING")
    assert "Say from when" in desk.see(f"/recalls/new?how=machine&of={day.machine.code}")
    window = "since=2026-01-01T00:00&until=2026-12-31T00:00"
    assert "Begin now" in desk.see(f"/recalls/new?how=machine&of={day.machine.code}&{window}")
    bad: dict[str, Any] = {"how": "codes", "of": "NOTHING", "title": "x", "reason": "y"}
    assert "Nothing that can be traced" in desk.press("/recalls/new", 404, **bad)
    assert "Please fill in" in desk.press("/recalls/new", 422, how="codes", of=day.flour.code)


def test_operators_and_material_handlers_begin_none(app: Flask, shop: Shop, recall: Recall) -> None:
    Desk(app, shop, Role.OPERATOR).see("/recalls", 403)
    store = Desk(app, shop, Role.MATERIAL)
    assert recall.code in store.see("/recalls")
    store.see("/recalls/new", 403)
    store.press(f"/recalls/{recall.code}/cancel", 403, reason="x")


def held(shop: Shop, day: Day) -> dict[str, int]:
    """How many holds lie on each lot; the spare flour has one of its own."""
    with shop.read() as read:
        return {
            code: get_lot(read, code).holds for code in (day.flour.code, day.cakes.code, day.box.code, day.spare.code)
        }


def test_cancelling_frees_the_lots_again(app: Flask, shop: Shop, recall: Recall, day: Day) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    assert held(shop, day) == {day.flour.code: 1, day.cakes.code: 1, day.box.code: 0, day.spare.code: 1}
    desk.press(f"/recalls/{recall.code}/cancel", reason="wrong lot")
    assert held(shop, day) == {day.flour.code: 0, day.cakes.code: 0, day.box.code: 0, day.spare.code: 1}
    assert "wrong lot" in desk.see(f"/recalls/{recall.code}")


def test_papers_are_made_in_the_reader_s_language(app: Flask, shop: Shop, recall: Recall, day: Day) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    customer = f"/recalls/{recall.code}/customers/{day.bakery.market.code}"
    for paper in (f"/recalls/{recall.code}/report.pdf", f"/recalls/{recall.code}/list.pdf", f"{customer}/letter-ko.pdf",
                  f"{customer}/letter-en.pdf"):  # fmt: skip
        answer = desk.client.get(paper)
        assert (answer.status_code, answer.content_type) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF")
    mail = desk.see(f"{customer}/mail")
    assert "회수 통보" in mail
    assert "Recall notice" in mail
    assert day.box.code in mail


def test_the_report_names_everything_that_a_customer_got_and_every_quantity_with_its_unit(
    app: Flask, shop: Shop, day: Day
) -> None:
    market = day.bakery.market
    for _time in range(25):
        part = shop.do(lambda work: split_lot(work, day.cakes.code, D(1)))
        shop.do(lambda work, code=part.code: ship_lots(work, customer=market, lines=[(code, None)]))  # type: ignore[misc]
    recall = shop.do(lambda work: make_recall(work, day.flour.code))
    desk = Desk(app, shop, Role.QUALITY)
    text = " ".join(pdf_text(desk.client.get(f"/recalls/{recall.code}/report.pdf").data).split())
    assert text.count(" 1 EA (of the suspects") == 25
    with shop.read() as read:
        row = next(one for one in all_lots(read, recall.id, 100) if one.lot.code == day.cakes.code)
    assert f"{row.on_hand.normalize():f} EA 0 EA -" in text


def test_what_leaves_after_the_end_is_not_in_the_report_of_what_was_called_back(
    app: Flask, shop: Shop, recall: Recall, day: Day
) -> None:
    report = f"/recalls/{recall.code}/report.pdf"
    desk, market = Desk(app, shop, Role.QUALITY), day.bakery.market
    shop.do(lambda work: close_recall(work, recall.code, "이상 없음", confirmed=True))
    before = pdf_text(desk.client.get(report).data)
    shop.later(minutes=5)
    shop.do(lambda work: ship_lots(work, customer=market, lines=[(day.cakes.code, D(3))]))
    after = pdf_text(desk.client.get(report).data)
    printed = re.compile(r"printed .*|\d\d:\d\d")
    assert printed.sub("", after) == printed.sub("", before)
    assert f"{day.cakes.code} 3 EA" not in " ".join(after.split())


@pytest.mark.parametrize(
    ("share", "shown"),
    [("100", "100 %"), ("99.999", "99.99 %"), ("100.000001", "100.01 %"), ("96.25", "96.25 %"), ("0", "0 %")],
)
def test_what_misses_a_grain_is_not_said_to_be_all_of_it(share: str, shown: str) -> None:
    assert percent(D(share)) == shown
    assert percent(None) == "-"


def test_a_recall_of_as_many_lots_as_may_be_named_has_its_report(app: Flask, shop: Shop, day: Day) -> None:
    lots = day.bakery.receive(day.bakery.flour, *[1] * 200)
    recall = shop.do(lambda work: make_recall(work, *(lot.code for lot in lots)))
    answer = Desk(app, shop, Role.QUALITY).client.get(f"/recalls/{recall.code}/report.pdf")
    assert answer.status_code == 200
    words = pdf_text(answer.data)
    assert [lot.code for lot in lots if lot.code not in words] == []


def test_a_paper_that_has_no_room_for_all_says_how_many_there_are_besides(
    app: Flask, shop: Shop, recall: Recall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mes.recall.paper.MOST_LOTS", 1)
    monkeypatch.setattr("mes.recall.paper.MOST_SENT", 0)
    desk = Desk(app, shop, Role.QUALITY)
    with shop.read() as read:
        counts = counts_of(read, recall)[0]
    report = pdf_text(desk.client.get(f"/recalls/{recall.code}/report.pdf").data)
    assert f"and {counts.lots - 1} more" in report
    assert "and 1 more" in report
    listed = pdf_text(desk.client.get(f"/recalls/{recall.code}/list.pdf").data)
    assert f"and {counts.to_collect - 1} more" in listed


def test_the_pages_ask_the_database_a_fixed_number_of_times(app: Flask, shop: Shop, recall: Recall, day: Day) -> None:
    desk, chosen = Desk(app, shop, Role.QUALITY), f"/recalls/new?how=codes&of={day.flour.code}"
    first = [asked(shop, desk, address) for address in (f"/recalls/{recall.code}", chosen)]
    shop.do(lambda work: cancel_recall(work, recall.code, "착오"))
    for number in range(4):
        part = shop.do(lambda work: split_lot(work, day.cakes.code, D(2))).code
        shop.do(lambda work, code=part, to=f"C{number}": _ship_to(work, code, to))  # type: ignore[misc]
    again = shop.do(lambda work: make_recall(work, day.flour.code))
    more = [asked(shop, desk, address) for address in (f"/recalls/{again.code}", chosen)]
    assert more == first
    assert first == [33, 28]


def asked(shop: Shop, desk: Desk, address: str) -> int:
    """How many statements a page sends; the first visit may learn something."""
    desk.see(address)
    with statements(shop.database) as sent:
        desk.see(address)
    return len(sent)


def _ship_to(work: Work, lot: str, customer: str) -> None:
    who = add_partner(work, code=customer, name=customer, kinds=[PartnerKind.CUSTOMER])
    ship_lots(work, customer=who, lines=[(lot, None)])


def test_a_letter_calls_things_as_its_own_language_does(app: Flask, shop: Shop, day: Day) -> None:
    """Whoever prints it reads English, and the plant has words of its own for the cakes in both."""
    words = {("가래떡", "en"): "Rice sticks", ("가래떡", "ko"): "우리 가래떡"}
    shop.do(lambda work: set_up_plant(work, name="햇살떡집"))
    shop.do(lambda work: set_own_words(work, words))
    code = shop.do(lambda work: make_recall(work, day.flour.code)).code
    mail = Desk(app, shop, Role.QUALITY).see(f"/recalls/{code}/customers/{day.bakery.market.code}/mail")
    [korean, english] = re.findall(r"<textarea[^>]*lang=\"(?:ko|en)\"[^>]*>(.*?)</textarea>", mail, re.DOTALL)
    assert ("우리 가래떡" in korean, "Rice sticks" in korean) == (True, False)
    assert ("우리 가래떡" in english, "Rice sticks" in english) == (False, True)


def test_a_program_begins_one_and_reads_it(app: Flask, shop: Shop, day: Day) -> None:
    program = Program(app, shop)
    made = program.post("/recalls", {"of": day.flour.code, "title": "Glass", "reason": "told", "drill": True})
    assert made.status_code == 201, made.text
    found: Any = program.get(f"/recalls/{made.json['code']}").json  # type: ignore[index]
    assert found["customers"][0]["lots"] == [day.box.code]
    assert found["balance"][0]["figures"]["received"] == "80"
    assert (found["drill"], found["held"], found["to_collect"]) == (True, 0, 2)
    [row] = program.get("/recalls").json["rows"]  # type: ignore[index]
    assert row["title"] == "Glass"
    assert program.get("/recalls/NONE").status_code == 404
    assert program.post("/recalls", {"of": "NOTHING", "title": "x", "reason": "y"}).status_code == 404


def test_a_customer_is_told_what_stands_on_his_boxes_also_after_the_lot_was_labelled_anew(
    app: Flask, shop: Shop, day: Day, recall: Recall
) -> None:
    desk, old, customer = Desk(app, shop, Role.QUALITY), day.box.code, day.bakery.market.code
    shop.do(lambda work: label_anew(work, old, "OUR-77", "번호 체계 변경"))
    at = f"/recalls/{recall.code}"
    both = f"OUR-77 (formerly {old})"
    assert both in desk.see(f"{at}/customers/{customer}/mail")
    assert both in desk.see(at)
    assert both in desk.see(f"/recalls/new?how=codes&of={day.flour.code}")
    assert f"formerly {old}" in desk.see(f"/shipments/{day.shipment.code}")
    assert f"formerly {old}" in desk.see(f"/shipments/{day.shipment.code}/note")
    for paper in (f"{at}/customers/{customer}/letter-en.pdf", f"{at}/report.pdf"):
        assert old in "".join(pdf_text(desk.client.get(paper).data).split())
    note = desk.client.get(f"/shipments/{day.shipment.code}/note.pdf").data
    assert old in "".join(pdf_text(note).split())
