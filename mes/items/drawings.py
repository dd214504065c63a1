"""Reads of the drawings that items have and had."""

import json
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.events import Event
from mes.core.files import StoredFile, get_file
from mes.core.i18n import _
from mes.items.models import Item
from mes.items.queries import get_item


def get_drawing(session: Session, code: str, number: int | None = None) -> StoredFile:
    """An item's drawing with its content; the one of this number, if it ever was the item's. Raises NotFound."""
    item = get_item(session, code)
    wanted = number or item.drawing_id
    if number is not None and number != item.drawing_id and number not in _drawings_before(session, item.id):
        wanted = None
    return get_file(session, select(StoredFile).where(StoredFile.id == wanted), _("drawing"), code)


def drawing_kind(session: Session, item: Item) -> str | None:
    """What kind of file an item's drawing is; none when it has none."""
    if item.drawing_id is None:
        return None
    return session.scalar(select(StoredFile.kind).where(StoredFile.id == item.drawing_id))


class Drawn(NamedTuple):
    """A drawing that an item has or had: the file without its content, since when, and who gave it."""

    file: StoredFile
    at: datetime
    who: str


def drawings_of(session: Session, item_id: int) -> list[Drawn]:
    """The drawings of an item, the newest first; what was replaced stays."""
    given = _drawings_before(session, item_id)
    files = {one.id: one for one in session.scalars(select(StoredFile).where(StoredFile.id.in_(given)))}
    return [Drawn(files[number], event.at, event.actor) for number, event in given.items() if number in files]


def _drawings_before(session: Session, item_id: int) -> dict[int, Event]:
    """Numbers of all drawings an item was given, each with the newest event that gave it, newest first."""
    query = (
        select(Event)
        .where(Event.thing == Item.__tablename__, Event.thing_id == item_id, Event.verb == "items.drawing")
        .order_by(Event.id.desc())
    )
    found: dict[int, Event] = {}
    for event in session.scalars(query):
        number = json.loads(event.after or "{}").get("drawing_id")
        if number is not None:
            found.setdefault(int(number), event)
    return found
