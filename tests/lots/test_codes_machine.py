"""Whatever codes lots get, whatever is kept of them and in whatever order: every label that was ever stuck on leads to
its lot, what is kept never becomes stock again, and a notebook kept by the lots themselves says the same quantities."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import speaking
from mes.core.work import Work
from mes.epcis.noting import bring_up_to_date
from mes.items.models import ItemKind
from mes.items.queries import get_item
from mes.items.service import add_item
from mes.lots import service
from mes.lots.code_rules import CodeTaken, SameCode
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import get_lot
from mes.lots.sample_rules import LotRetained
from mes.partners.models import PartnerKind
from mes.partners.queries import get_partner
from mes.partners.service import add_partner
from mes.recall.balance import balances
from mes.recall.books import family_of
from mes.scan.relabelling import CodeOfAnother, label_anew
from mes.scan.service import resolve
from mes.web.check import in_records
from tests.conftest import Shop, migrate
from tests.databases import session_folder, sqlite_database

PARTS = st.decimals(Decimal(1), Decimal(40), places=0)
NAMES = st.sampled_from(["CUST-1", "cust-2", "CUST-3", " CUST-4 "])


class Labeller(RuleBasedStateMachine):
    """Somebody with a label printer, a sample room and a notebook in which lots have numbers, not codes."""

    labels = Bundle("labels")

    @initialize()
    def open_the_store(self) -> None:
        self.file = session_folder() / f"{uuid.uuid4().hex}.db"
        self.shop = Shop(Database(sqlite_database(self.file, migrate)))
        self.left: dict[int, Decimal] = {}
        #: Every label that was ever stuck on anything, and on which lot.
        self.stuck: dict[str, int] = {}
        self.kept: set[int] = set()
        with speaking("en"):
            self.shop.do(lambda work: add_item(work, code="R", name="쌀", kind=ItemKind.RAW, unit="kg"))
            self.shop.do(lambda work: add_partner(work, code="C", name="마트", kinds=[PartnerKind.CUSTOMER]))

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            bring_up_to_date(self.shop.database)
            self.shop.database.engine.dispose()
            for one in session_folder().glob(f"{self.file.stem}*"):
                one.unlink()

    def note(self, lot: Lot, quantity: Decimal) -> str:
        self.left[lot.id], self.stuck[lot.code] = quantity, lot.id
        return lot.code

    @rule(target=labels, quantity=PARTS)
    def receive(self, quantity: Decimal) -> str:
        [lot] = self.shop.do(
            lambda work: service.receive_lots(work, item=get_item(work.session, "R"), quantities=[quantity])
        )
        return self.note(lot, quantity)

    @rule(target=labels, label=labels, new=NAMES | labels | st.none())
    def label_anew(self, label: str, new: str | None) -> str:
        ident = self.stuck[label]
        try:
            lot = self.shop.do(lambda work: label_anew(work, label.lower(), new, "재라벨"))
        except SameCode:
            return label
        except (CodeTaken, CodeOfAnother):
            assert new is not None
            assert self.stuck[new.strip().upper()] != ident
            return label
        assert lot.id == ident
        assert self.stuck.get(lot.code, ident) == ident, "another lot's code was given away"
        self.stuck[lot.code] = ident
        return lot.code

    @rule(target=labels, label=labels, quantity=PARTS)
    def split(self, label: str, quantity: Decimal) -> str:
        ident = self.stuck[label]
        try:
            part = self.shop.do(lambda work: service.split_lot(work, label, quantity))
        except LotRetained:
            assert ident in self.kept
            return label
        except Refused:
            assert quantity > self.left[ident]
            return label
        self.left[ident] -= quantity
        return self.note(part, quantity)

    @rule(target=labels, first=labels, second=labels)
    def merge(self, first: str, second: str) -> str:
        one, other = self.stuck[first], self.stuck[second]
        try:
            merged = self.shop.do(lambda work: service.merge_lots(work, [first, second]))
        except Refused:
            return first
        assert one != other
        assert not {one, other} & self.kept
        total = self.left[one] + self.left[other]
        self.left[one] = self.left[other] = Decimal(0)
        return self.note(merged, total)

    @rule(label=labels, quantity=PARTS)
    def ship(self, label: str, quantity: Decimal) -> None:
        ident = self.stuck[label]
        lines = [(label, quantity)]
        try:
            self.shop.do(lambda work: service.ship_lots(work, customer=get_partner(work.session, "C"), lines=lines))
        except Refused:
            assert ident in self.kept or quantity > self.left[ident]
            return
        assert ident not in self.kept
        self.left[ident] -= quantity

    @rule(target=labels, label=labels, quantity=PARTS)
    def keep_a_sample(self, label: str, quantity: Decimal) -> str:
        ident, until = self.stuck[label], self.shop.now.date() + timedelta(days=30)
        try:
            row = self.shop.do(lambda work: service.retain_sample(work, label, quantity, keep_until=until))
        except Refused:
            assert ident in self.kept or quantity > self.left[ident]
            return label
        self.left[ident] -= quantity
        self.kept.add(row.lot_id)
        with self.shop.read() as read:
            return self.note(read.get_one(Lot, row.lot_id), quantity)

    @rule(label=labels, quantity=PARTS)
    def take_of_a_sample(self, label: str, quantity: Decimal) -> None:
        self._of_a_sample(label, quantity, lambda work: service.use_sample(work, label, quantity, "재시험"))

    @rule(label=labels)
    def throw_a_sample_away(self, label: str) -> None:
        left = self.left[self.stuck[label]]
        self._of_a_sample(label, left, lambda work: service.dispose_sample(work, label, "변질"))

    def _of_a_sample(self, label: str, quantity: Decimal, deed: Callable[[Work], object]) -> None:
        ident = self.stuck[label]
        try:
            self.shop.do(deed)
        except Refused:
            assert ident not in self.kept or quantity > self.left[ident] or not self.left[ident]
            return
        assert ident in self.kept
        self.left[ident] -= quantity

    @invariant()
    def every_label_leads_to_its_lot(self) -> None:
        if not hasattr(self, "shop"):
            return
        with self.shop.read() as read:
            assert not [fault.sentence for fault in in_records(read)]
            for label, ident in self.stuck.items():
                assert get_lot(read, label).id == ident
                found = resolve(read, label)
                assert found.only.id == ident
                assert (found.anew is None) == (found.only.code == label)
            lots = read.query(Lot).all()
            assert {lot.id: lot.on_hand for lot in lots} == self.left
            assert {lot.id for lot in lots if lot.status is LotStatus.RETAINED} == self.kept
            if self.left:
                family = family_of(read, list(self.left))[0]
                for one in balances(family, {ident: ident for ident in self.left}).values():
                    assert one.gap == Fraction(0)


TestLabeller = Labeller.TestCase
TestLabeller.settings = settings(
    max_examples=4,
    stateful_step_count=14,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
