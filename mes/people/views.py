"""People: signing in and out at a desk, and who works here."""

from importlib import import_module

from flask import current_app, request, session

from mes.core.access import ADMINS, ANYONE, EVERYONE, LEADERS
from mes.core.i18n import LANGUAGES, N_, _, language, own_name
from mes.core.pages import Page, Room, actor, go, in_browser, mes, page
from mes.core.work import Reader, Work
from mes.people import queries, second_factor, service
from mes.people.factor_views import lead, sign_in
from mes.people.forms import LoginForm, OwnSecretsForm, PersonForm, role_words
from mes.people.guessing import closed_codes
from mes.people.rules import WrongSignIn

import_module("mes.people.again_views")  # it belongs to the room of the second factor

room = Room("people", __name__)
room.entry("people.index", N_("People"), "users", "settings", LEADERS)


@room.form("/login", who=ANYONE, form=LoginForm, show="people/login.html")
def login(work: Work, form: LoginForm) -> Page:
    """Sign in; a wrong try is counted and shown on the same page. Visitors of a sample factory share its logins: the
    pages go on in the language of this one, not in that of whose name it is."""
    if current_app.config["DEMO"]:
        session.setdefault("language", language())
    opened = sign_in(work, str(form.login.data), str(form.password.data), request.args.get("next", ""))
    if opened is None:
        raise WrongSignIn
    return opened


@room.write("/logout", who=ANYONE)
def logout(work: Work) -> Page:
    """Sign out: the sign-in is ended, not only forgotten by the browser."""
    service.sign_out(work, str(session.get("sign_in", "")))
    in_browser(lambda: session.pop("sign_in", None))
    return go("people.login")


def _me(read: Reader, form: OwnSecretsForm) -> Page:
    who = actor()
    ident = who.person_id if who and who.person_id else 0
    factor = second_factor.find_factor(read, ident)
    return page(
        "people/me.html",
        form=form,
        factor_on=factor is not None and factor.confirmed_at is not None,
        sign_ins=second_factor.own_sign_ins(read, ident, mes().clock()),
        this=service.token_hash(str(session.get("sign_in", ""))),
    )


@room.form("/me", who=EVERYONE, form=OwnSecretsForm, show=_me)
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
    return lead(request.form.get("back", ""), go("reports.today"))


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
    closed = closed_codes(read, mes().clock())
    return page("people/index.html", people=everybody, closed=closed, role_words=role_words, tongues=LANGUAGES)


@room.form("/new/person", who=ADMINS, form=PersonForm, show="people/edit.html")
def new(work: Work, form: PersonForm) -> Page:
    """Enter somebody."""
    person = service.add_person(work, code=str(form.code.data), **form.values)
    return go("people.index", said=_("%(name)s was added.", name=own_name(person)))


def _show(read: Reader, form: PersonForm, code: str) -> Page:
    person = queries.get_person(read, code)
    factor_on = person.id in second_factor.confirmed_people(read)
    return page("people/edit.html", form=form, person=person, code=code, factor_on=factor_on)


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
    return go("people.index", said=_("%(name)s was saved.", name=own_name(person)))


@room.write("/people/<path:code>/unlock", who=LEADERS, show=lambda read, code: index(read))
def unlock(work: Work, code: str) -> Page:
    """Let somebody try again at once."""
    person = service.unlock_person(work, code)
    return go("people.index", said=_("%(name)s can sign in again.", name=own_name(person)))


@room.write("/people/<path:code>/badge", who=ADMINS, show=show_again)
def badge(work: Work, code: str) -> Page:
    """Give somebody a new badge."""
    person = service.new_badge(work, code)
    said = _("%(name)s has a new badge. Print it; the old one opens nothing any more.", name=own_name(person))
    return go("people.edit", code=code, said=said)
