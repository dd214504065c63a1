"""The part of ``mes check`` that is about the event log: nobody changed, removed, put in or moved what was recorded."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy.orm import Session

from mes.core.chain import Break, Kind, Seen, walk
from mes.core.i18n import N_, _
from mes.people.words import DEEDS

#: A msgid and its values.
Told = tuple[str, dict[str, object]]
SENTENCES = {
    Kind.CHANGED: N_("Event %(id)s (%(verb)s %(code)s, %(at)s) was changed after it was recorded."),
    Kind.REWRITTEN: N_(
        "Event %(id)s (%(verb)s %(code)s, %(at)s) was written anew, or what followed it was removed: "
        "event %(other)s does not follow it."
    ),
    Kind.REMOVED: N_("Before event %(id)s (%(verb)s %(code)s, %(at)s) something was removed."),
    Kind.INSERTED: N_(
        "Event %(id)s (%(verb)s %(code)s, %(at)s) was put in afterwards: event %(other)s follows an earlier one."
    ),
    Kind.SWAPPED: N_(
        "Events %(id)s (%(verb)s %(code)s, %(at)s) and %(other)s (%(other_verb)s %(other_code)s, %(other_at)s) "
        "were swapped."
    ),
    Kind.MOVED: N_(
        "Event %(id)s (%(verb)s %(code)s, %(at)s) does not stand where it was recorded: it belongs before event "
        "%(other)s."
    ),
}


def faults(session: Session, most: int) -> Iterator[Told]:
    """What is wrong with the log, the earliest first."""
    return islice(map(told, walk(session).breaks), most)


def told(found: Break) -> Told:
    """One break, naming the row: its number, what it was about, and when."""
    values = dict[str, object](_named(found.row))
    if found.other is not None:
        values |= {f"other_{name}": value for name, value in _named(found.other).items()}
        values["other"] = str(found.other.id)
    return SENTENCES[found.kind], values


def _named(row: Seen) -> dict[str, object]:
    return {"id": str(row.id), "verb": _(DEEDS.get(row.verb, str(row.verb))), "code": row.code, "at": row.at}
