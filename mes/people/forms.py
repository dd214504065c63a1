"""Forms about people, their sign-ins and the plant."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from flask import current_app
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, ValidationError

from mes.core.access import ROLE_NAMES, Role
from mes.core.forms import (
    CodeField,
    Form,
    Longest,
    NameField,
    QuantityField,
    day_asked,
    needed,
    optional,
    ticks,
    words_of,
)
from mes.core.gs1_link import USUAL_HOST
from mes.core.i18n import LANGUAGES, N_, _, language, offered
from mes.core.idle import MOST_MINUTES, read_locks, write_locks
from mes.core.plant import Strictness, plant
from mes.core.work import Reader
from mes.people import queries
from mes.people.rules import SAMPLE_PASSWORD, SAMPLE_PIN, read_demanded, write_demanded
from mes.people.signature_rules import Content, Signer, seen_of

STRICTNESS_NAMES = {
    Strictness.OFF: N_("Do not check"),
    Strictness.WARN: N_("Ask first"),
    Strictness.REFUSE: N_("Refuse"),
}
NEW_SECRET = {"autocomplete": "new-password"}


def role_words(roles: Iterable[Role]) -> str:
    """Roles by their names, in the order of the plant."""
    return ", ".join(_(ROLE_NAMES[role]) for role in Role if role in set(roles))


def zones() -> list[tuple[str, str]]:
    """Time zones to choose from, those of places only."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name) for name in [*sorted(places), "UTC"]]


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
    password = PasswordField(N_("New password"), optional(200), render_kw=NEW_SECRET)
    pin = PasswordField(N_("New PIN"), optional(6), render_kw={**NEW_SECRET, "inputmode": "numeric"})


class CodeForm(Form):
    """A code of the second factor, or a recovery code."""

    second = StringField(
        N_("Code"), [*needed(), Longest(max=20)], render_kw={"autocomplete": "one-time-code", "autofocus": True}
    )


class AgainForm(Form):
    """The password once more, and the code of the second factor where a door is to be opened."""

    password = PasswordField(
        N_("Password"), needed(), render_kw={"autocomplete": "current-password", "autofocus": True}
    )
    second = StringField(N_("Code of the second factor"), optional(20), render_kw={"autocomplete": "one-time-code"})


class NewFactorForm(Form):
    """The present password, before an app is set up."""

    password_now = PasswordField(N_("Present password"), needed(), render_kw={"autocomplete": "current-password"})


class SkillsField(TextAreaField):
    """Skills, one per line; a date after a comma says until when."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(f"{name}, {until}" if until else name for name, until in self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines. Raises ValueError with a plain sentence for a date that is none."""
        self.data = []
        for line in (valuelist[0] if valuelist else "").splitlines():
            name, _comma, until = (part.strip() for part in line.partition(","))
            if len(name) > 100:
                raise ValueError(_("A skill has at most 100 characters: %(text)s", text=name[:40]))
            if name:
                self.data.append((name, _day(until) if until else None))


def _day(text: str) -> date:
    found = day_asked(text)
    if found is None:
        raise ValueError(_("%(text)s is no date. Write it as 2026-01-31.", text=text[:20]))
    return found


class PersonForm(Form):
    """Somebody who works here."""

    code = CodeField(N_("Number"), needed())
    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("Name in Latin letters"), optional())
    roles = ticks(N_("Roles"), ROLE_NAMES)
    language = SelectField(N_("Language"), choices=lambda: list(LANGUAGES.items()))
    login = StringField(N_("Login"), optional(100), render_kw={"autocomplete": "off"})
    password = PasswordField(N_("New password"), optional(200), render_kw=NEW_SECRET)
    pin = PasswordField(N_("New PIN"), optional(6), render_kw={**NEW_SECRET, "inputmode": "numeric"})
    skills = SkillsField(N_("Skills"), render_kw={"rows": 3})
    active = BooleanField(N_("Works here"), default=True)

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded of a person; the code stays as it is."""
        if "code" not in address:
            return
        person = queries.get_person(read, address["code"])
        skills = [(skill.name, skill.until) for skill in queries.list_skills(read, person.id)]
        columns = ("code", "name", "name_en", "language", "login", "active", "version")
        self.show_values(
            {name: getattr(person, name) for name in columns} | {"roles": list(person.roles), "skills": skills}
        )
        del self.code

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use cases take it."""
        return {
            "name": self.name.data,
            "name_en": self.name_en.data or None,
            "roles": self.roles.data,
            "language": self.language.data,
            "login": (self.login.data or "").strip() or None,
            "password": self.password.data or None,
            "pin": self.pin.data or None,
            "skills": self.skills.data,
        }


class SetUpForm(Form):
    """The first run: the plant and its administrator."""

    plant = NameField(N_("Name of the plant"), needed())
    language = SelectField(N_("Language"), choices=lambda: list(offered().items()), default=language)
    time_zone = SelectField(N_("Time zone"), choices=zones, default="Asia/Seoul")
    person = NameField(N_("Your name"), needed())
    login = StringField(N_("Login"), [*needed(), Longest(max=100)], render_kw={"autocomplete": "username"})
    password = PasswordField(N_("Password"), needed(), render_kw=NEW_SECRET)
    again = PasswordField(N_("Password again"), needed(), render_kw=NEW_SECRET)

    def validate_again(self, field: PasswordField) -> None:
        """A slip of the finger here would lock everybody out."""
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords differ."))


class PlantForm(Form):
    """The plant's settings."""

    KEPT = (
        "name", "language", "time_zone", "day_starts_at", "over_production", "undo_minutes", "rework_limit",
        "four_eyes", "signed_decisions", "training", "micro_stop_minutes", "stop_reason_needed", "fastest_percent",
        "longest_run_hours", "idle_minutes",
    )  # fmt: skip
    TEXTS = ("sscc_digit", "gs1_prefix", "link_host", "address", "phone")
    RULES = ("first_out", "right_place", "material_scanned")

    name = NameField(N_("Name of the plant"), needed())
    language = SelectField(N_("Language"), choices=lambda: list(offered().items()))
    time_zone = SelectField(N_("Time zone"), choices=zones)
    day_starts_at = IntegerField(N_("Production day begins at"), [*needed(), NumberRange(0, 23)])
    over_production = QuantityField(N_("Over-production allowed"), needed())
    first_out = RadioField(N_("First expired or first in is used first"), choices=words_of(STRICTNESS_NAMES))
    right_place = RadioField(N_("Lots stand at the work centre"), choices=words_of(STRICTNESS_NAMES))
    material_scanned = RadioField(N_("Materials are scanned before a report"), choices=words_of(STRICTNESS_NAMES))
    undo_minutes = IntegerField(N_("Minutes in which one may undo one's own report"), [*needed(), NumberRange(0, 1440)])

    rework_limit = IntegerField(N_("Reworks allowed for the same pieces"), [*needed(), NumberRange(0, 99)], default=0)
    micro_stop_minutes = IntegerField(N_("Micro-stops are shorter than"), [*needed(), NumberRange(0, 60)], default=3)
    stop_reason_needed = BooleanField(N_("A stop needs its reason before the next result"))
    fastest_percent = IntegerField(N_("Faster than the standard is asked about"), [*needed(), NumberRange(0, 10000)])
    longest_run_hours = IntegerField(N_("A silence longer than this is asked about"), [*needed(), NumberRange(0, 999)])
    training = BooleanField(N_("People may practise in a copy of the plant"))
    four_eyes = BooleanField(N_("Standards are approved by somebody who did not write them"))
    second_factor = ticks(N_("A second factor is demanded of"), ROLE_NAMES)
    idle_minutes = IntegerField(N_("A desk asks for the password after"), [*needed(), NumberRange(0, MOST_MINUTES)])
    signed_decisions = BooleanField(N_("Releases and concessions are signed"))
    gs1_prefix = CodeField(N_("GS1 company prefix"), optional(10), render_kw={"inputmode": "numeric"})
    sscc_digit = IntegerField(N_("First digit of box and pallet numbers"), [Optional(), NumberRange(0, 9)], default=0)
    link_host = NameField(N_("Digital Links begin with"), optional(200))
    address = NameField(N_("Address"), optional(300))
    phone = NameField(N_("Phone"), optional(50))
    lock_operator, lock_leader, lock_quality, lock_material, lock_manager, lock_admin = (
        IntegerField(ROLE_NAMES[role], [Optional(), NumberRange(0, MOST_MINUTES)], default=0) for role in Role
    )

    def fill(self, read: Reader, **address: Any) -> None:
        """The settings in force."""
        settings = plant(read)
        names = (*self.KEPT, *self.TEXTS, *self.RULES, "version")
        demanded = {"second_factor": [role.value for role in read_demanded(settings.second_factor)]}
        locks = {f"lock_{role.value}": minutes for role, minutes in read_locks(settings.lock_after).items()}
        self.show_values({name: getattr(settings, name) for name in names} | locks | demanded)

    @property
    def locks(self) -> list[Field]:
        """The fields of the minutes after which a tablet locks itself."""
        return [self[f"lock_{role.value}"] for role in Role]

    @property
    def settings(self) -> dict[str, Any]:
        """What was entered, by the settings' names."""
        values = {name: self[name].data for name in self.KEPT} | {name: self[name].data or None for name in self.TEXTS}
        values |= {"link_host": values["link_host"] or USUAL_HOST, "sscc_digit": values["sscc_digit"] or 0}
        values["second_factor"] = write_demanded(self.second_factor.data or ())
        values["lock_after"] = write_locks({role: self[f"lock_{role.value}"].data or 0 for role in Role})
        return values | {name: Strictness(self[name].data) for name in self.RULES}


class SignedForm(Form):
    """A form whose act is signed: the two components, asked for where the plant wants a signature."""

    signer = StringField(N_("Your user name or badge"), optional(100), render_kw={"autocomplete": "off"})
    secret = PasswordField(N_("Your PIN or password"), [Optional()], render_kw={"autocomplete": "current-password"})
    seen = HiddenField()

    def bind(self, content: Content) -> None:
        """Remember what the page shows to be signed."""
        if not self.is_submitted():
            self.seen.data = seen_of(content)

    @property
    def given(self) -> Signer | None:
        """Who signs; none where neither was typed."""
        name, secret = (self.signer.data or "").strip(), self.secret.data or ""
        return Signer(name, secret, self.seen.data or None) if name or secret else None


class TokenForm(Form):
    """A program that may use the API."""

    name = NameField(N_("Name of the program"), [*needed(), Longest(max=100)])
    role = SelectField(N_("Role"), choices=words_of(ROLE_NAMES), default=Role.OPERATOR.value)
