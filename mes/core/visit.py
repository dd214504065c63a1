"""The visit: who is in front of the screen, what they see of the plant, and in which language.

One request has one snapshot of the database, one person and one language, looked up when first asked for.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, current_app, g, request, session

from mes.core.access import ANYONE, Actor, DeskOnly, Who, may
from mes.core.db import Database
from mes.core.errors import NotAllowed, SignInFirst
from mes.core.i18n import offered
from mes.core.plant import Plant, production_day
from mes.core.plant import plant as read_plant
from mes.core.replica import Replica
from mes.core.work import Reader, utc_now


@dataclass
class MesState:
    """What the running application knows: its database, how to tell who is there, its rooms and its clock."""

    database: Database
    identify: Callable[[Reader], Actor | None]
    rooms: Sequence[Blueprint]
    clock: Callable[[], datetime] = utc_now
    #: A standby from which heavy pages are read.
    replica: Replica | None = None


def mes() -> MesState:
    """The state of the running application."""
    state: MesState = current_app.extensions["mes"]
    return state


def reader() -> Reader:
    """The reading session of this request: one snapshot, opened at first use."""
    if "reader" not in g:
        g.reader = mes().database.read()
    found: Reader = g.reader
    return found


def close_reader(_error: BaseException | None = None) -> None:
    """End the request's snapshot."""
    opened = g.pop("reader", None)
    if opened is not None:
        opened.close()


def actor() -> Actor | None:
    """The person in front of the screen."""
    if "actor" not in g:
        g.actor = mes().identify(reader())
    found: Actor | None = g.actor
    return found


def this_plant() -> Plant:
    """The plant's settings."""
    if "plant" not in g:
        g.plant = read_plant(reader())
    found: Plant = g.plant
    return found


def this_moment() -> datetime:
    """When what is done now happened: now or, of an entry made while its tablet had no connection, then."""
    then: datetime | None = g.get("moment")
    return then or mes().clock()


def comes_late() -> bool:
    """Whether this request is an entry that waited on a tablet for the connection: no page is shown to anybody."""
    return "moment" in g


def guard(who: Who) -> None:
    """Let in whom the route is for. Raises SignInFirst or NotAllowed."""
    if who is ANYONE:
        return
    if actor() is None:
        raise g.get("left_alone", SignInFirst)
    if not may(actor(), who):
        found = actor()
        raise DeskOnly if found and found.unproved and who is not None and found.roles & who else NotAllowed


def person_mark() -> str:
    """By what a browser knows again who typed something; it tells nothing and cannot be guessed."""
    who = actor()
    if who is None or who.person_id is None:
        return ""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"typed by {who.person_id}".encode(), "sha256").hexdigest()[:24]


def chosen_language() -> str:
    """The language for this request: chosen here, else the person's, else the browser's, else the plant's."""
    known = offered()
    picked = session.get("language")
    if picked in known:
        return str(picked)
    who = actor()
    if who and who.language in known:
        return who.language
    return request.accept_languages.best_match(list(known)) or this_plant().language


def this_day() -> date:
    """The production day on the wall: a night shift still counts to the evening's date."""
    return production_day(this_plant(), mes().clock())
