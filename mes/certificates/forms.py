"""Forms about certificates and 4M changes."""

from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from mes.certificates import queries
from mes.certificates.models import CertificateKind, Language, Meaning, Values
from mes.certificates.rules import FOUR_M, KIND_NAMES, LANGUAGE_NAMES, MEANING_NAMES, VALUES_NAMES
from mes.core.forms import DayField, Form, Longest, NameField, ThingField, needed, optional, ticks, words_of
from mes.core.i18n import N_, _, own_name
from mes.core.pages import this_day
from mes.core.scanning import named_code
from mes.core.work import Reader
from mes.inspection.rules import KIND_NAMES as INSPECTIONS
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import partners_of_kind
from mes.people.signature_rules import Signer

_ITS_OWN = N_("As laid down for the customer")


def _customers(read: Reader, empty: str) -> list[tuple[Any, str]]:
    found = partners_of_kind(read, PartnerKind.CUSTOMER)
    return [("", empty), *((one.code, f"{one.code} {own_name(one)}") for one in found)]


def customer_of(read: Reader, code: str | None) -> Partner | None:
    """The customer that was chosen."""
    return next((one for one in partners_of_kind(read, PartnerKind.CUSTOMER) if one.code == code), None)


class DraftForm(Form):
    """Of what, for whom, and in which form."""

    of = ThingField(N_("Lot or shipment"), needed(), render_kw={"autofocus": True, "autocapitalize": "characters"})
    customer = SelectField(N_("Customer"))
    kind = SelectField(N_("Kind"), choices=words_of(KIND_NAMES, _ITS_OWN))
    language = SelectField(N_("Language"), choices=words_of(LANGUAGE_NAMES, _ITS_OWN))

    def fill(self, read: Reader, **address: Any) -> None:
        """Customers to choose from, and the lot or shipment that the address names."""
        self.customer.choices = _customers(read, _("None"))
        self.show_values({"of": request.args.get("of", "")[:64], "customer": request.args.get("customer", "")})

    @property
    def values(self) -> dict[str, Any]:
        """Kind and language, where they were chosen."""
        return {
            "kind": CertificateKind(self.kind.data) if self.kind.data else None,
            "language": Language(self.language.data) if self.language.data else None,
        }


class SignForm(Form):
    """What is meant by the signature, why, and the two components that prove who signs."""

    meaning = RadioField(
        N_("Meaning"), needed(), choices=words_of(MEANING_NAMES), coerce=Meaning, default=Meaning.APPROVED
    )
    reason = TextAreaField(N_("Reason"), optional(2000), render_kw={"rows": 2})
    signer = StringField(
        N_("Your user name or badge"), [*needed(), Longest(max=100)], render_kw={"autocomplete": "off"}
    )
    secret = PasswordField(N_("Your PIN or password"), needed(), render_kw={"autocomplete": "current-password"})
    seen = HiddenField()

    @property
    def signature(self) -> dict[str, Any]:
        """What was entered, as the use case takes it."""
        given = Signer(str(self.signer.data), str(self.secret.data), self.seen.data or None)
        return {"meaning": self.meaning.data, "signer": given, "reason": self.reason.data or None}


class LayoutForm(Form):
    """How the certificates of a customer look."""

    customer = SelectField(N_("Customer"))
    kind = RadioField(N_("Kind"), choices=words_of(KIND_NAMES), coerce=CertificateKind)
    language = RadioField(N_("Language"), choices=words_of(LANGUAGE_NAMES), coerce=Language)
    shown = RadioField(N_("Values"), choices=words_of(VALUES_NAMES), coerce=Values)
    inspections = ticks(N_("Inspections told"), INSPECTIONS)
    gauges = BooleanField(N_("Name the gauges"))
    materials = BooleanField(N_("Name the materials with their supplier lots"))
    statement = TextAreaField(N_("Closing sentence"), optional(), render_kw={"rows": 3})

    def fill(self, read: Reader, **address: Any) -> None:
        """The layout of the customer in the address as it is laid down."""
        self.customer.choices = _customers(read, _("Everybody else"))
        code = request.args.get("customer", "")
        customer = customer_of(read, code)
        kept = queries.own_layout(read, customer.id if customer else None)
        if kept is None:
            start = {"kind": CertificateKind.REPORT, "language": Language.KOREAN, "shown": Values.EACH, "gauges": True}
            self.show_values({**start, "customer": code})
            return
        columns = ("kind", "language", "shown", "gauges", "materials", "statement", "version")
        values = {name: getattr(kept, name) for name in columns}
        self.show_values({**values, "inspections": sorted(kept.inspections), "customer": code})

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use case takes it."""
        return {
            "kind": self.kind.data,
            "language": self.language.data,
            "shown": self.shown.data,
            "inspections": frozenset(self.inspections.data or ()),
            "gauges": bool(self.gauges.data),
            "materials": bool(self.materials.data),
            "statement": self.statement.data or None,
            "version": self.row_version or 0,  # 0: nothing was laid down when the form was opened
        }


class SheetForm(Form):
    """For which job or inspection a sheet is printed."""

    of = StringField(N_("Job, order or inspection"), [Optional(), Longest(max=100)])


class ChangeForm(Form):
    """What changes, why and when (4M)."""

    kinds = ticks(N_("What changes"), FOUR_M)
    title = NameField(N_("Title"), needed())
    before_change = TextAreaField(N_("Before"), optional(), render_kw={"rows": 3})
    after_change = TextAreaField(N_("After"), needed(), render_kw={"rows": 3})
    reason = TextAreaField(N_("Why"), needed(), render_kw={"rows": 2})
    planned_on = DayField(N_("From"), needed())
    until = DayField(N_("Until"), [Optional()])
    affected = StringField(N_("Items and lots it touches"), optional(2000))
    extra_checks = TextAreaField(N_("What is checked in addition"), optional(), render_kw={"rows": 2})
    customer_told = BooleanField(N_("The customer was told"))

    def fill(self, read: Reader, **address: Any) -> None:
        """From today, until another day is typed."""
        self.show_values({"planned_on": this_day(), "affected": request.args.get("affected", "")[:200]})

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use case takes it."""
        texts = {name: self[name].data or None for name in ("before_change", "extra_checks")}
        codes = [named_code(part.strip()) for part in (self.affected.data or "").replace("\n", ",").split(",")]
        return {
            **texts,
            "kinds": frozenset(self.kinds.data or ()),
            "title": self.title.data,
            "after_change": self.after_change.data,
            "reason": self.reason.data,
            "planned_on": self.planned_on.data,
            "until": self.until.data,
            "customer_told": bool(self.customer_told.data),
            "affected": [code for code in codes if code],
        }


class NoteForm(Form):
    """What was seen when a change was carried out."""

    note = TextAreaField(N_("What was seen"), optional(), render_kw={"rows": 3})
