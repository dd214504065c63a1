"""The farm-machine plant this morning, and the forgings that come for its gears."""

from decimal import Decimal

from mes.core.work import Work
from mes.inspection.service import decide_failed_lot
from mes.lots.service import return_lot
from mes.orders.service import release_order
from mes.web.sample_floor import Floor, Part
from mes.web.sample_machinery_quality import (
    CLAW,
    DUNG,
    FORGING,
    GEAR,
    KANG,
    MANAGER,
    MATERIAL,
    QUALITY,
    SONG,
    YU,
    forming,
    turning,
)
from mes.web.sample_stage import DAYS, Story

#: Deliveries of gear forgings: the day, and how many of the sample are cracked.
DELIVERIES = ((-8, 0), (-6, 1), (-3, 2), (-1, 0), (2, 3), (4, 0), (7, 0))


def forgings(floor: Floor, number: int, cracked: int) -> Story:
    """Forgings are sampled by AQL; what is rejected goes back, and the next ones are looked at harder."""
    heat = f"F-261{'0' if number < 3 else '1'}-{11 + number}"
    [lot] = floor.receive(MATERIAL, FORGING, [110], "V-1002", heat, "S-STL", 6)
    yield 30
    floor.inspect_lots(QUALITY, [lot], bad={"외관": cracked})
    if cracked == 1:
        yield (0, 300)
        floor.found_later(KANG, lot, "D-MAT", 2, "선삭 중 내부 기공 발견")
    if cracked > 1:
        yield 200
        floor.do(QUALITY, lambda work: decide_failed_lot(work, lot, accept=False, reason="단조 균열, AQL 불합격"))
        yield 30
        floor.do(MATERIAL, lambda work: return_lot(work, lot, Decimal(110), "AQL 불합격으로 반품"))


def this_morning(floor: Floor) -> Story:
    """December's plan: lathes, machining centre, press and welders are at work; forgings wait for their inspection."""
    plan = {
        "SHF-MAIN": "WO-2611-01", GEAR: "WO-2611-02", "CASE-GB": "WO-2611-04", CLAW: "WO-2611-05",
        "BRK-ARM": "WO-2611-06", "FRM-WLD": "WO-2611-07",
    }  # fmt: skip

    def release(work: Work) -> None:
        for code in (*plan.values(), "WO-2611-09"):
            release_order(work, code, confirmed=True)

    floor.do(MANAGER, release)
    shafts, cases = plan["SHF-MAIN"], plan["CASE-GB"]
    floor.tell(DAYS, 15, floor.make(shafts, [KANG, MATERIAL], QUALITY, minutes=500, machines=["MC-01"], parts=4))
    floor.tell(DAYS, 25, floor.make(cases, [SONG], QUALITY, minutes=520, machines=["MC-03"], parts=4))
    floor.tell(DAYS, 30, _gears_today(floor, plan[GEAR]))
    floor.tell(DAYS, 35, _brackets_today(floor, plan["BRK-ARM"]))
    floor.tell(DAYS, 40, _claws_today(floor, plan[CLAW]))
    floor.tell(DAYS, 60, floor.put_first(SONG, "WO-2611-09", YU))
    yield 60
    floor.bring(MATERIAL, "OIL-80W", "L-SUB", 20)
    floor.receive(MATERIAL, FORGING, [110], "V-1002", "F-2611-31", "S-STL", 4)
    yield from floor.make(plan["FRM-WLD"], [YU, YU], QUALITY, minutes=200, machines=["WD-03", "WD-02"], parts=2)


def _gears_today(floor: Floor, order: str) -> Story:
    """Half of the gears are turned; the middle piece is due."""
    first, second = (part for part in turning(DAYS))
    parts = [Part(when=first.when, good=12, flaws=[("D-DIM", 1)], finding=first.finding), second]
    floor.tell(DAYS, 400, _asked_about(floor, order))
    yield from floor.make(order, [KANG], QUALITY, machines=["MC-02"], runs={0: parts})


def _asked_about(floor: Floor, order: str) -> Story:
    """The turner has counted wrong, and it is too late for undoing it alone."""
    job, centre = floor.jobs(order)[0]
    floor.ask_to_undo(KANG, job, centre, "Wrong number")
    yield 1


def _claws_today(floor: Floor, order: str) -> Story:
    """Fifty claws are formed, and nobody measured one since the first."""
    [*_checked, made] = forming(DAYS)
    formed = [Part(when=(DAYS, 330), good=50, checks=()), made]
    yield from floor.make(order, [DUNG], QUALITY, minutes=40, machines=["PR-01", "PR-01"], runs={1: formed})


def _brackets_today(floor: Floor, order: str) -> Story:
    found = {0: ("D-BURR", 1), 1: ("D-WELD", 1)}
    yield from floor.make(order, [DUNG, YU], QUALITY, minutes=150, machines=["PR-02", "WD-01"], defects=found, parts=3)
