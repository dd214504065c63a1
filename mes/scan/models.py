"""The kinds of things that carry a code, and one thing that a scan may mean."""

from dataclasses import dataclass
from enum import StrEnum

from mes.core.i18n import N_
from mes.core.scanning import Command


class Kind(StrEnum):
    """What a code may belong to."""

    LOT = "lot"
    SERIAL = "serial"
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


COMMAND_NAMES = {
    Command.START: N_("Start"),
    Command.PAUSE: N_("Pause"),
    Command.REPORT: N_("Report"),
    Command.FINISH: N_("Finish"),
    Command.DEFECT: N_("Defect"),
    Command.UNDO: N_("Undo"),
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
