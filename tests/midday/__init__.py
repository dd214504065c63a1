"""The bakery in the middle of its day: something of everything that a page or a program can ask for."""

from typing import Any

from mes.core.access import Role
from mes.core.work import Work
from mes.equipment.calls import call_for
from mes.equipment.models import CallKind, StopReason
from mes.equipment.service import hold_machine, start_downtime
from mes.equipment.tools import add_tool, hold_tool
from mes.exchange.service import keep_upload, prepare
from mes.inspection.models import Characteristic, InspectionKind
from mes.inspection.service import record_inspection
from mes.items.boms import copy_bom
from mes.items.routings import copy_routing
from mes.lots.models import Lot, Movement, MovementKind, Receipt
from mes.lots.service import hold_lot, ship_lots
from mes.people.plant import add_token
from mes.quality.models import Defect
from mes.quality.service import add_defect_cause, report_production
from tests.midday.handled import Handled
from tests.midday.measured import Measured
from tests.station.floor import D, Floor

FILE = "품목코드,품명,품목구분,단위\nZ1,참기름,원자재,kg\n"


class Midday:
    """What happened in the bakery since the morning, and the codes to ask for it (``known``)."""

    def __init__(self, floor: Floor) -> None:
        self.floor, self.shop = floor, floor.shop
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
        self.shop.do(self._and_the_rest)
        with self.shop.read() as read:
            measured = [row.id for row in read.query(Characteristic).order_by(Characteristic.id)]
            readings = {ident: D(90) for ident in measured}
            receipt = read.query(Receipt).order_by(Receipt.id).first()
            taken = read.query(Movement).filter_by(kind=MovementKind.CONSUME).order_by(Movement.id.desc()).first()
            defect = read.query(Defect).order_by(Defect.id).first()
        assert receipt
        assert taken
        assert defect
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
            "hold": [str(hold.id)],
            "shipment": [shipment.code],
            "receipt": [receipt.code],
            "movement": [taken.id],
            "inspection": [inspection.code],
            "characteristic": measured,
            "standard": [inspection.standard_id],
            "upload": [self.upload.id],
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
        start_downtime(work, work_centre_id=self.floor.packing.id, reason_id=reason.id)
        add_tool(work, code="M-1", name="떡 성형틀", name_en="Cake mould", cavities=4)
        add_tool(work, code="M-2", name="절단 칼날", name_en="Cutting blade")
        hold_tool(work, "M-2", "날이 나감")
        call_for(work, kind=CallKind.LEADER, work_centre_id=self.floor.kettle.id)
        copy_bom(work, self.floor.cake)
        copy_routing(work, self.floor.cake)
        self.upload = keep_upload(work, prepare("items", "items.csv", FILE.encode()))
        add_token(work, "scales", Role.OPERATOR)
        add_defect_cause(work, code="SET", name="조건 설정", name_en="Setting")

    def lots(self, item: str) -> list[str]:
        """The codes of an item's lots."""
        with self.shop.read() as read:
            return [lot.code for lot in read.query(Lot).join(Lot.item).filter_by(code=item).order_by(Lot.id)]
