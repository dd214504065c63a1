"""Inspections with the control charts watching, charts, and their alarms, for programs."""

from datetime import datetime

import msgspec

from mes.core.access import EVERYONE, INSPECTORS, OFFICE
from mes.core.api import Api, Listing, LongText, Moment, listing
from mes.core.work import Reader, Work
from mes.inspection.api import InspectionOut, NewInspection, out
from mes.inspection.rules import each_once
from mes.spc import queries, rules, service, study
from mes.spc.models import ChartAlarm
from mes.spc.readings import Chosen
from mes.spc.shown import ChartShown

api = Api("spc", __name__)
#: Buckets of a long stretch.
BUCKETS = 5000


class ChartOut(msgspec.Struct):
    """A charted characteristic and how it stands: alarm, learning, empty, control, ended."""

    id: int
    characteristic: int
    name: str
    item: str
    kind: str
    size: int
    rules: list[str]
    holds: bool
    state: str
    alarms: int
    at: datetime | None


class ChartQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which points: the newest ``last`` (1 to 1 000), else all; of one machine; between two moments with their zone."""

    last: int | None = None
    machine: str | None = None
    since: Moment | None = None
    until: Moment | None = None


class AlarmOut(msgspec.Struct):
    """A rule that was met. ``cause`` and ``action`` are null while the alarm stands open."""

    id: int
    chart: int
    inspection: str
    track: str
    rule: str
    sentence: str
    value: float
    centre: float
    lower: float | None
    upper: float | None
    at: datetime
    person: str
    acts: str
    held: bool
    cause: str | None
    action: str | None
    closed_at: datetime | None
    closed_by: str | None


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What it was and what was done; ``let_go`` lifts what the alarm holds."""

    cause: LongText
    action: LongText
    let_go: bool = False


def _alarm_out(one: ChartAlarm) -> AlarmOut:
    same = ("id", "track", "rule", "value", "centre", "lower", "upper", "at", "person", "held")
    answer = one.answer
    return AlarmOut(
        chart=one.chart_id, inspection=one.inspection.code, sentence=rules.sentence_of(one), acts=one.acts.value,
        cause=answer.cause if answer else None, action=answer.action if answer else None,
        closed_at=answer.at if answer else None, closed_by=answer.person if answer else None,
        **{name: getattr(one, name) for name in same},
    )  # fmt: skip


@api.write("/inspections", who=INSPECTORS, takes=NewInspection, gives=InspectionOut)
def record_inspection(work: Work, body: NewInspection) -> InspectionOut:
    """Record the readings of an inspection; the verdict is computed from them, and control charts look at them."""
    recorded = service.record_inspection(
        work,
        kind=body.kind,
        lot_code=body.lot,
        job_code=body.job,
        readings=each_once((one.characteristic, one.value) for one in body.readings),
        note=body.note,
    )
    return out(recorded.inspection)


@api.read("/charts", who=OFFICE, gives=Listing[ChartOut])
def list_charts(read: Reader) -> Listing[ChartOut]:
    """All control charts, what needs attention first."""
    rows = [
        ChartOut(
            id=row.chart.id, characteristic=row.characteristic.id, name=row.characteristic.name,
            item=row.characteristic.standard.item.code, kind=row.chart.kind.value, size=row.chart.size,
            rules=sorted(row.chart.rules), holds=row.chart.holds, state=row.state.value, alarms=row.alarms, at=row.at,
        )
        for row in queries.list_charts(read)
    ]  # fmt: skip
    return listing(rows, None)


@api.read("/charts/<int:ident>", who=OFFICE, gives=ChartShown, query=ChartQuery)
def get_chart(read: Reader, query: ChartQuery, ident: int) -> ChartShown:
    """The points of a chart with limits and every rule that is met; long stretches are thinned."""
    points = None if query.last is None else max(1, min(query.last, queries.MOST_JUDGED))
    chosen = Chosen(points=points, machine=query.machine, since=query.since, until=query.until)
    return study.shown_of(queries.study(read, ident, chosen, BUCKETS, capable=False))


@api.read("/charts/<int:ident>/alarms", who=OFFICE, gives=Listing[AlarmOut])
def list_alarms(read: Reader, ident: int) -> Listing[AlarmOut]:
    """Alarms of a chart, the newest first."""
    queries.get_chart(read, ident)
    return listing([_alarm_out(one) for one in queries.alarms_of(read, ident)], None)


@api.write("/chart-alarms/<int:ident>/answer", who=EVERYONE, takes=Answer, gives=AlarmOut)
def answer_alarm(work: Work, body: Answer, ident: int) -> AlarmOut:
    """Close an alarm with its cause and the action taken."""
    service.answer_alarm(work, ident, cause=body.cause, action=body.action, let_go=body.let_go)
    work.session.flush()
    work.session.expire_all()
    return _alarm_out(queries.get_alarm(work.session, ident))
