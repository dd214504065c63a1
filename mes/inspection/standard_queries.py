"""Reads about inspection standards: which one is for an inspection, its revisions, and what each says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import PAGE, Slice, keyset
from mes.inspection.models import Characteristic, InspectionKind, InspectionStandard
from mes.items.models import Item, Revision
from mes.lots.models import Lot
from mes.orders.models import Job, WorkOrder

WHOLE = (
    joinedload(InspectionStandard.item),
    joinedload(InspectionStandard.partner),
    selectinload(InspectionStandard.characteristics).selectinload(Characteristic.choices),
)


def _whole(query: Select[InspectionStandard]) -> Select[InspectionStandard]:
    return query.options(*WHOLE).execution_options(populate_existing=True)


def get_standard(session: Session, ident: int) -> InspectionStandard:
    """One revision with its item, partner and characteristics as they are now. Raises NotFound."""
    found = session.scalar(_whole(select(InspectionStandard).where(InspectionStandard.id == ident)))
    if found is None:
        raise NotFound(what=_(N_("inspection standard")), code=str(ident))
    return found


def get_characteristic(session: Session, ident: int) -> Characteristic:
    """A characteristic with its choices, standard and item. Raises NotFound."""
    standard = joinedload(Characteristic.standard)
    query = select(Characteristic).where(Characteristic.id == ident)
    query = query.options(
        selectinload(Characteristic.choices),
        standard.joinedload(InspectionStandard.item),
        standard.joinedload(InspectionStandard.partner),
    )
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(what=_(N_("characteristic")), code=str(ident))
    return found


def draft_of(session: Session, scope: str) -> InspectionStandard | None:
    """The draft of a scope, if there is one to go on with."""
    query = select(InspectionStandard).where(
        InspectionStandard.scope == scope, InspectionStandard.state == Revision.DRAFT
    )
    return session.scalar(_whole(query))


def released_of(session: Session, scope: str) -> InspectionStandard | None:
    """The revision of a scope that is in force."""
    query = select(InspectionStandard).where(
        InspectionStandard.scope == scope, InspectionStandard.state == Revision.RELEASED
    )
    return session.scalar(_whole(query))


def ever_in_force() -> ColumnElement[bool]:
    """Revisions that are or were in force; a draft that was given up never was.

    Those from before there were drafts know neither who drafted nor who approved them.
    """
    approved = or_(InspectionStandard.approved_at.is_not(None), InspectionStandard.drafted_at.is_(None))
    return and_(InspectionStandard.state != Revision.DRAFT, approved)


def newest_approved(session: Session, scope: str) -> InspectionStandard | None:
    """The revision in force, else the last one that was."""
    query = select(InspectionStandard).where(InspectionStandard.scope == scope, ever_in_force())
    order = ((InspectionStandard.state == Revision.RELEASED).desc(), InspectionStandard.revision.desc())
    return session.scalars(_whole(query.order_by(*order).limit(1))).first()


def standard_for(
    session: Session,
    item_id: int,
    kind: InspectionKind,
    *,
    operation: int | None = None,
    partner_id: int | None = None,
) -> InspectionStandard | None:
    """The standard in force by which an item is inspected: the partner's before the general one, then the operation's.

    Without an operation or a partner only those count that are not narrowed to one.
    """
    query = _whole(_fitting(item_id, operation, partner_id).where(InspectionStandard.kind == kind))
    partner_first = case((InspectionStandard.partner_id.is_(None), 1), else_=0)
    operation_first = case((InspectionStandard.operation.is_(None), 1), else_=0)
    return session.scalars(query.order_by(partner_first, operation_first).limit(1)).first()


def _fitting(item_id: int, operation: int | None, partner_id: int | None) -> Select[InspectionStandard]:
    return select(InspectionStandard).where(
        InspectionStandard.item_id == item_id,
        InspectionStandard.state == Revision.RELEASED,
        or_(InspectionStandard.operation.is_(None), InspectionStandard.operation == operation),
        or_(InspectionStandard.partner_id.is_(None), InspectionStandard.partner_id == partner_id),
    )


def in_force(session: Session, item_id: int, kind: InspectionKind) -> Sequence[InspectionStandard]:
    """All standards of one kind by which an item is inspected now, without what they look at."""
    query = select(InspectionStandard).where(
        InspectionStandard.item_id == item_id,
        InspectionStandard.kind == kind,
        InspectionStandard.state == Revision.RELEASED,
    )
    return session.scalars(query.order_by(InspectionStandard.id)).all()


def in_force_at(
    session: Session, jobs: Collection[Job], kinds: Collection[InspectionKind]
) -> dict[int, list[InspectionStandard]]:
    """By job, the standard of each of these kinds by which its pieces are inspected, without what it looks at."""
    items: dict[int, list[InspectionStandard]] = {}
    query = select(InspectionStandard).where(
        InspectionStandard.item_id.in_({job.order.item_id for job in jobs}),
        InspectionStandard.state == Revision.RELEASED,
        InspectionStandard.kind.in_(kinds),
    )
    for one in session.scalars(query.order_by(InspectionStandard.id)) if jobs else ():
        items.setdefault(one.item_id, []).append(one)
    return {job.id: _closest(job, items.get(job.order.item_id, ()), kinds) for job in jobs}


def _closest(
    job: Job, standards: Collection[InspectionStandard], kinds: Collection[InspectionKind]
) -> list[InspectionStandard]:
    best: dict[InspectionKind, InspectionStandard] = {}
    for one in standards:
        if one.operation not in (None, job.sequence) or one.partner_id not in (None, job.order.customer_id):
            continue
        there = best.get(one.kind)
        if there is None or _closeness(one) > _closeness(there):
            best[one.kind] = one
    return [best[kind] for kind in kinds if kind in best]


def _closeness(one: InspectionStandard) -> tuple[bool, bool]:
    return one.partner_id is not None, one.operation is not None


class Whereabouts(NamedTuple):
    """What narrows the choice of a standard for a lot or a job."""

    item_id: int
    operation: int | None
    supplier_id: int | None
    customer_id: int | None

    def partner_id(self, kind: InspectionKind) -> int | None:
        """Incoming goods are their supplier's; everything else is made for a customer."""
        return self.supplier_id if kind is InspectionKind.INCOMING else self.customer_id


def whereabouts(session: Session, lot: Lot | None, job: Job | None) -> Whereabouts:
    """Item, operation and partners of what is inspected."""
    order_id = job.order_id if job is not None else lot.order_id if lot is not None else None
    customer = session.scalar(select(WorkOrder.customer_id).where(WorkOrder.id == order_id)) if order_id else None
    item_id = lot.item_id if lot is not None else job.order.item_id if job is not None else 0
    return Whereabouts(
        item_id, job.sequence if job is not None else None, lot.supplier_id if lot is not None else None, customer
    )


def standard_of(session: Session, kind: InspectionKind, lot: Lot | None, job: Job | None) -> InspectionStandard | None:
    """The standard by which a lot, or a piece of a job, is inspected now."""
    place = whereabouts(session, lot, job)
    partner_id = place.partner_id(kind)
    return standard_for(session, place.item_id, kind, operation=place.operation, partner_id=partner_id)


def kinds_of(session: Session, lot: Lot | None, job: Job | None) -> set[InspectionKind]:
    """Kinds of inspection for which a lot, or a job, has a standard in force."""
    place = whereabouts(session, lot, job)
    partner = or_(
        InspectionStandard.partner_id.is_(None),
        and_(
            InspectionStandard.kind == InspectionKind.INCOMING,
            InspectionStandard.partner_id == place.supplier_id,
        ),
        and_(
            InspectionStandard.kind != InspectionKind.INCOMING,
            InspectionStandard.partner_id == place.customer_id,
        ),
    )
    query = select(InspectionStandard.kind).where(
        InspectionStandard.item_id == place.item_id,
        InspectionStandard.state == Revision.RELEASED,
        or_(InspectionStandard.operation.is_(None), InspectionStandard.operation == place.operation),
        partner,
    )
    return set(session.scalars(query.distinct()))


def characteristics_of(
    session: Session,
    item_id: int,
    kind: InspectionKind,
    *,
    operation: int | None = None,
    partner_id: int | None = None,
) -> list[Characteristic]:
    """What is inspected on an item now in one kind of inspection, in order."""
    found = standard_for(session, item_id, kind, operation=operation, partner_id=partner_id)
    return list(found.characteristics) if found else []


def standards_of(session: Session, item_id: int) -> Sequence[InspectionStandard]:
    """Every revision of every standard of an item with what it says, newest first within each scope."""
    query = _whole(select(InspectionStandard).where(InspectionStandard.item_id == item_id))
    order = (
        InspectionStandard.kind,
        InspectionStandard.operation,
        InspectionStandard.partner_id,
        InspectionStandard.revision.desc(),
    )
    return session.scalars(query.order_by(*order)).all()


def revisions_of(session: Session, scope: str) -> Sequence[InspectionStandard]:
    """All revisions of one scope with what they say, newest first."""
    query = _whole(select(InspectionStandard).where(InspectionStandard.scope == scope))
    return session.scalars(query.order_by(InspectionStandard.revision.desc())).all()


@dataclass(frozen=True, kw_only=True)
class StandardFilter:
    """Which standards are meant; empty fields choose nothing."""

    kind: InspectionKind | None = None
    state: Revision | None = None
    item: str | None = None
    partner: str | None = None


class StandardRow(NamedTuple):
    """A revision with the number of its characteristics."""

    standard: InspectionStandard
    records: int


def page_of_standards(
    session: Session, chosen: StandardFilter, after: str | None = None, *, size: int = PAGE
) -> Slice[StandardRow]:
    """Standards by item and kind; without a state, drafts and what is in force."""
    many = select(func.count()).where(Characteristic.standard_id == InspectionStandard.id).scalar_subquery()
    query: Any = select(InspectionStandard, many).join(Item, Item.id == InspectionStandard.item_id)
    query = query.options(joinedload(InspectionStandard.item), joinedload(InspectionStandard.partner))
    wanted = [chosen.state] if chosen.state else [Revision.DRAFT, Revision.RELEASED]
    query = query.where(InspectionStandard.state.in_(wanted))
    if chosen.kind:
        query = query.where(InspectionStandard.kind == chosen.kind)
    if chosen.item:
        query = query.where(Item.code == chosen.item)
    if chosen.partner:
        query = query.where(InspectionStandard.partner.has(code=chosen.partner))
    order = (Item.code, InspectionStandard.kind, InspectionStandard.id)
    found = keyset(session, query, *order, after=after, size=size, whole_rows=True)
    return Slice([StandardRow(*row[:2]) for row in found.rows], found.next, found.first)
