"""Whatever a plant does with its lots: the balance of every delivery closes to the last decimal and agrees with a
notebook that follows every drop, and a recall reaches what a plain search of that notebook reaches."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import speaking
from mes.core.types import plain
from mes.core.work import Work
from mes.equipment.service import add_work_centre
from mes.items.models import ItemKind
from mes.items.queries import get_item
from mes.items.service import BomLineData, OperationData, add_item, make_bom, make_routing, release_bom, release_routing
from mes.lots import return_queries, service
from mes.lots.models import EdgeKind, Lot
from mes.lots.queries import get_lot, open_holds
from mes.lots.return_rules import Goods
from mes.orders.consuming import consume
from mes.orders.queries import get_order
from mes.orders.reporting import record_report
from mes.orders.service import create_order, finish_job, release_order, start_job
from mes.orders.undo import return_material, take_back_report
from mes.partners.models import PartnerKind
from mes.partners.queries import get_partner
from mes.partners.service import add_partner
from mes.recall.balance import balances
from mes.recall.books import family_of
from mes.recall.models import RecallLot
from mes.recall.queries import notices_of
from mes.recall.service import begin_recall
from mes.trace.beginnings import Choice, How
from tests.conftest import Shop, migrate
from tests.databases import session_folder, sqlite_database
from tests.trace.reckoning import adds_up

QUANTITIES = st.decimals(Decimal("0.000001"), Decimal(60), places=6).map(plain)
FATES = ("scrapped", "returned", "shipped", "counted")
#: What stands in stock and is told apart.
ASIDE = ("back",)


class Order:
    """What an order took (and no lot drew yet), and what each of its results drew."""

    def __init__(self, job: str) -> None:
        self.job, self.open = job, True
        self.undrawn: dict[str, Decimal] = defaultdict(Decimal)
        self.reports: list[tuple[int, str, dict[str, Decimal]]] = []


class Plant(RuleBasedStateMachine):
    """A plant, and its notebook: of each lot what is left, what became of the rest, and of which deliveries it is."""

    lots = Bundle("lots")
    orders = Bundle("orders")

    @initialize()
    def open_it(self) -> None:
        self.file = session_folder() / f"{uuid.uuid4().hex}.db"
        self.shop = Shop(Database(sqlite_database(self.file, migrate)))
        self.stock: dict[str, Decimal] = {}
        self.shares: dict[str, dict[str, Fraction]] = {}
        self.fates: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self.received: dict[str, Decimal] = {}
        self.into: set[tuple[str, str]] = set()
        self.made: list[Order] = []
        self.sent: list[tuple[str, str, Decimal]] = []
        self.came: dict[str, Decimal] = {}
        self.held: set[str] = set()
        with speaking("en"):
            self.shop.do(self._build)

    def _build(self, work: Work) -> None:
        flour = add_item(work, code="F", name="쌀가루", kind=ItemKind.RAW, unit="kg")
        cake = add_item(work, code="C", name="떡", kind=ItemKind.FINISHED, unit="kg")
        release_bom(work, make_bom(work, cake, [BomLineData(component=flour, quantity=Decimal(1), operation=10)]).id)
        kettle = add_work_centre(work, code="K", name="증숙")
        step = OperationData(sequence=10, name="증숙", work_centre=kettle)
        release_routing(work, make_routing(work, cake, [step]).id)
        for code in ("M1", "M2"):
            add_partner(work, code=code, name=code, kinds=[PartnerKind.CUSTOMER])

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.database.engine.dispose()
            for left in session_folder().glob(f"{self.file.stem}*"):
                left.unlink()

    def did(self, deed: Callable[[Work], Any]) -> Any:
        """What came of it; nothing where it was refused."""
        with speaking("en"):
            try:
                return self.shop.do(deed)
            except Refused:
                return None

    @rule(target=lots, quantity=QUANTITIES)
    def receive(self, quantity: Decimal) -> str:
        [lot] = self.did(
            lambda work: service.receive_lots(work, item=get_item(work.session, "F"), quantities=[quantity])
        )
        self.stock[lot.code] = self.received[lot.code] = quantity
        self.shares[lot.code] = {lot.code: Fraction(1)}
        return str(lot.code)

    @rule(target=lots, code=lots, quantity=QUANTITIES, rework=st.booleans())
    def split(self, code: str, quantity: Decimal, rework: bool) -> str:
        kind = EdgeKind.REWORK if rework else EdgeKind.SPLIT
        part = self.did(lambda work: service.split_lot(work, code, quantity, kind=kind))
        if part is None:
            return code
        self.stock[code] -= quantity
        self.stock[part.code], self.shares[part.code] = quantity, self.shares[code]
        if code in self.held:
            self.held.add(part.code)
        self.into.add((code, part.code))
        return str(part.code)

    @rule(target=lots, first=lots, second=lots)
    def merge(self, first: str, second: str) -> str:
        merged = self.did(lambda work: service.merge_lots(work, [first, second]))
        if merged is None:
            return first
        whole = self.stock[first] + self.stock[second]
        mixed: dict[str, Fraction] = defaultdict(Fraction)
        for code in (first, second):
            self.into.add((code, merged.code))
            for origin, share in self.shares[code].items():
                mixed[origin] += share * Fraction(self.stock[code]) / Fraction(whole)
            self.stock[code] = Decimal(0)
        self.stock[merged.code], self.shares[merged.code] = whole, mixed
        return str(merged.code)

    @rule(code=lots, quantity=QUANTITIES, back=st.booleans())
    def throw_away_or_return(self, code: str, quantity: Decimal, back: bool) -> None:
        leave = service.return_lot if back else service.scrap_lot
        if self.did(lambda work: leave(work, code, quantity, "폐기")) is not None:
            self._gone(code, "returned" if back else "scrapped", quantity)

    def _gone(self, code: str, fate: str, quantity: Decimal) -> None:
        self.stock[code] -= quantity
        self.fates[code][fate] += quantity

    @rule(code=lots, counted=QUANTITIES | st.just(Decimal(0)))
    def count(self, code: str, counted: Decimal) -> None:
        if self.did(lambda work: service.adjust_lot(work, code, counted, "실사")) is not None:
            self._gone(code, "counted", self.stock[code] - counted)

    @rule(code=lots, quantity=QUANTITIES, customer=st.sampled_from(["M1", "M2"]))
    def ship(self, code: str, quantity: Decimal, customer: str) -> None:
        much = min(quantity, self.stock[code])
        done = self.did(
            lambda work: service.ship_lots(
                work, customer=get_partner(work.session, customer), lines=[(code, much or None)]
            )
        )
        if done is not None:
            self._gone(code, "shipped", much)
            self.sent.append((done.code, code, much))

    @rule()
    def take_the_last_shipment_back(self) -> None:
        if self.sent:
            shipment, code, much = self.sent[-1]
            done = self.did(lambda work: service.take_back_shipment(work, shipment, "오출하"))
            assert bool(done) == (not self.came.get(shipment))
            if done:
                self.sent.pop()
                self._gone(code, "shipped", -much)

    @rule(target=lots, much=QUANTITIES, code=lots, free=st.booleans())
    def a_customer_brings_some_back(self, much: Decimal, code: str, free: bool) -> str:
        """Of the last shipment, at most all of it; on hold until somebody frees it."""
        if not self.sent:
            return code
        shipment, left, quantity = self.sent[-1]
        came = min(much, quantity - self.came.get(shipment, Decimal(0)))
        goods = [Goods(left, came, shipment)]
        made = self.did(lambda work: service.take_returns(work, goods, reason="반품"))
        if made is None:
            return code
        with self.shop.read() as read:
            [line] = return_queries.lines_of(read, made.id)
            [hold] = open_holds(read, [line.line.back_id])
        back = str(line.line.back.code)
        self.came[shipment] = self.came.get(shipment, Decimal(0)) + came
        self.fates[left]["shipped"] -= came
        self.stock[back], self.shares[back] = came, self.shares[left]
        self.into.add((left, back))
        if free:
            self.did(lambda work: service.lift_hold(work, hold.id, "이상 없음"))
        else:
            self.held.add(back)
        return back

    @rule(target=orders)
    def order(self) -> int:
        def deed(work: Work) -> str:
            cake = get_item(work.session, "C")
            made = create_order(work, item=cake, quantity=Decimal(1000), due_on=work.today)
            release_order(work, made.code, confirmed=True)
            return start_job(work, get_order(work.session, made.code).jobs[0].code).code

        self.made.append(Order(self.did(deed)))
        return len(self.made) - 1

    @rule(order=orders, code=lots, quantity=QUANTITIES, regretted=st.booleans())
    def use(self, order: int, code: str, quantity: Decimal, regretted: bool) -> None:
        done = self.did(lambda work: consume(work, self.made[order].job, code, quantity))
        if done is None:
            return
        if regretted and self.did(lambda work: return_material(work, done.movement.id, "잘못")) is not None:
            return
        self.stock[code] -= quantity
        self.made[order].undrawn[code] += quantity

    @rule(target=lots, order=orders, part=st.integers(1, 4), code=lots)
    def report(self, order: int, part: int, code: str) -> str:
        here = self.made[order]
        good = plain((sum(here.undrawn.values(), Decimal(0)) / part).quantize(Decimal("0.000001")))
        done = self.did(lambda work: record_report(work, here.job, good=good, confirmed=True))
        if done is None:
            return code
        with self.shop.read() as read:
            cakes = read.get_one(Lot, done.lot_id).code
        self.stock[cakes] = self.stock.get(cakes, Decimal(0)) + good
        self.shares.setdefault(cakes, {})
        here.reports.append((done.id, cakes, here.undrawn))
        here.undrawn = defaultdict(Decimal)
        return str(cakes)

    @rule(order=orders)
    def undo(self, order: int) -> None:
        here = self.made[order]
        if not here.reports:
            return
        ident, cakes, drawn = here.reports[-1]
        back = self.did(lambda work: take_back_report(work, ident, "잘못 셈"))
        if back is not None:
            here.reports.pop()
            for lot, much in drawn.items():
                here.undrawn[lot] += much
            here.open = True
            self.stock[cakes] += back.good

    @rule(order=orders)
    def finish(self, order: int) -> None:
        here = self.made[order]
        if self.did(lambda work: finish_job(work, here.job, confirmed=True)) is None:
            return
        here.open = False
        if here.reports:
            for lot, much in here.undrawn.items():
                here.reports[-1][2][lot] += much
            here.undrawn = defaultdict(Decimal)

    @rule(code=lots, quantity=QUANTITIES)
    def spoil(self, code: str, quantity: Decimal) -> None:
        """An order takes some, and nothing comes of it."""
        order = self.order()
        self.use(order, code, quantity, regretted=False)
        self.finish(order)

    @rule(first=lots, second=lots)
    def practise(self, first: str, second: str) -> None:
        edges = self.into | {(code, one[1]) for order in self.made for one in order.reports for code in one[2]}
        reached, waiting = set(), [first, second]
        while waiting:
            code = waiting.pop()
            reached.add(code)
            waiting += [child for parent, child in edges if parent == code and child not in reached]
        choice = Choice(How.CODES, f"{first},{second}")
        made = self.did(lambda work: begin_recall(work, choice, title="모의", reason="연습", drill=True))
        with self.shop.read() as read:
            found = select(Lot.code).join(RecallLot, RecallLot.lot_id == Lot.id).where(RecallLot.recall_id == made.id)
            assert set(read.scalars(found)) == reached
            away = bool({code for _shipment, code, _much in self.sent} & reached)
            assert bool(notices_of(read, made.id)) == away

    @invariant()
    def every_delivery_is_accounted_for(self) -> None:
        if not getattr(self, "received", None):
            return
        with self.shop.read() as read:
            idents = {code: get_lot(read, code).id for code in self.received}
            found = balances(family_of(read, idents.values())[0], {ident: ident for ident in idents.values()})
        for code, ident in idents.items():
            one = found[ident]
            assert (one.received, one.unexplained) == (Fraction(self.received[code]), Fraction(0))
            assert {name: getattr(one, name) for name in (*FATES, *ASIDE, "stock", "drawn", "in_process", "lost")} == {
                **{name: self._of(code, lambda lot, name=name: self.fates[lot][name]) for name in FATES},  # type: ignore[misc]
                "stock": self._of(code, lambda lot: self.stock[lot] * (lot not in self.held)),
                "back": self._of(code, lambda lot: self.stock[lot] * (lot in self.held)),
                "drawn": self._of(
                    code, lambda lot: sum(one[2].get(lot, 0) for here in self.made for one in here.reports)
                ),
                "in_process": self._of(
                    code, lambda lot: sum(here.undrawn.get(lot, 0) for here in self.made if here.open)
                ),
                "lost": self._of(
                    code, lambda lot: sum(here.undrawn.get(lot, 0) for here in self.made if not here.open)
                ),
            }

    @invariant()
    def what_is_in_made_lots_adds_up_to_the_delivery(self) -> None:
        if getattr(self, "received", None):
            with self.shop.read() as read:
                for code in self.received:
                    adds_up(read, get_lot(read, code).id)

    def _of(self, origin: str, much: Callable[[str], Any]) -> Fraction:
        """The part of one delivery in what is told of every lot."""
        parts = (shares.get(origin, Fraction(0)) * Fraction(much(lot)) for lot, shares in self.shares.items())
        return sum(parts, Fraction(0))


TestPlant = pytest.mark.thorough(Plant.TestCase)
TestPlant.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
