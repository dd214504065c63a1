"""What holds for the steps of an operation: pure decisions on what is written and on what is told at them."""

from collections.abc import Collection
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.models import StepKind

KIND_NAMES = {
    StepKind.DO: N_("is shown"),
    StepKind.CHECK: N_("is ticked"),
    StepKind.NUMBER: N_("a value is entered"),
    StepKind.TEXT: N_("words are entered"),
}
LAST_POSITION = 999


class StepTaken(Refused):
    """Two steps of an operation with the same number."""

    message = N_("The operation has a step %(position)s already.")
    hint = N_("Choose another number: steps follow each other by their numbers.")


class StepImpossible(Refused):
    """A step number out of range."""

    message = N_("A step has a number between 1 and %(last)s.")
    hint = N_("Number the steps 1, 2, 3 or 10, 20, 30.")
    status = 422


class StepLimitsReversed(Refused):
    """A lower limit above the upper one."""

    message = N_("The lower limit %(lower)s is above the upper limit %(upper)s.")
    hint = N_("Check the two limits.")
    status = 422


class LimitsOfNothing(Refused):
    """A unit or limits where no number is entered."""

    message = N_("Unit and limits belong to a step at which a value is entered.")
    hint = N_("Choose that a value is entered, or leave unit and limits empty.")
    status = 422


def check_step(kind: StepKind, unit: str | None, lower: Decimal | None, upper: Decimal | None) -> None:
    """Unit and limits belong to numbers, and stand the right way round. Raises LimitsOfNothing, StepLimitsReversed."""
    if kind is not StepKind.NUMBER and (unit or lower is not None or upper is not None):
        raise LimitsOfNothing(field="kind")
    if lower is not None and upper is not None and lower > upper:
        raise StepLimitsReversed(field="lower", lower=lower, upper=upper)


def check_position(position: int, taken: Collection[int]) -> None:
    """Whether a number of a step is free. Raises StepImpossible, StepTaken."""
    if not 1 <= position <= LAST_POSITION:
        raise StepImpossible(field="position", last=LAST_POSITION)
    if position in taken:
        raise StepTaken(field="position", position=position)


def is_within(value: Decimal, lower: Decimal | None, upper: Decimal | None) -> bool:
    """Whether a value is good; on a limit it is."""
    return (lower is None or value >= lower) and (upper is None or value <= upper)
