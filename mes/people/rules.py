"""Who may sign in, and when: pure decisions."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from mes.core.access import ADMINS, Role
from mes.core.errors import Refused
from mes.core.gs1_link import is_host
from mes.core.i18n import N_
from mes.people.common_passwords import is_common
from mes.people.models import Person, UnknownLogin

#: Wrong tries that cost nothing but a second look.
FREE_TRIES = 4
SHORTEST_PASSWORD = 10
DESK_HOURS = 12
STATION_HOURS = 12
#: How long a sign-in waits for the code of its second factor.
HALF_WAY = timedelta(minutes=10)
#: What everybody in a sample factory signs in with. A real plant has no default password.
SAMPLE_PASSWORD = "try-the-factory"  # noqa: S105  printed on the sample factory's first page
SAMPLE_PIN = "246802"


class WrongSignIn(Refused):
    """Name, password, PIN or badge do not belong together. Which one is wrong is not said."""

    message = N_("That does not match.")
    hint = N_("Try again, or ask a leader to set a new one.")
    status = 401
    counts = True


class SignInBlocked(Refused):
    """Too many wrong tries: wait, longer each time."""

    message = N_("Too many wrong tries.")
    hint = N_("Wait until %(until)s, or ask a leader to unlock it.")
    status = 429


class WeakPassword(Refused):
    """A password that is guessed quickly."""

    message = N_("This password is too short or too simple.")
    hint = N_("Use at least %(least)s characters, not only digits and not the name.")
    status = 422


class BadPin(Refused):
    """A PIN is six digits, not one run or one digit."""

    message = N_("A PIN has six digits, not all the same and not in a row.")
    hint = N_("Choose another one.")
    status = 422


class GuessedPin(Refused):
    """A PIN that a thief tries first."""

    message = N_("This PIN is guessed quickly.")
    hint = N_("Take six digits that are no date, no pattern and not your number.")
    status = 422


class LoginTaken(Refused):
    """Two people with one login."""

    message = N_("The login %(login)s already belongs to %(name)s.")
    hint = N_("Choose another login.")


class NoRole(Refused):
    """Somebody who could do nothing."""

    message = N_("A person has at least one role.")
    hint = N_("Tick what the person does in the plant.")
    status = 422


class LastAdministrator(Refused):
    """A plant that nobody could administer any more."""

    message = N_("%(name)s is the only administrator who can sign in.")
    hint = N_("Make somebody else an administrator first.")


class AlreadySetUp(Refused):
    """The first-run page works once."""

    message = N_("There is no page at this address: the plant is already set up.")
    hint = N_("Sign in instead.")
    status = 404


class UnknownZone(Refused):
    """A time zone that the software does not know."""

    message = N_("There is no time zone %(zone)s.")
    hint = N_("Choose one from the list, such as Asia/Seoul.")
    status = 422


class BadPrefix(Refused):
    """A company number that GS1 does not give out."""

    message = N_("%(prefix)s is no GS1 company prefix: it has 7 to 10 digits.")
    hint = N_("Copy it from the certificate of GS1, such as 8801234, or leave it empty.")
    status = 422


class BadHost(Refused):
    """A beginning that makes no web address."""

    message = N_("“%(host)s” cannot begin a web address.")
    hint = N_("Write it as https://id.gs1.org, without anything behind the path.")
    status = 422


class BadMark(Refused):
    """A mark that could be read as something else."""

    message = N_("“%(mark)s” cannot stand in the codes of a plant.")
    hint = N_("Take one or two capital letters; I, L, O and U are left out.")
    status = 422


class MarkedAlready(Refused):
    """What was printed with the old mark would be of no plant."""

    message = N_("This plant has the mark %(mark)s; it stands on its labels, so it is never changed.")
    hint = N_("Leave it as it is, and give another plant another one.")


def check_mark(mark: str) -> str:
    """The mark of a plant among several, as its codes bear it. Raises BadMark."""
    typed = mark.strip().upper()
    if not re.fullmatch(r"[ABCDEFGHJKMNPQRSTVWXYZ]{1,2}", typed):
        raise BadMark(mark=mark[:10])
    return typed


def check_gs1(settings: dict[str, Any]) -> None:
    """Refuse a company prefix and a host that make no codes. Raises BadPrefix, BadHost."""
    prefix, host = settings.get("gs1_prefix"), settings.get("link_host")
    if prefix and not re.fullmatch(r"[0-9]{7,10}", prefix):
        raise BadPrefix(field="gs1_prefix", prefix=prefix[:20])
    if host is not None and not is_host(host):
        raise BadHost(field="link_host", host=host[:60])


def check_roles(roles: Iterable[Role]) -> frozenset[Role]:
    """The roles as they are kept. Raises NoRole."""
    kept = frozenset(Role(role) for role in roles)
    if not kept:
        raise NoRole(field="roles")
    return kept


def check_zone(name: str) -> str:
    """A time zone by its name. Raises UnknownZone."""
    if name not in available_timezones():
        raise UnknownZone(field="time_zone", zone=name[:60])
    return name


def back_off(failed_tries: int) -> timedelta:
    """How long to wait after so many wrong tries: nothing at first, then doubling from 15 s up to 30 min."""
    extra = failed_tries - FREE_TRIES
    return timedelta(seconds=min(15 * 2**extra, 1800)) if extra >= 0 else timedelta(0)


def check_not_blocked(tried: Person | UnknownLogin, now: datetime) -> None:
    """Refuse a try while the back-off runs; the sentence names nobody. Raises SignInBlocked."""
    if tried.blocked_until and now < tried.blocked_until:
        raise SignInBlocked(until=tried.blocked_until)


def check_password(password: str, login: str) -> None:
    """Refuse a password that is too short or too plain. Raises WeakPassword."""
    plain = password.strip().lower()
    simple = plain.isdigit() or plain == login.lower() or len(set(plain)) < 5 or is_common(plain)
    if len(password) < SHORTEST_PASSWORD or simple:
        raise WeakPassword(field="password", least=SHORTEST_PASSWORD)


def check_pin(pin: str, code: str = "") -> None:
    """Refuse a PIN that is no six digits, or one that a thief tries first: a row, a pattern, a date, the person's own
    number. Raises BadPin, GuessedPin."""
    steps = {int(b) - int(a) for a, b in pairwise(pin)} if pin.isdecimal() else set()
    if len(pin) != 6 or not pin.isascii() or not pin.isdecimal() or steps in ({0}, {1}, {-1}):
        raise BadPin(field="pin")
    number = "".join(filter(str.isdigit, code))
    if is_guessed_first(pin) or (len(number) >= 4 and number in pin) or pin == number.zfill(6)[-6:]:
        raise GuessedPin(field="pin")


def is_guessed_first(pin: str) -> bool:
    """Whether six digits are what many people choose: few digits, a pattern, keys in a row, a date of any order."""
    halves = pin[:3] == pin[3:] or pin[:3] == pin[:2:-1] or pin[:2] == pin[2:4] == pin[4:]
    return len(set(pin)) < 3 or halves or pin in _FIRST or _is_date(pin)


#: What leaked lists have most of, beside rows, patterns and dates.
_FIRST = (
    "147258 258369 147852 159753 159357 789456 456123 741852 852963 963852 753951 112233 102030 123654 147369 134679 "
    "246810 123789 520131 518518 101112 100200 123450 234560 345670 456780 567890 098765 890123"
)


def _is_date(pin: str) -> bool:
    """A birthday: year month day, day month year, month day year, or month and whole year."""
    one, two, three = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    whole = any(
        1 <= month <= 12 and 1900 <= year <= 2099 for month, year in ((one, int(pin[2:])), (three, int(pin[:4])))
    )
    ways = ((two, three), (two, one), (one, two))
    return whole or any(1 <= month <= 12 and 1 <= day <= 31 for month, day in ways)


#: How browsers and systems name themselves; the first that fits, because each says it is also the older ones.
_BROWSERS = (("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Whale", "Whale"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def browser_words(agent: str) -> str:
    """What kind of browser signed in, as its person knows it again: "Chrome, Windows"."""
    found = (next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))


def read_demanded(text: str) -> frozenset[Role]:
    """The roles of which the plant demands a second factor, as the setting keeps them ("manager admin")."""
    return frozenset(Role(word) for word in text.split())


def unproved_at_stations(text: str) -> frozenset[Role]:
    """What a PIN or badge does not prove: the administrator, and whom the plant demands a second factor of."""
    return ADMINS | read_demanded(text)


def write_demanded(roles: Iterable[Role]) -> str:
    """The same as it is kept."""
    wanted = {Role(role) for role in roles}
    return " ".join(role.value for role in Role if role in wanted)
