"""Reads for labels: the things they are about, and what was printed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.errors import NotFound
from mes.core.events import Event
from mes.core.i18n import _
from mes.equipment.models import Location, Machine, Tool
from mes.gauges.models import Gauge, GaugeState
from mes.gauges.queries import WITH_NAMES as GAUGE_NAMES
from mes.inspection.models import Inspection, Verdict
from mes.labels.models import LabelPrint
from mes.lots.models import Lot, Movement, MovementKind, Receipt
from mes.lots.queries import WITH_NAMES
from mes.orders.models import Job, Report, WorkOrder
from mes.orders.overview import Paper, papers
from mes.people.models import Person

T = TypeVar("T")
#: Prints among which the layout used last is looked for.
LATELY = 300


@dataclass(frozen=True)
class LotThing:
    """A lot with what its label may tell: its order, when it came in, the report that made it and whose it is, and
    whether its newest inspection passed."""

    lot: Lot
    order: WorkOrder | None
    received_at: datetime | None
    made: Report | None
    maker: Person | None
    passed: bool = False


@dataclass(frozen=True)
class OrderThing:
    """A work order as its traveller shows it."""

    paper: Paper
    released_by: str


Thing = LotThing | OrderThing | Location | Machine | Tool | Gauge | Person


def code_of(thing: Thing) -> str:
    """Under which code a print of this thing is recorded. Of a person it is the number, never the badge's secret."""
    if isinstance(thing, LotThing):
        return thing.lot.code
    return thing.paper.order.code if isinstance(thing, OrderThing) else thing.code


def things_of(session: Session, subject: str, codes: Sequence[str]) -> list[Thing]:
    """The things with these codes, in their order and each once. Raises NotFound naming the first unknown one."""
    codes = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    return list(dict.fromkeys(_READS[subject](session, codes))) if codes else []


def everything_of(session: Session, subject: str) -> list[str]:
    """Codes of all places, machines, tools or gauges in use; of lots and orders there are too many to mean all."""
    if subject == "gauge":
        in_use = select(Gauge.code).where(Gauge.state == GaugeState.IN_USE)
        return list(session.scalars(in_use.order_by(Gauge.code)))
    table = {"location": Location, "machine": Machine, "tool": Tool}.get(subject)
    if table is None:
        return []
    columns: Any = table
    return list(session.scalars(select(columns.code).where(columns.active).order_by(columns.code)))


def _lots(session: Session, codes: Sequence[str]) -> list[LotThing]:
    query = (
        select(Lot, WorkOrder, Receipt.at)
        .outerjoin(WorkOrder, WorkOrder.id == Lot.order_id)
        .outerjoin(Receipt, Receipt.id == Lot.receipt_id)
        .options(*WITH_NAMES, joinedload(WorkOrder.customer))
        .where(Lot.code.in_([code.upper() for code in codes]))
    )
    rows = session.execute(query).all()
    makers = _makers(session, [row[0].id for row in rows])
    passed = _passed(session, [row[0].id for row in rows])
    found = {}
    for lot, order, at in rows:
        made, maker = makers.get(lot.id, (None, None))
        found[lot.code] = LotThing(lot, order, at, made, maker, lot.id in passed)
    return _in_order({code: found.get(code.upper()) for code in codes}, _("lot"))


def _makers(session: Session, lot_ids: Sequence[int]) -> dict[int, tuple[Report, Person | None]]:
    """The newest report that put something into each lot and was not taken back, and who made it."""
    made = aliased(Movement)
    undone = select(made.reverses_id).where(made.lot_id.in_(lot_ids), made.reverses_id.is_not(None))
    query = (
        select(Movement.lot_id, Report, Person)
        .join(Report, Report.id == Movement.report_id)
        .outerjoin(Person, Person.id == Report.person_id)
        .options(joinedload(Report.job).joinedload(Job.work_centre), joinedload(Report.machine))
        .where(Movement.lot_id.in_(lot_ids), Movement.kind == MovementKind.PRODUCE)
        .where(Movement.reverses_id.is_(None), Movement.id.not_in(undone))
        .order_by(Movement.id)
    )
    return {lot_id: (report, person) for lot_id, report, person in session.execute(query)}


def _passed(session: Session, lot_ids: Sequence[int]) -> set[int]:
    """Which lots passed their newest inspection."""
    newest = select(func.max(Inspection.id)).where(Inspection.lot_id.in_(lot_ids)).group_by(Inspection.lot_id)
    query = select(Inspection.lot_id).where(Inspection.id.in_(newest), Inspection.verdict == Verdict.PASS)
    return {lot_id for lot_id in session.scalars(query) if lot_id is not None}


def _orders(session: Session, codes: Sequence[str]) -> list[OrderThing]:
    found = papers(session, codes)
    released = select(Event.thing_id, Event.actor).where(
        Event.thing == WorkOrder.__tablename__,
        Event.thing_id.in_([paper.order.id for paper in found]),
        Event.verb == "orders.release",
    )
    names = {row.thing_id: row.actor for row in session.execute(released)}
    return [OrderThing(paper, names.get(paper.order.id, "")) for paper in found]


def _locations(session: Session, codes: Sequence[str]) -> list[Location]:
    found = session.scalars(select(Location).where(_coded(Location, codes))).all()
    return _in_order(_by_code_or_tag(found, codes), _("place"))


def _tools(session: Session, codes: Sequence[str]) -> list[Tool]:
    found = session.scalars(select(Tool).where(_coded(Tool, codes))).all()
    return _in_order(_by_code_or_tag(found, codes), _("tool"))


def _machines(session: Session, codes: Sequence[str]) -> list[Machine]:
    query = select(Machine).options(joinedload(Machine.work_centre)).where(_coded(Machine, codes))
    return _in_order(_by_code_or_tag(session.scalars(query).all(), codes), _("machine"))


def _gauges(session: Session, codes: Sequence[str]) -> list[Gauge]:
    query = select(Gauge).options(*GAUGE_NAMES).where(_coded(Gauge, codes))
    return _in_order(_by_code_or_tag(session.scalars(query).all(), codes), _("gauge"))


def _people(session: Session, codes: Sequence[str]) -> list[Person]:
    found = {one.code: one for one in session.scalars(select(Person).where(Person.code.in_(codes), Person.active))}
    return _in_order({code: found.get(code) for code in codes}, _("person"))


def _coded(model: Any, codes: Sequence[str]) -> ColumnElement[bool]:
    return or_(model.code.in_(codes), model.tag.in_([code.upper() for code in codes]))


def _by_code_or_tag(found: Sequence[Any], codes: Sequence[str]) -> dict[str, Any]:
    by_code = {one.code: one for one in found}
    by_tag = {one.tag: one for one in found}
    return {code: by_code.get(code) or by_tag.get(code.upper()) for code in codes}


def _in_order(found: Mapping[str, T | None], what: str) -> list[T]:
    things = []
    for code, thing in found.items():
        if thing is None:
            raise NotFound(what=what, code=code)
        things.append(thing)
    return things


_READS: Mapping[str, Any] = {
    "lot": _lots,
    "order": _orders,
    "location": _locations,
    "machine": _machines,
    "tool": _tools,
    "gauge": _gauges,
    "badge": _people,
}


def subjects_of(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """What each code is of: lot, order, location, machine, gauge or badge (a person's number). Raises NotFound."""
    upper = [code.upper() for code in codes]
    known: dict[str, str] = {}
    for subject, table, condition in (
        ("badge", Person, Person.code.in_(codes) & Person.active),
        ("gauge", Gauge, _coded(Gauge, codes)),
        ("machine", Machine, _coded(Machine, codes)),
        ("tool", Tool, _coded(Tool, codes)),
        ("location", Location, _coded(Location, codes)),
        ("order", WorkOrder, WorkOrder.code.in_(upper)),
        ("lot", Lot, Lot.code.in_(upper)),
    ):
        columns: Any = table
        tag = columns.tag if subject in ("gauge", "machine", "tool", "location") else columns.code
        for pair in session.execute(select(columns.code, tag).where(condition)):
            known.update((text, subject) for text in pair)
    answer = {code: known.get(code) or known.get(code.upper()) for code in codes}
    for code, found in answer.items():
        if found is None:
            raise NotFound(what=_("label"), code=code)
    return {code: found for code, found in answer.items() if found}


class Earlier(NamedTuple):
    """How often a label was printed, and by whom last."""

    times: int
    who: str
    at: datetime


def printed_before(
    session: Session, subject: str, codes: Sequence[str], before: int | None = None
) -> dict[str, Earlier]:
    """Earlier prints by code. ``before``: only those recorded before the print with this id."""
    of_these = (LabelPrint.subject == subject, LabelPrint.code.in_(codes))
    counted = select(func.max(LabelPrint.id).label("last"), func.count().label("times")).where(*of_these)
    if before is not None:
        counted = counted.where(LabelPrint.id < before)
    newest = counted.group_by(LabelPrint.code).subquery()
    rows = session.execute(select(LabelPrint, newest.c.times).join(newest, newest.c.last == LabelPrint.id))
    return {one.code: Earlier(times, one.person, one.at) for one, times in rows}


def prints_of(session: Session, subject: str, *codes: str, most: int = 50) -> list[LabelPrint]:
    """What was printed of these things, newest first."""
    query = select(LabelPrint).where(LabelPrint.subject == subject, LabelPrint.code.in_(codes))
    return list(session.scalars(query.order_by(LabelPrint.id.desc()).limit(most)))


def prints_between(session: Session, first: int, last: int) -> list[LabelPrint]:
    """The prints of one act: numbered from first to last, with the first one's time and person. Raises NotFound."""
    query = select(LabelPrint).where(LabelPrint.id.between(first, last)).order_by(LabelPrint.id)
    found = list(session.scalars(query.limit(10_000)))
    if not found or found[0].id != first:
        raise NotFound(what=_("label print"), code=str(first))
    lead = found[0]
    same = (lead.at, lead.person_id, lead.person, lead.subject, lead.layout)
    return [one for one in found if (one.at, one.person_id, one.person, one.subject, one.layout) == same]


def layout_used_last(session: Session, subject: str, station: str | None, person_id: int | None) -> str | None:
    """The layout of the newest print of this kind at this station, or by this person at a desk: its roll is in the
    printer."""
    lately = select(LabelPrint).order_by(LabelPrint.id.desc()).limit(LATELY).subquery()
    query = select(lately.c.layout).where(lately.c.subject == subject)
    mine = lately.c.station == station if station else lately.c.person_id == person_id
    return session.scalar(query.where(mine).order_by(lately.c.id.desc()).limit(1))
