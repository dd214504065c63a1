"""A small bakery of rice cakes: flour is scanned at the kettle, film is taken by itself at packing."""

from datetime import date, timedelta
from decimal import Decimal

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.equipment.models import Location, LocationKind
from mes.equipment.service import add_location, add_work_centre
from mes.items.models import Consumption, Item, ItemKind, Tracking
from mes.items.service import (
    BomLineData,
    OperationData,
    add_item,
    make_bom,
    make_routing,
    release_bom,
    release_routing,
)
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.orders import service
from mes.orders.consuming import consume
from mes.orders.models import Job, LotRule, WorkOrder
from mes.orders.queries import get_job, get_order
from mes.orders.reporting import record_report
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner
from tests.conftest import Shop
from tests.factories import make_person
from tests.remembered import recall

TODAY = date(2026, 1, 5)
D = Decimal


class Bakery:
    """Items, places, people and stock; helpers that say what people do."""

    def __init__(self, shop: Shop, cake_tracking: Tracking = Tracking.LOT) -> None:
        self.shop = shop
        built = recall(shop, (type(self), cake_tracking), lambda: self._built(cake_tracking))
        vars(self).update(built)

    def _built(self, cake_tracking: Tracking) -> dict[str, object]:
        self.shop.do(lambda work: self._build(work, cake_tracking))
        return vars(self)

    def _build(self, work: Work, cake_tracking: Tracking) -> None:
        self.store = add_location(work, code="ST", name="자재창고", kind=LocationKind.STORE)
        self.floor = add_location(work, code="FL", name="생산현장", kind=LocationKind.WORK_CENTRE)
        self.kettle = add_work_centre(work, code="KT", name="증숙", location_id=self.floor.id)
        self.packing = add_work_centre(work, code="PK", name="포장", location_id=self.floor.id)
        self.mill = add_partner(work, code="MILL", name="제분소", kinds=[PartnerKind.SUPPLIER])
        self.market = add_partner(work, code="MART", name="마트", kinds=[PartnerKind.CUSTOMER])
        self.flour = add_item(work, code="RF", name="쌀가루", kind=ItemKind.RAW, unit="kg", shelf_life_days=180)
        self.other_flour = add_item(work, code="RF2", name="수입쌀가루", kind=ItemKind.RAW, unit="kg")
        self.film = add_item(work, code="FILM", name="포장필름", kind=ItemKind.PACKAGING, unit="EA")
        self.cake = add_item(
            work,
            code="CAKE",
            name="가래떡",
            kind=ItemKind.FINISHED,
            unit="EA",
            tracking=cake_tracking,
            shelf_life_days=30,
        )
        lines = [
            BomLineData(component=self.flour, quantity=D("0.5"), operation=10, substitutes=[self.other_flour]),
            BomLineData(component=self.film, quantity=D(1), operation=20, consumption=Consumption.BACKFLUSH),
        ]
        release_bom(work, make_bom(work, self.cake, lines).id)
        steps = [
            OperationData(sequence=10, name="증숙", work_centre=self.kettle),
            OperationData(sequence=20, name="포장", work_centre=self.packing),
        ]
        release_routing(work, make_routing(work, self.cake, steps).id)
        person = make_person(work, Role.OPERATOR, name="작업자")
        leader = make_person(work, Role.LEADER, name="반장")
        self.operator = Actor(person.name, frozenset({Role.OPERATOR}), person.id)
        self.leader = Actor(leader.name, frozenset({Role.LEADER}), leader.id)

    def receive(
        self, item: Item, *quantities: int | str, at: Location | None = None, days: int | None = None
    ) -> list[Lot]:
        """Material arrives; ``days``: until its use-by date."""
        return self.shop.do(
            lambda work: receive_lots(
                work,
                item=item,
                quantities=[D(q) for q in quantities],
                supplier=self.mill,
                supplier_lot="A-77",
                location=at or self.floor,
                expires_on=None if days is None else TODAY + timedelta(days=days),
                confirmed=True,
            )
        )

    def order(self, quantity: int = 100, lot_rule: LotRule = LotRule.ORDER, release: bool = True) -> WorkOrder:
        """An order for cakes, on the floor."""
        made = self.shop.do(
            lambda work: service.create_order(
                work, item=self.cake, quantity=D(quantity), due_on=TODAY + timedelta(days=3), lot_rule=lot_rule
            )
        )
        if release:
            self.shop.do(lambda work: service.release_order(work, made.code, confirmed=True))
        return self.see_order(made.code)

    def at_packing(self, order: WorkOrder) -> tuple[Job, Job]:
        """Flour went through the kettle, 100 are good, and packing has begun."""
        [flour] = self.receive(self.flour, 80)
        self.receive(self.film, 500)
        kettle, packing = order.jobs
        self.start(kettle)
        self.scan(kettle, flour)
        self.shop.do(lambda work: record_report(work, kettle.code, good=D(100)))
        self.start(packing)
        return kettle, packing

    def see_order(self, code: str) -> WorkOrder:
        """The order as it is recorded now."""
        with self.shop.read() as read:
            return get_order(read, code)

    def see_job(self, job: Job) -> Job:
        """The job as it is recorded now."""
        with self.shop.read() as read:
            return get_job(read, job.code)

    def lot(self, lot: Lot | int) -> Lot:
        """The lot as it is recorded now."""
        with self.shop.read() as read:
            return read.get_one(Lot, lot if isinstance(lot, int) else lot.id)

    def start(self, job: Job) -> None:
        """Somebody starts the job."""
        self.shop.do(lambda work: service.start_job(work, job.code), actor=self.operator)

    def scan(self, job: Job, lot: Lot, quantity: int | str | None = None) -> Decimal:
        """Somebody scans a lot for the job; gives what was taken."""
        amount = None if quantity is None else D(quantity)
        done = self.shop.do(lambda work: consume(work, job.code, lot.code, amount), actor=self.operator)
        return -done.movement.quantity
