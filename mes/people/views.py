"""People: signing in and out at a desk, and who works here."""

from flask import request, session
from werkzeug.wrappers import Response

from mes.core.access import ADMINS, ANYONE, EVERYONE, LEADERS
from mes.core.i18n import LANGUAGES, N_, _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.people import queries, service
from mes.people.forms import LoginForm, OwnSecretsForm, PersonForm, role_words
from mes.people.rules import WrongSignIn

room = Room("people", __name__)
room.entry("people.index", N_("People"), "users", "settings", LEADERS)


@room.form("/login", who=ANYONE, form=LoginForm, show="people/login.html")
def login(work: Work, form: LoginForm) -> Page:
    """Sign in; a wrong try is counted and shown on the same page."""
    token = service.sign_in_with_password(work, str(form.login.data), str(form.password.data))
    if token is None:
        raise WrongSignIn
    return _to(request.args.get("next", ""), signed_in(token, "reports.today"))


def _to(address: str, response: Response) -> Response:
    """Lead to an address of this plant's own pages, and nowhere else."""
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        response.location = address
    return response


def signed_in(token: str, endpoint: str) -> Response:
    """Start a fresh browser session for a sign-in (an old one's contents do not carry over)."""
    language = session.get("language")
    session.clear()
    session["sign_in"] = token
    session.permanent = True
    if language:
        session["language"] = language
    return go(endpoint)


@room.write("/logout", who=ANYONE)
def logout(work: Work) -> Page:
    """Sign out: the sign-in is ended, not only forgotten by the browser."""
    service.sign_out(work, str(session.get("sign_in", "")))
    session.pop("sign_in", None)
    return go("people.login")


@room.form("/me", who=EVERYONE, form=OwnSecretsForm, show="people/me.html")
def profile(work: Work, form: OwnSecretsForm) -> Page:
    """Change one's own password or PIN."""
    token = str(session.get("sign_in", ""))
    changed = service.change_own_secrets(
        work,
        password_now=str(form.password_now.data),
        password=form.password.data,
        pin=form.pin.data,
        token=token,
    )
    if not changed:
        raise WrongSignIn
    return go("people.profile", said=_("Changed."))


@room.write("/language", who=ANYONE)
def choose_language(work: Work) -> Page:
    """Speak another language in this browser."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
    return _to(request.form.get("back", ""), go("reports.today"))


def welcome(read: Reader) -> Page:
    """The first page of a visitor who is not signed in: what this is, and how to begin."""
    form = LoginForm(formdata=None)
    form.fill(read)
    return page("people/welcome.html", form=form, set_up=queries.is_set_up(read))


@room.read("/people", who=LEADERS)
def index(read: Reader) -> Page:
    """Who works here, and whose sign-in is blocked."""
    search = request.args.get("q", "").strip()
    everybody = queries.list_people(read, search=search, active=request.args.get("in_use") != "no")
    return page("people/index.html", people=everybody, role_words=role_words, tongues=LANGUAGES)


@room.form("/new/person", who=ADMINS, form=PersonForm, show="people/edit.html")
def new(work: Work, form: PersonForm) -> Page:
    """Enter somebody."""
    person = service.add_person(work, code=str(form.code.data), **form.values)
    return go("people.index", said=_("%(name)s was added.", name=person.name))


def _show(read: Reader, form: PersonForm, code: str) -> Page:
    return page("people/edit.html", form=form, person=queries.get_person(read, code), code=code)


def show_again(read: Reader, code: str) -> Page:
    """The person's page after a button was refused."""
    form = PersonForm(formdata=None)
    form.fill(read, code=code)
    return _show(read, form, code)


@room.form("/people/<path:code>", who=ADMINS, form=PersonForm, show=_show)
def edit(work: Work, form: PersonForm, code: str) -> Page:
    """Change somebody's roles, language, login, secrets and skills."""
    values = form.values | {"active": bool(form.active.data)}
    person = service.change_person(work, code, version=form.row_version, **values)
    return go("people.index", said=_("%(name)s was saved.", name=person.name))


@room.write("/people/<path:code>/unlock", who=LEADERS, show=lambda read, code: index(read))
def unlock(work: Work, code: str) -> Page:
    """Let somebody try again at once."""
    person = service.unlock_person(work, code)
    return go("people.index", said=_("%(name)s can sign in again.", name=person.name))


@room.write("/people/<path:code>/badge", who=ADMINS, show=show_again)
def badge(work: Work, code: str) -> Page:
    """Give somebody a new badge."""
    person = service.new_badge(work, code)
    said = _("%(name)s has a new badge. Print it; the old one opens nothing any more.", name=person.name)
    return go("people.edit", code=code, said=said)
