"""A press shop: plates are pressed from sheets and then deburred; sheets are inspected when they arrive."""

import io
from decimal import Decimal

from PIL import Image

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.equipment.service import add_machine, add_work_centre
from mes.inspection.models import Characteristic, InspectionKind
from mes.inspection.service import CharacteristicData
from mes.inspection.standard_queries import get_standard
from mes.items.models import Consumption, Item, ItemKind, Tracking
from mes.items.service import BomLineData, OperationData, add_item, make_bom, make_routing, release_bom, release_routing
from mes.lots.models import Lot
from mes.lots.queries import get_lot
from mes.lots.service import receive_lots
from mes.orders.models import Job, WorkOrder
from mes.orders.queries import get_job, get_order
from mes.orders.service import create_order, release_order, start_job
from mes.partners.models import Partner
from mes.quality.models import Defect
from mes.quality.service import add_defect_code
from tests.conftest import Shop
from tests.factories import make_person, make_released_standard
from tests.remembered import recall

D = Decimal


def snapshot(size: tuple[int, int] = (2400, 1200), kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A photo as a phone takes it: left half red, with the place and the owner in its metadata."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


class Workshop:
    """Items, machines, codes and stock; helpers that say what people do."""

    def __init__(self, shop: Shop, tracking: Tracking = Tracking.LOT, first_piece: bool = False) -> None:
        self.shop = shop
        built = recall(shop, (Workshop, tracking, first_piece), lambda: self._built(tracking, first_piece))
        vars(self).update(built)

    def _built(self, tracking: Tracking, first_piece: bool) -> dict[str, object]:
        self.shop.do(lambda work: self._build(work, tracking, first_piece))
        return vars(self)

    def _build(self, work: Work, tracking: Tracking, first_piece: bool) -> None:
        self.press = add_work_centre(work, code="PR", name="프레스", name_en="Press")
        self.bench = add_work_centre(work, code="DB", name="사상", name_en="Deburring")
        self.machine = add_machine(
            work, code="PR-1", name="프레스 1호기", name_en="Press 1", work_centre_id=self.press.id
        )
        self.sheet = add_item(
            work, code="SH", name="강판", name_en="Steel sheet", kind=ItemKind.RAW, unit="kg", inspect_incoming=True
        )
        self.bolt = add_item(work, code="BT", name="볼트", kind=ItemKind.SUB, unit="EA")
        self.plate = add_item(
            work, code="PL", name="브래킷", name_en="Bracket", kind=ItemKind.FINISHED, unit="EA", tracking=tracking
        )
        line = BomLineData(component=self.bolt, quantity=D(1), operation=10, consumption=Consumption.BACKFLUSH)
        release_bom(work, make_bom(work, self.plate, [line]).id)
        steps = [
            OperationData(sequence=10, name="프레스", work_centre=self.press, inspected=first_piece),
            OperationData(sequence=20, name="사상", work_centre=self.bench),
        ]
        release_routing(work, make_routing(work, self.plate, steps).id)
        add_defect_code(work, code="BURR", name="버", name_en="Burr", name_vi="Ba via", group="외관")
        add_defect_code(work, code="CRACK", name="크랙", name_en="Crack", group="외관")
        add_defect_code(work, code="DIM", name="치수", name_en="Dimension", group="치수")
        receive_lots(work, item=self.bolt, quantities=[D(10000)])
        self.thickness, self.width = self._measure(
            work, self.sheet, InspectionKind.INCOMING, ("두께", "1.95", "2.05"), ("폭", "99.5", None)
        )
        [self.hole] = self._measure(work, self.plate, InspectionKind.FIRST, ("구멍 지름", "9.95", "10.05"))
        [self.pitch] = self._measure(work, self.plate, InspectionKind.PATROL, ("피치", "49.9", "50.1"))
        [self.looks] = self._measure(work, self.plate, InspectionKind.FINAL, ("외관 불량수", None, "0"))
        operator = make_person(work, Role.OPERATOR, name="김작업")
        self.operator = Actor(operator.name, frozenset({Role.OPERATOR}), operator.id)
        inspector = make_person(work, Role.QUALITY, name="박품질")
        self.inspector = Actor(inspector.name, frozenset({Role.QUALITY}), inspector.id)

    def _measure(
        self, work: Work, item: Item, kind: InspectionKind, *rows: tuple[str, str | None, str | None]
    ) -> list[Characteristic]:
        wanted = [
            CharacteristicData(name=name, unit="mm", lower=D(low) if low else None, upper=D(high) if high else None)
            for name, low, high in rows
        ]
        made = make_released_standard(work, item, *wanted, kind=kind)
        return get_standard(work.session, made.id).characteristics

    def receive_sheets(self, quantity: int = 100, supplier: Partner | None = None) -> Lot:
        """Sheets arrive and wait for their inspection."""
        boxes = [D(quantity)]
        return self.shop.do(lambda work: receive_lots(work, item=self.sheet, quantities=boxes, supplier=supplier))[0]

    def order(self, quantity: int = 100) -> WorkOrder:
        """An order for plates, on the floor."""
        made = self.shop.do(
            lambda work: create_order(work, item=self.plate, quantity=D(quantity), due_on=self.shop.now.date())
        )
        self.shop.do(lambda work: release_order(work, made.code, confirmed=True))
        with self.shop.read() as read:
            return get_order(read, made.code)

    def pressing(self, quantity: int = 100) -> Job:
        """The first job of an order, running on the press."""
        job = self.order(quantity).jobs[0]
        self.shop.do(lambda work: start_job(work, job.code, "PR-1"), actor=self.operator)
        return job

    def deburring_of(self, job: Job) -> Job:
        """The job after it, running."""
        with self.shop.read() as read:
            after = get_order(read, get_job(read, job.code).order.code).jobs[1]
        self.shop.do(lambda work: start_job(work, after.code), actor=self.operator)
        return after

    def see_lot(self, lot: Lot) -> Lot:
        """The lot as it is recorded now."""
        with self.shop.read() as read:
            return get_lot(read, lot.code)

    def see_job(self, job: Job) -> Job:
        """The job as it is recorded now."""
        with self.shop.read() as read:
            return get_job(read, job.code)

    def defects(self) -> list[Defect]:
        """All rows of the defect log, oldest first."""
        with self.shop.read() as read:
            return read.query(Defect).order_by(Defect.id).all()
