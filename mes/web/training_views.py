"""The ways into training and out of it, and a fresh copy."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from mes.core.access import ANYONE, EVERYONE, LEADERS, may
from mes.core.errors import NotAllowed, Refused, SignInFirst
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, actor, confirmed, go, mes, page, this_plant
from mes.core.practice import PREFIX, practising
from mes.core.work import Reader, Work
from mes.station.here import paired
from mes.station.sign_in_views import close_sign_in
from mes.web.training import practice_here
from mes.web.training_copy import OLD_DAYS

room = Room("training", __name__, url_prefix="/practice", part_of="training")
#: Seconds for which the answer waits for a small plant's copy, and after which the page of a large one looks again.
WAIT, LOOK = 1.5, 2


class TrainingOff(Refused):
    """The administrator does not want people to practise here."""

    message = N_("Training is switched off in this plant.")
    hint = N_("The administrator switches it on in the plant settings.")


class OthersPractise(Refused):
    """A fresh copy would take away what somebody is just doing; a leader decides."""

    message = N_("%(who)s is practising just now and would lose it.")
    hint = N_("Start over, and everybody begins anew?")
    asks = True
    yes, no = N_("Start over"), N_("No, leave it")


class OthersStillPractise(Refused):
    """The same, for who does not decide about others."""

    message = N_("%(who)s is practising just now and would lose it.")
    hint = N_("Go on with another job, or ask a leader.")


@room.read("", who=ANYONE)
def index(read: Reader) -> Page:
    """What training is, how old the copy is, and the way in."""
    if practising():
        return go("reports.today")
    practice = practice_here()
    copy = practice.copy
    return page(
        "station/practice.html", copy=copy, days=copy.days_old(mes().clock()) if copy else 0, old=OLD_DAYS,
        tablet=paired(read), failed=practice.refused, leader=may(actor(), LEADERS), off=not this_plant().training,
    )  # fmt: skip


@room.write("", who=ANYONE, show=index)
def begin(work: Work) -> Page:
    """Go into training. At a tablet the one who is signed in is signed out: nobody reports in their name meanwhile.

    A station that is newer than the copy needs a fresh one. Raises SignInFirst, TrainingOff, OthersStillPractise.
    """
    tablet, practice = paired(work.session), practice_here()
    if actor() is None and tablet is None:
        raise SignInFirst
    if not this_plant().training:
        raise TrainingOff
    fits = practice.copy is not None and (tablet is None or practice.knows(tablet))
    if not fits and (busy := practice.who_practises(None)):
        raise OthersStillPractise(who=busy)
    if tablet is not None:
        close_sign_in(work)
    if fits:
        return _into(tablet is not None)
    work.after(practice.make)
    return go("training.wait")


@room.read("/wait", who=ANYONE)
def wait(read: Reader) -> Page:
    """Until the copy is there; then into it."""
    practice = practice_here()
    practice.wait(WAIT)
    if practice.is_made:
        return page("station/practice_wait.html", again=LOOK)
    return go("training.index") if practice.refused or practice.copy is None else _into(paired(read) is not None)


@room.write("/fresh", who=EVERYONE)
def fresh(work: Work) -> Page:
    """Start over with a copy of the plant as it is now. Raises OthersPractise, OthersStillPractise."""
    who, practice = actor(), practice_here()
    if not practising() and not may(who, LEADERS):
        raise NotAllowed
    if not practice.offered():
        raise TrainingOff
    busy = practice.who_practises(who.person_id if who else None)
    if busy and not may(who, LEADERS):
        raise OthersStillPractise(who=busy)
    if busy and not confirmed():
        raise OthersPractise(who=busy)
    work.after(practice.make)
    return _to(f"{_root()}/practice/wait")


@room.write("/leave", who=ANYONE)
def leave(work: Work) -> Page:
    """Back to the plant; the sign-in to the copy ends."""
    if practising():
        close_sign_in(work)
    return _to(f"{_root()}/practice/left")


@room.read("/left", who=ANYONE)
def left(read: Reader) -> Page:
    """Here it counts again: who comes back is told that what was practised did not."""
    flash(_("You were in training: nothing of it was recorded."), "done")
    return go("station.enter" if paired(read) is not None else "reports.today")


def _root() -> str:
    """Where the plant itself is found."""
    return request.script_root.removesuffix(PREFIX)


def _into(tablet: bool) -> Response:
    return _to(f"{_root()}{PREFIX}/{'station' if tablet else ''}")


def _to(address: str) -> Response:
    response = redirect(address, 303)
    setattr(response, "said", None)
    return response
