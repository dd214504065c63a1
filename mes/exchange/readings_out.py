"""Everything that was measured as a list: one row for each reading that stands, with the limits of its day."""

from typing import Any

from sqlalchemy import Select, select

from mes.core.i18n import N_
from mes.gauges.models import Gauge
from mes.inspection.models import Choice, Inspection, Reading
from mes.items.models import Item
from mes.lots.models import Lot
from mes.orders.models import Job

READING_WORDS = (
    N_("Day"), N_("Time"), N_("Inspection"), N_("Kind"), N_("Lot"), N_("Job"), N_("Item code"), N_("Item"),
    N_("Characteristic"), N_("Piece"), N_("Value"), N_("Answer"), N_("Unit"), N_("Lower limit"), N_("Upper limit"),
    N_("Verdict"), N_("Gauge"), N_("Person"), N_("Verdict of the inspection"),
)  # fmt: skip


def listed_readings() -> Select[*tuple[Any, ...]]:
    """Readings of inspections that were not given up, oldest first; corrected ones are left out."""
    columns = (
        Inspection.day, Reading.at, Inspection.code, Inspection.kind, Lot.code, Job.code, Item.code, Item.name,
        Reading.name, Reading.piece, Reading.value, Choice.name, Reading.unit, Reading.lower, Reading.upper,
        Reading.verdict, Gauge.code, Reading.person, Inspection.verdict,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Inspection, Inspection.id == Reading.inspection_id)
        .join(Item, Item.id == Inspection.item_id)
        .outerjoin(Lot, Lot.id == Inspection.lot_id)
        .outerjoin(Job, Job.id == Inspection.job_id)
        .outerjoin(Choice, Choice.id == Reading.choice_id)
        .outerjoin(Gauge, Gauge.id == Reading.gauge_id)
        .where(Reading.replaced_at.is_(None))
        .where(Inspection.closed_at.is_(None) | Inspection.verdict.is_not(None))
        .order_by(Reading.id)
    )
