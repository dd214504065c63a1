"""The bakery in the middle of its day: something of everything that a page or a program can ask for."""

from typing import Any

from mes.core.access import Role
from mes.core.seals import make_seal, prove_newest
from mes.core.work import Work
from mes.equipment.calls import call_for
from mes.equipment.models import CallKind, StopReason
from mes.equipment.service import hold_machine, start_downtime
from mes.equipment.stops import set_reason_picture
from mes.equipment.tools import add_tool, hold_tool
from mes.exchange.service import keep_upload, prepare
from mes.inspection.models import Characteristic, InspectionKind
from mes.inspection.service import record_inspection
from mes.items.boms import copy_bom
from mes.items.models import OperationStep, StepKind
from mes.items.routings import copy_routing, release_routing
from mes.items.steps import StepData, set_step_picture
from mes.lots.models import Lot, Movement, MovementKind, Receipt
from mes.lots.packing import make_unit
from mes.lots.return_rules import Goods
from mes.lots.service import hold_lot, ship_lots, take_returns
from mes.lots.unit_models import UnitKind
from mes.people.plant import add_token
from mes.quality.models import Defect
from mes.quality.service import add_defect_cause, report_production
from tests.factories import make_customer_part, make_steps
from tests.lots.assembly import take_a_pump_apart
from tests.lots.keeping import keep_a_sample
from tests.midday.copied import keep_copies
from tests.midday.handled import Handled
from tests.midday.late import send_late
from tests.midday.led import led
from tests.midday.measured import Measured
from tests.midday.printed import print_some
from tests.midday.shifted import work_in_shifts
from tests.midday.stored import store
from tests.quality.workshop import snapshot
from tests.station.floor import D, Floor


def look_at_the_sieve(work: Work, floor: Floor) -> None:
    """The kettle's work steps, which nobody has to wait for; the first one shows a photo."""
    text = StepData(position=2, name="특이사항을 적는다", kind=StepKind.TEXT, required=False)
    sieve = StepData(position=1, name="체를 확인한다", name_en="Look at the sieve", kind=StepKind.CHECK, required=False)
    make_steps(work, floor.cake, sieve, text)
    draft = copy_routing(work, floor.cake)
    set_step_picture(work, draft.id, 10, 1, "sieve.jpg", snapshot((400, 300)))
    release_routing(work, draft.id)


FILE = "품목코드,품명,품목구분,단위\nZ1,참기름,원자재,kg\n"


class Midday:
    """What happened in the bakery since the morning, and the codes to ask for it (``known``)."""

    def __init__(self, floor: Floor) -> None:
        self.floor, self.shop = floor, floor.shop
        self.shop.do(lambda work: look_at_the_sieve(work, floor))
        [flour, torn, _spare] = floor.receive(floor.flour, 80, 60, 40)
        floor.receive(floor.film, 500)
        orders = [floor.order(20), floor.order(100), floor.order(50, release=False)]
        done, running, draft = orders
        for job, good in zip(done.jobs, (20, 18), strict=True):
            floor.start(job)
            if good == 20:
                floor.scan(job, flour)
            self._make(job.code, good)
        floor.start(running.jobs[0])
        floor.scan(running.jobs[0], flour, 10)
        hold = self.shop.do(lambda work: hold_lot(work, torn.id, "torn bag"))
        [cake] = self.lots("CAKE")
        shipment = self.shop.do(lambda work: ship_lots(work, customer=floor.market, lines=[(cake, D(5))]))
        returned = self.shop.do(lambda work: take_returns(work, [Goods(cake, D(1))], reason="포장 불량"))
        apart, whole = take_a_pump_apart(self.shop)
        sample = keep_a_sample(self.shop, flour.code)
        self.shop.do(self._and_the_rest)
        self.shop.do(lambda work: make_seal(work, prove_newest(self.shop.database)))
        with self.shop.read() as read:
            measured = [row.id for row in read.query(Characteristic).order_by(Characteristic.id)]
            readings = {ident: D(90) for ident in measured}
            receipt = read.query(Receipt).order_by(Receipt.id).first()
            taken = (
                read.query(Movement)
                .filter_by(kind=MovementKind.CONSUME, order_id=running.id)
                .order_by(Movement.id.desc())
                .first()
            )
            defect = read.query(Defect).order_by(Defect.id).first()
            pictured = read.query(OperationStep.id).filter(OperationStep.picture_id.is_not(None)).first()
        assert receipt
        assert taken
        assert defect
        assert pictured
        inspection = self.shop.do(
            lambda work: record_inspection(
                work, kind=InspectionKind.FIRST, job_code=running.jobs[0].code, readings=readings
            )
        )
        quality = Handled(Measured(floor, running.jobs[0]), running.jobs[0], shipment)
        self.known: dict[str, list[Any]] = {
            **quality.known,
            "item": ["CAKE", "RF", "RF2", "FILM"],
            "lot": [*self.lots("RF"), *self.lots("FILM"), cake],
            "held lot": [torn.code],
            "order": [running.code, done.code, draft.code],
            "draft order": [draft.code],
            "job": [job.code for order in (running, done) for job in order.jobs],
            "defect code": ["TORN", "LIGHT"],
            "defect": [defect.id],
            "supplier": ["MILL"],
            "customer": ["MART"],
            "location": ["ST", "FL"],
            "machine": ["KT-1", "KT-2"],
            "tool": ["M-2", "M-1"],
            "pictured step": list(pictured),
            "hold": [str(hold.id)],
            "shipment": [shipment.code],
            "return": [returned.code],
            "dismantling": [apart],
            "pump": [whole],
            "sample": [sample],
            "receipt": [receipt.code],
            "movement": [taken.id],
            "inspection": [inspection.code],
            "characteristic": measured,
            "standard": [inspection.standard_id],
            "upload": [self.upload.id],
            "stop": [self.stop.id],
            "call": [self.call.id],
            "customer part": [self.part.id],
            "unit": [self.pallet.code],
            **keep_copies(self.shop),
            **store(floor, running.code, cake),
            **print_some(self.shop, flour.code),
            **work_in_shifts(floor),
            **led(floor, running.jobs[0].code, flour.code),
            **send_late(floor, running.jobs[0].code, flour.code),
        }

    def _make(self, job: str, good: int) -> None:
        self.shop.do(
            lambda work: report_production(work, job, good=D(good), defects=[("TORN", D(1))], confirmed=True),
            actor=self.floor.operator,
        )

    def _and_the_rest(self, work: Work) -> None:
        """A machine on hold, another that stands still, a call, drafts, a file to import, a program's token."""
        hold_machine(work, "KT-2", "oil under the motor")
        reason = work.session.query(StopReason).filter_by(code="BREAK").one()
        set_reason_picture(work, "BREAK", "break.jpg", snapshot((400, 300)))
        self.stop = start_downtime(work, work_centre_id=self.floor.packing.id, reason_id=reason.id)
        add_tool(work, code="M-1", name="떡 성형틀", name_en="Cake mould", cavities=4)
        add_tool(work, code="M-2", name="절단 칼날", name_en="Cutting blade")
        hold_tool(work, "M-2", "날이 나감")
        self.call = call_for(work, kind=CallKind.LEADER, work_centre_id=self.floor.kettle.id)
        copy_bom(work, self.floor.cake)
        copy_routing(work, self.floor.cake)
        self.upload = keep_upload(work, prepare("items", "items.csv", FILE.encode()))
        add_token(work, "scales", Role.OPERATOR)
        add_defect_cause(work, code="SET", name="조건 설정", name_en="Setting")
        self.part = make_customer_part(work, self.floor.cake, partner=self.floor.market, code="MT-7001")
        box = make_unit(work, UnitKind.BOX, lots=self.lots("FILM")[:1])
        self.pallet = make_unit(work, UnitKind.PALLET, boxes=[box.code], lots=self.lots("RF")[-1:])

    def lots(self, item: str) -> list[str]:
        """The codes of an item's lots."""
        with self.shop.read() as read:
            return [lot.code for lot in read.query(Lot).join(Lot.item).filter_by(code=item).order_by(Lot.id)]
