"""What lots are packed on (포장 단위): boxes and pallets, each with a number of its own."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Code, Id, LongText, Moment, Ref
from mes.equipment.models import Location
from mes.lots.models import Shipment


class UnitKind(StrEnum):
    """박스, 파렛트."""

    BOX = "box"
    PALLET = "pallet"


class HandlingUnit(Base):
    """A box or pallet (포장 단위). Its code is its SSCC where the plant has a GS1 prefix, else a code of ours.

    The lots on it carry its id (``lots.unit_id``) and stand where it stands; a box on a pallet stands where the
    pallet does. ``mes check`` proves both.
    """

    __tablename__ = "handling_units"
    __table_args__ = (
        partial_index("ix_handling_units_parent", "parent_id", where="parent_id IS NOT NULL"),
        partial_index("ix_handling_units_shipment", "shipment_id", where="shipment_id IS NOT NULL"),
        partial_index("ix_handling_units_here", "id", where="shipment_id IS NULL AND ended_at IS NULL"),
        CheckConstraint("parent_id <> id", name="not_on_itself"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[UnitKind]
    #: The pallet that a box stands on.
    parent_id: Mapped[Ref | None] = mapped_column(ForeignKey("handling_units.id"))
    location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    made_at: Mapped[Moment]
    #: Full and labelled: nothing is put on or taken off until it is opened again.
    closed_at: Mapped[Moment | None]
    #: Taken apart: its number is not used again.
    ended_at: Mapped[Moment | None]
    shipment_id: Mapped[Ref | None] = mapped_column(ForeignKey("shipments.id"))
    note: Mapped[LongText | None]

    location: Mapped[Location | None] = relationship(lazy="raise")
    shipment: Mapped[Shipment | None] = relationship(lazy="raise")
    parent: Mapped["HandlingUnit | None"] = relationship(lazy="raise", remote_side="HandlingUnit.id")
