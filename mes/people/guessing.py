"""Wrong tries by where they come from: a tablet, an address of the network.

A person's own back-off stops who guesses one person's PIN; this stops who tries the PINs of everybody. Each source has
a bucket: some wrong tries at once, then one more each few minutes. A bucket that is full closes that way in for minutes
at most; badges still open it, and a leader empties it at the tablet. The codes of a person's second factor have a
bucket of their own: who knows the password and the PIN would make tries at them free with a right PIN now and then.
It is kept in the database, because several processes and machines may serve one plant.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from importlib import import_module
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.work import Work
from mes.people.models import WrongTries
from mes.people.rules import SignInBlocked


class Bucket(NamedTuple):
    """So many wrong tries at once, and one more each so often."""

    tries: int
    each: timedelta


#: 10 wrong PINs at once and 12 more in an hour: of the PINs of the whole plant, one thief tries 22 in the first hour.
TABLET = Bucket(10, timedelta(minutes=5))
#: A whole office may come from one address.
ADDRESS = Bucket(30, timedelta(minutes=1))
#: Of a million codes three fit at any time: one who tries for a year guesses one with 1 in 20.
CODES = Bucket(10, timedelta(minutes=30))
#: The machine itself, or a proxy that does not say for whom it asks: everybody would wait for everybody.
ITSELF = ("127.0.0.1", "::1", "")


class TabletBlocked(Refused):
    """Too many wrong PINs at one tablet, whosever they were."""

    message = N_("Too many wrong PINs at this tablet.")
    hint = N_("Wait until %(until)s, scan a badge, or ask a leader to unlock it here.")
    status = 429


class AddressBlocked(Refused):
    """Too many wrong tries from one machine, whosever they were."""

    message = N_("Too many wrong tries from this device.")
    hint = N_("Wait until %(until)s.")
    status = 429


def of_station(station_id: int) -> str:
    """A tablet as a source of tries."""
    return f"station {station_id}"


def of_address(address: str | None) -> str | None:
    """An address of the network as a source; none for the machine itself. Hashed, because an address may be somebody's
    own."""
    if is_itself(address) or not address:
        return None
    return f"address {hashlib.sha256(network_of(address).encode()).hexdigest()[:32]}"


def is_itself(address: str | None) -> bool:
    """Whether the machine itself asks, or a proxy on it that does not say for whom."""
    return not address or address in ITSELF or network_of(address) in ITSELF


def network_of(address: str) -> str:
    """From where somebody calls. Of IPv6 the network counts (its first 64 bits): a machine chooses the rest of its
    address as it likes."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:  # a proxy may say anything
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network((found.packed, 64), strict=False))


def check_sources(work: Work, station_id: int | None, address: str | None) -> None:
    """Refuse a try from where too many wrong ones came. Raises TabletBlocked, AddressBlocked."""
    if station_id is not None and (until := _closed_until(work, of_station(station_id), TABLET)):
        raise TabletBlocked(until=until)
    source = of_address(address)
    if source and (until := _closed_until(work, source, ADDRESS)):
        raise AddressBlocked(until=until)


def count_wrong(work: Work, station_id: int | None, address: str | None) -> None:
    """Note a wrong try where it came from."""
    if station_id is not None:
        _fill(work, of_station(station_id), TABLET)
    if source := of_address(address):
        _fill(work, source, ADDRESS)


def of_codes(person_id: int) -> str:
    """The codes of somebody's second factor as what is tried."""
    return f"codes of person {person_id}"


def check_codes(work: Work, person_id: int) -> None:
    """Refuse a code while too many wrong ones were tried at this person's second factor. Raises SignInBlocked."""
    if until := _closed_until(work, of_codes(person_id), CODES):
        raise SignInBlocked(until=until)


def count_wrong_code(work: Work, person_id: int) -> None:
    """Note a wrong code; only a right one, or who unlocks the person, takes it back."""
    _fill(work, of_codes(person_id), CODES)


def forgive_codes(work: Work, person_id: int) -> None:
    """A right code came, or a leader unlocks the person: earlier wrong ones count no more."""
    work.session.execute(delete(WrongTries).where(WrongTries.source == of_codes(person_id)))


def closed_codes(session: Session, now: datetime) -> dict[int, datetime]:
    """The people of whom no code is taken now, and until when."""
    beginning = of_codes(0).removesuffix("0")
    full = now + (CODES.tries - 1) * CODES.each
    rows = session.scalars(
        select(WrongTries).where(WrongTries.source.startswith(beginning), WrongTries.empty_at > full)
    )
    return {int(row.source.removeprefix(beginning)): row.empty_at - (full - now) for row in rows}


def forgive_tablet(work: Work, station_id: int) -> bool:
    """Empty a tablet's bucket. Gives whether anything was in it."""
    source = of_station(station_id)
    known = work.session.get(WrongTries, source) is not None
    work.session.execute(delete(WrongTries).where(WrongTries.source == source))
    return known


def closed_tablets(session: Session, station_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """The tablets among these at which no PIN is taken now, and until when."""
    found = {of_station(ident): ident for ident in station_ids}
    rows = session.scalars(select(WrongTries).where(WrongTries.source.in_(found))) if found else ()
    opens = {found[row.source]: row.empty_at - (TABLET.tries - 1) * TABLET.each for row in rows}
    return {ident: at for ident, at in opens.items() if at > now}


def _closed_until(work: Work, source: str, bucket: Bucket) -> datetime | None:
    """When the next try is taken; none when now. The row stays locked: two tries at once are two tries."""
    insert = import_module(f"sqlalchemy.dialects.{work.session.get_bind().dialect.name}").insert
    made = insert(WrongTries).values(source=source, empty_at=work.now)
    # "do nothing" would also find a row that is being forgotten at this moment, and gone at the next
    work.session.execute(made.on_conflict_do_update(index_elements=["source"], set_={"source": source}))
    opens = _locked(work, source).empty_at - (bucket.tries - 1) * bucket.each
    return opens if opens > work.now else None


def _fill(work: Work, source: str, bucket: Bucket) -> None:
    row = _locked(work, source)
    row.empty_at = max(row.empty_at, work.now) + bucket.each


def _locked(work: Work, source: str) -> WrongTries:
    return work.session.get_one(WrongTries, source, with_for_update=True, populate_existing=True)


def forget_old(work: Work) -> None:
    """Leave no row of a bucket that is empty for a day."""
    work.session.execute(delete(WrongTries).where(WrongTries.empty_at < work.now - timedelta(days=1)))
