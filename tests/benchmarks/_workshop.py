"""A one-operation workshop for benchmarks: a pump of three scanned parts, with plenty of stock."""

from datetime import date
from decimal import Decimal as D

from mes.core.access import Role
from mes.core.work import Work
from mes.equipment.models import LocationKind
from mes.equipment.service import add_location, add_work_centre
from mes.items.models import Item, ItemKind
from mes.items.service import BomLineData, OperationData, add_item, make_bom, make_routing, release_bom, release_routing
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.orders import service
from mes.orders.models import Job, LotRule
from mes.orders.queries import get_order
from mes.people.plant import add_token, set_up_plant
from mes.quality.service import add_defect_code, report_production
from tests.conftest import Shop

PLENTY = D(10) ** 9
DUE = date(2026, 1, 9)


class Workshop:
    """Items, stock, and running jobs; ``report`` is one business act."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.token = shop.do(self._build)

    def _build(self, work: Work) -> str:
        set_up_plant(work, name="펌프공방")
        self.floor = add_location(work, code="FL", name="현장", kind=LocationKind.WORK_CENTRE)
        centre = add_work_centre(work, code="AS", name="조립", location_id=self.floor.id)
        self.parts = [add_item(work, code=f"PART{n}", name=f"부품 {n}", kind=ItemKind.RAW, unit="EA") for n in range(3)]
        self.pump: Item = add_item(work, code="PUMP", name="펌프", kind=ItemKind.FINISHED, unit="EA")
        release_bom(work, make_bom(work, self.pump, [BomLineData(component=p, quantity=D(1)) for p in self.parts]).id)
        step = OperationData(sequence=10, name="조립", work_centre=centre)
        release_routing(work, make_routing(work, self.pump, [step]).id)
        add_defect_code(work, code="D1", name="누유")
        self.stock: list[Lot] = [
            receive_lots(work, item=part, quantities=[PLENTY], location=self.floor)[0] for part in self.parts
        ]
        return add_token(work, "bench", Role.MANAGER)

    def running_job(self) -> Job:
        """An order on the floor, its one job running."""
        order = self.shop.do(
            lambda work: service.create_order(
                work, item=self.pump, quantity=D(10**6), due_on=DUE, lot_rule=LotRule.REPORT
            )
        )
        self.shop.do(lambda work: service.release_order(work, order.code, confirmed=True))
        with self.shop.read() as read:
            [job] = get_order(read, order.code).jobs
        self.shop.do(lambda work: service.start_job(work, job.code))
        return job

    def report(self, job: Job) -> None:
        """Three lots consumed, one lot made, one defect, its events: one transaction."""

        lots = [(lot.code, D(2)) for lot in self.stock]
        self.shop.do(lambda work: report_production(work, job.code, good=D(1), defects=[("D1", D(1))], consumed=lots))
