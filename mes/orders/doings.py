"""What was made on a machine, with a mould or tool, or by a person: which results tell of it, into which lots it went.

A result names the machine, the tool and the person as they are when it is written. What the job did before that (on
another machine, with another mould, with somebody who has left since) stands in the stretches of the job: of those, a
result tells of what lies between the result before it and itself.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, or_, select, union
from sqlalchemy.orm import aliased

from mes.lots.models import Movement, MovementKind
from mes.lots.queries import standing
from mes.orders.crew_models import JobWorker
from mes.orders.models import Job, Report
from mes.orders.run_models import JobRun, JobTool


class By(NamedTuple):
    """With what work is done: the column in which a result names it, and those of its stretches at jobs."""

    reported: Any
    used: Any
    job: Any
    began: Any
    ended: Any


MACHINE = By(Report.machine_id, JobRun.machine_id, JobRun.job_id, JobRun.started_at, JobRun.ended_at)
TOOL = By(Report.tool_id, JobTool.tool_id, JobTool.job_id, JobTool.mounted_at, JobTool.removed_at)
PERSON = By(Report.person_id, JobWorker.person_id, JobWorker.job_id, JobWorker.joined_at, JobWorker.left_at)


def worked(
    by: By,
    *,
    these: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    jobs: Select[int] | None = None,
) -> CompoundSelect[int, int]:
    """(machine, tool or person; result): standing results of work done with it, between two times if they are given.

    ``these``: only of these machines, tools or people; ``jobs``: only results of these jobs.
    """
    began = func.coalesce(Report.started_at, Report.at)
    named = select(by.reported.label("thing"), Report.id.label("report")).where(
        *_standing(Report), *_of(by.reported, these, jobs), *_between(began, Report.at, since, until)
    )
    earlier = aliased(Report)
    before = select(func.max(earlier.at)).where(
        earlier.job_id == Report.job_id, earlier.id < Report.id, *_standing(earlier)
    )
    previous = before.correlate(Report).scalar_subquery()
    told = select(by.used.label("thing"), Report.id.label("report")).join(Report, Report.job_id == by.job)
    told = told.where(
        *_standing(Report),
        *_of(by.used, these, jobs),
        by.began <= Report.at,
        or_(by.ended.is_(None), previous.is_(None), by.ended > previous),
        *_between(by.began, by.ended, since, until),
        *_between(previous, Report.at, since, until),
    )
    return union(named, told)


def _standing(report: Any) -> tuple[ColumnElement[bool], ...]:
    """Results that were not taken back, and do not take one back."""
    back = aliased(Report)
    return report.reverses_id.is_(None), ~select(back.id).where(back.reverses_id == report.id).exists()


def _of(column: Any, these: Collection[int] | None, jobs: Select[int] | None) -> list[ColumnElement[bool]]:
    wanted = [column.is_not(None) if these is None else column.in_(these)]
    return wanted if jobs is None else [*wanted, Report.job_id.in_(jobs)]


def _between(began: Any, ended: Any, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    """What went on at some time between two times; without an end it still goes on, without a beginning it always
    did."""
    found = [or_(ended.is_(None), ended >= since)] if since is not None else []
    return [*found, or_(began.is_(None), began <= until)] if until is not None else found


def made_by(work: CompoundSelect[Any, Any] | Select[Any, Any]) -> CompoundSelect[int, int]:
    """(machine, tool or person; lot): the lots into which went what results (thing, report) tell of.

    Of work at an earlier operation nobody knows into which pieces it went: all that its order made from then on.
    """
    done = work.subquery()
    produced = (Movement.kind == MovementKind.PRODUCE, Movement.quantity > 0, *standing())
    at_once = select(done.c.thing, Movement.lot_id.label("lot")).join(Movement, Movement.report_id == done.c.report)
    later = (
        select(done.c.thing, Movement.lot_id.label("lot"))
        .join(Report, Report.id == done.c.report)
        .join(Job, Job.id == Report.job_id)
        .join(Movement, Movement.order_id == Job.order_id)
        .where(~Job.is_last, Movement.at >= func.coalesce(Report.started_at, Report.at))
    )
    return union(at_once.where(*produced), later.where(*produced))
