"""The ledger and the graph. A lot stands at one place; moving a part of it splits it, as one label is one box."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index, reversal_index, sparse_index
from mes.core.types import Code, Day, Id, LongText, Moment, Qty, Ref, Short
from mes.equipment.models import Location
from mes.items.models import Item
from mes.partners.models import Partner


class LotStatus(StrEnum):
    """Whether a lot may be used. A hold is apart from this: it lies on top and leaves the status as it was."""

    AVAILABLE = "available"
    INSPECTION = "inspection"
    REJECTED = "rejected"
    #: Kept as a sample (보관품): never stock again.
    RETAINED = "retained"


class Lot(Base):
    """A quantity of one item that shares its history (로트), or one piece (시리얼).

    ``on_hand`` is the sum of the lot's movements, kept beside them so that the database itself refuses to go
    below zero; ``mes check`` proves that both agree. ``holds`` counts the open holds, for the same reason.
    """

    __tablename__ = "lots"
    straight = True
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("holds >= 0", name="holds_not_negative"),
        partial_index("ix_lots_stock", "item_id", "expires_on", "id", where="on_hand > 0"),
        # few of all lots there ever were: asked for with queries.HELD and queries.AWAITS_INSPECTION
        partial_index("ix_lots_held", "on_hand", where="holds > 0"),
        partial_index("ix_lots_awaiting", "on_hand", where="status = 'inspection'"),
        partial_index("ix_lots_unit", "unit_id", where="unit_id IS NOT NULL"),
        partial_index("ix_lots_trace_number", "trace_number", where="trace_number IS NOT NULL"),
    )  # fmt: skip

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    #: The last four characters of the code, by which people ask for a lot.
    tail: Mapped[str | None] = mapped_column(String(4), index=True)
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    on_hand: Mapped[Qty] = mapped_column(default=Decimal(0))
    status: Mapped[LotStatus] = mapped_column(default=LotStatus.AVAILABLE)
    holds: Mapped[int] = mapped_column(default=0)
    location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"), index=True)
    made_on: Mapped[Day]
    #: The day it came, where nobody said when it was made: ``made_on`` then only stands in for the order of use.
    arrived_on: Mapped[Day | None]
    made_at: Mapped[Moment]
    expires_on: Mapped[Day | None]
    supplier_lot: Mapped[Short | None] = mapped_column(index=True)
    supplier_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"))
    #: The number under which an authority follows food or livestock (식품이력추적관리번호, 축산물이력번호).
    trace_number: Mapped[Short | None]
    #: The work order that makes it; empty for received lots.
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_orders.id"), index=True)
    receipt_id: Mapped[Ref | None] = mapped_column(ForeignKey("receipts.id"), index=True)
    #: The box or pallet it is packed on; it then stands where that stands (decision 0012).
    unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("handling_units.id"))
    note: Mapped[LongText | None]
    #: The codes it bore before (``code_models``), newest first: a label with one of them may still be on it.
    formerly: Mapped[LongText | None]

    item: Mapped[Item] = relationship(lazy="raise")
    location: Mapped[Location | None] = relationship(lazy="raise")
    supplier: Mapped[Partner | None] = relationship(lazy="raise")

    @property
    def former_codes(self) -> list[str]:
        """The codes that it bore before, newest first."""
        return self.formerly.split(", ") if self.formerly else []

    def called(self, code: object) -> str:
        """Its code as an earlier writing names it: that one if it bears it or bore it, else the one it bears now."""
        return next((one for one in self.former_codes if one == code), self.code)


class MovementKind(StrEnum):
    """입고, 투입, 생산입고, 분할, 병합, 이동, 실사조정, 폐기, 반품, 출하, 반품 입고."""

    RECEIVE = "receive"
    CONSUME = "consume"
    PRODUCE = "produce"
    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"
    COUNT = "count"
    SCRAP = "scrap"
    RETURN = "return"
    SHIP = "ship"
    COME_BACK = "come_back"
    #: A machine is used up by being taken apart (분해), its parts are there again (분해 회수).
    DISMANTLE = "dismantle"
    RECOVER = "recover"
    #: Taken of a retained sample for a test (시험 사용).
    TEST = "test"


class Movement(Base):
    """One line of the ledger: signed quantity of one lot. Append-only; a wrong line is undone by its opposite."""

    __tablename__ = "movements"
    straight = True
    __table_args__ = (
        partial_index("ix_movements_order", "order_id", "kind", where="order_id IS NOT NULL"),
        partial_index("ix_movements_shipment", "shipment_id", where="shipment_id IS NOT NULL"),
        partial_index("ix_movements_report", "report_id", where="report_id IS NOT NULL"),
        Index("ix_movements_at", "at"),
        reversal_index("movements"),
    )  # fmt: skip

    id: Mapped[Id]
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    kind: Mapped[MovementKind]
    quantity: Mapped[Qty]
    at: Mapped[Moment]
    from_location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    to_location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    #: For consumption: what it was taken for.
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_orders.id"))
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("jobs.id"))
    material_id: Mapped[Ref | None] = mapped_column(ForeignKey("order_materials.id"))
    report_id: Mapped[Ref | None] = mapped_column(ForeignKey("production_reports.id"))
    receipt_id: Mapped[Ref | None] = mapped_column(ForeignKey("receipts.id"))
    shipment_id: Mapped[Ref | None] = mapped_column(ForeignKey("shipments.id"))
    #: The line that this one takes back.
    reverses_id: Mapped[Ref | None] = mapped_column(ForeignKey("movements.id"))
    reason: Mapped[LongText | None]

    lot: Mapped[Lot] = relationship(lazy="raise")


class EdgeKind(StrEnum):
    """How one lot became part of another."""

    CONSUME = "consume"
    SPLIT = "split"
    MERGE = "merge"
    REWORK = "rework"
    #: What a customer brought back is a lot of its own.
    COME_BACK = "come_back"
    #: A part that was taken out of a machine, from the lot that had gone in, and from the machine it was in.
    RECOVER = "recover"
    DISMANTLE = "dismantle"


class Edge(Base):
    """Genealogy (계보): ``quantity`` of the parent lot went into the child lot.

    ``undone`` marks an edge whose report was taken back: it stays visible and is not walked.
    """

    __tablename__ = "genealogy"
    straight = True
    __table_args__ = (
        # both hold all that a trace reads; ``undone`` is walked along as a key (see trace.queries)
        Index("ix_genealogy_down", "parent_id", "undone", "child_id", "quantity"),
        Index("ix_genealogy_up", "child_id", "undone", "parent_id", "quantity"),
        Index("ix_genealogy_movement", "movement_id"),
        sparse_index("genealogy", "report_id"),
        CheckConstraint("parent_id <> child_id", name="not_its_own_parent"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )  # fmt: skip

    id: Mapped[Id]
    parent_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"))
    child_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"))
    kind: Mapped[EdgeKind]
    quantity: Mapped[Qty]
    #: The consumption it draws from, and the report that made the child.
    movement_id: Mapped[Ref | None] = mapped_column(ForeignKey("movements.id"))
    report_id: Mapped[Ref | None] = mapped_column(ForeignKey("production_reports.id"))
    at: Mapped[Moment]
    undone: Mapped[bool] = mapped_column(default=False)


class Hold(Base):
    """A lot may not be used (보류) until a named person lifts this with a reason."""

    __tablename__ = "lot_holds"
    __table_args__ = (partial_index("ix_lot_holds_open", "source", where="lifted_at IS NULL"),)

    id: Mapped[Id]
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    reason: Mapped[LongText]
    #: Who placed it: a person, or a rule (e.g. "inspection").
    source: Mapped[str] = mapped_column(String(40), default="person")
    placed_at: Mapped[Moment]
    placed_by: Mapped[Short]
    lifted_at: Mapped[Moment | None]
    lifted_by: Mapped[Short | None]
    lift_reason: Mapped[LongText | None]

    lot: Mapped[Lot] = relationship(lazy="raise")


class Receipt(Base):
    """Material that arrived together (입고)."""

    __tablename__ = "receipts"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    supplier_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"))
    at: Mapped[Moment]
    note: Mapped[LongText | None]

    supplier: Mapped[Partner | None] = relationship(lazy="raise")


class Shipment(Base):
    """Lots that left for a customer together (출하)."""

    __tablename__ = "shipments"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("partners.id"), index=True)
    at: Mapped[Moment]
    reference: Mapped[Short | None]
    note: Mapped[LongText | None]

    customer: Mapped[Partner] = relationship(lazy="raise")
