"""The second factor: the code after the password, setting up an app, and one's own sign-ins."""

from flask import current_app, make_response, request, session
from werkzeug.wrappers import Response

from mes.core.access import ADMINS, ANYONE, EVERYONE, DeskOnly
from mes.core.errors import SignInFirst
from mes.core.i18n import _, own_name
from mes.core.pages import Page, Room, actor, go, in_browser, mes, page
from mes.core.plant import plant
from mes.core.qr import drawn
from mes.core.work import Reader, Work
from mes.people import queries, second_factor, service, totp
from mes.people.forms import CodeForm, NewFactorForm
from mes.people.models import Person
from mes.people.rules import WrongSignIn, browser_words
from mes.people.sign_ins import sign_in_with_password, waits_for

room = Room("second", __name__, part_of="people")


def sign_in(work: Work, login: str, password: str, onward: str = "") -> Response | None:
    """Sign in at a desk and go on to a page of ours, with the code or the setting up of an app on the way where they
    are needed; None when login and password do not match."""
    browser = browser_words(request.user_agent.string)
    token = sign_in_with_password(work, login, password, address=request.remote_addr, device=browser)
    if token is None:
        return None
    waits = waits_for(work, token)
    return _half_way(work, token, waits, onward) if waits else lead(onward, signed_in(token, "reports.today"))


def _half_way(work: Work, token: str, waits: str, onward: str) -> Response:
    found = second_factor.find_half(work.session, token, work.now)
    if found is not None and waits == "enrol":
        second_factor.prepare(work, found[0], key())
    in_browser(lambda: _begin(half=token, onward=onward))
    return go("second.code" if waits == "code" else "second.enrol")


def key() -> str:
    """With what secrets are encrypted: in the copy for practice as in the plant."""
    return str(current_app.config["FACTOR_KEY"])


def signed_in(token: str, endpoint: str) -> Response:
    """Start a fresh browser session for a sign-in."""
    in_browser(lambda: _begin(sign_in=token, proved=int(mes().clock().timestamp())))
    return go(endpoint)


def _begin(**kept: object) -> None:
    """An old session's contents do not carry over, but for the language."""
    kept |= {"language": session["language"]} if session.get("language") else {}
    session.clear()
    session.update(kept)
    session.permanent = "sign_in" in kept


def lead(address: str, response: Response) -> Response:
    """Lead to an address of this plant's own pages, and nowhere else."""
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        response.location = address
    return response


def _half() -> str:
    return str(session.get("half", ""))


def _ask_code(read: Reader, form: CodeForm) -> Page:
    found = second_factor.find_half(read, _half(), mes().clock())
    if found is None or found[1] != "code":
        return go("people.login")
    return page("people/code.html", form=form)


@room.form("/login/code", who=ANYONE, form=CodeForm, show=_ask_code)
def code(work: Work, form: CodeForm) -> Page:
    """The code of the second factor, after the password."""
    token = second_factor.finish(work, _half(), key(), str(form.second.data), address=request.remote_addr)
    if token is None:
        return go("people.login")
    return _onward(token)


def _onward(token: str) -> Response:
    address = str(session.get("onward", ""))
    return lead(address, signed_in(token, "reports.today"))


def _show_enrol(read: Reader, form: CodeForm) -> Page:
    found = second_factor.find_half(read, _half(), mes().clock())
    if found is None or found[1] != "enrol":
        return go("people.login")
    return page("people/enrol.html", form=form, **_symbol(read, found[0]))


@room.form("/login/second-factor", who=ANYONE, form=CodeForm, show=_show_enrol)
def enrol(work: Work, form: CodeForm) -> Page:
    """Set up the second factor that the plant demands: its first code makes the sign-in whole."""
    person = second_factor.lock_half(work, _half(), "enrol")
    if person is None:
        return go("people.login")
    codes = second_factor.confirm(work, person, key(), str(form.second.data), keep=_half())
    token = second_factor.whole(work, _half())
    _onward(token)
    return make_response(page("people/recovery.html", codes=codes, name=person.name, fresh=True))


def _own(read: Reader) -> Person:
    """The person at the desk. A PIN or badge proves too little to change how one signs in. Raises DeskOnly."""
    who = actor()
    if who is None or who.person_id is None:
        raise SignInFirst
    if who.station_id is not None:
        raise DeskOnly
    return read.get_one(Person, who.person_id)


def _symbol(read: Reader, person: Person) -> dict[str, object]:
    secret = second_factor.secret_to_show(read, person.id, key())
    if secret is None:
        return {"secret": None}
    address = totp.address(secret, plant(read).name, person.login or person.code)
    return {"secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)), "symbol": drawn(address, "url")}


def _show(read: Reader, form: NewFactorForm) -> Page:
    person = _own(read)
    factor = second_factor.find_factor(read, person.id)
    return page(
        "people/second.html",
        form=form,
        code_form=CodeForm(formdata=None),
        on=factor is not None and factor.confirmed_at is not None,
        since=factor.confirmed_at if factor else None,
        left=second_factor.unused_codes(read, person.id),
        demanded=second_factor.is_demanded(read, person.role_set),
        **_symbol(read, person),
    )


def _show_confirm(read: Reader, form: CodeForm) -> Page:
    return _show(read, NewFactorForm(formdata=None))


@room.form("/me/second-factor", who=EVERYONE, form=NewFactorForm, show=_show)
def own(work: Work, form: NewFactorForm) -> Page:
    """Begin to set up an app, with the present password."""
    person = _own(work.session)
    if not second_factor.check_password_now(work, person, str(form.password_now.data)):
        raise WrongSignIn(field="password_now")
    second_factor.prepare(work, person, key())
    return go("second.own")


@room.write("/me/second-factor/begin", who=EVERYONE, show=lambda read: _show_confirm(read, CodeForm(formdata=None)))
def confirm(work: Work) -> Page:
    """The first code of the app."""
    person, token = _own(work.session), str(session.get("sign_in", ""))
    codes = second_factor.confirm(work, person, key(), request.form.get("second", ""), keep=token)
    return make_response(page("people/recovery.html", codes=codes, name=person.name, fresh=False))


@room.write("/me/second-factor/codes", who=EVERYONE, show=lambda read: _show_confirm(read, CodeForm(formdata=None)))
def codes(work: Work) -> Page:
    """New recovery codes, with a code of the app; the old ones end."""
    person = _own(work.session)
    second_factor.check_code(work, person, key(), request.form.get("second", ""))
    fresh = second_factor.new_codes(work, person)
    return make_response(page("people/recovery.html", codes=fresh, name=person.name, fresh=False))


@room.write("/me/second-factor/off", who=EVERYONE, show=lambda read: _show_confirm(read, CodeForm(formdata=None)))
def off(work: Work) -> Page:
    """Do without it again, with a code of it."""
    token = str(session.get("sign_in", ""))
    second_factor.turn_off(work, _own(work.session), key(), request.form.get("second", ""), keep=token)
    return go("second.own", said=_("The second factor is off."))


@room.write("/people/<path:code>/second-factor-off", who=ADMINS)
def reset(work: Work, code: str) -> Page:
    """Somebody lost the phone: the second factor is gone, and the person's sign-ins end."""
    person = queries.get_person(work.session, code)
    second_factor.reset(work, person)
    said = _("%(name)s signs in without a second factor now, and sets up a new one.", name=own_name(person))
    return go("people.edit", code=code, said=said)


@room.write("/me/elsewhere", who=EVERYONE)
def elsewhere(work: Work) -> Page:
    """Sign out everywhere but here."""
    person = _own(work.session)
    service.end_sign_ins(work, person, keep=str(session.get("sign_in", "")))
    work.record("people.end_elsewhere", person)
    return go("people.profile", said=_("You are signed out everywhere else."))
