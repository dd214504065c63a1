"""Forms of inspection standards: scope, how it is carried out, characteristics with limits or choices, and photos."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms import Form as PlainForm

from mes.core.forms import (
    Form,
    Longest,
    NameField,
    QuantityField,
    ThingField,
    Words,
    needed,
    optional,
    row_number,
    ticks,
    words_of,
)
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.inspection import standard_queries
from mes.inspection.forms import MeasurementField
from mes.inspection.models import InspectionKind, Nature, SampleRule
from mes.inspection.rules import KIND_NAMES
from mes.inspection.standard_data import CharacteristicData, StandardData, data_of
from mes.inspection.standard_rules import MOST_DECIMALS, NATURE_NAMES, RULE_NAMES, TRIGGER_NAMES
from mes.inspection.written import choices_as_text, read_choices
from mes.items.forms import SUGGESTS
from mes.items.models import Revision
from mes.items.queries import get_item, released_routing
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import find_partner, partners_of_kind
from mes.statistics.sampling_tables import AQLS, LEVELS


class WholeField(QuantityField):
    """A whole number of pieces, minutes or places."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number and refuse a broken one."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data != int(self.data):
            self.data = None
            raise ValueError(_("%(text)s is not a whole number.", text=self.typed[:40]))

    @property
    def whole(self) -> int | None:
        """The number; None for an empty field."""
        return None if self.data is None else int(self.data)


class HeadFields(Form):
    """How a standard is carried out."""

    sample_rule = SelectField(N_("Which pieces"), needed(), choices=words_of(RULE_NAMES), default=SampleRule.FIXED)
    sample_size = WholeField(N_("Pieces each time"), needed(), least=Decimal(1), default=Decimal(1))
    every = WholeField(N_("After every"), optional(), least=Decimal(1))
    triggers = ticks(N_("Also due at"), TRIGGER_NAMES)
    aql = SelectField(N_("AQL"), choices=lambda: [("", "-"), *((aql, aql) for aql in AQLS)], default="")
    level = SelectField(
        N_("Inspection level"), choices=lambda: [("", "-"), *((one, one) for one in LEVELS)], default=""
    )
    double_plan = BooleanField(N_("Double sampling plan"))
    gate = BooleanField(N_("Nothing is reported before it has passed"))
    hold_back = BooleanField(N_("A failure also holds all lots since the last good check"))
    act_by = NameField(N_("Who must act on a failure"), optional(100))
    method = TextAreaField(N_("Inspection method"), optional())
    reaction = TextAreaField(N_("Reaction plan"), optional())
    note = TextAreaField(N_("Reason for this revision"), optional())

    @property
    def entered(self) -> StandardData:
        """What was entered: nothing for an empty field."""
        texts: dict[str, Any] = {
            name: self[name].data or None for name in ("aql", "level", "act_by", "method", "reaction", "note")
        }
        ticked: dict[str, Any] = {name: bool(self[name].data) for name in ("double_plan", "gate", "hold_back")}
        rule = SampleRule(str(self.sample_rule.data))
        return StandardData(
            sample_rule=rule,
            sample_size=self.sample_size.whole or 1,
            every=self.every.whole if rule in (SampleRule.EVERY_PIECES, SampleRule.EVERY_MINUTES) else None,
            triggers=frozenset(self.triggers.data or ()),
            **texts,
            **ticked,
        )


class NewStandardForm(HeadFields):
    """A new standard: for what it is, and how it is carried out."""

    item = ThingField(N_("Item"), needed(), of_item=True, render_kw={**SUGGESTS, "autofocus": True})
    kind = SelectField(N_("Inspection"), needed(), choices=words_of(KIND_NAMES))
    operation = SelectField(N_("Operation"), validate_choice=False, default="")
    partner = SelectField(N_("Supplier or customer"), default="")

    def fill(self, read: Reader, **address: Any) -> None:
        """What the address names; the operations of the item that it names."""
        code = request.args.get("item", "")
        routing = released_routing(read, get_item(read, code).id) if code else None
        steps = (
            [(str(one.sequence), f"{one.sequence} {own_name(one)}") for one in routing.operations] if routing else []
        )
        self.operation.choices = [("", _("The whole item")), *steps]
        partners = _partners(read)
        self.partner.choices = [("", _("Any")), *((one.code, own_name(one)) for one in partners)]
        asked = request.args.get("kind", InspectionKind.INCOMING.value)
        kind = asked if asked in set(InspectionKind) else InspectionKind.INCOMING.value
        self.show_values({"item": code, "kind": kind, "operation": "", "partner": "", "sample_rule": SampleRule.FIXED})

    @property
    def operation_number(self) -> int | None:
        """The operation that was chosen."""
        return row_number(str(self.operation.data or ""))

    def chosen_partner(self, read: Reader) -> Partner | None:
        """The partner that was chosen."""
        return find_partner(read, str(self.partner.data)) if self.partner.data else None


def _partners(read: Reader) -> list[Partner]:
    found: dict[str, Partner] = {}
    for kind in PartnerKind:
        found |= {one.code: one for one in partners_of_kind(read, kind)}
    return [found[code] for code in sorted(found)]


class HeadForm(HeadFields):
    """How a draft is carried out."""

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        found = standard_queries.get_standard(read, address["ident"])
        values: dict[str, Any] = {one.name: getattr(found, one.name) for one in fields(StandardData)}
        values |= {name: None if values[name] is None else Decimal(values[name]) for name in ("sample_size", "every")}
        values |= {"aql": found.aql or "", "level": found.level or "", "triggers": sorted(found.triggers)}
        self.show_values({**values, "version": found.version})


class CharacteristicFields(Form):
    """What is inspected: limits for what is measured, choices for what is decided by looking."""

    name = NameField(N_("Characteristic"), needed(), render_kw={"autofocus": True})
    name_en = NameField(N_("Name in English"), optional(200))
    nature = SelectField(N_("How it is decided"), choices=words_of(NATURE_NAMES), default=Nature.VARIABLE)
    unit = NameField(N_("Unit"), optional(16))
    decimals = WholeField(N_("Decimal places"), optional())
    lower = MeasurementField(N_("Lower limit"), optional())
    nominal = MeasurementField(N_("Nominal"), optional())
    upper = MeasurementField(N_("Upper limit"), optional())
    good_choices = TextAreaField(N_("Good answers"), optional())
    bad_choices = TextAreaField(N_("Bad answers"), optional())
    gauge_type = NameField(N_("Kind of gauge"), optional(100))
    sample_size = WholeField(N_("Pieces, if other than the standard's"), optional(), least=Decimal(1))
    frequency = NameField(N_("Frequency, if other than the standard's"), optional(100))
    method = TextAreaField(N_("Inspection method"), optional())
    reaction = TextAreaField(N_("Reaction plan"), optional())
    special = NameField(N_("Special mark"), optional(16))
    pfmea = NameField(N_("PFMEA line"), optional(100))
    limit_sample = TextAreaField(N_("Limit sample"), optional())
    of_process = BooleanField(N_("A setting of the process, not a feature of the piece"))
    good_photo = FileField(N_("Photo of a good piece"))
    bad_photo = FileField(N_("Photo of a bad piece"))

    def validate_decimals(self, field: WholeField) -> None:
        """Readings are kept with so many places."""
        if field.whole is not None and field.whole > MOST_DECIMALS:
            raise ValueError(_("At most %(places)s decimal places.", places=MOST_DECIMALS))

    @property
    def entered(self) -> CharacteristicData:
        """What was entered: nothing for an empty field."""
        names = (
            "name_en", "unit", "gauge_type", "frequency", "method", "reaction", "special", "pfmea", "limit_sample",
        )  # fmt: skip
        columns: dict[str, Any] = {name: self[name].data or None for name in names}
        columns |= {name: self[name].data for name in ("nominal", "lower", "upper")}
        good = read_choices(self.good_choices.data or "", good=True)
        bad = read_choices(self.bad_choices.data or "", good=False)
        return CharacteristicData(
            name=str(self.name.data),
            nature=Nature(str(self.nature.data)),
            decimals=self.decimals.whole,
            sample_size=self.sample_size.whole,
            of_process=bool(self.of_process.data),
            choices=(*good, *bad),
            **columns,
        )


class NewCharacteristicForm(CharacteristicFields):
    """A characteristic at the end of a draft."""

    def fill(self, read: Reader, **address: Any) -> None:
        """The usual answers stand there already."""
        version = standard_queries.get_standard(read, address["ident"]).version
        self.show_values({"version": version, "nature": Nature.VARIABLE})


class ItemCharacteristicForm(CharacteristicFields):
    """A characteristic of an item's general standard, which is drafted by itself."""

    kind = SelectField(N_("Inspection"), needed(), choices=words_of(KIND_NAMES))

    def fill(self, read: Reader, **address: Any) -> None:
        """The kind that the address names."""
        asked = request.args.get("kind", InspectionKind.INCOMING.value)
        self.show_values({"kind": asked, "nature": Nature.VARIABLE})


class CharacteristicChangeForm(CharacteristicFields):
    """A characteristic of a draft; its place in the list can change."""

    position = WholeField(N_("Place in the list"), needed(), least=Decimal(1))
    no_good_photo = BooleanField(N_("Take this photo off"))
    no_bad_photo = BooleanField(N_("Take this photo off"))

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        found = standard_queries.get_characteristic(read, address["ident"])
        recorded = data_of(found).columns
        for name in ("decimals", "sample_size"):
            recorded[name] = None if recorded[name] is None else Decimal(recorded[name])
        self.show_values(
            {
                **recorded,
                "good_choices": choices_as_text(found.choices, good=True),
                "bad_choices": choices_as_text(found.choices, good=False),
                "position": Decimal(found.position),
                "version": found.standard.version,
            }
        )


class WithdrawForm(Form):
    """Why a standard ends without another in its place."""

    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])


class AddressForm(PlainForm):
    """A filter in the address."""

    class Meta:
        """Messages in the reader's language."""

        def get_translations(self, form: Any) -> Words:
            """Our own catalogue."""
            return Words()


class StandardFilterForm(AddressForm):
    """Which standards are shown."""

    item = ThingField(N_("Item"), of_item=True)
    kind = SelectField(N_("Inspection"), choices=words_of(KIND_NAMES, N_("All")), validate_choice=False)
    partner = ThingField(N_("Supplier or customer"))

    def chosen(self) -> standard_queries.StandardFilter:
        """The filter; what names nothing chooses nothing."""
        state, kind = request.args.get("state"), request.args.get("kind")
        return standard_queries.StandardFilter(
            item=self.item.data or None,
            partner=self.partner.data or None,
            kind=InspectionKind(kind) if kind in set(InspectionKind) else None,
            state=Revision(state) if state in set(Revision) else None,
        )
