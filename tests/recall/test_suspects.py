"""Suspects by a rule: exactly the lots made with a thing between two times, whatever else had a hand in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.equipment.service import add_machine
from mes.gauges.queries import get_gauge
from mes.inspection.models import InspectionKind, Reading
from mes.inspection.service import record_inspection
from mes.lots.models import Lot
from mes.orders import crew
from mes.orders.models import Job, LotRule, Report
from mes.orders.queries import get_order
from mes.orders.reporting import record_report
from mes.orders.service import create_order, finish_job, pause_job, release_order, start_job
from mes.orders.tools import mount_tool
from mes.orders.undo import take_back_report
from mes.people.models import Person
from mes.quality.service import record_defect, report_production, undo_report
from mes.trace.beginnings import Choice, How, NothingBehind, beginning_of
from tests.conftest import Shop
from tests.factories import make_gauge, make_person, make_tool
from tests.quality.workshop import D, Workshop
from tests.trace.day import bakery_day


@dataclass
class Bench:
    """The last operation of a press shop, with two machines, where one order makes a lot for each result."""

    shop: Shop
    workshop: Workshop
    press: Job
    job: Job

    def start(self, machine: str, actor: Actor | None = None) -> None:
        """The job is started, or goes on, at a machine."""
        self.shop.do(lambda work: start_job(work, self.job.code, machine), actor=actor or self.workshop.operator)

    def pause(self) -> None:
        """Nobody works on it."""
        self.shop.do(lambda work: pause_job(work, self.job.code), actor=self.workshop.operator)

    def mount(self, tool: str | None) -> None:
        """Another tool is on it."""
        self.shop.do(lambda work: mount_tool(work, self.job.code, tool), actor=self.workshop.operator)

    def report(self, job: Job | None = None) -> Report:
        """Ten good ones."""
        code = (job or self.job).code
        return self.shop.do(
            lambda work: record_report(work, code, good=D(10), confirmed=True), actor=self.workshop.operator
        )

    def made(self) -> int:
        """The lot of a result of ten."""
        lot = self.report().lot_id
        assert lot is not None
        return lot

    def undo(self, report: Report) -> None:
        """It was wrong."""
        self.shop.do(lambda work: take_back_report(work, report.id, "잘못 셈"))

    def suspects(self, how: How, of: str, since: datetime, until: datetime | None = None) -> set[int]:
        """The lots that a rule gives; none where it refuses."""
        with self.shop.read() as read:
            try:
                return set(beginning_of(read, Choice(how, of, since, until or self.shop.now)).lots)
            except NothingBehind:
                return set()


@pytest.fixture
def bench(shop: Shop) -> Bench:
    """Sixty pieces are pressed in the morning; deburring makes a lot for each result."""
    workshop = Workshop(shop)
    for code in ("DB-1", "DB-2"):
        shop.do(lambda work, code=code: add_machine(work, code=code, name=code, work_centre_id=workshop.bench.id))  # type: ignore[misc]
    for code in ("M-1", "M-2"):
        shop.do(lambda work, code=code: make_tool(work, code=code))  # type: ignore[misc]
    found = Bench(shop, workshop, *_jobs(workshop, 60))
    shop.do(lambda work: start_job(work, found.press.code, "PR-1"), actor=workshop.operator)
    shop.later(minutes=10)
    for _ in range(6):
        found.report(found.press)
    shop.later(hours=1)
    return found


def _jobs(workshop: Workshop, quantity: int) -> tuple[Job, Job]:
    made = workshop.shop.do(
        lambda work: create_order(
            work, item=workshop.plate, quantity=D(quantity), due_on=work.today, lot_rule=LotRule.REPORT
        )
    )
    workshop.shop.do(lambda work: release_order(work, made.code, confirmed=True))
    with workshop.shop.read() as read:
        press, bench = get_order(read, made.code).jobs
    return press, bench


def test_what_a_machine_made_before_the_job_went_on_at_another_one_is_suspected(bench: Bench) -> None:
    began = bench.shop.now
    bench.start("DB-1")
    bench.shop.later(hours=2)
    bench.pause()
    changed = bench.shop.now
    bench.shop.later(hours=1)
    bench.start("DB-2")
    bench.shop.later(hours=1)
    first = bench.made()
    bench.shop.later(hours=1)
    second = bench.made()
    assert bench.suspects(How.MACHINE, "DB-1", began) == {first}, "the second was made on the other one only"
    assert bench.suspects(How.MACHINE, "DB-2", began) == {first, second}
    assert bench.suspects(How.MACHINE, "DB-1", changed + timedelta(minutes=1)) == set(), "it stood still by then"


def test_a_result_that_was_corrected_still_tells_of_the_machine_before(bench: Bench) -> None:
    began = bench.shop.now
    bench.start("DB-1")
    bench.shop.later(hours=1)
    wrong = bench.report()
    bench.pause()
    bench.start("DB-2")
    bench.undo(wrong)
    bench.shop.later(minutes=5)
    right = bench.made()
    assert bench.suspects(How.MACHINE, "DB-1", began) == {right}


def test_what_was_made_with_a_mould_before_it_was_changed_is_suspected(bench: Bench) -> None:
    began = bench.shop.now
    bench.mount("M-1")
    bench.start("DB-1")
    bench.shop.later(hours=1)
    bench.mount("M-2")
    bench.shop.later(hours=1)
    first = bench.made()
    bench.shop.later(hours=1)
    bench.mount(None)
    bench.shop.later(hours=1)
    second = bench.made()
    bench.shop.later(hours=1)
    third = bench.made()
    assert bench.suspects(How.TOOL, "M-1", began) == {first}
    assert bench.suspects(How.TOOL, "M-2", began) == {first, second}
    assert bench.suspects(How.TOOL, "M-2", bench.shop.now) == set()
    assert third not in bench.suspects(How.TOOL, "M-2", began)


def test_a_job_that_ended_is_not_suspected_of_what_its_mould_does_later(bench: Bench) -> None:
    bench.mount("M-1")
    bench.start("DB-1")
    bench.shop.later(hours=1)
    bench.made()
    for job in (bench.press, bench.job):
        bench.shop.do(lambda work, code=job.code: finish_job(work, code, confirmed=True))  # type: ignore[misc]
    bench.shop.later(days=1)
    assert bench.suspects(How.TOOL, "M-1", bench.shop.now) == set()


def test_everybody_of_a_crew_made_what_one_of_them_reports(bench: Bench) -> None:
    shop, began = bench.shop, bench.shop.now
    shop.do(lambda work: make_person(work, Role.OPERATOR, code="LEE", name="이작업"))
    with shop.read() as read:
        kim = read.get_one(Person, bench.workshop.operator.person_id).code
    bench.start("DB-1")
    shop.do(lambda work: crew.toggle_on_job(work, bench.job.code, "LEE"))
    shop.later(hours=1)
    together = bench.made()
    shop.do(lambda work: crew.toggle_on_job(work, bench.job.code, "LEE"))
    left = shop.now
    shop.later(hours=1)
    alone = bench.made()
    assert bench.suspects(How.PERSON, "LEE", began) == {together}
    assert bench.suspects(How.PERSON, "LEE", left + timedelta(minutes=1)) == set()
    assert bench.suspects(How.PERSON, kim, began) == {together, alone}


def test_work_at_an_earlier_operation_suspects_all_that_its_order_made_from_then_on(bench: Bench) -> None:
    morning = bench.shop.now.replace(hour=0, minute=0)
    bench.start("DB-1")
    bench.shop.later(hours=1)
    made = {bench.made(), bench.made()}
    stranger = _other_order(bench)
    assert bench.suspects(How.MACHINE, "PR-1", morning) == made | {stranger}
    assert bench.suspects(How.MACHINE, "PR-1", morning, morning.replace(hour=1)) == made, "the other came later"


def _other_order(bench: Bench) -> int:
    """Another order runs in the evening, pressed and deburred on the same machines."""
    bench.shop.later(hours=8)
    press, job = _jobs(bench.workshop, 10)
    for one, machine in ((press, "PR-1"), (job, "DB-1")):
        bench.shop.do(lambda work, code=one.code, at=machine: start_job(work, code, at))  # type: ignore[misc]
        bench.shop.later(minutes=30)
        lot = bench.report(one).lot_id
    assert lot is not None
    return lot


def test_a_window_takes_what_reaches_into_it_and_nothing_else(bench: Bench) -> None:
    bench.start("DB-1")
    bench.shop.later(hours=1)
    early = bench.made()
    bench.shop.later(hours=1)
    other = _other_order(bench)
    assert bench.suspects(How.MACHINE, "DB-1", bench.shop.now.replace(minute=0)) == {other}
    assert bench.suspects(How.ITEM, "PL", bench.shop.now) == {other}
    assert bench.suspects(How.MATERIAL, "BT", bench.shop.now) == {other}
    assert bench.suspects(How.MATERIAL, "BT", bench.shop.now.replace(hour=0)) == {early, other}


def test_a_result_that_was_taken_back_suspects_nothing(bench: Bench) -> None:
    began = bench.shop.now.replace(hour=0, minute=0)
    bench.mount("M-1")
    bench.start("DB-1")
    bench.shop.later(hours=1)
    bench.undo(bench.report())
    rules = {"DB-1": How.MACHINE, "PR-1": How.MACHINE, "M-1": How.TOOL, "PL": How.ITEM, "BT": How.MATERIAL}
    for of, how in rules.items():
        assert bench.suspects(how, of, began) == set(), how


def test_what_a_defect_was_found_on_is_suspected(bench: Bench) -> None:
    shop, workshop, began = bench.shop, bench.workshop, bench.shop.now
    bench.start("DB-1")
    clean = bench.made()
    with_burrs = _with_defect(bench, "BURR")
    sheets = workshop.receive_sheets()
    shop.do(lambda work: record_defect(work, code="CRACK", quantity=D(1), lot_code=sheets.code))
    assert bench.suspects(How.DEFECT, "BURR", began) == {with_burrs}
    assert bench.suspects(How.DEFECT, "DIM", began) == set()
    other = _other_order(bench)
    shop.do(lambda work: record_defect(work, code="DIM", quantity=D(1), job_code=bench.press.code))
    assert bench.suspects(How.DEFECT, "DIM", began) == {clean, with_burrs}, "nobody knows which of the order's"
    assert other not in bench.suspects(How.DEFECT, "DIM", began)
    assert bench.suspects(How.DEFECT, "CRACK", began) == {sheets.id}
    shop.later(hours=1)
    assert bench.suspects(How.DEFECT, "BURR", shop.now) == set()


def _with_defect(bench: Bench, code: str) -> int:
    """Nine good ones and one with a defect; before it, a result with one that was taken back."""
    for undone in (True, False):
        made = bench.shop.do(
            lambda work: report_production(work, bench.job.code, good=D(9), defects=[(code, D(1))], confirmed=True),
            actor=bench.workshop.operator,
        )
        if undone:
            bench.shop.do(lambda work, ident=made.id: undo_report(work, ident, "잘못 셈"))  # type: ignore[misc]
    assert made.lot_id is not None
    return made.lot_id


def test_what_a_gauge_measured_is_suspected_the_lot_itself_and_what_its_job_made(bench: Bench) -> None:
    shop, workshop, began = bench.shop, bench.workshop, bench.shop.now
    gauge = shop.do(make_gauge).code
    unmeasured = _other_order(bench)
    bench.start("DB-1")
    of_job = bench.made()
    sheets = workshop.receive_sheets()
    _measure(shop, gauge, InspectionKind.INCOMING, {workshop.thickness.id: D(2), workshop.width.id: D(100)}, lot=sheets)
    _measure(shop, gauge, InspectionKind.PATROL, {workshop.pitch.id: D(50)}, job=bench.job)
    assert bench.suspects(How.GAUGE, gauge, began) == {sheets.id, of_job}
    assert unmeasured not in bench.suspects(How.GAUGE, gauge, began)
    shop.later(hours=1)
    assert bench.suspects(How.GAUGE, gauge, shop.now) == set()


def _measure(
    shop: Shop, gauge: str, kind: InspectionKind, readings: dict[int, D], lot: Lot | None = None, job: Job | None = None
) -> None:
    def deed(work: Work) -> None:
        done = record_inspection(
            work, kind=kind, lot_code=lot.code if lot else None, job_code=job.code if job else None, readings=readings
        )
        ident = get_gauge(work.session, gauge).id
        work.session.query(Reading).filter_by(inspection_id=done.id).update({"gauge_id": ident})

    shop.do(deed)


def test_a_shipment_and_an_item_name_what_came_and_left_with_them(shop: Shop) -> None:
    day, unused = bakery_day(shop), shop.do(make_tool)
    window = (shop.now - timedelta(days=1), shop.now)
    with shop.read() as read:
        assert beginning_of(read, Choice(How.CODES, day.shipment.code)).lots == (day.box.id,)
        assert beginning_of(read, Choice(How.ITEM, "RF", *window)).lots == (day.flour.id, day.spare.id)
        with pytest.raises(NothingBehind):
            beginning_of(read, Choice(How.TOOL, unused.code, *window))
