"""What a day's records lack is on the list; what was entered afterwards is off it, and the books still prove."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from mes.core.access import SYSTEM
from mes.core.errors import NotFound, ReasonNeeded
from mes.core.events import Event
from mes.core.plant import DEFAULT, Strictness
from mes.core.work import Work
from mes.genealogy import queries, service
from mes.genealogy.facts import AGAIN, Entries, Finding, Health, score_of
from mes.genealogy.models import Gap, Note
from mes.genealogy.rules import (
    MadeHere,
    MadeOfItself,
    NothingToSettle,
    NotOfThisOrder,
    OrderNotBegun,
    ReceiptKnown,
    StillToCome,
    UsedBeforeItCame,
    WhichMachine,
    WorkerNamed,
)
from mes.genealogy.span import span
from mes.items.models import Tracking
from mes.lots.dismantle_models import PartOutcome
from mes.lots.dismantle_queries import inside_of
from mes.lots.dismantle_rules import TakenOut
from mes.lots.ledger import link_all, lock_lot, move, new_codes, new_lot
from mes.lots.models import Edge, Lot, Movement, MovementKind
from mes.lots.queries import get_lot
from mes.lots.rules import NotEnough
from mes.lots.service import adjust_lot, scrap_lot
from mes.orders.consuming import consume
from mes.orders.models import LotRule, Report
from mes.orders.queries import get_order
from mes.orders.reporting import record_report
from mes.orders.service import cancel_order, close_order, create_order, finish_job, release_order, start_job
from mes.orders.undo import return_material, take_back_report
from mes.people.models import Person
from mes.people.plant import set_up_plant
from mes.trace.queries import Direction, trace
from mes.web.check import check
from tests.conftest import Shop
from tests.factories import make_item, make_pallet
from tests.lots.assembly import Assembly
from tests.orders.bakery import TODAY, Bakery
from tests.statements import statements

WHY = "스캔을 잊음"


class Slips(Bakery):
    """The bakery where nothing forces anybody to scan."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        shop.do(lambda work: set_up_plant(work, name="떡집", material_scanned=Strictness.OFF))
        self.receive(self.film, 5000)

    def look(self, days: int = 1) -> Health:
        """The health of today."""
        with self.shop.read() as read:
            return queries.health(read, *span(DEFAULT, TODAY, days))

    def gaps(self, gap: Gap) -> list[Finding]:
        """The open gaps of one kind."""
        found = self.look()
        assert found.counts[gap] == len(found.findings[gap])
        return list(found.findings[gap])

    def make(self, pieces: int = 10, *, flour: Lot | None = None, rule: LotRule = LotRule.ORDER) -> tuple[str, Lot]:
        """An order from its release to its closing; without flour nobody scans any. Gives its code and lot."""
        order = self.order(pieces, rule)
        for job in order.jobs:
            self.start(job)
            if flour is not None and job.is_first:
                self.scan(job, flour, str(D(pieces) / 2))
            self.report(job.code, pieces)
            self.shop.do(lambda work, job=job: finish_job(work, job.code, confirmed=True))  # type: ignore[misc]
        self.shop.do(lambda work: close_order(work, order.code))
        with self.shop.read() as read:
            return order.code, read.scalars(select(Lot).where(Lot.order_id == order.id)).one()

    def report(self, job: str, pieces: int) -> Report:
        """The operator reports."""
        self.shop.later(minutes=5)
        return self.shop.do(lambda work: record_report(work, job, good=D(pieces), confirmed=True), actor=self.operator)

    def opened(self, quantity: int) -> Lot:
        """Flour that nobody received: it stood there, and a count found it."""

        def deed(work: Work) -> Lot:
            [code] = new_codes(work, self.flour, 1)
            lot = new_lot(work, self.flour, self.floor, code=code, made_on=TODAY)
            work.session.add(lot)
            work.session.flush()
            return adjust_lot(work, lot.code, D(quantity), "기초재고")

        return self.shop.do(deed)

    def prove(self) -> None:
        """Everything that holds of a plant still holds."""
        assert check(self.shop.database).faults == []


@pytest.fixture
def slips(shop: Shop) -> Slips:
    return Slips(shop)


def test_a_day_without_gaps_is_100_and_a_day_without_results_has_no_score(slips: Slips) -> None:
    assert slips.look().score is None
    [flour] = slips.receive(slips.flour, 100)
    slips.make(flour=flour)
    found = slips.look()
    assert (found.gaps, found.score) == (0, D(100))
    assert found.entries == Entries(results=2, takings=2, orders=1), "flour and film were taken at two operations"


def test_the_score_is_what_its_formula_says_and_100_only_without_gaps() -> None:
    assert score_of(Entries(10, 20, 10), 1) == D("97.5")
    assert score_of(Entries(1000, 2000, 0), 1) == D("99.9")
    assert score_of(Entries(1, 0, 0), 5) == 0
    assert score_of(Entries(0, 3, 1), 2) is None


def test_an_order_that_took_nothing_is_found_twice_and_one_late_entry_mends_them(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    slips.shop.later(minutes=1)
    happened = slips.shop.now
    code, cake = slips.make(10)
    [of_order], [of_step] = slips.gaps(Gap.CONSUMPTION), slips.gaps(Gap.MATERIAL)
    assert (of_order.order, of_order.quantity, of_order.unit) == (code, D(5), "kg")
    assert of_step.order == code
    slips.shop.later(minutes=60)
    line = slips.shop.do(
        lambda work: service.enter_consumption(work, code, flour.code, D("5.2"), happened_at=happened, reason=WHY)
    )
    assert slips.look().gaps == 0
    assert slips.lot(flour).on_hand == D("94.8")
    with slips.shop.read() as read:
        assert flour.id in trace(read, [cake.id], Direction.UP).lots
        told = read.scalars(select(Event).where(Event.verb == "genealogy.enter_consumption")).one()
        assert read.get_one(Movement, line.id).at == happened, "the ledger names the moment it happened"
    assert (told.at, told.reason) == (slips.shop.now, WHY)
    assert "happened_at" in (told.after or "")
    slips.prove()


def test_what_is_entered_afterwards_is_shared_out_over_the_lots_or_goes_into_the_one_that_is_named(
    slips: Slips,
) -> None:
    [flour] = slips.receive(slips.flour, 100)
    order = slips.order(30, LotRule.REPORT)
    kettle, packing = order.jobs
    slips.start(kettle)
    slips.report(kettle.code, 30)
    slips.start(packing)
    first, second = slips.report(packing.code, 10), slips.report(packing.code, 20)
    now = slips.shop.now
    enter = service.enter_consumption
    slips.shop.do(lambda work: enter(work, order.code, flour.code, D(10), happened_at=now, reason=WHY))
    with slips.shop.read() as read:
        shares = {edge[1]: edge[2] for edge in trace(read, [flour.id], Direction.DOWN).edges}
        named = read.scalars(select(Lot.code).where(Lot.id == second.lot_id)).one()
    assert shares == {first.lot_id: 3_333_333, second.lot_id: 6_666_667}
    slips.shop.do(lambda work: enter(work, order.code, flour.code, D(1), happened_at=now, reason=WHY, into=named))
    with slips.shop.read() as read:
        flows = [flow for flow in trace(read, [flour.id], Direction.DOWN).flows() if flow[1] == second.lot_id]
    assert sum(flow[2] for flow in flows) == D("7.666667")
    slips.prove()


def test_before_anything_was_made_the_next_result_draws_what_was_entered_afterwards(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    order = slips.order(10)
    kettle, packing = order.jobs
    slips.start(kettle)
    slips.report(kettle.code, 10)
    now = slips.shop.now
    slips.shop.do(
        lambda work: service.enter_consumption(work, order.code, flour.code, D(5), happened_at=now, reason=WHY)
    )
    slips.start(packing)
    made = slips.report(packing.code, 10)
    with slips.shop.read() as read:
        assert flour.id in trace(read, [made.lot_id or 0], Direction.UP).lots
    slips.prove()


def test_what_is_entered_afterwards_goes_with_the_result_that_stands_and_not_with_one_taken_back(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    order = slips.order(20)
    kettle, packing = order.jobs
    slips.start(kettle)
    cooked = [slips.report(kettle.code, 10), slips.report(kettle.code, 5)]
    slips.start(packing)
    first, second = slips.report(packing.code, 10), slips.report(packing.code, 5)
    slips.shop.do(lambda work: take_back_report(work, second.id, WHY))
    now = slips.shop.now
    line = slips.shop.do(
        lambda work: service.enter_consumption(work, order.code, flour.code, D(5), happened_at=now, reason=WHY)
    )
    with slips.shop.read() as read:
        edge = read.scalars(select(Edge).where(Edge.movement_id == line.id)).one()
    assert (edge.report_id, edge.undone) == (first.id, False)
    slips.prove()
    for report in (first, *cooked):
        slips.shop.do(lambda work, ident=report.id: take_back_report(work, ident, WHY))  # type: ignore[misc]
    slips.shop.do(lambda work: return_material(work, line.id, WHY))
    slips.shop.do(lambda work: cancel_order(work, order.code, WHY))
    assert slips.lot(flour).on_hand == 100
    slips.prove()


def test_what_a_count_took_off_meanwhile_is_put_back_for_it_and_nothing_more(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 5)
    happened = slips.shop.now
    code, _cake = slips.make(10)
    slips.shop.do(lambda work: adjust_lot(work, flour.code, D(0), "실사"))
    enter = service.enter_consumption
    with pytest.raises(NotEnough):
        slips.shop.do(lambda work: enter(work, code, flour.code, D(6), happened_at=happened, reason=WHY))
    slips.shop.do(lambda work: enter(work, code, flour.code, D(5), happened_at=happened, reason=WHY))
    assert slips.lot(flour).on_hand == 0
    assert slips.look().gaps == 0, "nor is it below zero on paper"
    slips.prove()


def test_one_count_is_put_back_once_also_when_the_next_entry_is_of_a_later_hour(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    (first, _cake), one = slips.make(10), slips.shop.now
    slips.shop.later(hours=1)
    (second, _cake), two = slips.make(10), slips.shop.now
    slips.shop.later(hours=1)
    slips.shop.do(lambda work: adjust_lot(work, flour.code, D(90), "실사"))
    slips.shop.do(lambda work: scrap_lot(work, flour.code, D(90), "곰팡이"))

    def enter(code: str, quantity: int, at: object) -> None:
        """Somebody enters what was used in an hour."""
        deed = service.enter_consumption
        slips.shop.do(lambda work: deed(work, code, flour.code, D(quantity), happened_at=at, reason=WHY))  # type: ignore[arg-type]

    enter(first, 8, one)
    with pytest.raises(NotEnough):
        enter(second, 8, two)
    enter(second, 2, two)
    with pytest.raises(NotEnough):
        enter(first, 1, one)
    assert slips.lot(flour).on_hand == 0
    slips.prove()


def test_an_entry_takes_from_the_later_count_what_the_earlier_one_had_room_for(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    (first, _cake), one = slips.make(10), slips.shop.now
    slips.shop.later(hours=1)
    slips.shop.do(lambda work: adjust_lot(work, flour.code, D(92), "실사"))
    slips.shop.later(hours=1)
    (second, _cake), two = slips.make(10), slips.shop.now
    slips.shop.later(hours=1)
    slips.shop.do(lambda work: adjust_lot(work, flour.code, D(84), "실사"))
    slips.shop.do(lambda work: scrap_lot(work, flour.code, D(84), "곰팡이"))
    enter = service.enter_consumption
    slips.shop.do(lambda work: enter(work, first, flour.code, D(8), happened_at=one, reason=WHY))
    slips.shop.do(lambda work: enter(work, second, flour.code, D(8), happened_at=two, reason=WHY))
    assert slips.lot(flour).on_hand == 0
    slips.prove()


def test_what_cannot_have_happened_is_not_entered_afterwards(slips: Slips) -> None:
    before = slips.shop.now
    slips.shop.later(minutes=30)
    [flour] = slips.receive(slips.flour, 100)
    [film] = slips.receive(slips.film, 10)
    waiting = slips.order(10)
    code, cake = slips.make(10, flour=flour)
    now = slips.shop.now
    enter = service.enter_consumption

    def refused(kind: type[Exception], order: str, lot: str, at: object = now, **more: str) -> None:
        with pytest.raises(kind):
            slips.shop.do(
                lambda work: enter(work, order, lot, D(1), **{"happened_at": at, "reason": WHY, **more})  # type: ignore[arg-type]
            )

    refused(StillToCome, code, flour.code, now + timedelta(minutes=1))
    refused(UsedBeforeItCame, code, flour.code, before)
    refused(OrderNotBegun, waiting.code, flour.code)
    refused(NotOfThisOrder, code, cake.code)
    refused(ReasonNeeded, code, flour.code, reason=" ")
    refused(NotFound, code, flour.code, into=film.code)
    refused(NotFound, code, "NO-SUCH")


def test_nothing_goes_afterwards_into_what_it_stems_from(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    code, cake = slips.make(10, flour=flour)

    def strange(work: Work) -> Lot:
        """Flour that was milled from the cakes of this very order."""
        [name] = new_codes(work, slips.flour, 1)
        lot = new_lot(work, slips.flour, slips.floor, code=name, made_on=TODAY)
        work.session.add(lot)
        work.session.flush()
        move(work, lot, MovementKind.MERGE, D(5))
        link_all(work, [{"parent_id": cake.id, "child_id": lot.id, "kind": "merge", "quantity": D(5)}])
        return lot

    milled = slips.shop.do(strange)
    now = slips.shop.now
    with pytest.raises(MadeOfItself):
        slips.shop.do(
            lambda work: service.enter_consumption(work, code, milled.code, D(1), happened_at=now, reason=WHY)
        )


def test_flour_that_only_a_count_brought_gets_its_receipt_afterwards(slips: Slips) -> None:
    came = slips.shop.now
    slips.shop.later(minutes=30)
    flour = slips.opened(100)
    slips.make(10, flour=flour)
    [gap] = slips.gaps(Gap.RECEIPT)
    assert (gap.lot, gap.quantity, gap.unit) == (flour.code, D(5), "kg")
    slips.shop.do(
        lambda work: service.enter_receipt(
            work, flour.code, happened_at=came, reason=WHY, supplier=slips.mill, supplier_lot="A-77"
        )
    )
    lot = slips.lot(flour)
    assert (lot.on_hand, lot.supplier_id, lot.supplier_lot, lot.made_at) == (D(95), slips.mill.id, "A-77", came)
    assert slips.look().gaps == 0
    slips.prove()
    with pytest.raises(ReceiptKnown):
        slips.shop.do(lambda work: service.enter_receipt(work, flour.code, happened_at=slips.shop.now, reason=WHY))


def test_a_piece_with_a_serial_number_gets_its_receipt_afterwards_in_stock_packed_or_used(slips: Slips) -> None:
    came = slips.shop.now
    slips.shop.later(minutes=30)

    def found(work: Work) -> list[Lot]:
        """Engines that nobody received: they stood there, and a count found them."""
        engine = make_item(work, tracking=Tracking.SERIAL)
        pieces = [new_lot(work, engine, slips.floor, code=one, made_on=TODAY) for one in new_codes(work, engine, 3)]
        work.session.add_all(pieces)
        work.session.flush()
        return [adjust_lot(work, one.code, D(1), "기초재고") for one in pieces]

    stands, packed, used = slips.shop.do(found)
    pallet = slips.shop.do(lambda work: make_pallet(work, packed.code))
    slips.shop.do(lambda work: scrap_lot(work, used.code, D(1), "깨짐"))
    for piece, left in ((stands, 1), (packed, 1), (used, 0)):
        slips.shop.do(lambda work, code=piece.code: service.enter_receipt(work, code, happened_at=came, reason=WHY))  # type: ignore[misc]
        lot = slips.lot(piece)
        assert (lot.on_hand, lot.made_at, lot.receipt_id is not None) == (D(left), came, True)
    assert slips.lot(packed).unit_id == pallet.id, "it stayed where it is"
    slips.prove()


def test_what_was_made_here_has_no_receipt(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    _code, cake = slips.make(10, flour=flour)
    with pytest.raises(MadeHere):
        slips.shop.do(lambda work: service.enter_receipt(work, cake.code, happened_at=slips.shop.now, reason=WHY))


def test_a_result_that_stands_before_the_delivery_of_its_flour_is_found_and_mended(slips: Slips) -> None:
    came = slips.shop.now
    order = slips.order(10)
    kettle, packing = order.jobs
    slips.start(kettle)
    slips.report(kettle.code, 10)
    slips.start(packing)
    slips.report(packing.code, 10)
    slips.shop.later(minutes=10)
    [flour] = slips.receive(slips.flour, 100)
    slips.shop.later(minutes=10)
    now = slips.shop.now
    slips.shop.do(
        lambda work: service.enter_consumption(work, order.code, flour.code, D(5), happened_at=now, reason=WHY)
    )
    [gap] = slips.gaps(Gap.TIME)
    assert (gap.lot, gap.order) == (flour.code, order.code)
    slips.shop.do(lambda work: service.enter_receipt(work, flour.code, happened_at=came, reason=WHY))
    assert slips.gaps(Gap.TIME) == []
    slips.prove()


def test_more_taken_than_was_there_by_the_times_entered_is_below_zero_on_paper(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 5)
    slips.shop.later(minutes=30)
    slips.shop.do(lambda work: adjust_lot(work, flour.code, D(9), "실사"))
    [found_more] = slips.gaps(Gap.PAPER)
    assert (found_more.lot, found_more.quantity) == (flour.code, D(4))

    def earlier(work: Work) -> None:
        """A tablet that had no connection: its entry counts for the moment it was made."""
        lot = work.session.get_one(Lot, flour.id)
        move(work, lot, MovementKind.CONSUME, D(-7)).at = slips.shop.now - timedelta(minutes=20)

    slips.shop.do(earlier)
    assert [gap.quantity for gap in slips.gaps(Gap.PAPER)] == [D(-2), D(4)]


def test_a_result_nobody_is_named_for_gets_its_worker_afterwards(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 100)
    order = slips.order(10)
    kettle = order.jobs[0]
    slips.shop.do(lambda work: slips_start(work, kettle.code), actor=SYSTEM)
    slips.scan(kettle, flour, 5)
    report = slips.shop.do(lambda work: record_report(work, kettle.code, good=D(10)), actor=SYSTEM)
    [gap] = slips.gaps(Gap.OPERATOR)
    assert (gap.thing, gap.order) == (report.id, order.code)

    def name(work: Work, ident: int = report.id) -> None:
        service.enter_worker(work, ident, work.session.get_one(Person, slips.operator.person_id), WHY)

    slips.shop.do(name)
    assert slips.gaps(Gap.OPERATOR) == []
    with pytest.raises(WorkerNamed):
        slips.shop.do(name)
    with pytest.raises(NotFound):
        slips.shop.do(lambda work: name(work, 999_999_999))


def slips_start(work: Work, job: str) -> None:
    """Somebody whom nobody knows starts it."""
    start_job(work, job)


def test_a_lot_made_of_nothing_is_found_and_may_be_explained_once(slips: Slips) -> None:
    order = slips.order(10)
    kettle = order.jobs[0]
    slips.start(kettle)
    slips.report(kettle.code, 10)

    def nothing(work: Work) -> Lot:
        """A made lot into which nothing was drawn."""
        [code] = new_codes(work, slips.cake, 1)
        lot = new_lot(work, slips.cake, slips.floor, code=code, made_on=TODAY, order_id=order.id)
        work.session.add(lot)
        work.session.flush()
        move(work, lot, MovementKind.PRODUCE, D(3), order_id=order.id)
        return lot

    lot = slips.shop.do(nothing)
    [gap] = slips.gaps(Gap.PARENTS)
    assert (gap.lot, gap.order, gap.quantity) == (lot.code, order.code, D(3))
    slips.shop.do(lambda work: service.explain(work, Gap.PARENTS, gap.thing, "견본"))
    assert slips.gaps(Gap.PARENTS) == []
    assert slips.look().settled == {"explained": 1}
    with pytest.raises(NothingToSettle):
        slips.shop.do(lambda work: service.explain(work, Gap.PARENTS, gap.thing, "견본"))
    with pytest.raises(NothingToSettle):
        slips.shop.do(lambda work: service.explain(work, Gap.RECEIPT, 999999999, "견본"))


def test_weighed_material_that_is_exactly_the_standard_again_and_again_is_suspicious(slips: Slips) -> None:
    [flour] = slips.receive(slips.flour, 1000)
    slips.make(10, flour=flour)
    shop = slips.shop
    with shop.database.engine.begin() as connection:
        # film by the metre, that nobody measures
        connection.exec_driver_sql("UPDATE items SET unit = 'm' WHERE code = 'FILM'")
    for _ in range(AGAIN - 2):
        slips.make(10, flour=flour)
    assert slips.gaps(Gap.EXACT) == []
    slips.make(10, flour=flour)
    [gap] = slips.gaps(Gap.EXACT)
    assert gap.times == AGAIN


def test_the_first_page_counts_the_same_gaps_in_one_statement(slips: Slips) -> None:
    flour = slips.opened(100)
    slips.make(10, flour=flour)
    slips.make(10)
    with slips.shop.read() as read, statements(slips.shop.database) as sent:
        assert queries.count_gaps(read, *span(DEFAULT, TODAY, 1)) == slips.look().gaps == 3
    assert len(sent) == 11, "one, and the ten of the page"
    with slips.shop.read() as read, statements(slips.shop.database) as sent:
        queries.health(read, *span(DEFAULT, TODAY, 30))
    assert len(sent) == 10


def test_notes_say_who_and_why(slips: Slips) -> None:
    flour = slips.opened(100)
    slips.make(10, flour=flour)
    slips.shop.do(lambda work: service.explain(work, Gap.RECEIPT, flour.id, "기초재고"))
    with slips.shop.read() as read:
        note = read.scalars(select(Note)).one()
    assert (note.reason, note.person) == ("기초재고", slips.shop.actor.name)


def test_what_was_entered_for_a_moment_at_which_nothing_else_happened_is_no_gap_in_the_log(slips: Slips) -> None:
    stood = slips.opened(20)
    slips.shop.later(minutes=31)
    code, _cake = slips.make(10)
    slips.shop.later(minutes=31)
    came, used = slips.shop.now - timedelta(days=3, minutes=7), slips.shop.now - timedelta(minutes=32, seconds=3)
    slips.shop.do(lambda work: service.enter_receipt(work, stood.code, happened_at=came, reason=WHY))
    slips.shop.do(lambda work: adjust_lot(work, stood.code, D(2), "실사"))
    slips.shop.do(lambda work: service.enter_consumption(work, code, stood.code, D(5), happened_at=used, reason=WHY))
    slips.prove()

    def unheard(work: Work) -> None:  # nothing else may lie at a moment of which the log says nothing
        line = move(work, lock_lot(work, stood.code), MovementKind.COUNT, D(1), reason="누가")
        line.at = used + timedelta(seconds=1)

    slips.shop.do(unheard)
    assert "the log has no event of that moment" in check(slips.shop.database).faults[0].sentence


def test_a_piece_with_a_serial_number_that_is_entered_afterwards_is_in_one_machine_and_comes_out_whole(
    shop: Shop,
) -> None:
    shop.do(lambda work: set_up_plant(work, name="펌프", material_scanned=Strictness.OFF))
    bench = Assembly(shop)
    engine, bolts = bench.receive(bench.engine), bench.receive(bench.bolt, 24)

    def begun(work: Work) -> tuple[str, str]:
        order = create_order(work, item=bench.pump, quantity=D(3), due_on=work.today)
        release_order(work, order.code, confirmed=True)
        return order.code, start_job(work, get_order(work.session, order.code).jobs[0].code).code

    order, job = shop.do(begun)
    shop.do(lambda work: consume(work, job, bolts.code, D(24)))
    shop.do(lambda work: record_report(work, job, good=D(3), confirmed=True))
    with shop.read() as read:
        _first, second, _third = read.scalars(select(Lot).where(Lot.item_id == bench.pump.id).order_by(Lot.id)).all()

    def enter(into: str | None) -> object:
        now = shop.now
        return shop.do(
            lambda work: service.enter_consumption(
                work, order, engine.code, D(1), happened_at=now, reason=WHY, into=into
            )
        )

    with pytest.raises(WhichMachine) as no:
        enter(None)
    assert second.code in no.value.sentence
    enter(second.code)
    with shop.read() as read:
        inside = inside_of(read, get_lot(read, second.code))
    assert {one.lot.code: one.quantity for one in inside} == {engine.code: D(1), bolts.code: D(8)}
    bench.apart(second.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    bench.check()
