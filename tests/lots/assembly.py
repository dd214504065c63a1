"""A bench where pumps are put together of an engine with its own serial number and eight bolts, and taken apart."""

from decimal import Decimal as D
from typing import Any

from mes.items.models import Item, ItemKind, Tracking
from mes.items.service import BomLineData, OperationData, add_item, make_bom, make_routing, release_bom, release_routing
from mes.lots import dismantle_queries, service
from mes.lots.dismantle_models import DismantledPart, Dismantling, PartOutcome
from mes.lots.dismantle_rules import TakenOut
from mes.lots.models import Lot
from mes.lots.receiving import receive_lots
from mes.orders.consuming import consume
from mes.orders.queries import get_order
from mes.orders.reporting import record_report
from mes.orders.service import create_order, release_order, start_job
from mes.web.check import in_records
from mes.web.check_graph import find_loop
from tests.conftest import Shop
from tests.factories import make_work_centre


class Assembly:
    """An engine with its own serial number and eight bolts go into each pump."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        shop.do(self._build)

    def _build(self, work: Any) -> None:
        def made(code: str, kind: ItemKind, tracking: Tracking) -> Item:
            return add_item(work, code=code, name=code, kind=kind, unit="EA", tracking=tracking)

        self.engine = made("ENG", ItemKind.RAW, Tracking.SERIAL)
        self.bolt = made("BOLT", ItemKind.RAW, Tracking.LOT)
        self.pump = made("PUMP", ItemKind.FINISHED, Tracking.SERIAL)
        lines = [
            BomLineData(component=self.engine, quantity=D(1), operation=10),
            BomLineData(component=self.bolt, quantity=D(8), operation=10),
        ]
        release_bom(work, make_bom(work, self.pump, lines).id)
        bench = make_work_centre(work)
        steps = [OperationData(sequence=10, name="조립", work_centre=bench)]
        release_routing(work, make_routing(work, self.pump, steps).id)

    def receive(self, item: Item, quantity: int = 1) -> Lot:
        return self.shop.do(lambda work: receive_lots(work, item=item, quantities=[D(quantity)]))[0]

    def build(self, engine: str, bolts: str) -> Lot:
        """One pump is made of an engine and eight bolts."""

        def deed(work: Any) -> str:
            order = create_order(work, item=self.pump, quantity=D(1), due_on=work.today)
            release_order(work, order.code, confirmed=True)
            return start_job(work, get_order(work.session, order.code).jobs[0].code).code

        job = self.shop.do(deed)
        self.shop.do(lambda work: consume(work, job, engine))
        self.shop.do(lambda work: consume(work, job, bolts, D(8)))
        report = self.shop.do(lambda work: record_report(work, job, good=D(1), confirmed=True))
        with self.shop.read() as read:
            return read.get_one(Lot, report.lot_id)

    def apart(self, machine: str, *parts: TakenOut, **more: Any) -> Dismantling:
        return self.shop.do(lambda work: service.dismantle(work, machine, parts, reason="누유", **more))

    def parts(self, code: str) -> dict[str, DismantledPart]:
        with self.shop.read() as read:
            found = dismantle_queries.get_dismantling(read, code)
            return {part.source.code: part for part in dismantle_queries.parts_of(read, found.id)}

    def check(self) -> None:
        with self.shop.read() as read:
            assert not list(in_records(read))
            assert not find_loop(read)


def take_a_pump_apart(shop: Shop) -> tuple[str, str]:
    """Of two pumps one is taken apart; the code of that, and the pump that is whole."""
    plant = Assembly(shop)
    engine, other, bolts = plant.receive(plant.engine), plant.receive(plant.engine), plant.receive(plant.bolt, 16)
    machine, whole = (plant.build(one.code, bolts.code) for one in (engine, other))
    return plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.HOLD)).code, whole.code
