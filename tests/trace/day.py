"""A day at the bakery that leaves traces: deliveries, an order with defects, a split, a shipment, a hold, a stop."""

from dataclasses import dataclass
from datetime import timedelta

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.equipment.models import Machine
from mes.equipment.queries import get_stop_reason
from mes.equipment.service import add_machine, add_stop_reason, end_downtime, start_downtime
from mes.inspection.models import InspectionKind
from mes.inspection.service import CharacteristicData, record_inspection
from mes.inspection.standard_queries import characteristics_of
from mes.items.models import ItemKind
from mes.items.service import add_item
from mes.lots.models import Lot, Shipment
from mes.lots.queries import get_lot
from mes.lots.service import hold_lot, receive_lots, ship_lots, split_lot
from mes.orders import service
from mes.orders.models import WorkOrder
from mes.orders.service import create_order
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner
from mes.quality.service import add_defect_code, report_production
from tests.conftest import Shop
from tests.factories import make_person, make_released_standard
from tests.orders.bakery import TODAY, Bakery, D
from tests.remembered import remembered


@dataclass
class Day:
    """What there is in the evening."""

    bakery: Bakery
    flour: Lot
    spare: Lot
    film: Lot
    order: WorkOrder
    late: WorkOrder
    cakes: Lot
    box: Lot
    shipment: Shipment
    machine: Machine


@remembered
def bakery_day(shop: Shop) -> Day:
    """Let the day happen."""
    bakery = Bakery(shop)
    machine, inspector = shop.do(lambda work: _equip(work, bakery))
    flour, spare = bakery.receive(bakery.flour, 80, 40)
    [film] = bakery.receive(bakery.film, 5000)
    late = shop.do(lambda work: _late(work, bakery))
    order = bakery.order(100)
    kettle, packing = order.jobs
    shop.later(minutes=30)
    shop.do(lambda work: service.start_job(work, kettle.code, machine.code), actor=bakery.operator)
    bakery.scan(kettle, flour)
    shop.later(minutes=40)
    _report(shop, bakery, kettle.code, 95, ("TORN", 3), ("BURNT", 2))
    stop = shop.do(lambda work: _stop(work, bakery, machine), actor=bakery.operator)
    shop.later(minutes=25)
    shop.do(lambda work: end_downtime(work, stop), actor=bakery.operator)
    bakery.start(packing)
    shop.later(minutes=20)
    made = _report(shop, bakery, packing.code, 94, ("TORN", 1))
    for job in (kettle, packing):
        shop.do(lambda work, code=job.code: service.finish_job(work, code, confirmed=True))  # type: ignore[misc]
    cakes = bakery.lot(made)
    _inspect(shop, inspector, cakes.code, "12.1")
    box = shop.do(lambda work: split_lot(work, cakes.code, D(24)))
    shop.later(minutes=30)
    shipment = shop.do(
        lambda work: ship_lots(work, customer=bakery.market, lines=[(box.code, None)], reference="PO-2026-15")
    )
    shop.do(lambda work: hold_lot(work, spare.id, "포장 찢어짐"))
    return Day(bakery, flour, spare, film, order, late, bakery.lot(cakes), box, shipment, machine)


def _equip(work: Work, bakery: Bakery) -> tuple[Machine, Actor]:
    machine = add_machine(work, code="KT-1", name="증숙 1호기", name_en="Kettle 1", work_centre_id=bakery.kettle.id)
    add_defect_code(work, code="TORN", name="찢김", name_en="Torn", group="외관")
    add_defect_code(work, code="BURNT", name="탐", name_en="Burnt", group="외관")
    add_stop_reason(work, code="CLEAN", name="청소", name_en="Cleaning", planned=True)
    add_stop_reason(work, code="BREAK", name="고장", name_en="Breakdown")
    thickness = CharacteristicData(name="굵기", unit="mm", lower=D("11.5"), upper=D("12.5"))
    make_released_standard(work, bakery.cake, thickness, kind=InspectionKind.FINAL)
    person = make_person(work, Role.QUALITY, name="박품질")
    return machine, Actor(person.name, frozenset({Role.QUALITY}), person.id)


def _late(work: Work, bakery: Bakery) -> WorkOrder:
    return create_order(work, item=bakery.cake, quantity=D(500), due_on=TODAY - timedelta(days=2), priority=1)


def _report(shop: Shop, bakery: Bakery, job: str, good: int, *defects: tuple[str, int]) -> int:
    found = [(code, D(count)) for code, count in defects]
    done = shop.do(lambda work: report_production(work, job, good=D(good), defects=found), actor=bakery.operator)
    return done.lot_id or 0


def _stop(work: Work, bakery: Bakery, machine: Machine) -> int:
    reason = get_stop_reason(work.session, "BREAK")
    return start_downtime(work, work_centre_id=bakery.kettle.id, machine_id=machine.id, reason_id=reason.id).id


def _inspect(shop: Shop, inspector: Actor, lot: str, thickness: str) -> None:
    def deed(work: Work) -> None:
        [measured] = characteristics_of(work.session, get_lot(work.session, lot).item_id, InspectionKind.FINAL)
        record_inspection(work, kind=InspectionKind.FINAL, lot_code=lot, readings={measured.id: D(thickness)})

    shop.do(deed, actor=inspector)


def second_supplier(shop: Shop) -> Lot:
    """Another supplier's delivery of something else, under the number that the mill used too."""

    def deed(work: Work) -> Lot:
        dairy = add_partner(work, code="DAIRY", name="낙농", kinds=[PartnerKind.SUPPLIER])
        milk = add_item(work, code="MILK", name="우유", kind=ItemKind.RAW, unit="L")
        return receive_lots(work, item=milk, quantities=[D(5)], supplier=dairy, supplier_lot="A-77")[0]

    return shop.do(deed)
