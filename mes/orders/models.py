"""Work orders, the jobs they fall into, and what was reported."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index, reversal_index
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.equipment.models import Machine, Tool, WorkCentre
from mes.items.models import Consumption, Item
from mes.lots.models import Lot
from mes.partners.models import Partner


class OrderState(StrEnum):
    """The life of a work order."""

    DRAFT = "draft"
    RELEASED = "released"
    RUNNING = "running"
    HELD = "held"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class LotRule(StrEnum):
    """When the order makes a new lot: one for the whole order, or one for each report."""

    ORDER = "order"
    REPORT = "report"


class WorkOrder(Base):
    """An instruction to make a quantity of one item until a day (작업지시)."""

    __tablename__ = "work_orders"
    straight = True
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        Index("ix_work_orders_open", "due_on", "id"),
        Index("ix_work_orders_state", "state", "due_on"),
        partial_index("ix_work_orders_completed", "completed_at", where="completed_at IS NOT NULL"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    quantity: Mapped[Qty]
    due_on: Mapped[Day]
    #: 1 is most urgent, 5 normal, 9 when there is time.
    priority: Mapped[int] = mapped_column(default=5)
    customer_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"))
    state: Mapped[OrderState] = mapped_column(default=OrderState.DRAFT)
    #: What it goes back to when the hold is lifted.
    held_from: Mapped[OrderState | None]
    hold_reason: Mapped[LongText | None]
    lot_rule: Mapped[LotRule] = mapped_column(default=LotRule.ORDER)
    #: The revisions frozen at release.
    bom_id: Mapped[Ref | None] = mapped_column(ForeignKey("boms.id"))
    routing_id: Mapped[Ref | None] = mapped_column(ForeignKey("routings.id"))
    created_at: Mapped[Moment]
    released_at: Mapped[Moment | None]
    completed_at: Mapped[Moment | None]
    #: Good pieces of the last operation so far (sum of its reports).
    good: Mapped[Qty] = mapped_column(default=Decimal(0))
    note: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[Item] = relationship(lazy="raise")
    customer: Mapped[Partner | None] = relationship(lazy="raise")
    jobs: Mapped[list["Job"]] = relationship(lazy="raise", order_by="Job.sequence", back_populates="order")
    materials: Mapped[list["OrderMaterial"]] = relationship(lazy="raise", order_by="OrderMaterial.position")
    __mapper_args__ = {"version_id_col": version}


class OrderMaterial(Base):
    """What one order needs of one material, frozen at release with phantoms already taken apart."""

    __tablename__ = "order_materials"
    straight = True
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("work_orders.id"))
    position: Mapped[int]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    #: Per one piece that is worked on, without loss.
    per_piece: Mapped[Qty]
    #: For the whole order, with the expected loss.
    required: Mapped[Qty]
    #: Sequence of the job that consumes it.
    operation: Mapped[int]
    consumption: Mapped[Consumption]
    #: Taken for the order so far, without what was put back (the ledger's sum).
    consumed: Mapped[Qty] = mapped_column(default=Decimal(0), server_default="0")
    #: The BOM line it came from, for its substitutes.
    bom_line_id: Mapped[Ref | None] = mapped_column(ForeignKey("bom_lines.id"))

    item: Mapped[Item] = relationship(lazy="raise")

    @property
    def missing(self) -> Decimal:
        """What is still to be taken."""
        return max(self.required - self.consumed, Decimal(0))


class JobState(StrEnum):
    """The life of a job on the floor."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


class Job(Base):
    """One operation of one work order (공정작업). ``good`` and the others are the sums of its reports."""

    __tablename__ = "jobs"
    straight = True
    __table_args__ = (
        UniqueConstraint("order_id", "sequence"),
        Index("ix_jobs_queue", "work_centre_id", "state"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    order_id: Mapped[Ref] = mapped_column(ForeignKey("work_orders.id"))
    sequence: Mapped[int]
    name: Mapped[Name]
    name_en: Mapped[Name | None]
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    #: The mould or tool that is mounted for it now.
    tool_id: Mapped[Ref | None] = mapped_column(ForeignKey("tools.id"))
    setup_minutes: Mapped[Qty | None]
    cycle_seconds: Mapped[Qty | None]
    outsourced: Mapped[bool] = mapped_column(default=False)
    #: Whether something else comes out at it too.
    by_products: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whether the first piece must pass an inspection before anything is reported, and after what it must again.
    inspected: Mapped[bool] = mapped_column(default=False)
    first_piece_each_shift: Mapped[bool] = mapped_column(default=False, server_default=false())
    first_piece_each_material: Mapped[bool] = mapped_column(default=False, server_default=false())
    first_piece_each_tool: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whether it has passed, and on which production day.
    first_piece_passed: Mapped[bool] = mapped_column(default=False)
    first_piece_day: Mapped[Day | None]
    instruction: Mapped[LongText | None]
    #: Whether its operation has steps that are shown one after another.
    has_steps: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_first: Mapped[bool]
    is_last: Mapped[bool]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    started_at: Mapped[Moment | None]
    #: When it was started or taken up again last.
    running_since: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    good: Mapped[Qty] = mapped_column(default=Decimal(0))
    defective: Mapped[Qty] = mapped_column(default=Decimal(0))
    scrap: Mapped[Qty] = mapped_column(default=Decimal(0))
    rework: Mapped[Qty] = mapped_column(default=Decimal(0))
    #: Who works on it now.
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    #: Its place in the queue where a leader has put the jobs in order; those without one follow by priority and day.
    place: Mapped[int | None]
    #: For whom a leader has put it aside.
    meant_for_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))

    order: Mapped[WorkOrder] = relationship(lazy="raise", back_populates="jobs")
    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    machine: Mapped[Machine | None] = relationship(lazy="raise")
    tool: Mapped[Tool | None] = relationship(lazy="raise")


class FirstPieceDemand(Base):
    """What standards in force demand of the first piece of an item, at one operation or all, for one customer or all.

    Orders freeze it into their jobs at release. Written anew whenever a standard is approved or withdrawn.
    """

    __tablename__ = "first_piece_demands"

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    operation: Mapped[int | None]
    customer_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"))
    required: Mapped[bool]
    each_shift: Mapped[bool]
    each_material: Mapped[bool]
    each_tool: Mapped[bool] = mapped_column(default=False, server_default=false())


class Report(Base):
    """What was made (실적). Append-only: a wrong one is undone by one with opposite quantities."""

    __tablename__ = "production_reports"
    straight = True
    __table_args__ = (
        Index("ix_production_reports_at", "at"),
        Index("ix_production_reports_day", "day"),
        reversal_index("production_reports"),
    )

    id: Mapped[Id]
    job_id: Mapped[Ref] = mapped_column(ForeignKey("jobs.id"), index=True)
    #: The production day: a night shift counts to the day on which it began.
    day: Mapped[Day]
    at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    good: Mapped[Qty] = mapped_column(default=Decimal(0))
    defective: Mapped[Qty] = mapped_column(default=Decimal(0))
    scrap: Mapped[Qty] = mapped_column(default=Decimal(0))
    rework: Mapped[Qty] = mapped_column(default=Decimal(0))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    station: Mapped[Short | None]
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    tool_id: Mapped[Ref | None] = mapped_column(ForeignKey("tools.id"), index=True)
    #: The lot produced (of several serials: the first).
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"), index=True)
    reverses_id: Mapped[Ref | None] = mapped_column(ForeignKey("production_reports.id"))
    reason: Mapped[LongText | None]

    job: Mapped[Job] = relationship(lazy="raise")
    lot: Mapped[Lot | None] = relationship(lazy="raise")
    machine: Mapped[Machine | None] = relationship(lazy="raise")
    tool: Mapped[Tool | None] = relationship(lazy="raise")


class StepRecord(Base):
    """What was done at one step of a job. Append-only: the newest one of a step counts.

    A leader may let a step go without it; then ``reason`` says why.
    """

    __tablename__ = "step_records"
    __table_args__ = (Index("ix_step_records_job_id", "job_id", "step_id"),)

    id: Mapped[Id]
    job_id: Mapped[Ref] = mapped_column(ForeignKey("jobs.id"))
    step_id: Mapped[Ref] = mapped_column(ForeignKey("operation_steps.id"))
    at: Mapped[Moment]
    #: Whether it counts as done: ticked, told, within its limits, or allowed by a leader.
    done: Mapped[bool]
    number: Mapped[Qty | None]
    text: Mapped[LongText | None]
    reason: Mapped[LongText | None]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    station: Mapped[Short | None]


class InProcess(Base):
    """What one movement took for an order, and how much of it is not part of a made lot yet (재공).

    Kept beside ledger and genealogy, so that a report need not read the whole past of its order; ``mes check``
    proves that all agree.
    """

    __tablename__ = "in_process"
    straight = True
    __table_args__ = (
        CheckConstraint("undrawn >= 0", name="undrawn_not_negative"),
        partial_index("ix_in_process_open", "order_id", where="undrawn > 0"),
        Index("ix_in_process_material", "material_id", "movement_id"),
    )

    movement_id: Mapped[Ref] = mapped_column(ForeignKey("movements.id"), primary_key=True, autoincrement=False)
    order_id: Mapped[Ref] = mapped_column(ForeignKey("work_orders.id"))
    material_id: Mapped[Ref] = mapped_column(ForeignKey("order_materials.id"))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"))
    undrawn: Mapped[Qty]
