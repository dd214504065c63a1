"""What was done to an order and its jobs, in words."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from mes.core.access import actor_name
from mes.core.events import Event
from mes.core.i18n import N_, _, shown
from mes.orders.models import Job, LotRule
from mes.orders.wishes import priority_name

ACTS = {
    "orders.create": N_("Created"),
    "orders.change": N_("Changed"),
    "orders.release": N_("Released to the floor"),
    "orders.start": N_("Production started"),
    "orders.hold": N_("Put on hold"),
    "orders.resume": N_("Hold lifted"),
    "orders.complete": N_("Completed"),
    "orders.close": N_("Closed"),
    "orders.cancel": N_("Cancelled"),
    "orders.start_job": N_("Job started"),
    "orders.mount_tool": N_("Mould or tool mounted"),
    "orders.pause_job": N_("Job paused"),
    "orders.finish_job": N_("Job finished"),
    "orders.first_piece": N_("First piece passed"),
    "orders.demand_first_piece": N_("What is asked of the first piece"),
    "orders.block_first_piece": N_("First piece to be inspected"),
}
COLUMNS = {
    "quantity": N_("Quantity"),
    "due_on": N_("Due date"),
    "priority": N_("Priority"),
    "lot_rule": N_("New lot"),
    "note": N_("Note"),
}
LOT_RULES = {LotRule.ORDER: N_("One lot for the whole order"), LotRule.REPORT: N_("A lot for each report")}


class Deed(NamedTuple):
    """A line of the history; ``details`` are the job, and what was changed from what to what."""

    at: datetime
    what: str
    who: str
    station: str | None
    details: list[str]
    reason: str | None


def deeds(events: Iterable[Event], jobs: Iterable[Job]) -> list[Deed]:
    """The history in the reader's language."""
    names = {job.code: job.name for job in jobs}
    return [
        Deed(
            at=event.at,
            what=_(ACTS.get(event.verb, event.verb)),
            who=actor_name(event.actor),
            station=event.station,
            details=[*([names[event.thing_code]] if event.thing_code in names else []), *_changes(event)],
            reason=event.reason,
        )
        for event in events
    ]


def _changes(event: Event) -> Iterator[str]:
    if event.verb != "orders.change":
        return
    before, after = json.loads(event.before or "{}"), json.loads(event.after or "{}")
    for column, name in COLUMNS.items():
        if column in after:
            yield f"{_(name)}: {_shown(column, before.get(column))} → {_shown(column, after[column])}"


def _shown(column: str, value: object) -> str:
    if column == "quantity":
        return shown(Decimal(str(value)))
    if column == "priority" and str(value).isdecimal():
        return priority_name(int(str(value)))
    if column == "lot_rule":
        return _(LOT_RULES[LotRule(str(value))])
    return shown(value)
