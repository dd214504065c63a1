"""Reads about inspections that are open: what is missing, and who measures."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.inspection.models import (
    Characteristic,
    Inspection,
    InspectionKind,
    InspectionStandard,
    Reading,
)
from mes.inspection.sampling import sampling_for
from mes.inspection.tablet_rules import Need, Slot, needs, slots
from mes.lots.models import Lot
from mes.orders.models import Job, WorkOrder


def find_open(session: Session, kind: InspectionKind, lot_id: int | None, job_id: int | None) -> Inspection | None:
    """The open inspection of this kind on a lot or at a job."""
    query = select(Inspection).where(
        Inspection.closed_at.is_(None),
        Inspection.kind == kind,
        Inspection.lot_id == lot_id,
        Inspection.job_id == job_id,
    )
    return session.scalars(query.order_by(Inspection.id).limit(1)).first()


def lock_inspection(work: Work, code: str) -> Inspection:
    """An inspection by code, locked, as it is now. Raises NotFound."""
    query = select(Inspection).where(Inspection.code == code.strip().upper()).with_for_update()
    found = work.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(what=_(N_("inspection")), code=code)
    return found


def standard_with_choices(session: Session, ident: int) -> InspectionStandard:
    """The revision by which an inspection is made, with all that is looked at."""
    query = select(InspectionStandard).where(InspectionStandard.id == ident)
    query = query.options(selectinload(InspectionStandard.characteristics).selectinload(Characteristic.choices))
    return session.scalars(query).one()


def wanted_of(session: Session, standard: InspectionStandard, lot: Lot | None) -> list[Need]:
    """How many pieces of each characteristic an inspection that begins now would want."""
    pieces = sampling_for(session, standard, lot).samples[0].size if lot else standard.sample_size
    return needs(Inspection(pieces=pieces), standard.characteristics)


def readings_of(session: Session, inspection_id: int) -> Sequence[Reading]:
    """All readings of an inspection, replaced ones too, in the order in which they were taken, as they are now."""
    query = select(Reading).options(joinedload(Reading.choice)).where(Reading.inspection_id == inspection_id)
    return session.scalars(query.order_by(Reading.id).execution_options(populate_existing=True)).all()


def slots_of(session: Session, inspection: Inspection, standard: InspectionStandard) -> list[Slot]:
    """All readings that an inspection wants, with those that were taken."""
    return slots(inspection, standard.characteristics, readings_of(session, inspection.id))


def standing_reading(session: Session, inspection_id: int, characteristic_id: int, piece: int) -> Reading | None:
    """The reading of one piece, if it was taken."""
    query = select(Reading).options(joinedload(Reading.choice)).where(
        Reading.inspection_id == inspection_id, Reading.characteristic_id == characteristic_id,
        Reading.piece == piece, Reading.replaced_at.is_(None),
    )  # fmt: skip
    return session.scalar(query)


def get_reading(session: Session, inspection_id: int, ident: int) -> Reading:
    """A reading of this inspection, as it is now. Raises NotFound."""
    query = select(Reading).where(Reading.id == ident, Reading.inspection_id == inspection_id)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(what=_(N_("reading")), code=str(ident))
    return found


class Sheet(NamedTuple):
    """Everything that is shown while somebody measures."""

    inspection: Inspection
    standard: InspectionStandard
    job: Job | None
    slots: list[Slot]
    readings: Sequence[Reading]

    @property
    def next(self) -> Slot | None:
        """The first reading that is missing."""
        return next((slot for slot in self.slots if slot.reading is None), None)

    @property
    def taken(self) -> int:
        """How many were taken."""
        return sum(1 for slot in self.slots if slot.reading is not None)

    def slot(self, characteristic: int, piece: int) -> Slot | None:
        """One of them."""
        return next((one for one in self.slots if (one.characteristic.id, one.piece) == (characteristic, piece)), None)


def sheet(session: Session, code: str) -> Sheet:
    """An inspection with what it wants and what was taken. Raises NotFound."""
    query = select(Inspection).options(joinedload(Inspection.item), joinedload(Inspection.lot))
    inspection = session.scalar(query.where(Inspection.code == code.strip().upper()))
    if inspection is None:
        raise NotFound(what=_(N_("inspection")), code=code)
    standard = standard_with_choices(session, inspection.standard_id)
    readings = readings_of(session, inspection.id)
    order = joinedload(Job.order).joinedload(WorkOrder.item)
    job = session.scalar(select(Job).options(order).where(Job.id == inspection.job_id)) if inspection.job_id else None
    return Sheet(inspection, standard, job, slots(inspection, standard.characteristics, readings), readings)
