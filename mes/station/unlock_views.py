"""Too many wrong PINs: a leader lets the person, and the tablet, try again at once. The line never waits for a lock."""

from flask import request

from mes.core.access import ANYONE, LEADERS, Actor
from mes.core.errors import NotAllowed
from mes.core.i18n import _, own_name
from mes.core.pages import Page, go, mes, page
from mes.core.work import Reader, Work
from mes.equipment.models import Station
from mes.equipment.service import unlock_station
from mes.people import service
from mes.people.guessing import closed_tablets
from mes.people.models import Person
from mes.people.queries import find_by_badge, get_person
from mes.people.rules import WrongSignIn
from mes.people.sign_ins import prove_password
from mes.station.forms import LeaderForm
from mes.station.here import need_station, room


def is_blocked(read: Reader, station: Station, person: Person) -> bool:
    """Whether no PIN of this person is taken at this tablet now."""
    now = mes().clock()
    waits = person.blocked_until is not None and person.blocked_until > now
    return waits or bool(closed_tablets(read, [station.id], now))


def _show(read: Reader, form: LeaderForm, code: str) -> Page:
    return page("station/unlock.html", form=form, station=need_station(read), person=get_person(read, code))


@room.form("/people/<path:code>/unlock", who=ANYONE, form=LeaderForm, show=_show)
def unlock(work: Work, form: LeaderForm, code: str) -> Page:
    """A leader proves to be one by login and password; nobody is signed in by it."""
    station = need_station(work.session)
    leader = prove_password(work, str(form.login.data), str(form.password.data), address=request.remote_addr)
    if leader is None:
        raise WrongSignIn
    return _unlocked(work, station, leader, code)


def unlocked_by_badge(work: Work, badge: str, code: str) -> Page | None:
    """The same by a leader's badge, scanned where the PIN is asked for; None for anybody else's, who signs in by it."""
    leader = find_by_badge(work.session, badge)
    if leader is None or leader.code == code or not leader.role_set & LEADERS:
        return None
    return _unlocked(work, need_station(work.session), leader, code)


def _unlocked(work: Work, station: Station, leader: Person, code: str) -> Page:
    if not leader.role_set & LEADERS:
        raise NotAllowed
    work.actor = Actor(leader.name, leader.role_set, leader.id, station_id=station.id, station=station.name)
    work.source = "tablet"
    unlock_station(work, station.code)
    person = service.unlock_person(work, code)
    return go("station.pin", code=code, said=_("%(name)s can sign in again.", name=own_name(person)))
