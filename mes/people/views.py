"""Signing in and out at a desk."""

from flask import g, make_response, request, session

from mes.core.access import ANYONE, EVERYONE
from mes.core.i18n import LANGUAGES, _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Work
from mes.people import service
from mes.people.forms import LoginForm, OwnSecretsForm
from mes.people.rules import WrongSignIn

room = Room("people", __name__)


@room.form("/login", who=ANYONE, form=LoginForm, show="people/login.html")
def login(work: Work, form: LoginForm) -> Page:
    """Sign in; a wrong try is counted and shown on the same page."""
    token = service.sign_in_with_password(work, str(form.login.data), str(form.password.data))
    if token is None:
        g.refused = WrongSignIn()
        response = make_response(page("people/login.html", form=form), 401)
        setattr(response, "counts", True)
        return response
    return signed_in(token, "reports.today")


def signed_in(token: str, endpoint: str) -> Page:
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
    if service.change_own_secrets(
        work,
        password_now=str(form.password_now.data),
        password=form.password.data,
        pin=form.pin.data,
        token=token,
    ):
        return go("people.profile", said=_("Changed."))
    g.refused = WrongSignIn()
    response = make_response(page("people/me.html", form=form), 401)
    setattr(response, "counts", True)
    return response


@room.write("/language", who=ANYONE)
def choose_language(work: Work) -> Page:
    """Speak another language in this browser."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
    back = request.form.get("back", "")
    response = go("reports.today")
    if back.startswith("/") and not back.startswith(("//", "/\\")):
        response.location = back
    return response
