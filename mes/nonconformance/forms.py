"""Forms of nonconformances: the shape of what people type and choose."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from mes.core.forms import (
    DayField,
    Form,
    Longest,
    NameField,
    QuantityField,
    ThingField,
    needed,
    optional,
    row_number,
    words_of,
)
from mes.core.i18n import N_, _, own_name
from mes.core.pages import this_day
from mes.core.work import Reader
from mes.items.models import Item
from mes.items.queries import item_meant
from mes.nonconformance import queries, rules
from mes.nonconformance.evidence import told_by
from mes.nonconformance.models import ActionKind, CostKind, Decision, Origin, Severity
from mes.nonconformance.wording import ACTION_NAMES, COST_NAMES, DECISION_NAMES, ORIGIN_NAMES, SEVERITY_NAMES
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import partners_of_kind
from mes.people.forms import SignedForm
from mes.people.models import Person

LONG = [*needed(), Longest(max=4000)]


class FindingForm(Form):
    """What was found: what stays the same from the opening to the last correction."""

    severity = RadioField(
        N_("Severity"), choices=words_of(SEVERITY_NAMES), coerce=Severity, default=Severity.MAJOR.value
    )
    quantity = QuantityField(N_("Quantity concerned"), optional())
    what = TextAreaField(N_("What is wrong"), LONG, render_kw={"rows": 4})
    place = NameField(N_("Where it was found"), optional(200))
    reference = NameField(N_("Customer's number"), optional(100))

    @property
    def finding(self) -> dict[str, Any]:
        """What was entered; empty text is none."""
        names = ("severity", "quantity", "what", "place", "reference")
        return {name: None if self[name].data == "" else self[name].data for name in names}


class OpenForm(FindingForm):
    """A new nonconformance. The address may name what it is opened from: an inspection, a defect, a lot, a shipment."""

    origin = RadioField(N_("How it came to light"), choices=words_of(ORIGIN_NAMES), coerce=Origin)
    inspection = ThingField(N_("Inspection"), optional())
    defects = StringField(N_("Defects"), optional(200), render_kw={"autocomplete": "off"})
    partner = SelectField(N_("Customer"), validate_choice=False)
    shipment = ThingField(N_("Shipment"), optional())
    item = ThingField(N_("Item"), optional(), of_item=True)
    lots = StringField(N_("Lots in which it was found"), optional(2000), render_kw={"autocomplete": "off"})
    found_on = DayField(N_("Found on"), [Optional()])
    found_by = NameField(N_("Found by"), optional(100))

    def fill(self, read: Reader, **address: Any) -> None:
        """Customers to choose from, and what the address names."""
        self.partners = {one.code: one for one in partners_of_kind(read, PartnerKind.CUSTOMER)}
        self.partner.choices = [("", _("None")), *((one.code, own_name(one)) for one in self.partners.values())]
        asked = {
            name: request.args[name] for name in ("inspection", "defects", "shipment", "lots") if request.args.get(name)
        }
        origins = {"inspection": Origin.INSPECTION, "defects": Origin.DEFECT, "shipment": Origin.CLAIM}
        origin = next((origins[name] for name in asked if name in origins), Origin.OTHER)
        told = told_by(read, asked.get("inspection"), self._ids(asked.get("defects", "")))
        self.show_values({**told, **asked, "origin": origin, "severity": Severity.MAJOR, "found_on": this_day()})

    def _ids(self, text: str) -> list[int]:
        return [number for part in split(text) if (number := row_number(part))]

    def customer(self) -> Partner | None:
        """The customer who complains."""
        return self.partners.get(self.partner.data or "")

    def item_of(self, read: Reader) -> Item | None:
        """The item, when it was typed. Raises SourceMissing when it means none."""
        if not self.item.data:
            return None
        found = item_meant(read, str(self.item.data))
        if found is None:
            raise rules.SourceMissing(field="item", what=_("the item"))
        return found

    @property
    def defect_ids(self) -> list[int]:
        """Numbers of the defect log; what is none leads nowhere and is refused later."""
        return [row_number(part) or 0 for part in split(str(self.defects.data or ""))]


def split(text: str) -> list[str]:
    """Codes separated by commas or blanks."""
    return text.replace(",", " ").replace(";", " ").split()


class ChangeForm(FindingForm):
    """What was written at the opening, corrected."""

    check_due_on = DayField(N_("Effect to be checked by"), [Optional()])

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        found = queries.get_nonconformance(read, address["code"])
        names = ("severity", "quantity", "what", "place", "reference", "check_due_on", "version")
        self.show_values({name: getattr(found, name) for name in names})


class StepForm(Form):
    """One of the eight steps."""

    text = TextAreaField(N_("Text"), LONG, render_kw={"rows": 8})
    why1 = StringField(N_("Why?"), optional(300))
    why2 = StringField(N_("Why?"), optional(300))
    why3 = StringField(N_("Why?"), optional(300))
    why4 = StringField(N_("Why?"), optional(300))
    why5 = StringField(N_("Why?"), optional(300))
    cause = SelectField(N_("Cause code"), validate_choice=False)

    whys = ("why1", "why2", "why3", "why4", "why5")

    def fill(self, read: Reader, **address: Any) -> None:
        """The step as it reads now; whys and cause only where the root cause is named."""
        found = queries.get_nonconformance(read, address["code"])
        before = queries.newest_step(read, found.id, address["step"])
        if address["step"] != rules.ROOT_CAUSE:
            for name in (*self.whys, "cause"):
                del self[name]
        else:
            self.causes = {one.code: one for one in queries.causes(read)}
            self.cause.choices = [("", _("None")), *((one.code, own_name(one)) for one in self.causes.values())]
        if before is not None:
            answers = dict(zip(self.whys, before.answers, strict=False))
            self.show_values({"text": before.text, "cause": before.cause.code if before.cause else "", **answers})

    @property
    def answers(self) -> list[str]:
        """The answers to the whys, where they are asked."""
        return [str(self[name].data or "") for name in self.whys if name in self]


class OwnerForm(Form):
    """Who does something, and until when."""

    owner = SelectField(N_("Owner"), needed())
    due_on = DayField(N_("Due date"), needed())

    def fill(self, read: Reader, **address: Any) -> None:
        """People to choose from."""
        self.people = {one.code: one for one in queries.owners(read)}
        self.owner.choices = [("", _("Choose")), *((one.code, own_name(one)) for one in self.people.values())]

    @property
    def due_day(self) -> date:
        """The day that was chosen."""
        assert self.due_on.data is not None  # needed
        return self.due_on.data

    @property
    def person(self) -> Person:
        """Who was chosen."""
        return self.people[str(self.owner.data)]


class ActionForm(OwnerForm):
    """Something that somebody does until a day."""

    kind = RadioField(
        N_("Kind"), choices=words_of(ACTION_NAMES), coerce=ActionKind, default=ActionKind.CORRECTIVE.value
    )
    what = TextAreaField(N_("What is to be done"), LONG, render_kw={"rows": 3})


class FinishForm(Form):
    """What came of an action."""

    result = TextAreaField(N_("What was done"), LONG, render_kw={"rows": 3, "autofocus": True})


class MoveForm(OwnerForm):
    """Another owner or day for an action."""

    reason = NameField(N_("Reason"), needed())

    def fill(self, read: Reader, **address: Any) -> None:
        """Owner and day as they are now."""
        super().fill(read, **address)
        action, _found = queries.get_action(read, address["ident"])
        self.show_values({"owner": action.owner.code, "due_on": action.due_on})


class CheckForm(Form):
    """Whether the actions helped."""

    day = DayField(N_("Checked on"), needed())
    passed = RadioField(
        N_("Outcome"),
        [*needed()],
        choices=words_of({"yes": N_("The actions helped"), "no": N_("No effect")}),
    )
    result = TextAreaField(N_("How it was checked"), LONG, render_kw={"rows": 3})

    def fill(self, read: Reader, **address: Any) -> None:
        """Checked today, unless somebody says otherwise."""
        self.show_values({"day": this_day()})


class DecisionForm(SignedForm):
    """What becomes of a contained lot, or of a part of it."""

    decision = RadioField(N_("Decision"), [*needed()], choices=words_of(DECISION_NAMES), coerce=str)
    quantity = QuantityField(N_("Quantity"), optional(), above=Decimal(0))
    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])

    @property
    def chosen(self) -> Decision:
        """What was decided."""
        return Decision(str(self.decision.data))


class ApproveForm(SignedForm):
    """Who approves a concession."""


class CostForm(Form):
    """A line of cost."""

    kind = RadioField(N_("Kind of cost"), choices=words_of(COST_NAMES), coerce=CostKind, default=CostKind.SORTING.value)
    what = NameField(N_("What for"), optional(200))
    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))
    unit = StringField(N_("Unit"), [*needed(), Longest(max=16)], render_kw={"list": "units", "maxlength": 16})
    unit_cost = QuantityField(N_("Cost of one unit"), needed(), above=Decimal(0))

    def fill(self, read: Reader, **address: Any) -> None:
        """The item's unit and what one of it costs."""
        item = queries.get_nonconformance(read, address["code"]).item
        self.show_values({"unit": item.unit, "unit_cost": item.unit_cost})
