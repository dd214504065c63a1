"""A week at the bakery with everything that is told outside: a GTIN, a GLN, pallets, holds, scrap, an undone report."""

from dataclasses import dataclass
from decimal import Decimal as D

from sqlalchemy import select

from mes.core.work import Work
from mes.epcis.documents import as_document, write_json
from mes.epcis.models import EpcisEvent
from mes.epcis.noting import bring_up_to_date
from mes.epcis.service import set_gln
from mes.items.service import change_item
from mes.lots.models import Lot
from mes.lots.packing import make_unit, pack, put_on, take_off, unpack
from mes.lots.service import (
    hold_lot,
    lift_hold,
    merge_lots,
    return_lot,
    scrap_lot,
    ship_lots,
    split_lot,
    take_back_shipment,
)
from mes.lots.unit_models import UnitKind
from mes.orders.models import Report
from mes.people.plant import set_up_plant
from mes.quality.service import undo_report
from tests.conftest import Shop
from tests.epcis.program import CAKE, FLOUR
from tests.orders.bakery import Bakery
from tests.remembered import remembered
from tests.trace.day import Day, bakery_day

GLN = "8800000000091"


@dataclass
class Week:
    """What there is on Friday."""

    day: Day
    pallet: str
    box: str
    shipped: Lot
    shipment: str


@remembered
def week(shop: Shop, *, numbered: bool = True) -> Week:
    """Let the week happen. ``numbered``: with numbers of GS1."""
    day = bakery_day(shop)
    bakery = day.bakery
    if numbered:
        shop.do(lambda work: _number(work, bakery))
    shop.later(hours=1)
    part = shop.do(lambda work: split_lot(work, day.cakes.code, D(20)))
    other = shop.do(lambda work: split_lot(work, day.cakes.code, D(10)))
    shop.later(minutes=5)
    poured = shop.do(lambda work: merge_lots(work, [part.code, other.code]))
    rest = shop.do(lambda work: split_lot(work, poured.code, D(5)))
    shop.later(minutes=5)
    box = shop.do(lambda work: make_unit(work, UnitKind.BOX, lots=[poured.code]))
    shop.do(lambda work: pack(work, box.code, [rest.code]))
    pallet = shop.do(lambda work: make_unit(work, UnitKind.PALLET, boxes=[box.code]))
    shop.later(minutes=5)
    shop.do(lambda work: take_off(work, pallet.code, [box.code]))
    shop.later(minutes=5)
    shop.do(lambda work: unpack(work, box.code, [rest.code]))
    shop.do(lambda work: put_on(work, pallet.code, [box.code]))
    shop.later(minutes=5)
    sent = shop.do(lambda work: ship_lots(work, customer=bakery.market, lines=[(pallet.code, None), (rest.code, D(2))]))
    shop.later(minutes=5)
    shop.do(lambda work: take_back_shipment(work, sent.code, "차가 안 왔다", lot=rest.code))
    hold = shop.do(lambda work: hold_lot(work, rest.id, "라벨 확인"))
    shop.later(minutes=5)
    shop.do(lambda work: lift_hold(work, hold.id, "확인함"))
    shop.do(lambda work: scrap_lot(work, rest.code, D(1), "떨어뜨림"))
    shop.do(lambda work: return_lot(work, day.spare.code, D("2.5"), "젖음"))
    shop.later(minutes=5)
    _make_and_undo(shop, bakery)
    return Week(day, pallet.code, box.code, poured, sent.code)


def _number(work: Work, bakery: Bakery) -> None:
    change_item(work, bakery.flour.code, gtin=FLOUR)
    change_item(work, bakery.cake.code, gtin=CAKE)
    set_up_plant(work, name="떡공장", gs1_prefix="8800000")
    set_gln(work, GLN)


def _make_and_undo(shop: Shop, bakery: Bakery) -> None:
    """A second order whose last report was a slip of the finger."""
    from mes.quality.service import report_production

    [flour] = bakery.receive(bakery.flour, 30)
    order = bakery.order(10)
    kettle, packing = order.jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    shop.later(hours=1)
    shop.do(lambda work: report_production(work, kettle.code, good=D(10), confirmed=True), actor=bakery.operator)
    bakery.start(packing)
    shop.later(hours=1)
    slip = shop.do(
        lambda work: report_production(work, packing.code, good=D(10), confirmed=True), actor=bakery.operator
    )
    shop.later(minutes=1)
    shop.do(lambda work: undo_report(work, slip.id, "잘못 눌렀다"), actor=bakery.leader)


def noted(shop: Shop) -> list[EpcisEvent]:
    """All events of the plant, brought up to date, oldest first."""
    bring_up_to_date(shop.database)
    with shop.read() as read:
        return list(read.scalars(select(EpcisEvent).order_by(EpcisEvent.id)))


def handed_over(shop: Shop) -> str:
    """All events of the plant as a document."""
    return write_json(as_document(noted(shop), shop.now))


def last_report(shop: Shop) -> Report:
    """The newest report."""
    with shop.read() as read:
        return read.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()
