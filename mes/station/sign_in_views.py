"""Who stands at the tablet: pairing, name tiles, PIN, badge, sign-out."""

import secrets

from flask import make_response, request, session

from mes.core.access import ANYONE, LEADERS, Role, may
from mes.core.errors import NotAllowed
from mes.core.i18n import _
from mes.core.pages import Page, actor, go, in_browser, page
from mes.core.work import Reader, Work
from mes.equipment.device_queries import phone_ids
from mes.equipment.devices import check_owner
from mes.equipment.queries import list_stations
from mes.equipment.service import pair_station
from mes.equipment.views import COOKIE, COOKIE_SECONDS
from mes.orders.queries import find_job
from mes.people import service
from mes.people.factor_views import sign_in
from mes.people.models import Person
from mes.people.queries import find_by_badge, find_by_login, get_person
from mes.people.rules import WrongSignIn
from mes.station.forms import LeaderForm, PinForm
from mes.station.here import act_at, need_station, paired, room, signed_in_here
from mes.station.queries import people_here
from mes.station.unlock_views import is_blocked


@room.read("", who=ANYONE)
def enter(read: Reader) -> Page:
    """The tablet's first page: pair it, say who works here, or go on to the queue (``names``: the tiles all the same,
    for the tablet to keep)."""
    station = paired(read)
    if station is not None and signed_in_here(station) and "names" not in request.args:
        return go("station.queue")
    return show_enter(read)


def show_enter(read: Reader, form: LeaderForm | None = None) -> Page:
    """Name tiles of a station; a device that is none says how it becomes one."""
    station = paired(read)
    if station is not None:
        return page("station/names.html", station=station, people=people_here(read, station.id))
    leader = may(actor(), LEADERS)
    own = phone_ids(read) if leader else set()
    stations = [one for one in list_stations(read) if one.active and one.id not in own] if leader else []
    return page(
        "station/pair.html",
        form=form or LeaderForm(formdata=None),
        leader=leader,
        stations=stations,
        gone=bool(request.cookies.get(COOKIE)),
    )


@room.form("/leader", who=ANYONE, form=LeaderForm, show=show_enter)
def leader(work: Work, form: LeaderForm) -> Page:
    """A leader signs in on a device that is to become a station."""
    login = str(form.login.data)
    opened = sign_in(work, login, str(form.password.data), "/station")
    if opened is None:
        raise WrongSignIn
    person = find_by_login(work.session, login)
    if person is None or not person.role_set & LEADERS:
        raise NotAllowed
    return opened


@room.write("/pair/<path:code>", who=LEADERS, show=lambda read, code: show_enter(read))
def pair(work: Work, code: str) -> Page:
    """Make this device the station's tablet. The leader's own sign-in does not stay behind on it."""
    token = pair_station(work, code)
    close_sign_in(work)
    response = make_response(go("station.enter", said=_("This device is now station %(code)s.", code=code)))
    response.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _show_pin(read: Reader, form: PinForm, code: str) -> Page:
    job = find_job(read, request.args.get("job", ""))
    station, person = need_station(read), get_person(read, code)
    blocked = is_blocked(read, station, person)
    return page("station/pin.html", form=form, station=station, person=person, back=job, blocked=blocked)


@room.form("/people/<path:code>", who=ANYONE, form=PinForm, show=_show_pin)
def pin(work: Work, form: PinForm, code: str) -> Page:
    """Sign in by name tile and PIN; wrong tries are counted, and too many have to wait."""
    station = need_station(work.session)
    check_owner(work, station, get_person(work.session, code))
    act_at(work, station)
    token = service.sign_in_with_pin(work, code, str(form.pin.data), station.id, address=request.remote_addr)
    if token is None:
        raise WrongSignIn
    close_sign_in(work)
    job = find_job(work.session, request.args.get("job", ""))
    return _opened(token, "station.job", code=job.code) if job else _opened(token, "station.queue")


def sign_in_by_badge(work: Work, badge: str, job: str | None, inspection: str | None = None) -> Page:
    """Sign in, or take over from somebody else, by one scan; an open job, or a lot that is measured, stays open.

    Who handles material and nothing else goes on to the warehouse.
    """
    station = need_station(work.session)
    person = find_by_badge(work.session, badge)
    if person is not None:
        check_owner(work, station, person)
    act_at(work, station)
    token = service.sign_in_with_badge(work, badge, station.id)
    close_sign_in(work)
    if job:
        return _opened(token, "station.job", code=job)
    if person is not None and person.role_set == {Role.MATERIAL} and not inspection:
        return _opened(token, "warehouse.index")
    return _opened(token, "station.measure", code=inspection) if inspection else _opened(token, "station.queue")


@room.write("/sign-out", who=ANYONE)
def sign_out(work: Work) -> Page:
    """The next one may sign in. A tablet that has locked itself waits for the same person, at the same job."""
    who = actor()
    close_sign_in(work)
    if "lock" in request.form and who is not None and who.person_id is not None:
        code = work.session.get_one(Person, who.person_id).code
        return go("station.pin", code=code, job=request.form.get("job") or None)
    return go("station.enter")


def close_sign_in(work: Work) -> None:
    """End the browser's present sign-in; nothing of the person stays on the tablet, not even the language."""
    token = str(session.get("sign_in", ""))
    if token:
        service.sign_out(work, token)
    in_browser(_empty)


def _empty() -> None:
    flashed = session.get("_flashes")
    session.clear()
    # what the tablet asks for at the same time (its next page, copies for later) shares one proof of its forms
    session["csrf_token"] = secrets.token_hex(20)
    if flashed:
        session["_flashes"] = flashed


def hold(token: str) -> None:
    """Keep a sign-in of a station in its browser."""
    in_browser(lambda: session.update(sign_in=token))
    in_browser(lambda: setattr(session, "permanent", True))


def _opened(token: str, endpoint: str, **address: str) -> Page:
    hold(token)
    return go(endpoint, **address)
