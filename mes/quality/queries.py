"""Reads about defects. Their types, causes and pictures are in codes; the Pareto is in pareto."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core import events
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import PAGE, Slice, keyset
from mes.equipment.models import Machine
from mes.items.models import Item
from mes.lots.code_queries import as_written, named
from mes.lots.models import Lot, Movement
from mes.lots.queries import origins_of
from mes.lots.walks import delivered
from mes.orders.models import Job, Report, WorkOrder
from mes.partners.models import Partner
from mes.people.models import Person
from mes.quality.models import Defect, DefectCause, DefectCode, Disposition, mark_of

#: In an address: defects at no machine.
NONE = "-"
_reversal = aliased(Defect, name="reversal")


@dataclass(frozen=True, kw_only=True)
class DefectFilter:
    """Which defects are meant; empty fields choose nothing. Days are production days, both included."""

    since: date | None = None
    until: date | None = None
    code: str | None = None
    item: str | None = None
    machine: str | None = None
    disposition: Disposition | None = None
    unit: str | None = None
    lot: str | None = None
    #: A lot as it came from its supplier: what was found on it and on every part of it.
    delivery: str | None = None
    cause: str | None = None
    supplier: str | None = None
    person: str | None = None
    tool: str | None = None
    cavity: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter on Defect joined with DefectCode and Item, and (outer) Machine, Lot, DefectCause and Partner."""
        chosen: list[ColumnElement[bool] | None] = [
            None if self.since is None else Defect.day >= self.since,
            None if self.until is None else Defect.day <= self.until,
            None if not self.code else DefectCode.code == self.code,
            None if not self.item else Item.code == self.item,
            None if not self.unit else Item.unit == self.unit,
            None if not self.lot else named([as_written(self.lot)]),
            None if not self.delivery else Defect.lot_id.in_(_delivered(self.delivery)),
            None if self.disposition is None else Defect.disposition == self.disposition,
        ]
        places: list[tuple[str | None, Any, Any]] = [
            (self.machine, Defect.machine_id, Machine.code),
            (self.cause, Defect.cause_id, DefectCause.code),
            (self.supplier, Lot.supplier_id, Partner.code),
            (self.person, Defect.person, Defect.person),
            (mark_of(self.tool), Defect.tool, Defect.tool),
            (mark_of(self.cavity), Defect.cavity, Defect.cavity),
        ]
        chosen += [ident.is_(None) if asked == NONE else name == asked for asked, ident, name in places if asked]
        return [one for one in chosen if one is not None]


def _delivered(lot: str) -> Select[int]:
    return select(delivered(select(Lot.id).where(named([as_written(lot)]))).c.id)


def joined(query: Any) -> Any:
    """The tables that a filter speaks of, beside Defect."""
    return (
        query.join(DefectCode, DefectCode.id == Defect.code_id)
        .join(Item, Item.id == Defect.item_id)
        .outerjoin(Machine, Machine.id == Defect.machine_id)
        .outerjoin(Lot, Lot.id == Defect.lot_id)
        .outerjoin(DefectCause, DefectCause.id == Defect.cause_id)
        .outerjoin(Partner, Partner.id == Lot.supplier_id)
        .outerjoin(_reversal, _reversal.reverses_id == Defect.id)
    )


def standing(chosen: DefectFilter) -> list[ColumnElement[bool]]:
    """The filter, without rows that were taken back and those that took them back."""
    return [*chosen.conditions(), Defect.reverses_id.is_(None), _reversal.id.is_(None)]


class DefectRow(NamedTuple):
    """A defect with what a person wants to read beside it; ``reversed_by`` is the row that took it back."""

    defect: Defect
    job: str | None
    order: str | None
    machine: Machine | None
    reversed_by: int | None
    supplier: Partner | None

    @property
    def standing(self) -> bool:
        """Whether it counts: neither taken back nor taking back."""
        return self.reversed_by is None and self.defect.reverses_id is None


def _rows() -> Any:
    query = select(Defect, Job.code, WorkOrder.code, Machine, _reversal.id, Partner).select_from(Defect)
    query = joined(query).outerjoin(Job, Job.id == Defect.job_id)
    query = query.outerjoin(WorkOrder, WorkOrder.id == Job.order_id)
    named = (Defect.type, Defect.item, Defect.lot, Defect.why, Defect.rework_lot)
    return query.options(*(joinedload(one) for one in named))


def page_of_defects(
    session: Session, chosen: DefectFilter, after: str | None = None, size: int = PAGE
) -> Slice[DefectRow]:
    """Defects, newest day first; rows that were taken back stay visible."""
    query = _rows().where(*chosen.conditions())
    if chosen.disposition is Disposition.OPEN:  # what was taken back waits for nobody
        query = query.where(*standing(chosen))
    found = keyset(session, query, Defect.day, Defect.id, after=after, size=size, newest_first=True, whole_rows=True)
    return Slice([DefectRow(*row[:6]) for row in found.rows], found.next, found.first)


class Amount(NamedTuple):
    """Defects in one unit: how many records, how much."""

    unit: str
    records: int
    quantity: Decimal


def amounts(session: Session, chosen: DefectFilter) -> list[Amount]:
    """How many standing defects a filter finds, and how much, unit by unit (most records first)."""
    query = joined(select(Item.unit, func.count(), func.sum(Defect.quantity)).select_from(Defect))
    query = query.where(*standing(chosen)).group_by(Item.unit).order_by(func.count().desc(), Item.unit)
    return [Amount(*row) for row in session.execute(query)]


def get_defect(session: Session, ident: int) -> DefectRow:
    """A defect by number. Raises NotFound."""
    row = session.execute(_rows().where(Defect.id == ident)).one_or_none()
    if row is None:
        raise NotFound(what=_(N_("defect")), code=str(ident))
    return DefectRow(*row)


def is_taken_back(session: Session, ident: int) -> bool:
    """Whether another row took this one back."""
    return session.scalar(select(Defect.id).where(Defect.reverses_id == ident)) is not None


class Decision(NamedTuple):
    """What was decided about a defect at one time."""

    at: datetime
    who: str
    disposition: Disposition
    reason: str | None


def decisions(session: Session, ident: int) -> list[Decision]:
    """What was decided about a defect, in order: sorting first, say, then scrap."""
    told = [one for one in events.history(session, Defect.__tablename__, ident) if one.verb == "quality.dispose"]
    return [
        Decision(one.at, one.actor, Disposition(json.loads(one.after or "{}")["disposition"]), one.reason)
        for one in reversed(told)
    ]


def made_on(session: Session, lot_id: int) -> int | None:
    """The machine on which a lot was made last, if the result named one."""
    query = select(Report.machine_id).where(Report.lot_id == lot_id, Report.machine_id.is_not(None))
    return session.scalar(query.order_by(Report.id.desc()).limit(1))


def times_reworked(session: Session, lot_id: int) -> int:
    """How often a lot, or one it was parted from, was sent back to be put right."""
    lots = origins_of(session, lot_id)
    query = select(func.count()).where(Defect.rework_lot_id.in_(lots), Defect.disposition == Disposition.REWORK)
    return session.scalar(query) or 0


def most_ever(session: Session, lot_id: int) -> Decimal:
    """All that ever came into a lot: arrivals less those that were taken back. What is given back came before."""
    arrivals = (Movement.quantity > 0) & Movement.reverses_id.is_(None)
    taken_back = (Movement.quantity < 0) & Movement.reverses_id.is_not(None)
    came = select(func.sum(Movement.quantity)).where(Movement.lot_id == lot_id, arrivals | taken_back)
    return session.scalar(came) or Decimal(0)


def list_machines(session: Session) -> list[Machine]:
    """Machines that a filter can choose."""
    return list(session.scalars(select(Machine).order_by(Machine.code)))


def list_people(session: Session) -> list[str]:
    """Names under which people find and report defects: everybody's, for the log itself would be read whole."""
    return list(session.scalars(select(Person.name).distinct().order_by(Person.name)))
