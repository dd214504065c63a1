"""Which lots were made on a machine, with a mould, by a person, of a material; measured, found defective, shipped.

Each question gives the lots by one statement. A trace and a recall begin with the same ones.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from mes.inspection.models import Inspection, Reading
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind, Shipment
from mes.lots.queries import away, standing
from mes.orders.doings import By, made_by, worked
from mes.orders.models import Job
from mes.quality.models import Defect

#: Gives the lots of a thing between two times.
Question = Callable[[Any, datetime, datetime], Select[int]]


def made_with(by: By) -> Question:
    """Everything made on a machine, with a tool or by a person."""

    def lots(thing: Any, since: datetime, until: datetime) -> Select[int]:
        found = made_by(worked(by, these=[thing.id], since=since, until=until)).subquery()
        return select(found.c.lot)

    return lots


def of_material(item: Any, since: datetime, until: datetime) -> Select[int]:
    """Everything made with an item."""
    query = select(Edge.child_id).join(Lot, Lot.id == Edge.parent_id).where(Lot.item_id == item.id)
    return query.where(Edge.kind == EdgeKind.CONSUME, ~Edge.undone, Edge.at >= since, Edge.at <= until)


def of_item(item: Any, since: datetime, until: datetime) -> Select[int]:
    """Everything received or made of an item."""
    query = select(Movement.lot_id).join(Lot, Lot.id == Movement.lot_id).where(*standing())
    came = (Movement.kind.in_((MovementKind.RECEIVE, MovementKind.PRODUCE)), Movement.quantity > 0)
    return query.where(Lot.item_id == item.id, *came, Movement.at >= since, Movement.at <= until)


def shipped_to(customer: Any, since: datetime, until: datetime) -> Select[int]:
    """Everything that a customer got and did not give back."""
    query = select(Movement.lot_id).join(Shipment, Shipment.id == Movement.shipment_id)
    return query.where(Shipment.customer_id == customer.id, Shipment.at >= since, Shipment.at <= until, *away())


def _inspected(gauge: Any, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return Reading.gauge_id == gauge.id, Inspection.at >= since, Inspection.at <= until


def measured(gauge: Any, since: datetime, until: datetime) -> Select[int]:
    """The lots that a gauge was used on."""
    query = select(Lot.id).join(Inspection, Inspection.lot_id == Lot.id)
    return query.join(Reading, Reading.inspection_id == Inspection.id).where(*_inspected(gauge, since, until))


def of_measured_jobs(gauge: Any, since: datetime, until: datetime) -> Select[int]:
    """All that was made by the orders at whose jobs a gauge was used."""
    jobs = select(Inspection.job_id).join(Reading, Reading.inspection_id == Inspection.id)
    return _of_jobs(jobs.where(*_inspected(gauge, since, until)))


def _of_jobs(jobs: Select[int | None]) -> Select[int]:
    """All that the orders of jobs made."""
    orders = select(Job.order_id).where(Job.id.in_(jobs))
    made = (Movement.kind == MovementKind.PRODUCE, Movement.quantity > 0, *standing())
    return select(Movement.lot_id).where(Movement.order_id.in_(orders), *made)


def _defects(code: Any, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    back = aliased(Defect)
    told = (Defect.reverses_id.is_(None), ~select(back.id).where(back.reverses_id == Defect.id).exists())
    return Defect.code_id == code.id, Defect.at >= since, Defect.at <= until, *told


def found_on(code: Any, since: datetime, until: datetime) -> Select[int]:
    """The lots on which a type of defect was found."""
    return select(Defect.lot_id).where(Defect.lot_id.is_not(None), *_defects(code, since, until))  # type: ignore[return-value]


def reported_with(code: Any, since: datetime, until: datetime) -> Select[int]:
    """What the results that told of a type of defect made."""
    told = select(Defect.code_id.label("thing"), Defect.report_id.label("report")).where(*_defects(code, since, until))
    found = made_by(told.where(Defect.report_id.is_not(None))).subquery()
    return select(found.c.lot)


def found_at_jobs(code: Any, since: datetime, until: datetime) -> Select[int]:
    """What the orders made at whose jobs a type of defect was found without a result."""
    jobs = select(Defect.job_id).where(
        Defect.report_id.is_(None), Defect.lot_id.is_(None), *_defects(code, since, until)
    )
    return _of_jobs(jobs)
