"""A press shop in trouble: burrs on a lot of brackets; others were pressed on the same machine, or shipped already."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.equipment.service import add_machine
from mes.inspection.models import Inspection, InspectionKind
from mes.inspection.service import record_inspection
from mes.items.service import change_item
from mes.lots.models import Lot, Shipment
from mes.lots.queries import get_lot
from mes.lots.service import ship_lots, split_lot
from mes.nonconformance import queries
from mes.nonconformance.models import ActionKind, Nonconformance, Origin
from mes.nonconformance.service import add_action, open_nonconformance
from mes.orders.models import Job
from mes.orders.queries import get_order
from mes.orders.service import finish_job, start_job
from mes.partners.models import Partner, PartnerKind
from mes.partners.service import add_partner
from mes.people.models import Person
from mes.quality.models import Defect, DefectCause
from mes.quality.service import record_defect, report_production
from tests.conftest import Shop
from tests.factories import make_person
from tests.quality.workshop import Workshop
from tests.remembered import remembered

D = Decimal


@dataclass
class Trouble:
    """What there is on the morning after."""

    shop: Shop
    workshop: Workshop
    #: Found bad; pressed on the same machine the same day; on another machine; on the same machine a day later.
    bad: Lot
    sister: Lot
    other: Lot
    later: Lot
    #: Of the sister, shipped to the customer.
    shipment: Shipment
    customer: Partner
    burrs: Defect
    owner: Person
    manager: Actor
    second_manager: Actor

    def open(self, **values: Any) -> Nonconformance:
        """Quality opens a nonconformance, from the burrs unless said otherwise."""
        given: dict[str, Any] = {"origin": Origin.DEFECT, "what": "버 발생", **values}
        if given["origin"] is Origin.DEFECT:
            given.setdefault("defects", [self.burrs.id])
        return self.shop.do(lambda work: open_nonconformance(work, **given), actor=self.workshop.inspector)

    def see(self, found: Nonconformance) -> queries.Whole:
        """The nonconformance as it is recorded now."""
        with self.shop.read() as read:
            return queries.whole(read, found.code)

    def inspect(self, thickness: str) -> Inspection:
        """Sheets arrive and are measured: 2 mm is good, 2.5 mm too thick."""
        sheets = self.workshop.receive_sheets()
        readings = {self.workshop.thickness.id: D(thickness), self.workshop.width.id: D(100)}
        return self.shop.do(
            lambda work: record_inspection(work, kind=InspectionKind.INCOMING, lot_code=sheets.code, readings=readings),
            actor=self.workshop.inspector,
        )

    def defect_at_job(self) -> Defect:
        """Burrs found at the press, in the order that made the later lot."""
        with self.shop.read() as read:
            job = read.query(Job).filter_by(order_id=self.later.order_id, is_first=True).one().code
        return self.shop.do(lambda work: record_defect(work, code="BURR", quantity=D(2), job_code=job))

    def act_of(self, found: Nonconformance, days: int) -> int:
        """Somebody is to change the punch until some days from now."""
        return self.shop.do(
            lambda work: add_action(
                work,
                found.code,
                kind=ActionKind.CORRECTIVE,
                what="펀치 교체",
                owner=self.owner,
                due_on=work.today + timedelta(days=days),
            )
        ).id

    def split(self, lot: Lot, quantity: int) -> Lot:
        """Somebody takes a part off a lot."""
        return self.shop.do(lambda work: split_lot(work, lot.code, D(quantity)))

    def wear(self) -> DefectCause:
        """A cause of the plant's list."""
        return self.shop.do(lambda work: work.add(DefectCause(code="WEAR", name="마모"), "quality.add_cause"))

    def dismiss(self, person: Person) -> None:
        """Somebody no longer works here."""

        def deed(work: Work) -> None:
            work.session.get_one(Person, person.id).active = False
            person.active = False

        self.shop.do(deed)

    def lot(self, lot: Lot | str) -> Lot:
        """A lot as it is recorded now."""
        with self.shop.read() as read:
            return get_lot(read, lot if isinstance(lot, str) else lot.code)


@remembered
def press_trouble(shop: Shop) -> Trouble:
    """Let it happen."""
    workshop = Workshop(shop)
    shop.do(lambda work: add_machine(work, code="PR-2", name="프레스 2호기", work_centre_id=workshop.press.id))
    shop.do(lambda work: change_item(work, "PL", unit_cost=D("1250.5")))
    bad, sister = _make(shop, workshop, "PR-1"), _make(shop, workshop, "PR-1")
    other = _make(shop, workshop, "PR-2")
    shop.later(days=1)
    later = _make(shop, workshop, "PR-1")
    customer = shop.do(
        lambda work: add_partner(work, code="CAR", name="자동차", name_en="Carmaker", kinds=[PartnerKind.CUSTOMER])
    )
    shipment = shop.do(lambda work: ship_lots(work, customer=customer, lines=[(sister.code, D(30))]))
    burrs = shop.do(
        lambda work: record_defect(work, code="BURR", quantity=D(12), lot_code=bad.code), actor=workshop.inspector
    )
    owner, manager, second = shop.do(_people)
    return Trouble(
        shop, workshop, bad, workshop.see_lot(sister), other, later, shipment, customer, burrs, owner, manager, second
    )


def _people(work: Work) -> tuple[Person, Actor, Actor]:
    owner = make_person(work, Role.LEADER, name="이반장")
    managers = [make_person(work, Role.MANAGER, name=name) for name in ("정부장", "최이사")]
    first, second = (Actor(one.name, frozenset({Role.MANAGER}), one.id) for one in managers)
    return owner, first, second


def _make(shop: Shop, workshop: Workshop, machine: str) -> Lot:
    """An order of 100 brackets, pressed at a machine and deburred: one lot."""
    order = workshop.order(100)
    pressing, deburring = order.jobs
    shop.do(lambda work: start_job(work, pressing.code, machine), actor=workshop.operator)
    shop.do(lambda work: report_production(work, pressing.code, good=D(100)), actor=workshop.operator)
    shop.do(lambda work: finish_job(work, pressing.code), actor=workshop.operator)
    shop.do(lambda work: start_job(work, deburring.code), actor=workshop.operator)
    made = shop.do(lambda work: report_production(work, deburring.code, good=D(100)), actor=workshop.operator)
    shop.do(lambda work: finish_job(work, deburring.code), actor=workshop.operator)
    with shop.read() as read:
        assert get_order(read, order.code).good == 100
        return read.get_one(Lot, made.lot_id)
