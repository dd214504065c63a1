"""The rice-cake plant this morning, with an order that is late, and the deliveries of its pouches."""

from dataclasses import replace
from decimal import Decimal

from mes.core.work import Work
from mes.inspection.models import InspectionKind
from mes.inspection.service import decide_failed_lot
from mes.lots.service import make_unit, return_lot
from mes.lots.unit_models import UnitKind
from mes.orders.lists import page_of_orders
from mes.orders.models import OrderState
from mes.orders.service import pause_job, release_order
from mes.web.sample_floor import Floor, Part
from mes.web.sample_food_quality import (
    CHOI,
    HOA,
    KIM,
    LEE,
    MANAGER,
    MATERIAL,
    PACKS,
    PARK,
    POUCHES,
    QUALITY,
    packing,
    slicing,
)
from mes.web.sample_stage import DAYS, Story

#: Deliveries of pouches for 500 g: the day, and how many pouches of the sample are torn.
POUCH_DELIVERIES = ((-9, 0), (-7, 1), (-4, 0), (-2, 2), (1, 0), (4, 0), (7, 0))


def pouches(floor: Floor, number: int, torn: int) -> Story:
    """Pouches are sampled by AQL; what is rejected goes back, and the supplier's next ones are looked at harder."""
    [lot] = floor.receive(MATERIAL, POUCHES, [500], "V-1004", f"P500-26{'BCDEFGH'[number]}", "S-PKG", 14)
    yield 60
    floor.inspect_lots(QUALITY, [lot], bad={"인쇄·외관": torn})
    if torn:
        yield 200
        floor.do(QUALITY, lambda work: decide_failed_lot(work, lot, accept=False, reason="파우치 찢김, AQL 불합격"))
        yield 30
        floor.do(MATERIAL, lambda work: return_lot(work, lot, Decimal(500), "AQL 불합격으로 반품"))


def late_order(floor: Floor) -> Story:
    """Rice cake by the kilogram that should have been ready the day before yesterday."""
    order = floor.order(MANAGER, "FG-GARAE-1K", 60, 9, customer="C-2003", priority=1, note="급식 납품분")
    rope = floor.order(MANAGER, "SF-GARAE-01", 40, 9)
    dough = floor.order(MANAGER, "SF-DOUGH-01", 45, 9)
    yield (9, 200)
    yield from floor.make(dough, [KIM, KIM], QUALITY, minutes=30, machines=["M-MIX-2", "M-STM-1"])
    yield from floor.make(rope, [PARK, PARK], QUALITY, minutes=30, machines=["M-EXT-1"])
    [(pack, centre), _rest] = floor.jobs(order)
    floor.start(LEE, pack, centre, "M-VAC-1")
    yield 5
    floor.first_piece(QUALITY, pack)
    yield 40
    floor.report(LEE, pack, centre, Decimal(34), [("D-VACUUM", Decimal(2))])
    yield 60
    floor.do(LEE, lambda work: pause_job(work, pack), at=centre)
    yield (DAYS, 400)
    floor.ask_to_undo(LEE, pack, centre, "Wrong number")


def this_morning(floor: Floor) -> Story:
    """The week's plan is released; the steamer, the kettle and the packing room are at work."""

    def orders(work: Work) -> dict[str, str]:
        found = page_of_orders(work.session, states=[OrderState.DRAFT], size=200).rows
        plan = {order.item.code: order.code for order in found}
        for item in ("SF-DOUGH-01", "SF-GARAE-01", "SF-SLICE-01", "SF-SAUCE-01", "SF-SPACK-01", "FG-TTEOKGUK-500"):
            release_order(work, plan[item], confirmed=True)
        return plan

    plan: dict[str, str] = floor.do(MANAGER, orders)
    arrived = floor.receive(MATERIAL, "RM-RICE-01", [300, 300], "V-1002", f"NR-{floor.today:%y%m%d}", "S-COLD")
    floor.do(MATERIAL, lambda work: make_unit(work, UnitKind.PALLET, lots=arrived))
    floor.tell(DAYS, 20, floor.make(plan["SF-SAUCE-01"], [CHOI], QUALITY, minutes=480, machines=["M-KTL-1"], parts=4))
    yield 15
    floor.inspect_lots(QUALITY, arrived[:1])
    found = {0: ("D-TEMP", 4)}
    yield from floor.make(
        plan["SF-DOUGH-01"], [KIM, KIM], QUALITY, minutes=30, machines=["M-MIX-1", "M-STM-1"], defects=found
    )
    yield from floor.make(
        plan["SF-GARAE-01"], [PARK, PARK], QUALITY, minutes=30, machines=["M-EXT-1"], defects={0: ("D-SIZE", 6)}
    )
    floor.tell(DAYS, 230, _packing_today(floor, plan[PACKS]))
    floor.tell(DAYS, 60, floor.put_first(PARK, plan["SF-SPACK-01"], HOA))
    *looked, last = slicing(DAYS, 250)
    parts = [*looked, Part(when=5, good=238, checks=()), replace(last, when=300, good=6)]
    yield from floor.make(plan["SF-SLICE-01"], [PARK], QUALITY, machines=["M-CUT-1"], runs={0: parts})


def _packing_today(floor: Floor, order: str) -> Story:
    """The morning's slices are packed; the last part is still to come, and nobody looked at the middle piece."""
    *parts, last = (replace(one, when=50, checks=[InspectionKind.SELF]) for one in packing(DAYS, 480))
    machines = ["M-VAC-1", "M-MET-1"]
    yield from floor.make(order, [LEE, HOA], QUALITY, machines=machines, runs={0: [*parts, replace(last, when=300)]})
