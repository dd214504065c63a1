"""Forms about people."""

from wtforms import PasswordField, StringField

from mes.core.forms import Form, needed
from mes.core.i18n import N_


class LoginForm(Form):
    """Desk sign-in."""

    login = StringField(N_("Login"), needed(), render_kw={"autocomplete": "username", "autofocus": True})
    password = PasswordField(N_("Password"), needed(), render_kw={"autocomplete": "current-password"})
