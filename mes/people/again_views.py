"""The desk asks once more who is there: after a while without use, and before what opens doors."""

from flask import current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from mes.core.access import ANYONE, EVERYONE, Actor, may
from mes.core.pages import Page, actor, go, in_browser, mes, page, this_plant
from mes.core.visit import comes_late
from mes.core.work import Reader, Work
from mes.people import second_factor, sign_ins, still_here
from mes.people.factor_views import key, lead, room
from mes.people.forms import AgainForm
from mes.people.guessing import check_sources, count_wrong
from mes.people.models import Person
from mes.people.rules import WrongSignIn

COOKIE = "mes_used"
#: Where the cookie goes over https only, its name says so to the browser.
SECURE = "__Host-"
#: An entry that waited on a tablet names who made it by itself.
LATE = "X-Entry-Late"


@room.before_app_request
def look() -> Response | None:
    """Show nothing to who came by an unused desk; ask for the password before what opens doors. Raises ProveAgain."""
    late = comes_late() or (LATE in request.headers and request.blueprint == "station")
    if late or "sign_in" not in session or request.endpoint in (None, "static"):
        return None
    who = actor()
    if not _at_desk(who):
        return None
    use, now, reads = _use(), mes().clock(), request.method in ("GET", "HEAD")
    if still_here.is_left_alone(use, now, _idle_minutes()):
        g.away, g.actor, g.left_alone = who, None, still_here.LeftAlone
        return redirect(_here()) if request.endpoint == "reports.today" else None
    if request.endpoint not in still_here.OPEN_DOORS or use.proved is None:  # of an older version
        return None
    rule = getattr(current_app.view_functions[request.endpoint], "who", ANYONE)
    if may(who, rule) and not still_here.is_proved(use, now, taken=not reads):
        if not reads:
            raise still_here.ProveAgain
        return redirect(_here(sure="1"))
    return None


@room.after_app_request
def note(response: Response) -> Response:
    """Keep in the browser that somebody used the desk: opened a page or sent something. What a page asks by itself is
    no use."""
    if "sign_in" in session and _at_desk(g.get("actor")) and _is_use():
        now = mes().clock()
        last = _use().used
        if last is None or now - last >= still_here.EACH:
            text = still_here.written(key(), str(session["sign_in"]), now)
            response.set_cookie(_cookie(), text, httponly=True, samesite="Lax", secure=_is_secure())
    return response


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _cookie() -> str:
    return SECURE + COOKIE if _is_secure() else COOKIE


def _at_desk(who: Actor | None) -> bool:
    """Where a head office's people look at the copy of a plant, in which they are nobody, it says whose desk it is."""
    owner: Actor | None = g.above[0] if "above" in g else who
    return who is not None and owner is not None and owner.person_id is not None and who.station_id is None


def _idle_minutes() -> int:
    minutes: int = g.above[1] if "above" in g else this_plant().idle_minutes
    return minutes


def _is_use() -> bool:
    asks_itself = "HX-Request" in request.headers or "text/html" not in request.headers.get("Accept", "text/html")
    return request.method == "POST" or not asks_itself


def _use() -> still_here.Use:
    used = still_here.read(key(), str(session["sign_in"]), request.cookies.get(_cookie(), ""))
    return still_here.Use(used, still_here.moment(session.get("proved")))


def _here(sure: str | None = None) -> str:
    here = (request.script_root + request.full_path).rstrip("?")
    return url_for("second.again", next=here if request.method == "GET" else None, sure=sure)


def _person(read: Reader) -> Person | None:
    """Who is signed in at this desk, whether or not it was left alone."""
    who = g.get("away") or actor()
    return read.get(Person, who.person_id) if who is not None and _at_desk(who) else None


def _show(read: Reader, form: AgainForm) -> Page:
    person = _person(read)
    if person is None:
        return go("people.login")
    factor = second_factor.find_factor(read, person.id)
    asks_code = factor is not None and factor.confirmed_at is not None and "sure" in request.args
    return page("people/again.html", form=form, person=person, asks_code=asks_code, sure="sure" in request.args)


@room.form("/login/again", who=ANYONE, form=AgainForm, show=_show)
def again(work: Work, form: AgainForm) -> Page:
    """The password once more (and the code, where one is used and a door is to be opened): the sign-in goes on under
    another token. Wrong tries are counted as at the sign-in."""
    person = _person(work.session)
    if person is None:
        return go("people.login")
    check_sources(work, None, request.remote_addr)
    if not second_factor.check_password_now(work, person, str(form.password.data)):
        count_wrong(work, None, request.remote_addr)
        raise WrongSignIn(field="password")
    factor = second_factor.find_factor(work.session, person.id)
    whole = factor is None or factor.confirmed_at is None
    if not whole and (form.second.data or "sure" in request.args):
        second_factor.check_code(work, person, key(), str(form.second.data or ""), address=request.remote_addr)
        whole = True
    if whole:
        sign_ins.forgive(person)
    work.actor = g.get("away") or actor() or work.actor
    kept: dict[str, object] = {"sign_in": sign_ins.go_on(work, person, str(session["sign_in"]))}
    if whole:
        kept["proved"] = int(work.now.timestamp())
    in_browser(lambda: session.update(kept))
    in_browser(lambda: setattr(g, "actor", work.actor))  # the desk is used again
    return lead(request.args.get("next", ""), go("reports.today"))


@room.read("/login/here", who=EVERYONE)
def here(read: Reader) -> Page:
    """Somebody types on a page that is not sent yet: the desk is used."""
    return Response(status=204)
