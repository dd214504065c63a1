"""Whatever people do with lots, in whatever order: the ledger balances, nothing goes below zero, no lot is its own
ancestor, and a plain notebook kept beside it says the same quantities."""

import uuid
from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from sqlalchemy import func, select

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import speaking
from mes.core.types import plain
from mes.equipment.models import Location
from mes.equipment.service import add_location
from mes.items.models import ItemKind
from mes.items.queries import get_item
from mes.items.service import add_item
from mes.lots import return_queries, service
from mes.lots.ledger import lock_lot
from mes.lots.models import Edge, Hold, Lot, Movement
from mes.lots.queries import open_holds, shipped_lots
from mes.lots.return_rules import CameBackAlready, Goods, ReturnMovedOn
from mes.lots.unit_models import UnitKind
from mes.partners.models import PartnerKind
from mes.partners.queries import get_partner
from mes.partners.service import add_partner
from mes.web import check_units
from tests.conftest import Shop, migrate
from tests.databases import session_folder, sqlite_database

QUANTITIES = st.decimals(Decimal("0.000001"), Decimal(500), places=6).map(plain)


class Storekeeper(RuleBasedStateMachine):
    """One storekeeper with a notebook."""

    lots = Bundle("lots")

    @initialize()
    def open_the_store(self) -> None:
        self.file = session_folder() / f"{uuid.uuid4().hex}.db"
        self.shop = Shop(Database(sqlite_database(self.file, migrate)))
        self.notebook: dict[str, Decimal] = {}
        self.received = Decimal(0)
        self.gone = Decimal(0)
        self.sent: list[tuple[str, str, Decimal]] = []
        self.back: dict[tuple[str, str], Decimal] = {}
        self.returns: list[tuple[str, str, str, str, Decimal]] = []
        self.boxes: list[str] = []
        with speaking("en"):
            self.shop.do(lambda work: add_item(work, code="R", name="쌀", kind=ItemKind.RAW, unit="kg"))
            self.shop.do(lambda work: add_partner(work, code="C", name="마트", kinds=[PartnerKind.CUSTOMER]))
            self.places = [
                self.shop.do(lambda work, code=code: add_location(work, code=code, name=code)).id  # type: ignore[misc]
                for code in ("A", "B")
            ]

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.database.engine.dispose()
            for left in session_folder().glob(f"{self.file.stem}*"):
                left.unlink()

    @rule(target=lots, quantity=QUANTITIES)
    def receive(self, quantity: Decimal) -> str:
        [lot] = self.shop.do(
            lambda work: service.receive_lots(work, item=get_item(work.session, "R"), quantities=[quantity])
        )
        self.notebook[lot.code] = quantity
        self.received += quantity
        return lot.code

    @rule(target=lots, code=lots, quantity=QUANTITIES)
    def split(self, code: str, quantity: Decimal) -> str:
        try:
            part = self.shop.do(lambda work: service.split_lot(work, code, quantity))
        except Refused:
            assert quantity > self.notebook[code]
            return code
        self.notebook[code] -= quantity
        self.notebook[part.code] = quantity
        return part.code

    @rule(target=lots, first=lots, second=lots)
    def merge(self, first: str, second: str) -> str:
        try:
            merged = self.shop.do(lambda work: service.merge_lots(work, [first, second]))
        except Refused:
            return first
        assert first != second
        self.notebook[merged.code] = self.notebook[first] + self.notebook[second]
        self.notebook[first] = self.notebook[second] = Decimal(0)
        return merged.code

    @rule(code=lots, place=st.integers(0, 1))
    def move(self, code: str, place: int) -> None:
        self.shop.do(lambda work: service.move_lot(work, code, work.session.get_one(Location, self.places[place])))

    @rule(code=lots, counted=QUANTITIES | st.just(Decimal(0)))
    def count(self, code: str, counted: Decimal) -> None:
        self.shop.do(lambda work: service.adjust_lot(work, code, counted, "실사"))
        self.received += max(counted - self.notebook[code], Decimal(0))
        self.gone += max(self.notebook[code] - counted, Decimal(0))
        self.notebook[code] = counted

    @rule(code=lots, quantity=QUANTITIES)
    def scrap(self, code: str, quantity: Decimal) -> None:
        try:
            self.shop.do(lambda work: service.scrap_lot(work, code, quantity, "폐기"))
        except Refused:
            assert quantity > self.notebook[code]
            return
        self.notebook[code] -= quantity
        self.gone += quantity

    @rule(first=lots, second=lots)
    def pack(self, first: str, second: str) -> None:
        codes = [code for code in dict.fromkeys((first, second)) if self.notebook[code]]
        if not codes:
            return
        self.boxes.append(self.shop.do(lambda work: service.make_unit(work, UnitKind.BOX, lots=codes)).code)

    @rule(place=st.integers(0, 1))
    def stack_and_move(self, place: int) -> None:
        if not self.boxes:
            return
        room = self.places[place]
        boxes = self.boxes[-2:]
        try:
            pallet = self.shop.do(lambda work: service.make_unit(work, UnitKind.PALLET, boxes=boxes)).code
            self.shop.do(lambda work: service.move_unit(work, pallet, work.session.get_one(Location, room)))
        except Refused:
            return
        if len(self.boxes) % 3 == 0:
            self.shop.do(lambda work: service.take_apart(work, pallet))

    @rule()
    def ship_the_last_box(self) -> None:
        if not self.boxes:
            return
        box = self.boxes.pop()
        try:
            made = self.shop.do(
                lambda work: service.ship_lots(work, customer=get_partner(work.session, "C"), lines=[(box, None)])
            )
        except Refused:
            return
        with self.shop.read() as read:
            left = shipped_lots(read, made.id)
        for line in left:
            self.sent.append((made.code, line.lot.code, -line.movement.quantity))
            self.gone -= line.movement.quantity
            self.notebook[line.lot.code] = Decimal(0)

    @rule(code=lots)
    def hold(self, code: str) -> None:
        self.shop.do(lambda work: service.hold_lot(work, lock_lot(work, code).id, "보류"))

    @rule(code=consumes(lots))
    def ship(self, code: str) -> None:
        try:
            made = self.shop.do(
                lambda work: service.ship_lots(work, customer=get_partner(work.session, "C"), lines=[(code, None)])
            )
        except Refused:
            return
        self.sent.append((made.code, code, self.notebook[code]))
        self.gone += self.notebook[code]
        self.notebook[code] = Decimal(0)

    @rule()
    def take_the_last_shipment_back(self) -> None:
        if not self.sent:
            return
        shipment, code, quantity = self.sent[-1]
        try:
            self.shop.do(lambda work: service.take_back_shipment(work, shipment, "오출하", lot=code))
        except CameBackAlready:
            assert self.back[shipment, code]
            return
        self.sent.pop()
        self.gone -= quantity
        self.notebook[code] += quantity

    @rule(target=lots, part=st.fractions(Fraction(1, 7), 1, max_denominator=7), free=st.booleans())
    def a_customer_brings_some_back(self, part: Fraction, free: bool) -> str:
        """Of the last shipment; of all that, or a part, and somebody may free it at once."""
        if not self.sent:
            return multiple()  # type: ignore[return-value]
        shipment, code, quantity = self.sent[-1]
        left = quantity - self.back.get((shipment, code), Decimal(0))
        much = plain((left * part.numerator / part.denominator).quantize(Decimal("0.000001")))
        goods = [Goods(code, much, shipment)]
        try:
            made = self.shop.do(lambda work: service.take_returns(work, goods, reason="반품"))
        except Refused:
            assert not left or not much
            return multiple()  # type: ignore[return-value]
        with self.shop.read() as read:
            [line] = return_queries.lines_of(read, made.id)
            [hold] = open_holds(read, [line.line.back_id])
        self.notebook[line.line.back.code] = much
        self.gone -= much
        self.back[shipment, code] = self.back.get((shipment, code), Decimal(0)) + much
        self.returns.append((made.code, shipment, code, line.line.back.code, much))
        if free:
            self.shop.do(lambda work: service.lift_hold(work, hold.id, "이상 없음"))
        return str(line.line.back.code)

    @rule()
    def the_last_return_was_a_mistake(self) -> None:
        if not self.returns:
            return
        code, shipment, lot, back, much = self.returns.pop()
        try:
            self.shop.do(lambda work: service.undo_return(work, code, "착오"))
        except ReturnMovedOn:
            return
        assert self.notebook[back] == much
        self.notebook[back] -= much
        self.gone += much
        self.back[shipment, lot] -= much

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "shop"):
            return
        with self.shop.read() as read:
            on_hand = {row[0]: row[1] for row in read.execute(select(Lot.code, Lot.on_hand))}
            sums = select(Lot.code, func.sum(Movement.quantity)).join(Movement, Movement.lot_id == Lot.id)
            moved = {row[0]: row[1] for row in read.execute(sums.group_by(Lot.code))}
            held = select(Lot.code, func.count()).join(Hold, Hold.lot_id == Lot.id)
            holds = {row[0]: row[1] for row in read.execute(held.where(Hold.lifted_at.is_(None)).group_by(Lot.code))}
            counted = {row[0]: row[1] for row in read.execute(select(Lot.code, Lot.holds))}
            edges = read.execute(select(Edge.parent_id, Edge.child_id)).all()
            assert list(check_units.faults(read, 5)) == []
        assert on_hand == self.notebook == moved
        assert {code: n for code, n in counted.items() if n} == holds
        assert sum(on_hand.values(), Decimal(0)) == self.received - self.gone
        assert all(parent < child for parent, child in edges), "a lot is made of lots that were there before it"


TestStorekeeper = Storekeeper.TestCase
TestStorekeeper.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
