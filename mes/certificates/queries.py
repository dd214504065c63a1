"""Reads about certificates, the readings they tell, signatures and 4M changes."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.certificates.models import (
    Certificate,
    CertificateLayout,
    CertificateState,
    ChangeState,
    FourMChange,
    Signature,
)
from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.paging import PAGE, Slice, keyset
from mes.core.scanning import named_code
from mes.core.types import NOTHING
from mes.gauges.models import Gauge
from mes.inspection.models import Characteristic, Inspection, InspectionKind, InspectionStandard, Reading
from mes.inspection.standard_queries import standard_of
from mes.items.models import Revision
from mes.lots.code_queries import named
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.queries import origins_of
from mes.orders.models import Job, WorkOrder

WITH_NAMES = (
    joinedload(Certificate.lot).joinedload(Lot.item),
    joinedload(Certificate.shipment),
    joinedload(Certificate.customer),
    joinedload(Certificate.replaces),
)
_MADE, _PARTED = (MovementKind.RECEIVE, MovementKind.PRODUCE), (MovementKind.SPLIT, MovementKind.MERGE)
#: Readings with what was chosen where there is a choice.
_READINGS = selectinload(Inspection.readings).joinedload(Reading.choice)


def find_certificate(session: Session, code: str) -> Certificate | None:
    """The certificate with this number."""
    query = select(Certificate).options(*WITH_NAMES)
    return session.scalar(query.where(Certificate.code == named_code(code.strip()).upper()))


def get_certificate(session: Session, code: str) -> Certificate:
    """The same. Raises NotFound."""
    found = find_certificate(session, code)
    if found is None:
        raise NotFound(what=_("certificate"), code=code)
    return found


def replacement_of(session: Session, certificate: Certificate) -> Certificate | None:
    """The certificate that stands, or is meant to stand, in the place of this one."""
    return session.scalar(select(Certificate).where(Certificate.replaces_id == certificate.id))


def page_of_certificates(
    session: Session, *, search: str = "", state: CertificateState | None = None, after: str | None = None,
    size: int = PAGE,
) -> Slice[Certificate]:  # fmt: skip
    """Certificates, the newest first; found by their number, lot, shipment or customer."""
    query: Any = select(Certificate).options(*WITH_NAMES)
    if state:
        query = query.where(Certificate.state == state)
    if search:
        text = named_code(search).upper()
        query = query.where(
            or_(
                Certificate.code == text,
                Certificate.lot.has(named([text])),
                Certificate.shipment.has(code=text),
                Certificate.customer.has(code=search),
            )
        )
    return keyset(session, query, Certificate.at, Certificate.id, after=after, size=size, newest_first=True)


def signatures_of(
    session: Session, *, certificate_id: int | None = None, change_id: int | None = None
) -> list[Signature]:
    """Who signed, in the order of signing."""
    under = Signature.certificate_id == certificate_id if certificate_id else Signature.change_id == change_id
    return list(session.scalars(select(Signature).where(under).order_by(Signature.id)))


def layout_for(session: Session, customer_id: int | None) -> CertificateLayout | None:
    """The layout of a customer, else the one for all."""
    query = select(CertificateLayout).where(
        or_(CertificateLayout.customer_id == customer_id, CertificateLayout.customer_id.is_(None))
    )
    return session.scalars(query.order_by(CertificateLayout.customer_id.is_(None)).limit(1)).first()


def own_layout(session: Session, customer_id: int | None) -> CertificateLayout | None:
    """The layout of exactly this customer, or the one for all."""
    query = select(CertificateLayout).where(CertificateLayout.customer_id.is_not_distinct_from(customer_id))
    return session.scalar(query)


def layouts(session: Session) -> list[CertificateLayout]:
    """All layouts, the one for everybody first."""
    query = select(CertificateLayout).options(joinedload(CertificateLayout.customer))
    return list(session.scalars(query.order_by(CertificateLayout.customer_id.is_not(None), CertificateLayout.id)))


class Told(NamedTuple):
    """The newest inspection of one kind, what its standard asked for, and how many went before it."""

    inspection: Inspection
    characteristics: Sequence[Characteristic]
    job: Job | None
    earlier: int


def told_of(session: Session, lot: Lot, kinds: Iterable[str] = ()) -> list[Told]:
    """What was inspected on a lot: on itself or on what it was split or poured from, and on the jobs that made it.

    Of each kind and place the newest inspection counts; of what was poured together that of each lot, unless one was
    made of the mixture since. All readings of certificates and sheets come from here.
    """
    origins = origins_of(session, lot.id)
    orders = select(Lot.order_id).where(Lot.id.in_(origins), Lot.order_id.is_not(None))
    on_lots = select(Inspection.id).where(Inspection.lot_id.in_(origins))
    at_jobs = select(Inspection.id).join(Job, Job.id == Inspection.job_id)
    at_jobs = at_jobs.where(Inspection.lot_id.is_(None), Job.order_id.in_(orders))
    both = union(on_lots, at_jobs)  # each by its own index: asked for at once, all inspections would be read
    query = select(Inspection, Job).outerjoin(Job, Job.id == Inspection.job_id).where(Inspection.id.in_(both))
    return _told(session, query, kinds, cache(partial(origins_of, session)))


def told_of_job(session: Session, job: Job, kinds: Iterable[str] = ()) -> list[Told]:
    """The newest inspection of each kind at a job."""
    query = select(Inspection, Job).join(Job, Job.id == Inspection.job_id).where(Inspection.job_id == job.id)
    return _told(session, query, kinds)


def _told(
    session: Session, query: Any, kinds: Iterable[str], above: Callable[[int], Collection[int]] | None = None
) -> list[Told]:
    """``above``: the lots that a lot was divided from or poured of; without it the newest speaks of everything."""
    query = query.where(Inspection.verdict.is_not(None))
    wanted = [InspectionKind(kind) for kind in kinds]
    if wanted:
        query = query.where(Inspection.kind.in_(wanted))
    asked = joinedload(Inspection.standard).selectinload(InspectionStandard.characteristics)
    query = query.options(_READINGS, asked).order_by(Inspection.id)
    newest: dict[tuple[Any, ...], dict[int | None, _Newest]] = {}
    for inspection, job in session.execute(query):
        known = newest.setdefault((inspection.kind, inspection.job_id), {})
        past = [known.pop(lot) for lot in _taken_over(inspection.lot_id, known, above)]
        known[inspection.lot_id] = _Newest(inspection, job, sum(one.earlier + 1 for one in past))
    order = list(InspectionKind)
    found = [one for known in newest.values() for one in known.values()]
    found.sort(key=lambda one: (one.job.sequence if one.job else 0, order.index(one.inspection.kind)))
    return [Told(one.inspection, one.inspection.standard.characteristics, one.job, one.earlier) for one in found]


class _Newest(NamedTuple):
    inspection: Inspection
    job: Job | None
    earlier: int


def _taken_over(
    lot: int | None, known: Collection[int | None], above: Callable[[int], Collection[int]] | None
) -> list[int | None]:
    """The lots of whose older inspections a newer one of the same kind and place speaks: of the same lot, of what it is
    a part of, or of what was poured into it. What was found on one of two lots says nothing of the other."""
    if lot is None or above is None:
        return list(known)
    spoken: set[int | None] = {None, lot}
    if any(one not in spoken for one in known):
        spoken.update(above(lot))
    return [one for one in spoken if one in known]


def standing(inspection: Inspection) -> list[Reading]:
    """The readings that count: none that another one took the place of."""
    return [one for one in inspection.readings if one.replaced_at is None]


def gauges_of(session: Session, told: Iterable[Told]) -> dict[int, str]:
    """The codes of the gauges with which something was measured."""
    ids = {one.gauge_id for found in told for one in found.inspection.readings if one.gauge_id}
    return dict(session.execute(select(Gauge.id, Gauge.code).where(Gauge.id.in_(ids))).all()) if ids else {}


def told_inspection(session: Session, code: str) -> Told:
    """One inspection with its readings and what its standard asked for. Raises NotFound."""
    asked = joinedload(Inspection.standard).selectinload(InspectionStandard.characteristics)
    names = (joinedload(Inspection.item), joinedload(Inspection.lot))
    query = select(Inspection, Job).outerjoin(Job, Job.id == Inspection.job_id)
    query = query.options(_READINGS, asked, *names)
    row = session.execute(query.where(Inspection.code == code.strip().upper())).one_or_none()
    if row is None:
        raise NotFound(what=_("inspection"), code=code)
    return Told(row[0], row[0].standard.characteristics, row[1], 0)


def inspections_at(session: Session, job: Job, kind: InspectionKind) -> list[Inspection]:
    """All inspections of one kind at a job, in their order, each with what its standard asked for."""
    asked = joinedload(Inspection.standard).selectinload(InspectionStandard.characteristics)
    query = select(Inspection).options(_READINGS, asked)
    query = query.where(Inspection.job_id == job.id, Inspection.kind == kind, Inspection.verdict.is_not(None))
    return list(session.scalars(query.order_by(Inspection.id)))


def characteristics_for(session: Session, job: Job, kind: InspectionKind) -> list[Characteristic]:
    """What is inspected at a job now in one kind of inspection; what other operations ask for is not its business."""
    standard = standard_of(session, kind, None, job)
    return list(standard.characteristics) if standard else []


def asked_kinds(session: Session, item_id: int) -> list[InspectionKind]:
    """Which kinds of inspection a standard in force asks for."""
    query = select(InspectionStandard.kind).where(
        InspectionStandard.item_id == item_id, InspectionStandard.state == Revision.RELEASED
    )
    found = set(session.scalars(query))
    return [kind for kind in InspectionKind if kind in found]


def came_in(session: Session, lot_id: int) -> Any:
    """How much a lot was when it came to be: received, made, split off, poured together, counted when the books were
    opened, brought back under a label of its own, or taken out of a machine. A piece that was counted and has come
    back twice since is one piece."""
    came = or_(Movement.kind.in_(_MADE), and_(Movement.kind.in_(_PARTED), Movement.quantity > NOTHING))
    query = select(func.sum(Movement.quantity)).where(Movement.lot_id == lot_id)
    brought = Movement.kind.in_((MovementKind.COME_BACK, MovementKind.RECOVER))
    first = select(func.min(Movement.id)).where(Movement.lot_id == lot_id).scalar_subquery()
    counted = and_(Movement.kind == MovementKind.COUNT, Movement.id == first)
    found = (session.scalar(query.where(one)) for one in (came, counted, brought))
    return next(filter(None, found), 0)


def lots_to_tell(session: Session, lot_ids: Sequence[int]) -> dict[int, tuple[Lot, str | None]]:
    """Lots with item and supplier, and the code of the order that made them."""
    query = (
        select(Lot, WorkOrder.code)
        .outerjoin(WorkOrder, WorkOrder.id == Lot.order_id)
        .options(joinedload(Lot.item), joinedload(Lot.supplier))
        .where(Lot.id.in_(lot_ids))
    )
    return {lot.id: (lot, order) for lot, order in session.execute(query)}


def page_of_changes(
    session: Session, *, state: ChangeState | None = None, after: str | None = None
) -> Slice[FourMChange]:
    """4M changes, the newest first."""
    query: Any = select(FourMChange).options(selectinload(FourMChange.affected))
    if state:
        query = query.where(FourMChange.state == state)
    return keyset(session, query, FourMChange.at, FourMChange.id, after=after, newest_first=True)


def get_change(session: Session, code: str) -> FourMChange:
    """A 4M change with what it touches. Raises NotFound."""
    query = select(FourMChange).options(selectinload(FourMChange.affected))
    found = session.scalar(query.where(FourMChange.code == named_code(code.strip()).upper()))
    if found is None:
        raise NotFound(what=_("4M change"), code=code)
    return found


def affected_codes(change: FourMChange) -> list[str]:
    """What a change touches, by code."""
    return [one.code for one in change.affected]
