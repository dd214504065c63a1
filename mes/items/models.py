"""What the plant buys, makes and sells, and how it is made."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.equipment.models import WorkCentre
from mes.partners.models import Partner


class ItemKind(StrEnum):
    """원자재, 부자재, 반제품, 완제품, 포장재, 사급품."""

    RAW = "raw"
    SUB = "sub"
    SEMI = "semi"
    FINISHED = "finished"
    PACKAGING = "packaging"
    CUSTOMER_OWNED = "customer_owned"


class Tracking(StrEnum):
    """How closely an item is followed: by lot, piece by piece, or not at all (not kept in stock)."""

    LOT = "lot"
    SERIAL = "serial"
    NONE = "none"


class SampleFrom(StrEnum):
    """From which day retained samples are kept: the use-by date, or the day it was made (or came)."""

    USE_BY = "use_by"
    MADE = "made"


class Item(Base):
    """One item (품목)."""

    __tablename__ = "items"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    spec: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[ItemKind]
    unit: Mapped[str] = mapped_column(String(16))
    tracking: Mapped[Tracking] = mapped_column(default=Tracking.LOT)
    shelf_life_days: Mapped[int | None]
    allergens: Mapped[str | None] = mapped_column(String(200))
    gtin: Mapped[str | None] = mapped_column(String(14), index=True)
    #: How it is kept, where it comes from, what is in one package and what it is made of, as its label says it.
    storage: Mapped[str | None] = mapped_column(String(200))
    origin: Mapped[str | None] = mapped_column(String(200))
    net_content: Mapped[str | None] = mapped_column(String(60))
    ingredients: Mapped[LongText | None]
    #: The number under which an authority knows the product (품목보고번호, 허가번호).
    licence: Mapped[str | None] = mapped_column(String(60))
    safety_stock: Mapped[Qty | None]
    #: What one unit costs, in the plant's currency; for the cost of poor quality.
    unit_cost: Mapped[Qty | None]
    #: Pieces in one box or pack, for counting by boxes.
    box_quantity: Mapped[Qty | None]
    #: Whether a received lot waits for its incoming inspection.
    inspect_incoming: Mapped[bool] = mapped_column(default=False)
    #: Retained samples (보관품) are kept for so many days from ``sample_from`` on (the use-by date where none is said).
    sample_days: Mapped[int | None]
    sample_from: Mapped[SampleFrom | None]
    picture_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    drawing_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CustomerPart(Base):
    """What a customer calls an item (고객 품번): the number, name, unit and pack size of his papers and labels."""

    __tablename__ = "customer_parts"
    __table_args__ = (
        UniqueConstraint("item_id", "partner_id"),
        Index("ix_customer_parts_code", "code"),
        Index("ix_customer_parts_partner_id", "partner_id"),
        CheckConstraint("pack_size > 0", name="pack_size_above_zero"),
    )

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    partner_id: Mapped[Ref] = mapped_column(ForeignKey("partners.id"))
    code: Mapped[Code]
    name: Mapped[str | None] = mapped_column(String(200))
    #: The customer's own unit, and how much of ours is in one of his packs.
    unit: Mapped[str | None] = mapped_column(String(16))
    pack_size: Mapped[Qty | None]

    item: Mapped[Item] = relationship(lazy="raise")
    partner: Mapped[Partner] = relationship(lazy="raise")


class ItemUnit(Base):
    """Another unit of one item: 1 ``unit`` is ``factor`` of the item's own unit."""

    __tablename__ = "item_units"
    __table_args__ = (UniqueConstraint("item_id", "unit"), CheckConstraint("factor > 0", name="factor_above_zero"))

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    unit: Mapped[str] = mapped_column(String(16))
    factor: Mapped[Qty]


class Revision(StrEnum):
    """The life of a BOM or routing revision. A released one is never edited: a new one takes its place."""

    DRAFT = "draft"
    RELEASED = "released"
    OBSOLETE = "obsolete"


class Bom(Base):
    """One revision of an item's bill of material."""

    __tablename__ = "boms"
    __table_args__ = (
        UniqueConstraint("item_id", "revision"),
        partial_index("ix_boms_one_released", "item_id", unique=True, where="state = 'released'"),
    )  # fmt: skip

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    revision: Mapped[int]
    state: Mapped[Revision] = mapped_column(default=Revision.DRAFT)
    released_at: Mapped[Moment | None]
    valid_from: Mapped[Day | None]
    note: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[Item] = relationship(lazy="raise")
    lines: Mapped[list["BomLine"]] = relationship(lazy="raise", order_by="BomLine.position", back_populates="bom")
    __mapper_args__ = {"version_id_col": version}


class Consumption(StrEnum):
    """How a material is taken: the exact lot by scan, or the BOM quantity by itself from the work centre's lots."""

    SCAN = "scan"
    BACKFLUSH = "backflush"


class BomLine(Base):
    """One component: quantity per one piece of the item, plus expected loss in percent."""

    __tablename__ = "bom_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        UniqueConstraint("bom_id", "position"),
    )

    id: Mapped[Id]
    bom_id: Mapped[Ref] = mapped_column(ForeignKey("boms.id"))
    position: Mapped[int]
    component_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    quantity: Mapped[Qty]
    scrap_percent: Mapped[Qty] = mapped_column(default=Decimal(0))
    #: Sequence of the operation that consumes it; empty: the first one.
    operation: Mapped[int | None]
    consumption: Mapped[Consumption] = mapped_column(default=Consumption.SCAN)
    #: A phantom is never made or stocked: its own components take its place.
    phantom: Mapped[bool] = mapped_column(default=False)
    reference: Mapped[LongText | None]

    bom: Mapped[Bom] = relationship(lazy="raise", back_populates="lines")
    component: Mapped[Item] = relationship(lazy="raise")
    substitutes: Mapped[list["Substitute"]] = relationship(lazy="raise", order_by="Substitute.id")


class ByProduct(Base):
    """What also comes out when an item is made (부산물): quantity per one piece of the item. It is no component: needs
    and explosions do not know it."""

    __tablename__ = "bom_by_products"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        UniqueConstraint("bom_id", "item_id"),
    )

    id: Mapped[Id]
    bom_id: Mapped[Ref] = mapped_column(ForeignKey("boms.id"))
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    quantity: Mapped[Qty]
    #: Sequence of the operation at which it comes out; empty: the last one.
    operation: Mapped[int | None]

    item: Mapped[Item] = relationship(lazy="raise")


class Substitute(Base):
    """An item that may be consumed in place of a line's component, one for one."""

    __tablename__ = "bom_substitutes"
    __table_args__ = (UniqueConstraint("line_id", "item_id"),)

    id: Mapped[Id]
    line_id: Mapped[Ref] = mapped_column(ForeignKey("bom_lines.id"))
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))

    item: Mapped[Item] = relationship(lazy="raise")


class Routing(Base):
    """One revision of how an item is made: operations in order."""

    __tablename__ = "routings"
    __table_args__ = (
        UniqueConstraint("item_id", "revision"),
        partial_index("ix_routings_one_released", "item_id", unique=True, where="state = 'released'"),
    )  # fmt: skip

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    revision: Mapped[int]
    state: Mapped[Revision] = mapped_column(default=Revision.DRAFT)
    released_at: Mapped[Moment | None]
    note: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[Item] = relationship(lazy="raise")
    operations: Mapped[list["Operation"]] = relationship(
        lazy="raise", order_by="Operation.sequence", back_populates="routing"
    )
    __mapper_args__ = {"version_id_col": version}


class Operation(Base):
    """One step (공정) of a routing at a work centre."""

    __tablename__ = "operations"
    __table_args__ = (UniqueConstraint("routing_id", "sequence"),)

    id: Mapped[Id]
    routing_id: Mapped[Ref] = mapped_column(ForeignKey("routings.id"))
    sequence: Mapped[int]
    code: Mapped[Short | None]
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    setup_minutes: Mapped[Qty | None]
    cycle_seconds: Mapped[Qty | None]
    outsourced: Mapped[bool] = mapped_column(default=False)
    subcontractor_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"))
    #: Whether the first piece must be inspected before more is reported.
    inspected: Mapped[bool] = mapped_column(default=False)
    instruction: Mapped[LongText | None]

    routing: Mapped[Routing] = relationship(lazy="raise", back_populates="operations")
    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    subcontractor: Mapped[Partner | None] = relationship(lazy="raise")


class StepKind(StrEnum):
    """What a step of an operation asks for: to be done, ticked, or told as a number or in words."""

    DO = "do"
    CHECK = "check"
    NUMBER = "number"
    TEXT = "text"


class OperationStep(Base):
    """One step of how an operation is done (작업표준): its words, its picture, and what is recorded of it."""

    __tablename__ = "operation_steps"
    __table_args__ = (
        UniqueConstraint("operation_id", "position"),
        CheckConstraint("lower <= upper", name="limits_in_order"),
    )

    id: Mapped[Id]
    operation_id: Mapped[Ref] = mapped_column(ForeignKey("operations.id"))
    position: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(default=StepKind.DO)
    name: Mapped[LongText]
    name_en: Mapped[LongText | None]
    unit: Mapped[str | None] = mapped_column(String(16))
    lower: Mapped[Qty | None]
    upper: Mapped[Qty | None]
    #: Whether nothing good is reported before it is done; and whether it is done again after each start.
    required: Mapped[bool] = mapped_column(default=True)
    every_start: Mapped[bool] = mapped_column(default=False)
    picture_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
