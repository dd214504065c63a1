"""How much of a bad lot is where, through what people do: scans, tanks, undone results, returns, machines, counts."""

import csv
import io
from typing import Any

import msgspec
import pytest
from flask import Flask
from sqlalchemy import insert

from mes.core.access import Role
from mes.core.work import Work
from mes.lots import return_queries
from mes.lots import service as lots
from mes.lots.dismantle_models import PartOutcome
from mes.lots.dismantle_rules import TakenOut
from mes.lots.ledger import move, new_lot
from mes.lots.models import Edge, EdgeKind, Lot, MovementKind
from mes.lots.return_rules import Goods
from mes.orders.models import Report
from mes.orders.undo import take_back_report
from mes.partners.models import PartnerKind
from mes.quality.service import report_production
from mes.recall import lists
from mes.recall.held import held_of, lot_words, sent_words
from mes.recall.sent import sent_of
from mes.trace.exactness import Sure
from mes.trace.queries import TracedItem
from mes.trace.shapes import TraceOut
from mes.trace.sharing import Reached, Share, brief, held_by, share_words, shares_of
from mes.trace.story import tell
from mes.trace.telling import trace_as_text
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_partner, make_recall
from tests.lots.assembly import Assembly
from tests.orders.bakery import Bakery, D
from tests.statements import statements
from tests.trace.day import Day, bakery_day
from tests.trace.reckoning import adds_up


@pytest.fixture
def day(shop: Shop) -> Day:
    """An evening at the bakery: 50 of 80 kg of flour and 95 pieces of film are in 94 cakes, 24 of them in a box."""
    return bakery_day(shop)


def held(shop: Shop, *suspects: Lot) -> Reached:
    with shop.read() as read:
        return held_by(read, [lot.id for lot in suspects])


def of(shop: Shop, suspect: Lot, lot: Lot) -> tuple[Any, Any]:
    """About and at most."""
    [share] = held(shop, suspect).of(lot.id)
    return share.about, share.at_most


def test_the_box_holds_its_share_of_the_flour_and_at_worst_all_that_went_into_the_cakes(shop: Shop, day: Day) -> None:
    assert of(shop, day.flour, day.flour) == (80, 80)
    assert of(shop, day.flour, day.cakes) == (50, 50)
    assert of(shop, day.flour, day.box) == (D("12.765957"), 50)
    with shop.read() as read:
        adds_up(read, day.flour.id)
        adds_up(read, day.film.id)


def test_what_a_customer_got_holds_its_share(shop: Shop, day: Day) -> None:
    [share] = held(shop, day.flour).of_a_part(day.box.id, D(12))
    assert (share.about, share.at_most, share.item.unit) == (D("6.382979"), D(50), "kg")
    assert share_words([share]) == "about 6.383 kg, at most 50 kg"


def test_back_flushed_film_is_never_told_as_exact(shop: Shop, day: Day) -> None:
    [share] = held(shop, day.film).of(day.cakes.id)
    assert (share.about, share.at_most, share.sure) == (D(95), D(95), Sure.PROPOSED)
    assert (share.is_exact, share_words([share])) == (False, "about 95 EA")
    [scanned] = held(shop, day.flour).of(day.cakes.id)
    assert (scanned.is_exact, share_words([scanned])) == (True, "50 kg")


def test_a_tank_that_is_topped_up_again_and_again_holds_ever_less_and_at_worst_what_is_in_it(shop: Shop) -> None:
    bakery = Bakery(shop)
    [bad, *good] = bakery.receive(bakery.flour, 40, 60, 50, 50)
    tank = shop.do(lambda work: lots.merge_lots(work, [bad.code, good[0].code]))
    assert of(shop, bad, tank) == (40, 40)
    for fresh in good[1:]:
        shop.do(lambda work, code=tank.code: lots.scrap_lot(work, code, D(50), "내림"))  # type: ignore[misc]
        tank = shop.do(lambda work, a=tank.code, b=fresh.code: lots.merge_lots(work, [a, b]))  # type: ignore[misc]
    assert of(shop, bad, tank) == (10, 40)
    tap = shop.do(lambda work: lots.split_lot(work, tank.code, D(3)))
    assert of(shop, bad, tap) == (D("0.3"), 3)
    with shop.read() as read:
        adds_up(read, bad.id)


def test_two_ways_that_join_add_up(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour, other] = bakery.receive(bakery.flour, 40, 20)
    part = shop.do(lambda work: lots.split_lot(work, flour.code, D(15)))
    mixed = shop.do(lambda work: lots.merge_lots(work, [part.code, other.code]))
    both = shop.do(lambda work: lots.merge_lots(work, [mixed.code, flour.code]))
    assert of(shop, flour, mixed) == (15, 15)
    assert of(shop, flour, both) == (40, 40)


def bake(bakery: Bakery, flour: Lot, kilograms: int, cakes: int) -> Report:
    """An order is worked through; its first result at packing."""
    order = bakery.order(cakes)
    kettle, packing = order.jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour, kilograms)
    bakery.shop.do(lambda work: report_production(work, kettle.code, good=D(cakes)), actor=bakery.operator)
    bakery.start(packing)
    return bakery.shop.do(lambda work: report_production(work, packing.code, good=D(cakes)), actor=bakery.operator)


def test_what_was_taken_back_is_nowhere(shop: Shop) -> None:
    bakery = Bakery(shop)
    bakery.receive(bakery.film, 500)
    [flour] = bakery.receive(bakery.flour, 20)
    done = bake(bakery, flour, 5, 10)
    cakes = bakery.lot(done.lot_id or 0)
    assert of(shop, flour, cakes) == (5, 5)
    shop.do(lambda work: take_back_report(work, done.id, "잘못 셈"))
    assert set(held(shop, flour).parts) == {flour.id}
    again = shop.do(lambda work: report_production(work, done.job.code, good=D(8)), actor=bakery.operator)
    assert of(shop, flour, bakery.lot(again.lot_id or 0)) == (5, 5), "the same flour, in fewer cakes"


def test_a_count_that_finds_less_keeps_the_share_and_one_that_finds_more_thins_it(shop: Shop, day: Day) -> None:
    shop.do(lambda work: lots.adjust_lot(work, day.cakes.code, D(60), "실사"))
    assert of(shop, day.flour, day.box) == (D("12.765957"), 50), "94 were made; 10 of them are missing"
    shop.do(lambda work: lots.adjust_lot(work, day.cakes.code, D(76), "실사"))
    assert of(shop, day.flour, day.box) == (12, 50), "there were 100 in the end"
    with shop.read() as read:
        adds_up(read, day.flour.id)


def test_a_lot_that_a_count_began_is_what_was_counted(shop: Shop) -> None:
    bakery = Bakery(shop)

    def deed(work: Work) -> Lot:
        lot = new_lot(work, bakery.flour, bakery.floor, code="L-OLD", made_on=work.today)
        work.session.add(lot)
        work.session.flush()
        move(work, lot, MovementKind.COUNT, D(30), to=bakery.floor)
        return lot

    old = shop.do(deed)
    part = shop.do(lambda work: lots.split_lot(work, old.code, D(12)))
    shop.do(lambda work: lots.adjust_lot(work, old.code, D(10), "실사"))
    assert of(shop, old, old) == (30, 30)
    assert of(shop, old, part) == (12, 12)
    with shop.read() as read:
        adds_up(read, old.id)


def test_what_came_back_from_a_customer_holds_what_it_left_with(shop: Shop, day: Day) -> None:
    goods = [Goods(day.box.code, D(6), day.shipment.code)]
    made = shop.do(lambda work: lots.take_returns(work, goods, reason="포장 불량"))
    with shop.read() as read:
        [line] = return_queries.lines_of(read, made.id)
        adds_up(read, day.flour.id)
        back = line.line.back
    assert of(shop, day.flour, back) == (D("3.191489"), 50)
    assert of(shop, day.box, back) == (6, 6)


def test_a_part_out_of_a_machine_is_itself_and_holds_nothing_of_its_neighbours(shop: Shop) -> None:
    plant = Assembly(shop)
    engine, bolts = plant.receive(plant.engine), plant.receive(plant.bolt, 16)
    pump = plant.build(engine.code, bolts.code)
    found = plant.apart(pump.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    again = plant.parts(found.code)[engine.code].lot
    assert again is not None
    assert of(shop, engine, again) == (1, 1)
    assert share_words(held(shop, bolts).of(again.id)) == "nothing of it; was together with it"
    for suspect in (engine, bolts):
        with shop.read() as read:
            adds_up(read, suspect.id)
    second = plant.build(again.code, bolts.code)
    assert of(shop, engine, second) == (1, 1)
    assert share_words(held(shop, bolts).of(second.id)) == "8 EA", "its own eight, not those of the first pump"
    with shop.read() as read:
        shares = shares_of(read, tell(read, again.code)), shares_of(read, tell(read, second.code))
        words = [share_words(one.at(-1, bolts.id)) for one in shares]
    assert words == ["nothing of it; was together with it", "8 EA"], "asked from the part or from the raw lot"


def test_pieces_put_right_under_a_label_of_their_own_keep_their_share(shop: Shop, day: Day) -> None:
    rework = shop.do(lambda work: lots.split_lot(work, day.cakes.code, D(10), kind=EdgeKind.REWORK))
    back = shop.do(lambda work: lots.merge_lots(work, [rework.code, day.cakes.code]))
    assert of(shop, day.flour, rework) == (D("5.319149"), 50)
    assert of(shop, day.flour, back) == (D("37.234043"), 50), "all but the box of 24"


def link(shop: Shop, parent: Lot, child: Lot, quantity: int) -> None:
    """An edge made by hand, as only somebody in the database can."""
    values = {"parent_id": parent.id, "child_id": child.id, "kind": EdgeKind.CONSUME, "quantity": D(quantity)}
    with shop.database.engine.begin() as connection:
        connection.execute(insert(Edge), [{**values, "at": shop.now, "undone": False}])


def test_a_circle_by_hand_ends_and_tells_at_most_all_that_was_taken(shop: Shop, day: Day) -> None:
    link(shop, day.box, day.flour, 1)
    [share] = held(shop, day.film).of(day.box.id)
    assert (share.at_most, share.sure) == (D(95), Sure.RECORDED)
    assert not share.is_exact
    with shop.read() as read:
        story = tell(read, day.box.code)
        above = shares_of(read, story).at(-1, day.film.id)
    assert above[0].at_most <= 5000


def test_an_edge_without_a_quantity_or_with_too_much_invents_nothing(shop: Shop, day: Day) -> None:
    [bad, other] = day.bakery.receive(day.bakery.flour, 7, 100)
    link(shop, bad, other, 0)
    [share] = held(shop, bad).of(other.id)
    assert share_words([share]) == "how much is not known, at most 7 kg"
    link(shop, other, day.spare, 4000)
    assert of(shop, other, day.spare) == (1, 40), "no more than the lot weighs"


def test_several_suspects_of_an_item_are_one_figure_and_of_two_items_two(shop: Shop, day: Day) -> None:
    both = held(shop, day.flour, day.film)
    assert share_words(both.of(day.cakes.id)) in (
        "쌀가루: 50 kg · 포장필름: about 95 EA",
        "포장필름: about 95 EA · 쌀가루: 50 kg",
    )
    half = shop.do(lambda work: lots.split_lot(work, day.flour.code, D(10)))
    [share] = held(shop, day.flour, half).of(half.id)
    assert (share.about, share.at_most) == (D(10), D(10))
    [share] = held(shop, day.flour, half).of(day.cakes.id)
    assert (share.about, share.at_most) == (D(50), D(50))


def test_it_asks_as_often_for_one_lot_as_for_many(shop: Shop, day: Day) -> None:
    with shop.read() as read, statements(shop.database) as one:
        held_by(read, [day.flour.id])
    for _ in range(5):
        day.box = shop.do(lambda work: lots.split_lot(work, day.cakes.code, D(3)))
    with shop.read() as read, statements(shop.database) as many:
        assert len(held_by(read, [day.flour.id]).parts) == 8
    assert len(one) == len(many) == 6
    with shop.read() as read:
        story = tell(read, day.cakes.code)
        with statements(shop.database) as both:
            shares_of(read, story)
    assert len(both) == 3


def test_of_many_items_the_first_few_are_told_in_words() -> None:
    items = [TracedItem(n, f"A{n}", f"가{n}", None, "kg", "raw") for n in range(6)]
    words = share_words([Share(item, D(1), D(1), None) for item in items])
    assert words == "가0: 1 kg · 가1: 1 kg · 가2: 1 kg · 가3: 1 kg · …"


@pytest.mark.parametrize(
    ("value", "words"), [("3.2004", "3.2"), ("0.0004", "0.0004"), ("0.000001", "0.000001"), ("1234.5", "1,234.5")]
)
def test_figures_are_brief_but_never_nothing(value: str, words: str) -> None:
    assert brief(D(value)) == words


def test_at_most_is_rounded_up(shop: Shop) -> None:
    item = TracedItem(1, "A", "가", None, "kg", "raw")
    assert share_words([Share(item, D("1.0004"), D("2.0001"), Sure.POURED)]) == "about 1 kg, at most 2.001 kg"


def test_backwards_the_box_names_how_much_of_each_raw_lot_is_in_it(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        shares = shares_of(read, tell(read, day.box.code))
    [flour], [film] = shares.at(-1, day.flour.id), shares.at(-1, day.film.id)
    assert flour[1:3] == (D("12.765957"), D(50))
    assert film[1:3] == (D("24.255319"), D(95))
    assert shares.at(0, day.box.id) == []


def test_the_page_the_file_and_the_terminal_tell_both_figures(app: Flask, shop: Shop, day: Day) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    words = "about 12.766 kg, at most 50 kg"
    for view in ("tree", "table"):
        assert words in desk.see(f"/trace?of={day.flour.code}&view={view}")
        assert words in desk.see(f"/trace?of={day.box.code}&view={view}")
        assert "at most" not in desk.see(f"/trace?of={day.late.code}&view={view}")
    assert words not in desk.see(f"/trace?of={day.flour.code}&view=graph")
    file = desk.client.get(f"/trace/lots.csv?of={day.flour.code}").data.decode("utf-8-sig")
    rows = {row["Lot"]: row for row in csv.DictReader(io.StringIO(file))}
    box = rows[day.box.code]
    names = ("Of it in there, about", "Of it in there, at most", "Unit of that", "Least exact step")
    assert [box[name] for name in names] == ["12.765957", "50", "kg", "split off: exact"]
    assert [rows[day.flour.code][name] for name in names] == ["", "", "", ""]
    both = desk.client.get(f"/trace/lots.csv?of={day.flour.code},{day.film.code}&how=codes").data.decode("utf-8-sig")
    assert "쌀가루 12.765957" in both
    with shop.read() as read:
        assert f"(of it in there: {words})" in trace_as_text(read, day.flour.code)


def test_programs_are_told_when_they_ask(app: Flask, shop: Shop, day: Day) -> None:
    program = Program(app, shop, Role.QUALITY)
    assert program.get(f"/trace/{day.flour.code}").get_json()["shares"] == []
    told = msgspec.json.decode(program.get(f"/trace/{day.flour.code}", shares="true").data, type=TraceOut)
    assert [(one.step, one.lot, one.item, one.unit, one.about, one.at_most, one.exact) for one in told.shares] == [
        (1, day.cakes.code, "RF", "kg", "50", "50", True),
        (2, day.box.code, "RF", "kg", "12.765957", "50", False),
    ]
    up = program.get("/trace", of=day.box.code, shares="true", direction="up").get_json()["shares"]
    assert {(one["lot"], one["about"], one["exactness"]) for one in up} >= {
        (day.flour.code, "12.765957", "part"),
        (day.film.code, "24.255319", "proposed"),
    }


def test_who_decides_about_a_recall_reads_how_much_is_in_it(app: Flask, shop: Shop, day: Day) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    words = "about 12.766 kg, at most 50 kg"
    assert words in desk.see(f"/recalls/new?how=codes&of={day.flour.code}")
    recall = shop.do(lambda work: make_recall(work, day.flour.code))
    at = f"/recalls/{recall.code}"
    for address in (at, f"{at}/lots", f"{at}/customers/{day.bakery.market.code}/mail"):
        assert words in desk.see(address)
    with shop.read() as read:
        found = held_of(read, recall)
        rows = lists.all_lots(read, recall.id, 10)
        [sent] = sent_of(read, [day.box.id])
        assert {one.lot.code: lot_words(found, one) for one in rows} == {
            day.flour.code: "80 kg",
            day.cakes.code: "50 kg",
            day.box.code: words,
        }
        assert sent_words(found, sent) == words


def test_a_machine_that_came_back_and_was_taken_apart_is_counted_once(shop: Shop) -> None:
    plant, market = Assembly(shop), shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER))
    engine, bolts = plant.receive(plant.engine), plant.receive(plant.bolt, 16)
    pump = plant.build(engine.code, bolts.code)
    sent = shop.do(lambda work: lots.ship_lots(work, customer=market, lines=[(pump.code, None)]))
    shop.do(lambda work: lots.take_returns(work, [Goods(pump.code, D(1), sent.code)], reason="시동 불량"))
    plant.apart(pump.code, TakenOut(engine.code, D(1), PartOutcome.SCRAP))
    assert of(shop, bolts, pump) == (8, 8)
    for suspect in (engine, bolts, pump):
        with shop.read() as read:
            adds_up(read, suspect.id)
