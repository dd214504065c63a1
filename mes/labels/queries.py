"""Reads for labels: the things they are about."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.events import Event
from mes.core.i18n import _
from mes.equipment.models import Location, Machine, Tool
from mes.gauges.models import Gauge, GaugeState
from mes.gauges.queries import WITH_NAMES as GAUGE_NAMES
from mes.labels.goods_reads import CARDS, GOODS, all_cards
from mes.labels.lot_reads import in_order, lots_of
from mes.labels.things import OrderThing, Thing
from mes.lots.code_models import FormerCode
from mes.lots.models import Lot
from mes.lots.unit_models import HandlingUnit
from mes.orders.models import WorkOrder
from mes.orders.overview import papers
from mes.people.models import Person

T = TypeVar("T")


def things_of(session: Session, subject: str, codes: Sequence[str]) -> list[Thing]:
    """The things with these codes, in their order and each once. Raises NotFound naming the first unknown one."""
    codes = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    return list(dict.fromkeys(_READS[subject](session, codes))) if codes else []


def everything_of(session: Session, subject: str) -> list[str]:
    """Codes of all places, machines, tools, gauges, cards; of lots and orders there are too many to mean all."""
    if subject == "gauge":
        in_use = select(Gauge.code).where(Gauge.state == GaugeState.IN_USE)
        return list(session.scalars(in_use.order_by(Gauge.code)))
    if subject in CARDS:
        return all_cards(session, subject)
    table = {"location": Location, "machine": Machine, "tool": Tool}.get(subject)
    if table is None:
        return []
    columns: Any = table
    return list(session.scalars(select(columns.code).where(columns.active).order_by(columns.code)))


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
    return in_order(_by_code_or_tag(found, codes), _("place"))


def _tools(session: Session, codes: Sequence[str]) -> list[Tool]:
    found = session.scalars(select(Tool).where(_coded(Tool, codes))).all()
    return in_order(_by_code_or_tag(found, codes), _("tool"))


def _machines(session: Session, codes: Sequence[str]) -> list[Machine]:
    query = select(Machine).options(joinedload(Machine.work_centre)).where(_coded(Machine, codes))
    return in_order(_by_code_or_tag(session.scalars(query).all(), codes), _("machine"))


def _gauges(session: Session, codes: Sequence[str]) -> list[Gauge]:
    query = select(Gauge).options(*GAUGE_NAMES).where(_coded(Gauge, codes))
    return in_order(_by_code_or_tag(session.scalars(query).all(), codes), _("gauge"))


def _people(session: Session, codes: Sequence[str]) -> list[Person]:
    found = {one.code: one for one in session.scalars(select(Person).where(Person.code.in_(codes), Person.active))}
    return in_order({code: found.get(code) for code in codes}, _("person"))


def _coded(model: Any, codes: Sequence[str]) -> ColumnElement[bool]:
    return or_(model.code.in_(codes), model.tag.in_([code.upper() for code in codes]))


def _by_code_or_tag(found: Sequence[Any], codes: Sequence[str]) -> dict[str, Any]:
    by_code = {one.code: one for one in found}
    by_tag = {one.tag: one for one in found}
    return {code: by_code.get(code) or by_tag.get(code.upper()) for code in codes}


_READS: Mapping[str, Any] = {
    "lot": lots_of,
    "order": _orders,
    "location": _locations,
    "machine": _machines,
    "tool": _tools,
    "gauge": _gauges,
    "badge": _people,
    **GOODS,
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
        ("lot", FormerCode, FormerCode.code.in_(upper)),
        ("lot", Lot, Lot.code.in_(upper)),
        ("unit", HandlingUnit, HandlingUnit.code.in_(upper)),
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
