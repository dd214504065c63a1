"""The kinds of things that carry a code, one thing that a scan may mean, and the barcodes of suppliers."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.i18n import N_
from mes.core.types import Id, LongText, Ref, Short
from mes.items.models import Item
from mes.partners.models import Partner
from mes.scan.patterns import Pattern, Piece


class Kind(StrEnum):
    """What a code may belong to."""

    LOT = "lot"
    SERIAL = "serial"
    UNIT = "unit"
    ORDER = "order"
    JOB = "job"
    BADGE = "badge"
    MACHINE = "machine"
    TOOL = "tool"
    GAUGE = "gauge"
    LOCATION = "location"
    WORK_CENTRE = "work_centre"
    SUPPLIER_LOT = "supplier_lot"
    ITEM = "item"
    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    INSPECTION = "inspection"
    NONCONFORMANCE = "nonconformance"
    CERTIFICATE = "certificate"
    CHANGE = "change"
    STUDY = "study"
    DEFECT_CODE = "defect_code"
    COMMAND = "command"


KIND_NAMES = {
    Kind.LOT: N_("Lot"),
    Kind.SERIAL: N_("Serial number"),
    Kind.UNIT: N_("Box or pallet"),
    Kind.ORDER: N_("Work order"),
    Kind.JOB: N_("Job"),
    Kind.BADGE: N_("Badge"),
    Kind.MACHINE: N_("Machine"),
    Kind.TOOL: N_("Mould or tool"),
    Kind.GAUGE: N_("Gauge"),
    Kind.LOCATION: N_("Location"),
    Kind.WORK_CENTRE: N_("Work centre"),
    Kind.SUPPLIER_LOT: N_("Supplier lot"),
    Kind.ITEM: N_("Item"),
    Kind.RECEIPT: N_("Receipt"),
    Kind.SHIPMENT: N_("Shipment"),
    Kind.INSPECTION: N_("Inspection"),
    Kind.NONCONFORMANCE: N_("Nonconformance"),
    Kind.CERTIFICATE: N_("Certificate"),
    Kind.CHANGE: N_("4M change"),
    Kind.STUDY: N_("Gauge study"),
    Kind.DEFECT_CODE: N_("Defect code"),
    Kind.COMMAND: N_("Command"),
}


@dataclass(frozen=True)
class Meaning:
    """One thing that a scan may stand for.

    ``name`` is what people call it (of a lot: its item's), ``owner`` the code of what it belongs to: a lot's item, a
    job's order, a badge's person, the one lot that came under a supplier's number.
    """

    kind: Kind
    code: str
    id: int = 0
    name: str = ""
    owner: str = ""


class SupplierBarcode(Base):
    """A supplier's own barcode, learned from one example: where its pieces stand."""

    __tablename__ = "supplier_barcodes"

    id: Mapped[Id]
    supplier_id: Mapped[Ref] = mapped_column(ForeignKey("partners.id"), index=True)
    #: Which of the supplier's labels it is, in the plant's words.
    name: Mapped[Short]
    example: Mapped[LongText]
    delimiter: Mapped[str] = mapped_column(String(4), default="")
    prefix: Mapped[str] = mapped_column(String(60), default="")
    #: The item, where all codes of this form are of one.
    item_id: Mapped[Ref | None] = mapped_column(ForeignKey("items.id"))
    item_at: Mapped[str | None] = mapped_column(String(20))
    lot_at: Mapped[str | None] = mapped_column(String(20))
    quantity_at: Mapped[str | None] = mapped_column(String(20))
    use_by_at: Mapped[str | None] = mapped_column(String(20))
    made_on_at: Mapped[str | None] = mapped_column(String(20))
    places: Mapped[int] = mapped_column(default=0)
    day_form: Mapped[str] = mapped_column(String(12), default="YYMMDD")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    supplier: Mapped[Partner] = relationship(lazy="raise")
    item: Mapped[Item | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def code(self) -> str:
        """What it is called in the history."""
        return self.name

    @property
    def pattern(self) -> Pattern:
        """How its codes are cut."""
        at = {piece: where for piece in Piece if (where := getattr(self, f"{piece}_at"))}
        return Pattern(self.example, self.delimiter, self.prefix, at, self.places, self.day_form)
