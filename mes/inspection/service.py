"""The use cases of inspection: standards, and recording inspections. Quality pushes state down: lots and orders only
read what is decided here."""

from mes.inspection.recording import decide_failed_lot, record_inspection
from mes.inspection.standards import add_characteristic, change_characteristic

__all__ = ["add_characteristic", "change_characteristic", "decide_failed_lot", "record_inspection"]
