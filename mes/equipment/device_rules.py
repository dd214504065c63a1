"""What devices are refused, and how a screen without a keyboard says who it is."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.equipment.device_models import Contact

#: How long a code that somebody entered waits for the screen that shows it.
CLAIM_WAITS = timedelta(minutes=15)
#: What can be told apart from ten metres: no 0/O, 1/I/L, 5/S, 2/Z, 8/B, U/V.
LETTERS = "34679ACDEFGHJKMNPQRTWXY"
CLAIM_LENGTH = 8
#: After so long without a word a device counts as not connected: it says something three times in a minute.
SILENT = timedelta(seconds=90)
#: What has not changed is written again only after so long, so that a hundred devices cost next to nothing.
NEWS = timedelta(seconds=45)
#: A clock that is a few seconds off now and then is no news.
STEADY = 5
#: A clock that is off by more than this is told.
SKEWED = 120


class DeviceRevoked(Refused):
    """A device that was taken off the list still says who it was."""

    message = N_("This device is not allowed to work here any more.")
    hint = N_("A leader can pair it again. What you enter here is not recorded.")
    status = 403


class NoSuchScreen(Refused):
    """Something that is no screen's code."""

    message = N_("%(code)s is not the code of a screen.")
    hint = N_("Type the eight characters that the screen shows, without the dash.")
    status = 422


class ScreenClaimed(Refused):
    """The same code once more."""

    message = N_("The screen with the code %(code)s is being set up already, as %(name)s.")
    hint = N_("It shows its board within a few seconds. If it does not, open the board on it again.")


class BoardGone(Refused):
    """A board that was taken off the list."""

    message = N_("%(name)s is not on the list of boards any more.")
    hint = N_("Add it once more with the code that its screen shows.")


class NotYourPhone(Refused):
    """Somebody signs in on another person's own phone."""

    message = N_("This is the phone of %(name)s. Only %(name)s signs in here.")
    hint = N_("Use the tablet at the work centre, or your own phone.")
    status = 403


def claim_of(token: str) -> str:
    """The code that a screen with this secret shows; from the code nobody finds the secret."""
    number = int.from_bytes(hashlib.sha256(f"screen {token}".encode()).digest(), "big")
    code = ""
    for _letter in range(CLAIM_LENGTH):
        number, one = divmod(number, len(LETTERS))
        code += LETTERS[one]
    return code


def typed_claim(text: str) -> str:
    """The code as somebody typed it, with or without dash and blanks. Raises NoSuchScreen."""
    code = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(code) != CLAIM_LENGTH or not set(code) <= set(LETTERS):
        raise NoSuchScreen(field="claim", code=text.strip()[:40])
    return code


def is_news(known: Contact | None, now: datetime, said: Mapping[str, object]) -> bool:
    """Whether what a device says of itself is worth writing down."""
    if known is None or now - known.at >= NEWS:
        return True
    skew, seen = said.get("skew"), known.skew
    if isinstance(skew, int) and (seen is None or abs(skew - seen) > STEADY):
        return True
    return any(said.get(name) not in (None, getattr(known, name)) for name in ("app", "waiting"))
