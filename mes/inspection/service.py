"""The use cases of inspection: standards, and recording inspections. Quality pushes state down: lots and orders only
read what is decided here."""

from mes.inspection.deciding import decide_failed_lot
from mes.inspection.opening import open_inspection
from mes.inspection.recording import (
    close_inspection,
    correct_reading,
    give_up_inspection,
    record_inspection,
    take_column,
    take_reading,
    take_rest,
)
from mes.inspection.standard_data import CharacteristicData, ChoiceData, StandardData
from mes.inspection.standards import (
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
    "close_inspection",
    "correct_reading",
    "decide_failed_lot",
    "discard_standard",
    "give_up_inspection",
    "make_standard",
    "open_inspection",
    "record_inspection",
    "remove_characteristic",
    "revise_standard",
    "set_photo",
    "take_column",
    "take_reading",
    "take_rest",
    "withdraw_standard",
]
