"""Whatever is put together, taken apart, sent away and brought back: each engine and each bolt is in exactly one place,
no lot is part of itself, and every delivery is accounted for to the last piece."""

import uuid
from collections.abc import Callable
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import speaking
from mes.core.work import Work
from mes.lots import dismantle_queries, return_queries, service
from mes.lots.dismantle_models import PartOutcome
from mes.lots.dismantle_rules import PartMovedOn, TakenOut
from mes.lots.models import Lot
from mes.lots.queries import get_lot, open_holds
from mes.lots.return_rules import Goods
from mes.partners.models import PartnerKind
from mes.partners.queries import get_partner
from mes.partners.service import add_partner
from mes.recall.balance import balances
from mes.recall.books import family_of
from mes.scan.service import resolve
from mes.trace.queries import Direction, trace
from mes.web.check import in_records
from mes.web.check_graph import find_loop
from tests.conftest import Shop, migrate
from tests.databases import session_folder, sqlite_database
from tests.lots.assembly import Assembly

OUTCOMES = st.sampled_from(list(PartOutcome))


class Workshop(RuleBasedStateMachine):
    """A bench, and its notebook: where each engine is, by the number that was stamped on it first."""

    machines = Bundle("machines")

    @initialize()
    def open_it(self) -> None:
        self.file = session_folder() / f"{uuid.uuid4().hex}.db"
        self.shop = Shop(Database(sqlite_database(self.file, migrate)))
        with speaking("en"):
            self.plant = Assembly(self.shop)
            self.shop.do(lambda work: add_partner(work, code="C", name="고객", kinds=[PartnerKind.CUSTOMER]))
            self.bolts = self.plant.receive(self.plant.bolt, 40)
            #: By stamped number: the lot as which it is here (None: gone), and the machine it is in.
            self.engines: dict[str, str | None] = {}
            for _number in range(2):
                code = self.plant.receive(self.plant.engine).code
                self.engines[code] = code
        self.inside: dict[str, str] = {}
        self.apart: list[tuple[str, str, str, str | None]] = []
        self.sent: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.database.engine.dispose()
            for left in session_folder().glob(f"{self.file.stem}*"):
                left.unlink()

    def did(self, deed: Callable[[], Any]) -> Any:
        """What came of it; nothing where it was refused."""
        with speaking("en"):
            try:
                return deed()
            except Refused:
                return None

    @rule(target=machines, which=st.integers(0, 1))
    def build(self, which: int) -> Any:
        stamped = sorted(self.engines)[which]
        engine = self.engines[stamped]
        if engine is None or engine in self.inside.values():
            return multiple()
        with self.shop.read() as read:
            bolts = get_lot(read, self.bolts.code).on_hand
            held = get_lot(read, engine).holds
        if bolts < 8 or held:
            return multiple()
        machine = self.plant.build(engine, self.bolts.code)
        self.inside[machine.code] = engine
        return machine.code

    @rule(machine=machines, outcome=OUTCOMES, bolts=st.integers(0, 8))
    def take_apart(self, machine: str, outcome: PartOutcome, bolts: int) -> None:
        engine = self.inside.get(machine)
        if engine is None or machine in self.sent:
            return
        parts = [] if outcome is PartOutcome.LOST else [TakenOut(engine, D(1), outcome)]
        parts += [TakenOut(self.bolts.code, D(bolts), PartOutcome.SCRAP)] if bolts else []
        made = self.plant.apart(machine, *parts)
        del self.inside[machine]
        stamped = next(number for number, now in self.engines.items() if now == engine)
        out = self.plant.parts(made.code)[engine].lot
        self.engines[stamped] = out.code if out and outcome is not PartOutcome.SCRAP else None
        self.apart.append((made.code, machine, engine, stamped))
        if out and outcome is PartOutcome.HOLD:
            with self.shop.read() as read:
                holds = open_holds(read, [out.id])
            for hold in holds:
                self.shop.do(lambda work, ident=hold.id: service.lift_hold(work, ident, "이상 없음"))  # type: ignore[misc]

    @rule()
    def it_was_a_mistake(self) -> None:
        if not self.apart:
            return
        code, machine, engine, stamped = self.apart.pop()
        try:
            self.shop.do(lambda work: service.undo_dismantling(work, code, "착오"))
        except PartMovedOn:
            return
        self.inside[machine] = engine
        self.engines[stamped or ""] = engine

    @rule(machine=machines)
    def ship(self, machine: str) -> None:
        def deed(work: Work) -> str:
            return service.ship_lots(work, customer=get_partner(work.session, "C"), lines=[(machine, None)]).code

        if self.did(lambda: self.shop.do(deed)) is not None:
            self.sent.add(machine)

    @rule(machine=machines)
    def bring_back(self, machine: str) -> None:
        goods = [Goods(machine)]
        made = self.did(lambda: self.shop.do(lambda work: service.take_returns(work, goods, reason="누유")))
        assert (made is not None) == (machine in self.sent)
        if made is not None:
            self.sent.discard(machine)
            with self.shop.read() as read:
                assert return_queries.still_away(read, get_lot(read, machine).id) == 0

    @invariant()
    def everything_is_somewhere(self) -> None:
        if not hasattr(self, "sent"):
            return
        with self.shop.read() as read:
            assert not list(in_records(read))
            assert not find_loop(read)
            for stamped, now in self.engines.items():
                if now is not None:
                    found = resolve(read, stamped).only.code
                    assert found == now
                    assert get_lot(read, now).on_hand == (0 if now in self.inside.values() else 1)
            idents = [self.bolts.id, *(get_lot(read, code).id for code in self.engines)]
            for ident, one in balances(family_of(read, idents)[0], {ident: ident for ident in idents}).items():
                assert (one.received, one.gap) == (Fraction(40 if ident == self.bolts.id else 1), Fraction(0))
                assert one.in_process >= 0
                assert one.drawn >= 0
            for machine, engine in self.inside.items():
                held = dismantle_queries.inside_of(read, get_lot(read, machine))
                assert engine in {one.lot.code for one in held}
            for lot in read.query(Lot).all():
                forward = trace(read, [lot.id], Direction.DOWN).depths
                assert lot.id in forward
                for far in forward:
                    assert lot.id in trace(read, [far], Direction.UP).depths


TestWorkshop = Workshop.TestCase
TestWorkshop.settings = settings(
    max_examples=6,
    stateful_step_count=14,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
