"""A person's own phone as a station: the pages of the tablet in the hand, everything recorded under that person."""

from flask import make_response, request

from mes.core.access import EVERYONE
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, actor, go, page
from mes.core.work import Reader, Work
from mes.equipment.device_queries import phone_of
from mes.equipment.devices import use_own_phone
from mes.equipment.models import WorkCentre
from mes.equipment.queries import get_work_centre, list_coded
from mes.equipment.views import COOKIE, COOKIE_SECONDS
from mes.people.models import Person
from mes.people.service import open_sign_in
from mes.station.here import paired
from mes.station.sign_in_views import close_sign_in, hold

phones = Room("phone", __name__, part_of="phone")
phones.entry("phone.choose", N_("Work on my phone"), "tablet-smartphone", "production", EVERYONE)


@phones.read("/my-phone", who=EVERYONE)
def choose(read: Reader) -> Page:
    """At which work centre? The phone in the hand becomes a station there, of this person alone."""
    who = actor()
    here = paired(read)
    mine = phone_of(read, who.person_id) if who and who.person_id else []
    return page(
        "station/phone.html",
        centres=list_coded(read, WorkCentre, active=True),
        tablet=here if here is not None and here.id not in [one.id for one in mine] else None,
        mine=next((one for one in mine if one.device_hash), None),
    )


@phones.write("/my-phone/<path:code>", who=EVERYONE, show=lambda read, code: choose(read))
def use(work: Work, code: str) -> Page:
    """Make this phone its owner's station. A phone that was it before is not it any more."""
    centre = get_work_centre(work.session, code)
    station, token = use_own_phone(work, centre.id)
    close_sign_in(work)
    person = work.session.get_one(Person, work.actor.person_id or 0)
    hold(open_sign_in(work, person, station.id))
    response = make_response(go("station.queue", said=_("This phone is your station now.")))
    response.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
