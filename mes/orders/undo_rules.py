"""What may be taken back, by whom and how long: pure decisions."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from mes.core.access import LEADERS, Actor
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.plant import Plant
from mes.lots.models import Movement
from mes.orders.models import OrderMaterial, Report
from mes.orders.rules import lacking


class UndoTooLate(Refused):
    """The author's time for undoing has passed."""

    message = N_("This entry is older than %(minutes)s minutes, or somebody else's.")
    hint = N_("Ask a leader to undo it with a reason.")


class AlreadyUndone(Refused):
    """The report was taken back before."""

    message = N_("This entry was undone already.")
    hint = N_("Open the page again to see how it stands.")


class UsedAlready(Refused):
    """What was reported has gone on already."""

    message = N_("%(what)s has been used already, so this entry cannot be undone.")
    hint = N_("Take the later entries back first.")


class StillNeeded(Refused):
    """Material that reported pieces are made of."""

    message = N_("Pieces that were made of %(item)s are reported already.")
    hint = N_("Undo the result first, then give the material back.")


class TakenByReport(Refused):
    """Material that a report took by itself."""

    message = N_("A result took this material by itself.")
    hint = N_("Undo the result: its material comes back with it.")


def undo_way(done: Report | Movement, actor: Actor, settings: Plant, now: datetime) -> str | None:
    """How somebody may take an entry back: "own" within the set minutes, "leader" with a reason, or not at all."""
    own = done.person_id == actor.person_id
    if own and actor.person_id is None:  # a program: tokens are told apart by their names
        own = isinstance(done, Report) and done.person == actor.name[:100]
    if own and now - done.at <= timedelta(minutes=settings.undo_minutes):
        return "own"
    return "leader" if actor.is_one_of(LEADERS) else None


def undo_ways(entries: Iterable[Report | Movement], actor: Actor, settings: Plant, now: datetime) -> list[str | None]:
    """How somebody may take back each of a job's entries that stand, newest first: every result; material that was
    scanned only while no result came after it, because pieces are made of it."""
    ways, made_since = list[str | None](), False
    for done in entries:
        is_result = isinstance(done, Report)
        ways.append(undo_way(done, actor, settings, now) if is_result or not made_since else None)
        made_since = made_since or is_result
    return ways


def check_undo(done: Report | Movement, actor: Actor, settings: Plant, now: datetime, reason: str | None) -> None:
    """The author undoes within the set minutes; later, or for somebody else, a leader with a reason."""
    way = undo_way(done, actor, settings, now)
    if way != "own" and (way is None or not (reason or "").strip()):
        raise UndoTooLate(minutes=settings.undo_minutes)


def check_given_back(materials: Collection[OrderMaterial], pieces: Decimal) -> None:
    """What pieces were made of does not go back while they stand. ``pieces``: all that the operation worked on."""
    for material in materials:
        if pieces > 0 and lacking(material, pieces):
            raise StillNeeded(item=material.item.name)
