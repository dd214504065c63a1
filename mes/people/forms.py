"""Forms about people."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import current_app
from wtforms import PasswordField, StringField

from mes.core.access import ROLE_NAMES, Role
from mes.core.forms import Form, needed, optional
from mes.core.i18n import N_, _
from mes.core.work import Reader
from mes.people import queries
from mes.people.rules import SAMPLE_PASSWORD, SAMPLE_PIN


def role_words(roles: Iterable[Role]) -> str:
    """Roles by their names, in the order of the plant."""
    return ", ".join(_(ROLE_NAMES[role]) for role in Role if role in set(roles))


class Sample(NamedTuple):
    """A login of the sample factory."""

    login: str
    words: str


class LoginForm(Form):
    """Desk sign-in."""

    login = StringField(N_("Login"), needed(), render_kw={"autocomplete": "username", "autofocus": True})
    password = PasswordField(N_("Password"), needed(), render_kw={"autocomplete": "current-password"})
    samples: list[Sample] = []
    sample_password, sample_pin = SAMPLE_PASSWORD, SAMPLE_PIN

    def fill(self, read: Reader, **address: Any) -> None:
        """In a sample factory, offer one login per role."""
        if current_app.config["DEMO"]:
            self.samples = [Sample(str(p.login), role_words(p.role_set)) for p in queries.sample_logins(read)]


class OwnSecretsForm(Form):
    """One's own password and PIN."""

    password_now = PasswordField(N_("Present password"), needed(), render_kw={"autocomplete": "current-password"})
    password = PasswordField(N_("New password"), optional(200), render_kw={"autocomplete": "new-password"})
    pin = PasswordField(N_("New PIN"), optional(6), render_kw={"autocomplete": "new-password", "inputmode": "numeric"})
