"""The use cases of nonconformances: the one door to all of them.

State is pushed down: what is contained is held in ``lots``, with the nonconformance's code as the hold's source.
"""

from mes.nonconformance.containing import approve_concession, contain_lots, decide_lot, note_cause
from mes.nonconformance.costing import add_cost, take_back_cost
from mes.nonconformance.opening import change_nonconformance, open_nonconformance
from mes.nonconformance.solving import (
    add_action,
    check_effect,
    close_nonconformance,
    finish_action,
    move_action,
    reopen_nonconformance,
    write_step,
)

__all__ = [
    "add_action",
    "add_cost",
    "approve_concession",
    "change_nonconformance",
    "check_effect",
    "close_nonconformance",
    "contain_lots",
    "decide_lot",
    "finish_action",
    "move_action",
    "note_cause",
    "open_nonconformance",
    "reopen_nonconformance",
    "take_back_cost",
    "write_step",
]
