"""The event log as people read it: found by thing, person and day, and put into words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.events import Event
from mes.core.i18n import catalogue, language, shown, stamp, zone
from mes.core.paging import Slice, keyset
from mes.people.words import DEEDS, THINGS, WORDS

#: Columns that say nothing to a person, or nothing that the row of the log does not say.
UNTOLD = frozenset({"id", "version", "code", "at", "sha256"})


@dataclass(frozen=True)
class Change:
    """One value before and after."""

    name: str
    before: str
    after: str


def list_events(
    session: Session,
    *,
    thing: str = "",
    actor: str = "",
    code: str = "",
    day: date | None = None,
    after: str | None = None,
) -> Slice[Event]:
    """The event log, newest first, a page at a time."""
    query = select(Event)
    if thing:
        query = query.where(Event.thing == thing)
    if actor:
        query = query.where(Event.actor.icontains(actor, autoescape=True))
    if code:
        query = query.where(Event.thing_code == code)
    if day:
        begin = datetime.combine(day, time.min, zone()).astimezone(UTC)
        query = query.where(Event.at >= begin, Event.at < begin + timedelta(days=1))
    return keyset(session, query, Event.id, after=after, newest_first=True)


def events_of(session: Session, thing: str, thing_id: int, after: str | None = None) -> Slice[Event]:
    """What was done to one thing, newest first."""
    query = select(Event).where(Event.thing == thing, Event.thing_id == thing_id)
    return keyset(session, query, Event.id, after=after, newest_first=True)


def deed(event: Event) -> str:
    """What was done, in words."""
    return _word(DEEDS.get(event.verb, event.verb))


def thing_name(thing: str) -> str:
    """What kind of thing it was done to, in words."""
    return _word(THINGS.get(thing, thing))


def changes(event: Event) -> list[Change]:
    """The values that changed, in words; for something new only what it came to be."""
    before, after = (json.loads(text) if text else {} for text in (event.before, event.after))
    return [
        Change(_column(name), _value(before.get(name)), _value(after.get(name)))
        for name in _told({**before, **after})
        if before.get(name) != after.get(name)
    ]


def _told(values: dict[str, Any]) -> Iterator[str]:
    """Numbers of rows, what stands in the log already, and empty values tell a person nothing."""
    return (
        name
        for name, value in values.items()
        if name not in UNTOLD and not name.endswith("_id") and value not in (None, "")
    )


def _column(name: str) -> str:
    return _word(WORDS.get(name, name.replace("_", " ").capitalize()))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _word(WORDS["yes"] if value else WORDS["no"])
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
    text = shown(value)
    if len(text) > 18 and "T" in text[:12]:
        try:
            return stamp(datetime.fromisoformat(text))
        except ValueError:
            return text
    return _word(WORDS.get(text, text))


def _word(msgid: str) -> str:
    return catalogue(language()).gettext(msgid) if msgid else ""
