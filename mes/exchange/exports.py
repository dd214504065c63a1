"""Lists out of the plant. What can be imported has the same headings, so that it can be edited and brought back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session

from mes.core.access import ADMINS, OFFICE, Who
from mes.core.i18n import N_, _
from mes.core.types import NOTHING
from mes.equipment.models import Downtime, Location, Machine, StopReason, Tool, WorkCentre
from mes.exchange.bom_export import BOM_FIELDS, boms, with_the_rest
from mes.exchange.check_sheets import CHECK_FIELDS, listed_checks
from mes.exchange.kinds import KINDS
from mes.exchange.parts import PART_FIELDS, listed_parts
from mes.exchange.queries import skills_by_person
from mes.exchange.readings_out import READING_WORDS, listed_readings
from mes.exchange.rules import KindUnknown
from mes.exchange.standards_out import STANDARD_FIELDS, listed_standards, with_answers
from mes.exchange.steps import STEP_FIELDS, listed_steps
from mes.exchange.vocabulary import WORD_FIELDS, listed_words, with_words
from mes.exchange.words import Cell, cell, heading
from mes.gauges.models import Gauge, GaugeState
from mes.items.models import Item, Operation, Revision, Routing
from mes.lots.models import Lot, LotStatus, Movement, Shipment
from mes.lots.sample_queries import listed_samples
from mes.orders.models import Job, Report, WorkOrder
from mes.partners.models import Partner
from mes.people.models import Person
from mes.quality.models import Defect, DefectCode

Row = Sequence[Any]
Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One list: its columns, and the statement that gives its rows in their order."""

    name: str
    label: str
    who: Who
    #: Field names of the importer, or (for lists that only go out) words.
    fields: tuple[str, ...]
    query: Callable[[], Statement]
    #: Makes of the rows what one statement cannot give.
    finish: Callable[[Session, Iterable[Row]], Iterable[Row]] | None = None

    def headings(self) -> list[str]:
        """The headings in the reader's language."""
        if self.name in KINDS:
            return [heading(self.name, name) for name in self.fields]
        return [_(word) for word in self.fields]

    def rows(self, session: Session) -> Iterable[list[Cell]]:
        """All rows as cells."""
        found: Iterable[Row] = session.execute(self.query().execution_options(yield_per=2000))
        for row in self.finish(session, found) if self.finish else found:
            yield [cell(self.name, name, value) for name, value in zip(self.fields, row, strict=True)]


def _of(model: Any, *names: str) -> Callable[[], Statement]:
    return lambda: select(*(getattr(model, name) for name in names)).order_by(model.code)


def _routings() -> Statement:
    columns = (
        Item.code, Item.name, Operation.sequence, Operation.code, Operation.name, Operation.name_en, WorkCentre.code,
        Operation.setup_minutes, Operation.cycle_seconds, Operation.outsourced, Partner.code, Operation.inspected,
        Operation.instruction,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Routing, Routing.id == Operation.routing_id)
        .join(Item, Item.id == Routing.item_id)
        .join(WorkCentre, WorkCentre.id == Operation.work_centre_id)
        .outerjoin(Partner, Partner.id == Operation.subcontractor_id)
        .where(Routing.state == Revision.RELEASED)
        .order_by(Item.code, Operation.sequence)
    )


def _gauges() -> Statement:
    columns = (
        Gauge.code, Gauge.name, Gauge.name_en, Gauge.kind, Gauge.maker, Gauge.serial, Gauge.lower, Gauge.upper,
        Gauge.resolution, Gauge.unit, WorkCentre.code, Gauge.place, Gauge.interval_months, Gauge.due_on, Gauge.note,
    )  # fmt: skip
    query = select(*columns).outerjoin(WorkCentre, WorkCentre.id == Gauge.work_centre_id)
    return query.where(Gauge.state == GaugeState.IN_USE).order_by(Gauge.code)


def _stock() -> Statement:
    made_on = case((Lot.arrived_on.is_(None), Lot.made_on))  # of what came without a day of making, none is told
    columns = (
        Lot.code, Item.code, Item.name, Lot.supplier_lot, Partner.code, Lot.on_hand, Item.unit, made_on,
        Lot.expires_on, Location.code, Lot.note,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(Partner, Partner.id == Lot.supplier_id)
        .outerjoin(Location, Location.id == Lot.location_id)
        .where(Lot.on_hand > NOTHING, Lot.status != LotStatus.RETAINED)
        .order_by(Item.code, Lot.id)
    )


def _orders() -> Statement:
    columns = (
        WorkOrder.code, Item.code, Item.name, WorkOrder.quantity, Item.unit, WorkOrder.due_on, WorkOrder.priority,
        Partner.code, WorkOrder.note,
    )  # fmt: skip
    query = select(*columns).join(Item, Item.id == WorkOrder.item_id)
    return query.outerjoin(Partner, Partner.id == WorkOrder.customer_id).order_by(WorkOrder.id)


def _reports() -> Statement:
    columns = (
        Report.day, Report.at, WorkOrder.code, Job.code, Job.name, WorkCentre.code, Machine.code, Item.code, Item.name,
        Report.good, Report.defective, Report.scrap, Report.rework, Item.unit, Report.person, Lot.code,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(WorkCentre, WorkCentre.id == Job.work_centre_id)
        .outerjoin(Machine, Machine.id == Report.machine_id)
        .outerjoin(Lot, Lot.id == Report.lot_id)
        .order_by(Report.id)
    )


def _defects() -> Statement:
    columns = (
        Defect.day, Defect.at, DefectCode.code, DefectCode.name, Defect.quantity, Item.unit, Item.code, Item.name,
        Lot.code, Job.code, Defect.person, Defect.disposition, Defect.cause,
    )  # fmt: skip
    return (
        select(*columns)
        .join(DefectCode, DefectCode.id == Defect.code_id)
        .join(Item, Item.id == Defect.item_id)
        .outerjoin(Lot, Lot.id == Defect.lot_id)
        .outerjoin(Job, Job.id == Defect.job_id)
        .order_by(Defect.id)
    )


def _movements() -> Statement:
    columns = (
        Movement.at, Movement.kind, Lot.code, Item.code, Item.name, Movement.quantity, Item.unit, WorkOrder.code,
        Shipment.code, Partner.name, Person.name, Movement.reason,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(WorkOrder, WorkOrder.id == Movement.order_id)
        .outerjoin(Shipment, Shipment.id == Movement.shipment_id)
        .outerjoin(Partner, Partner.id == Shipment.customer_id)
        .outerjoin(Person, Person.id == Movement.person_id)
        .order_by(Movement.id)
    )


def _stops() -> Statement:
    columns = (
        Downtime.started_at, Downtime.ended_at, WorkCentre.code, WorkCentre.name, Machine.code, StopReason.code,
        StopReason.name, StopReason.planned, Downtime.note,
    )  # fmt: skip
    return (
        select(*columns)
        .join(WorkCentre, WorkCentre.id == Downtime.work_centre_id)
        .outerjoin(StopReason, StopReason.id == Downtime.reason_id)
        .outerjoin(Machine, Machine.id == Downtime.machine_id)
        .order_by(Downtime.id)
    )


def _with_skills(session: Session, rows: Iterable[Row]) -> Iterable[Row]:
    skills = skills_by_person(session)
    return [(*row[1:-1], skills.get(row[0], frozenset()), row[-1]) for row in rows]


_NAMED = ("code", "name", "name_en")
_ITEM_FIELDS = (
    *_NAMED, "spec", "kind", "unit", "tracking", "shelf_life_days", "allergens", "storage", "origin",
    "net_content", "ingredients", "licence", "gtin", "safety_stock", "box_quantity", "unit_cost", "inspect_incoming",
    "sample_days", "sample_from",
)  # fmt: skip
_GAUGE_FIELDS = (
    *_NAMED, "kind", "maker", "serial", "lower", "upper", "resolution", "unit", "work_centre", "place",
    "interval_months", "due_on", "note",
)  # fmt: skip
_ITEM_WORDS = (N_("Item code"), N_("Item"))
LISTS = {
    one.name: one
    for one in (
        Listed(name="locations", label=KINDS["locations"].label, who=OFFICE, fields=(*_NAMED, "kind"),
               query=_of(Location, *_NAMED, "kind")),
        Listed(name="work_centres", label=KINDS["work_centres"].label, who=OFFICE, fields=(*_NAMED, "location"),
               query=lambda: select(WorkCentre.code, WorkCentre.name, WorkCentre.name_en, Location.code)
               .outerjoin(Location, Location.id == WorkCentre.location_id).order_by(WorkCentre.code)),
        Listed(name="machines", label=KINDS["machines"].label, who=OFFICE, fields=(*_NAMED, "work_centre"),
               query=lambda: select(Machine.code, Machine.name, Machine.name_en, WorkCentre.code)
               .join(WorkCentre, WorkCentre.id == Machine.work_centre_id).order_by(Machine.code)),
        Listed(name="tools", label=KINDS["tools"].label, who=OFFICE, fields=(*_NAMED, "cavities"),
               query=_of(Tool, *_NAMED, "cavities")),
        Listed(name="partners", label=KINDS["partners"].label, who=OFFICE,
               fields=(*_NAMED, "kind", "contact", "phone", "email", "address", "gln"),
               query=_of(Partner, *_NAMED, "kinds", "contact", "phone", "email", "address", "gln")),
        Listed(name="people", label=KINDS["people"].label, who=ADMINS,
               fields=(*_NAMED, "roles", "language", "skills", "login"), finish=_with_skills,
               query=_of(Person, "id", *_NAMED, "roles", "language", "login")),
        Listed(name="items", label=KINDS["items"].label, who=OFFICE, fields=_ITEM_FIELDS,
               query=_of(Item, *_ITEM_FIELDS)),
        Listed(name="customer_parts", label=KINDS["customer_parts"].label, who=OFFICE, query=listed_parts,
               fields=PART_FIELDS),
        Listed(name="boms", label=KINDS["boms"].label, who=OFFICE, query=boms, finish=with_the_rest,
               fields=BOM_FIELDS),
        Listed(name="routings", label=KINDS["routings"].label, who=OFFICE, query=_routings,
               fields=("item", "item_name", "sequence", "operation_code", "operation_name", "name_en", "work_centre",
                       "setup_minutes", "cycle_seconds", "outsourced", "subcontractor", "inspected", "instruction")),
        Listed(name="check_sheets", label=KINDS["check_sheets"].label, who=OFFICE, query=listed_checks,
               fields=CHECK_FIELDS),
        Listed(name="steps", label=KINDS["steps"].label, who=OFFICE, query=listed_steps, fields=STEP_FIELDS),
        Listed(name="defect_codes", label=KINDS["defect_codes"].label, who=OFFICE,
               fields=(*_NAMED, "name_vi", "group"), query=_of(DefectCode, *_NAMED, "name_vi", "group")),
        Listed(name="stop_reasons", label=KINDS["stop_reasons"].label, who=OFFICE,
               fields=(*_NAMED, "name_vi", "group", "planned"),
               query=_of(StopReason, *_NAMED, "name_vi", "group", "planned")),
        Listed(name="gauges", label=KINDS["gauges"].label, who=OFFICE, fields=_GAUGE_FIELDS, query=_gauges),
        Listed(name="standards", label=KINDS["standards"].label, who=OFFICE, fields=STANDARD_FIELDS,
               query=listed_standards, finish=with_answers),
        Listed(name="words", label=KINDS["words"].label, who=OFFICE, query=listed_words, fields=WORD_FIELDS,
               finish=with_words),
        Listed(name="opening_lots", label=N_("Lots in stock"), who=OFFICE, query=_stock,
               fields=("lot", "item", "item_name", "supplier_lot", "supplier", "quantity", "unit", "made_on",
                       "expires_on", "location", "note")),
        Listed(name="samples", label=N_("Retained samples"), who=OFFICE, query=listed_samples,
               fields=(N_("Lot"), N_("Sample of"), *_ITEM_WORDS, N_("Put aside"), N_("In stock"), N_("Unit"),
                       N_("Place code"), N_("Place"), N_("Made on"), N_("Use by"), N_("Keep until"), N_("Time"),
                       N_("Person"), N_("Note"), N_("Thrown away on"), N_("Thrown away by"), N_("Reason"))),
        Listed(name="work_orders", label=KINDS["work_orders"].label, who=OFFICE, query=_orders,
               fields=("code", "item", "item_name", "quantity", "unit", "due_on", "priority", "customer", "note")),
        Listed(name="reports", label=N_("Production results"), who=OFFICE, query=_reports,
               fields=(N_("Day"), N_("Time"), N_("Work order"), N_("Job"), N_("Operation"), N_("Work centre"),
                       N_("Machine"), *_ITEM_WORDS, N_("Good"), N_("Defective"), N_("Scrap"), N_("Rework"), N_("Unit"),
                       N_("Person"), N_("Lot"))),
        Listed(name="defects", label=N_("Defects"), who=OFFICE, query=_defects,
               fields=(N_("Day"), N_("Time"), N_("Defect code"), N_("Defect"), N_("Quantity"), N_("Unit"),
                       *_ITEM_WORDS, N_("Lot"), N_("Job"), N_("Person"), N_("Disposition"), N_("Cause"))),
        Listed(name="inspections", label=N_("Inspection results"), who=OFFICE, query=listed_readings,
               fields=READING_WORDS),
        Listed(name="movements", label=N_("Movements"), who=OFFICE, query=_movements,
               fields=(N_("Time"), N_("Movement"), N_("Lot"), *_ITEM_WORDS, N_("Quantity"), N_("Unit"),
                       N_("Work order"), N_("Shipment"), N_("Customer"), N_("Person"), N_("Reason"))),
        Listed(name="stops", label=N_("Stops"), who=OFFICE, query=_stops,
               fields=(N_("From"), N_("Until"), N_("Work centre"), N_("Name"), N_("Machine"), N_("Reason code"),
                       N_("Reason"), N_("Planned"), N_("Note"))),
    )
}  # fmt: skip


def get_list(name: str) -> Listed:
    """A list by its name; ``-`` and ``_`` are the same. Raises KindUnknown."""
    found = LISTS.get(name.strip().lower().replace("-", "_"))
    if found is None:
        raise KindUnknown(kind=name[:40], kinds=", ".join(LISTS))
    return found
