"""The use cases of inspection: standards, and recording inspections. Quality pushes state down: lots and orders only
read what is decided here."""

from mes.inspection.recording import decide_failed_lot, record_inspection
from mes.inspection.standards import (
    CharacteristicData,
    ChoiceData,
    StandardData,
    add_characteristic,
    approve_standard,
    change_characteristic,
    change_standard,
    discard_standard,
    make_standard,
    remove_characteristic,
    revise_standard,
    set_photo,
    withdraw_standard,
)

__all__ = [
    "CharacteristicData",
    "ChoiceData",
    "StandardData",
    "add_characteristic",
    "approve_standard",
    "change_characteristic",
    "change_standard",
    "decide_failed_lot",
    "discard_standard",
    "make_standard",
    "record_inspection",
    "remove_characteristic",
    "revise_standard",
    "set_photo",
    "withdraw_standard",
]
