"""When an entry that comes late happened, and what it was, in words."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.people.models import Person

#: A tablet whose clock is further off than this is named to the leader.
SKEW_FLAGGED = timedelta(minutes=2)
#: How long a tablet may write in somebody's name without having heard of the server.
TICKET_DAYS = 7


def is_proof(person: Person, handed_out: datetime | None, moment: datetime) -> bool:
    """Whether a tablet's proof of a person says something of a moment: not when since the proof was handed out, and
    before that moment, the person's sign-ins were ended or the badge or PIN was changed."""
    since = person.proofs_since
    return since is None or moment < since or (handed_out is not None and handed_out >= since)


class NotThisPerson(Refused):
    """An entry that came late, in the name of somebody who may not enter it any more."""

    message = N_("The server cannot make sure any more who entered this.")
    hint = N_("Who entered it signs in at this tablet and tries it again. Or a leader gives it up with a reason.")
    status = 401


class PhotosTooLarge(Refused):
    """An entry whose photos the server, or a proxy before it, does not take."""

    message = N_("The photos are too large to be sent.")
    hint = N_("Enter it once more with fewer photos.")
    status = 413


class NotWaiting(Refused):
    """An entry that nobody needs to decide on any more."""

    message = N_("This entry was settled already.")
    hint = N_("Open the list again to see what is left.")


class InTheBooks(Refused):
    """An entry that a leader wants to give up, and that was recorded by another sending of it."""

    message = N_("This entry is in the books already.")
    hint = N_("Open the list again to see what is left.")
    counts = True


class Times(NamedTuple):
    """What is known of the time of a late entry: by the tablet's clock when it was made and when it was sent, by the
    server's when it arrived; when the server and the tablet last spoke before, and when the entry before happened."""

    made: datetime
    sent: datetime
    received: datetime
    contact: datetime | None
    before: datetime | None


def skew_of(times: Times) -> timedelta:
    """By how much the tablet's clock is behind the server's (ahead: below zero), as this very sending shows."""
    return times.received - times.sent


def moment_of(times: Times) -> datetime:
    """The moment for which a late entry counts: the tablet's, put right by how far its clock is off now.

    The server's time rules: it is never after its arrival, never before the last time the two spoke, and never before
    the entry that was made before it or longer ago than a tablet may be away.
    """
    longest_ago = times.received - timedelta(days=TICKET_DAYS)
    earliest = max(known for known in (times.contact, times.before, longest_ago) if known)
    return min(max(times.made + skew_of(times), earliest), times.received)


def is_flagged(seconds: int) -> bool:
    """Whether a tablet's clock is so far off that somebody should set it."""
    return abs(timedelta(seconds=seconds)) > SKEW_FLAGGED


#: What an entry was, in a word or two: on the tablet while it waits, and in the list of what came late.
DEEDS = {
    "start": N_("Start"),
    "pause": N_("Pause"),
    "finish": N_("Finish"),
    "good": N_("Good"),
    "report": N_("Report"),
    "defect": N_("Defect"),
    "scan": N_("Scan"),
    "taken": N_("Material taken"),
    "allow": N_("Leader allows"),
    "undo": N_("Undo"),
    "stop": N_("Stop"),
    "end": N_("Runs again"),
    "call": N_("Call"),
    "solve": N_("Call solved"),
    "reading": N_("Reading"),
    "check": N_("Check"),
    "note": N_("Hand over"),
    "read": N_("I have read it"),
    "crew": N_("Who works on it?"),
    "shift-end": N_("End of shift"),
    "entry": N_("Entry"),
}
#: Parts of addresses that are called otherwise than what is done there.
PLACES = {"take": "taken", "readings": "reading", "checks": "check", "hand-over": "note"}
#: Fields that say nothing to a reader.
UNSAID = frozenset(
    {"once", "csrf_token", "version", "job", "sheet", "asked", "entry", "confirmed", "mark", "meant", "joins"}
)
FIELDS = {
    "good": N_("Good"),
    "quantity": N_("Quantity"),
    "machine": N_("Machine"),
    "reason": N_("Reason"),
    "lot": N_("Lot"),
}


def deed_of(address: str) -> str:
    """What kind of entry went to this address, in a word."""
    parts = [part for part in address.split("?", maxsplit=1)[0].split("/") if part]
    named = (PLACES.get(part, part) for part in reversed(parts))
    return _(DEEDS[next((deed for deed in named if deed in DEEDS), "entry")])


def job_of(address: str, fields: Mapping[str, str]) -> str:
    """The job that an entry belonged to, if to one."""
    parts = address.split("?", maxsplit=1)[0].split("/")
    if "jobs" in parts[:-1]:
        return parts[parts.index("jobs") + 1]
    return fields.get("job", "")


def said_of(fields: Mapping[str, str]) -> str:
    """What was entered, as short as a line of a list."""
    told = []
    for name, value in fields.items():
        if name in UNSAID or name.startswith("typed-") or not value.strip():
            continue
        label = _(FIELDS[name]) if name in FIELDS else name.removeprefix("defect-") if "defect-" in name else ""
        told.append(f"{label} {value}".strip())
    return ", ".join(told)


def unfit_for(code: str) -> Refused:
    """Why an entry could not be looked at, by the name that the tablet got: too large, or not understood."""
    if code in ("TooLarge", PhotosTooLarge.__name__):
        return PhotosTooLarge()
    kind = Refused.named("NotUnderstood") or NotWaiting
    return kind()


def refused_with(code: str | None, values: str | None) -> Refused:
    """The refusal that was kept, in the reader's language."""
    kind = Refused.named(code or "") or Refused.named("NotUnderstood") or NotWaiting
    try:
        made = kind(**json.loads(values or "{}"))
        str(made)
    except (KeyError, TypeError, ValueError):  # a sentence that names other things by now
        return NotWaiting()
    return made
