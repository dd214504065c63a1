"""Pages that ask again and again whether anything is new: what has not changed costs one small question."""

import hashlib
from collections.abc import Callable

from flask import make_response, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from mes.core.access import VISITOR
from mes.core.acts import Page
from mes.core.errors import Refused
from mes.core.events import Event
from mes.core.i18n import language
from mes.core.visit import actor, close_reader, mes
from mes.core.work import Reader, Work, act

LAST_EVENT = select(func.max(Event.id))
#: What only time changes (how far a job should be, who has not been heard of) is worked out anew so often.
SECONDS = 60


def mark_of(read: Reader, *more: object) -> str:
    """What a page that shows the whole plant was made of: every deed leaves an event, and time goes by.

    ``more``: what else it depends on. The reader and the language always belong to it.
    """
    who = actor()
    minute = int(mes().clock().timestamp()) // SECONDS
    parts = (read.scalar(LAST_EVENT), minute, language(), who and who.person_id, *more)
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def is_known(mark: str) -> bool:
    """Whether the browser shows this already."""
    return request.headers.get("If-None-Match") == mark


def unchanged(mark: str) -> Response:
    """Nothing is new."""
    return marked(Response(status=304), mark)


def marked(shown: Page, mark: str) -> Response:
    """A page with the mark by which it is asked for again."""
    response = make_response(shown)
    response.headers["ETag"] = mark
    return response


def note(deed: Callable[[Work], object]) -> None:
    """Write down, beside an answer, what is no entry and needs no one-time key: said twice, it is the same.

    When the database is busy it is left out; it is said again in a moment.
    """
    who = actor() or VISITOR
    close_reader()
    try:
        act(mes().database, who, deed, source="tablet", now=mes().clock())
    except Refused:
        return
