"""Where the tablet stands: its station, and what every page of it shows."""

from typing import Any

from flask import g, request

from mes.core.access import INSPECTORS, LEADERS, VISITOR, Actor
from mes.core.errors import SignInFirst
from mes.core.idle import lock_minutes
from mes.core.pages import Page, Room, actor, mes, page, reader, this_plant
from mes.core.plant import production_day
from mes.core.work import Reader, Work
from mes.equipment.call_queries import open_calls
from mes.equipment.device_rules import DeviceRevoked
from mes.equipment.models import Station
from mes.equipment.queries import find_station, open_downtimes
from mes.equipment.stop_queries import unexplained
from mes.equipment.views import COOKIE
from mes.leader.queries import news_of
from mes.people.service import token_hash
from mes.station.rules import NotAStation

room = Room("station", __name__, url_prefix="/station")


#: What a device may send that is no station: a leader makes it one again.
AT_THE_DOOR = ("station.leader", "station.pair", "station.sign_out")


@room.before_request
def refuse_revoked() -> None:
    """A device that was taken off the list is told so, whatever it sends. Raises DeviceRevoked."""
    sends = request.method == "POST" and request.endpoint not in AT_THE_DOOR
    if sends and request.cookies.get(COOKIE) and actor() is None and paired(reader()) is None:
        raise DeviceRevoked


def paired(read: Reader) -> Station | None:
    """The station whose tablet this is. A reader sees one state throughout: it is asked once in a request."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    if read is not g.get("reader"):
        return find_station(read, token_hash(token))
    if g.get("paired_for") is not read:
        g.paired_for, g.paired = read, find_station(read, token_hash(token))
    found: Station | None = g.paired
    return found


def need_station(read: Reader) -> Station:
    """The same. Raises NotAStation, and DeviceRevoked on a device that was one once."""
    found = paired(read)
    if found is None:
        raise DeviceRevoked if request.cookies.get(COOKIE) else NotAStation
    return found


def signed_in_here(station: Station) -> bool:
    """Whether somebody is signed in at this station (a sign-in at a desk does not count)."""
    who = actor()
    return who is not None and who.station_id == station.id


def here(read: Reader) -> Station:
    """The station at which somebody is signed in. Raises NotAStation, SignInFirst."""
    station = need_station(read)
    if not signed_in_here(station):
        raise SignInFirst
    return station


def act_at(work: Work, station: Station) -> None:
    """Record what nobody has signed in for yet (a sign-in itself) as done at this tablet."""
    if not work.actor.station_id:
        work.actor = Actor(VISITOR.name, frozenset(), station_id=station.id, station=station.name)
        work.source = "tablet"


def _lock_minutes() -> int:
    who = actor()
    return lock_minutes(this_plant().lock_after, who.roles) if who else 0


def shown(read: Reader, template: str, **context: Any) -> Page:
    """A page of somebody who is signed in: with what stands still and who was called at this work centre."""
    station = here(read)
    return page(
        template,
        station=station,
        stops=open_downtimes(read, station.work_centre_id),
        calls=open_calls(read, station.work_centre_id),
        unexplained=unexplained(read, station.work_centre_id, mes().clock()),
        news=news_of(read, station.id),
        lock=_lock_minutes(),
        leaders=LEADERS,
        inspectors=INSPECTORS,
        today=production_day(this_plant(), mes().clock()),
        **context,
    )


def typed() -> dict[str, str]:
    """Digits that stood on the report sheet when something was scanned from it: field name and text."""
    return {name[6:]: value for name, value in request.form.items() if name.startswith("typed-") and value}
