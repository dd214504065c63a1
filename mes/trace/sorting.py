"""The table of a trace in another order."""

from collections.abc import Callable
from typing import Any

from mes.core.i18n import N_, own_name
from mes.trace.story import Step, Story

#: How the table may be sorted; without one it goes from the first raw lot to the last shipped one.
SORTS = {
    "lot": N_("Lot"),
    "item": N_("Item"),
    "quantity": N_("Quantity"),
    "made": N_("Made"),
    "stock": N_("In stock"),
}


def sorted_steps(story: Story, by: str | None) -> list[Step]:
    """The lines of the table. ``by`` a name of ``SORTS``; with "-" before it the largest and newest first."""
    steps = story.steps()
    down = (by or "").startswith("-")
    key = _keys(story).get((by or "").removeprefix("-"))
    return sorted(steps, key=key, reverse=down) if key else steps


def _keys(story: Story) -> dict[str, Callable[[Step], Any]]:
    return {
        "lot": lambda step: story.lots[step.lot_id][1],
        "item": lambda step: (own_name(story.item(step.lot_id)), step.lot_id),
        "quantity": lambda step: (story.unit(step.lot_id), step.quantity),
        "made": lambda step: (story.fact(step.lot_id).made_on, step.lot_id),
        "stock": lambda step: (story.unit(step.lot_id), story.fact(step.lot_id).on_hand),
    }
