"""What the material handler leaves behind: what was brought for which order, and shipments that are being loaded.

Stock is changed through ``lots.service`` only; these rows say why.
"""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Id, LongText, Moment, Qty, Ref, Short
from mes.lots.models import Lot, Shipment
from mes.orders.models import WorkOrder
from mes.partners.models import Partner


class Pick(Base):
    """A lot that was brought to where an order needs it (불출). Undone by bringing it back; the row stays."""

    __tablename__ = "picks"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        Index("ix_picks_order", "order_id", "material_id"),
    )

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("work_orders.id"))
    material_id: Mapped[Ref] = mapped_column(ForeignKey("order_materials.id"))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    quantity: Mapped[Qty]
    from_location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    #: The leader who allowed another lot than the rule says, and why.
    approved_by: Mapped[Short | None]
    reason: Mapped[LongText | None]
    undone_at: Mapped[Moment | None]

    lot: Mapped[Lot] = relationship(lazy="raise")


class LoadingState(StrEnum):
    """A shipment before it leaves."""

    OPEN = "open"
    SHIPPED = "shipped"
    DROPPED = "dropped"


class Loading(Base):
    """A shipment that is being put together by scanning (출하 준비); kept here, so that anybody may go on with it."""

    __tablename__ = "loadings"
    __table_args__ = (partial_index("ix_loadings_open", "begun_at", where="state = 'open'"),)

    id: Mapped[Id]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("partners.id"))
    #: The work order whose goods leave, if they leave for one.
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_orders.id"))
    reference: Mapped[Short | None]
    state: Mapped[LoadingState] = mapped_column(default=LoadingState.OPEN)
    begun_at: Mapped[Moment]
    begun_by: Mapped[Short]
    shipment_id: Mapped[Ref | None] = mapped_column(ForeignKey("shipments.id"))
    version: Mapped[int] = mapped_column(default=1)

    customer: Mapped[Partner] = relationship(lazy="raise")
    order: Mapped[WorkOrder | None] = relationship(lazy="raise")
    shipment: Mapped[Shipment | None] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class LoadedLot(Base):
    """One lot of a shipment that is being put together. It leaves the stock when the shipment does."""

    __tablename__ = "loaded_lots"
    __table_args__ = (
        UniqueConstraint("loading_id", "lot_id"),
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
    )

    id: Mapped[Id]
    loading_id: Mapped[Ref] = mapped_column(ForeignKey("loadings.id"))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"))
    quantity: Mapped[Qty]
    at: Mapped[Moment]
    person: Mapped[Short]
    approved_by: Mapped[Short | None]
    reason: Mapped[LongText | None]

    lot: Mapped[Lot] = relationship(lazy="raise")
