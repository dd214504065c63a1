"""The sample factories: whatever time it is, each has lived through its days without breaking a rule."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from mes.certificates.models import Certificate, ChangeState, FourMChange
from mes.certificates.queries import signatures_of
from mes.certificates.rules import seal_holds
from mes.core.db import Database
from mes.core.events import Event
from mes.core.i18n import speaking
from mes.core.plant import DEFAULT, production_day
from mes.core.voided import VoidedLabel
from mes.equipment.models import Downtime, Machine
from mes.gauges.models import GaugeStudy, StudyKind
from mes.inspection.due import DueState, due_at
from mes.inspection.models import Inspection, Reading, Severity, Verdict
from mes.inspection.queries import waiting_lots
from mes.inspection.sampling_models import SamplingState
from mes.items.models import Item, Tracking
from mes.lots.code_models import FormerCode
from mes.lots.models import Edge, Hold, Lot, Movement, Shipment
from mes.lots.queries import get_lot
from mes.lots.sample_models import SampleTest
from mes.lots.sample_queries import standing
from mes.nonconformance.models import Nonconformance
from mes.orders.models import Job, JobState, OrderState, Report, WorkOrder
from mes.people.models import Person
from mes.people.queries import sample_logins
from mes.printing.models import LabelPrint, PrintJob, PrintState
from mes.quality.models import Defect, DefectCode
from mes.quality.pareto import Grouping, Measure, pareto
from mes.quality.queries import DefectFilter
from mes.reports.watch import watch
from mes.scan.supplier_queries import barcodes
from mes.spc.models import ChartAlarm
from mes.spc.queries import list_charts, study
from mes.spc.readings import ALL, Chosen
from mes.spc.study import capability_of
from mes.warehouse import count_queries
from mes.warehouse.count_models import CountState, StockCount
from mes.web.check import check
from mes.web.demo import build
from mes.web.sample_food_quality import BLADE, HEATER
from mes.web.sample_machinery_quality import DIE, JAWS
from mes.web.sample_stage import Stage
from tests.conftest import migrate
from tests.databases import sqlite_database

#: A Wednesday afternoon in Seoul, and the middle of a Sunday night.
TIMES = {"food": datetime(2026, 11, 25, 5, 10, tzinfo=UTC), "machinery": datetime(2026, 11, 22, 18, 0, tzinfo=UTC)}


def only_one_worker(name: str) -> Any:
    """A factory's past is made once, whoever tests it."""
    return pytest.param(
        name, marks=[pytest.mark.long, pytest.mark.thorough, pytest.mark.xdist_group(f"past of {name}")]
    )


@pytest.fixture(scope="module", params=[only_one_worker(name) for name in TIMES])
def plant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    """A sample factory, made once."""
    database = Database(sqlite_database(tmp_path_factory.mktemp("plant") / "mes.db", migrate))
    build(database, request.param, TIMES[request.param])
    with speaking("en", "Asia/Seoul"):
        yield request.param, database
    database.engine.dispose()


def test_no_rule_is_broken(plant: tuple[str, Database]) -> None:
    assert [fault.sentence for fault in check(plant[1]).faults] == []


def test_it_is_in_the_middle_of_its_work(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        states = set(read.scalars(select(WorkOrder.state)))
        running = read.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.RUNNING)) or 0
        stopped = read.scalar(select(func.count()).select_from(Downtime).where(Downtime.ended_at.is_(None)))
        late = read.scalars(
            select(WorkOrder).where(WorkOrder.state == OrderState.RUNNING, WorkOrder.due_on < TIMES[plant[0]].date())
        ).all()
    assert {OrderState.DRAFT, OrderState.RELEASED, OrderState.RUNNING, OrderState.CLOSED} <= states
    assert running >= 3
    assert stopped == 1
    assert late


def test_its_past_has_what_happens_in_plants(plant: tuple[str, Database]) -> None:
    name, database = plant
    with database.read() as read:

        def count(*where: object, of: type) -> int:
            return read.scalar(select(func.count()).select_from(of).where(*where)) or 0  # type: ignore[arg-type]

        assert count(Hold.lifted_at.is_(None), of=Hold) >= 2
        assert count(Hold.lifted_at.is_not(None), of=Hold) >= 1
        assert count(Report.reverses_id.is_not(None), of=Report) == 1
        assert count(Inspection.verdict == Verdict.FAIL, of=Inspection) == 3
        assert count(of=Defect) > 10
        assert count(of=Shipment) >= 2
        assert read.scalars(select(func.max(Movement.at))).one() <= TIMES[name]
        assert read.scalars(select(func.max(Event.at))).one() <= TIMES[name]
        days = set(read.scalars(select(Report.day).distinct()))
    assert len(days) >= 15


def test_samples_are_kept_tried_and_due_and_a_spoilt_label_was_replaced(plant: tuple[str, Database]) -> None:
    name, database = plant
    today = production_day(DEFAULT, TIMES[name])
    with database.read() as read:
        [test] = read.scalars(select(SampleTest)).all()
        assert test.result
        assert standing(read, today) == (2, 1)
        [former] = read.scalars(select(FormerCode)).all()
        lot = get_lot(read, former.code)
        assert lot.code != former.code
        assert read.scalars(select(Edge).where(Edge.parent_id == lot.id)).first(), "it was used under its new label"


class Told(NamedTuple):
    """What the month of a factory tells: its defect, the machine that makes it, the day on which each mean moved."""

    defect: str
    machine: str
    moved: dict[str, int]
    stable: set[str]


STORIES = {
    "food": Told("D-SEAL", "M-VAC-1", {"실링 강도": HEATER, "두께": BLADE}, {"중량"}),
    "machinery": Told("D-DIM", "MC-02", {"내경": JAWS, "끝단 각도": DIE}, {"버 높이"}),
}
#: So many points after the mean has moved an alarm says so, at the latest.
SOON = 4


def test_a_month_of_readings_lies_behind_it(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        first, last = read.execute(select(func.min(Inspection.day), func.max(Inspection.day))).one()
        readings = read.scalar(select(func.count()).select_from(Reading)) or 0
    assert (last - first).days >= 28
    assert readings > 600


def test_charts_catch_that_the_mean_has_moved_and_say_nothing_before(plant: tuple[str, Database]) -> None:
    name, database = plant
    days = Stage(database, TIMES[name])
    with database.read() as read:
        charts = {row.characteristic.name: row for row in list_charts(read)}
        assert set(charts) == STORIES[name].moved.keys() | STORIES[name].stable
        for measured, day in STORIES[name].moved.items():
            seen = study(read, charts[measured].chart.id, ALL, 1000)
            assert seen.plot is not None
            assert [phase.number for phase in seen.phases] == [1]
            moved = days.moment(day, 0)
            since = [place for place, one in enumerate(seen.plot.samples) if one.at >= moved]
            alarms = sorted(alarm.inspection.at for alarm in seen.alarms)
            assert moved <= alarms[0] <= seen.plot.samples[since[0] + SOON - 1].at, measured
            assert not [met for met in seen.plot.met if met.at < since[0]], measured
        for measured in STORIES[name].stable:
            assert charts[measured].alarms == 0


def test_the_first_alarms_were_answered_and_the_newest_wait(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        alarms = read.scalars(select(ChartAlarm).options(joinedload(ChartAlarm.answer)).order_by(ChartAlarm.id)).all()
        changes = sorted(read.scalars(select(FourMChange.state)))
    assert not alarms[0].is_open
    assert any("4M" in alarm.answer.action for alarm in alarms if alarm.answer)
    assert alarms[-1].is_open
    assert changes == [ChangeState.APPROVED, ChangeState.ASKED]


def test_it_was_capable_until_the_mean_moved(plant: tuple[str, Database]) -> None:
    name, database = plant
    days = Stage(database, TIMES[name])
    measured, day = next(iter(STORIES[name].moved.items()))
    with database.read() as read:
        chart = next(row.chart for row in list_charts(read) if row.characteristic.name == measured)
        before = study(read, chart.id, Chosen(until=days.moment(day, 0)), 1000)
        after = study(read, chart.id, Chosen(since=days.moment(day, 0)), 1000)
        indices = [capability_of(one) for one in (before, after)]
    good, bad = (one.cpk.value for one in indices if one)
    assert good is not None
    assert bad is not None
    assert good > 1.2
    assert bad < 1


def test_one_defect_of_one_machine_leads_the_pareto(plant: tuple[str, Database]) -> None:
    name, database = plant
    with database.read() as read:
        shown = [pareto(read, DefectFilter(), Grouping.CODE, measure).bars for measure in Measure]
        found_at = select(Machine.code).join(Defect, Defect.machine_id == Machine.id).join(Defect.type)
        made = list(read.scalars(found_at.where(DefectCode.code == STORIES[name].defect)))
        marks = read.scalar(select(func.count()).select_from(Defect).where(Defect.mark_x.is_not(None))) or 0
    assert {getattr(bars[0].thing, "code", None) for bars in shown} == {STORIES[name].defect}
    assert made.count(STORIES[name].machine) > len(made) / 2
    assert marks >= 10


def test_quality_has_something_to_do_today(plant: tuple[str, Database]) -> None:
    """Something due, something late, a lot that waits, an overdue gauge and action, a tightened supplier."""
    name, database = plant
    with database.read() as read:
        jobs = read.scalars(
            select(Job).options(joinedload(Job.order).joinedload(WorkOrder.item)).where(Job.state == JobState.RUNNING)
        )
        owed = {one.state for job in jobs for one in due_at(read, job, TIMES[name])}
        seen = watch(read, TIMES[name].date())
        waiting = waiting_lots(read)
        severities = set(read.scalars(select(SamplingState.severity)))
        closed = set(read.scalars(select(Nonconformance.closed_at.is_(None))))
    assert DueState.LATE in owed
    assert waiting
    assert seen.lots
    assert seen.actions
    assert seen.gauges
    assert Severity.TIGHTENED in severities
    assert closed == {True, False}


def test_a_customer_has_a_signed_certificate(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        [certificate] = read.scalars(select(Certificate))
        assert seal_holds(certificate, signatures_of(read, certificate_id=certificate.id))
        studies = {(one.kind, one.verdict) for one in read.scalars(select(GaugeStudy))}
    assert {kind for kind, _verdict in studies} == {StudyKind.GAUGE_RR, StudyKind.ATTRIBUTE, StudyKind.LINEARITY}
    assert all(verdict for _kind, verdict in studies)


def test_its_store_was_counted_and_is_being_counted(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        posted, running = read.scalars(select(StockCount).order_by(StockCount.id))
        differing = count_queries.rows_of(read, posted, only_different=True)
        words = {row.line.reason for row in differing}
        seen = max(row.finding.persons for row in differing if row.finding)
        states = {row.state for row in count_queries.rows_of(read, running)}
        [learned] = barcodes(read)
        cut = learned.pattern.cut(learned.example)
    assert (posted.state, running.state) == (CountState.POSTED, CountState.COUNTING)
    assert len(differing) == 2
    assert all(words)
    assert seen == 2
    assert states == {"equal", "open"}
    assert cut is not None
    assert cut.quantity is not None


def test_labels_were_printed_printed_again_and_voided(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        states = list(read.scalars(select(PrintJob.state)))
        [voided] = read.scalars(select(VoidedLabel))
        numbers = set(read.scalars(select(LabelPrint.number).where(LabelPrint.code == voided.code)))
    assert states.count(PrintState.DONE) == 3
    assert states.count(PrintState.CANCELLED) == 1
    assert numbers == {1, 2}


def test_machines_and_their_engines_have_serial_numbers(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        serials = set(
            read.scalars(select(Item.code).join(Lot, Lot.item_id == Item.id).where(Item.tracking == Tracking.SERIAL))
        )
    assert plant[0] == "food" or serials == {"TP-4R", "TL-7", "ASM-ENG", "ASM-GBX", "ENG-BASE"}


def test_one_person_of_each_role_can_sign_in_at_a_desk_and_everybody_at_a_station(
    plant: tuple[str, Database],
) -> None:
    with plant[1].read() as read:
        logins = {person.login for person in sample_logins(read)}
        people = read.scalars(select(Person)).all()
    assert logins == {"operator", "leader", "quality", "material", "manager", "admin"}
    assert all(person.pin_hash for person in people)
