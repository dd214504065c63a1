"""Whether it is still the same person at a desk: pure decisions.

A desk that nobody uses for a while asks for the password before it shows or records anything more; acts that open
doors ask for it unless it was given just now. Both moments are in signed cookies of the browser, bound to its sign-in,
so that reading a page writes nothing.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from mes.core.errors import Refused, SignInFirst
from mes.core.i18n import N_
from mes.people.hashing import token_hash

#: What opens doors is shown for so long after the password was given, and recorded for so long: a form takes its time.
SHOWN_FOR, TAKEN_FOR = timedelta(minutes=15), timedelta(minutes=60)
#: The cookie of the last use is written at most so often.
EACH = timedelta(minutes=1)
#: Acts and pages that open doors: tokens of programs, who may do what, copies that hold everything, the settings that
#: demand a second factor or a signature.
OPEN_DOORS = frozenset({
    "plant.tokens", "plant.end_token", "plant.settings", "people.new", "people.edit", "people.badge", "second.reset",
    "second.elsewhere",
    "copies.take", "copies.add_place", "everything.index", "everything.make", "everything.take",
})  # fmt: skip


class LeftAlone(SignInFirst):
    """Nobody used this desk for a while."""

    message = N_("Nobody has used this page for a while.")
    hint = N_("Type your password to go on. What you typed here is kept in this browser for half an hour.")


class ProveAgain(Refused):
    """What opens doors asks for the password once more."""

    message = N_("This asks for your password once more.")
    hint = N_("Type it, then repeat the last step.")
    status = 401


class Use(NamedTuple):
    """When a browser's sign-in was used last, and when its person last gave the password (and the code)."""

    used: datetime | None
    proved: datetime | None


def is_left_alone(use: Use, now: datetime, minutes: int) -> bool:
    """Whether a desk was unused for longer than the plant's setting. 0: never. A sign-in that an older version made
    says nothing of it, and is not."""
    if use.proved is None or not minutes:
        return False
    return now - max(use.proved, use.used or use.proved) > timedelta(minutes=minutes)


def is_proved(use: Use, now: datetime, *, taken: bool) -> bool:
    """Whether the password was given lately enough to show, or to record (``taken``), what opens doors."""
    return use.proved is not None and now - use.proved <= (TAKEN_FOR if taken else SHOWN_FOR)


def written(key: str, token: str, now: datetime) -> str:
    """The moment of the last use as the cookie carries it, for the sign-in of this token."""
    return URLSafeSerializer(key, salt="last use").dumps([_mark(token), int(now.timestamp())])


def read(key: str, token: str, cookie: str) -> datetime | None:
    """The same again; None for what is not of this sign-in."""
    try:
        mark, seconds = URLSafeSerializer(key, salt="last use").loads(cookie)
    except (BadData, ValueError, TypeError):
        return None
    return moment(seconds) if mark == _mark(token) else None


def moment(seconds: object) -> datetime | None:
    """A moment as a signed cookie keeps it."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _mark(token: str) -> str:
    return token_hash(f"used {token}")[:16]
