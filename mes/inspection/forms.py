"""Forms of inspection: the shape of what people measure and choose."""

from decimal import Decimal
from typing import Any

from flask import request
from wtforms import RadioField, SelectField, TextAreaField

from mes.core.forms import (
    Form,
    Longest,
    QuantityField,
    ThingField,
    needed,
    optional,
    words_of,
)
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.inspection import queries
from mes.inspection.models import Characteristic, InspectionKind, InspectionStandard, Nature, Verdict
from mes.inspection.open_queries import wanted_of
from mes.inspection.rules import KIND_NAMES
from mes.inspection.standard_queries import standard_of
from mes.inspection.tablet_rules import Need
from mes.inspection.typed import read_measurement
from mes.people.forms import SignedForm
from mes.quality.forms import FilterForm, word
from mes.quality.targets import find_target


class MeasurementField(QuantityField):
    """One reading, or a limit: any exact number, also below zero; left empty it stays missing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, keeping what was typed for when it is none."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = read_measurement(self.typed) if self.typed else None


class InspectionForm(Form):
    """One reading for each characteristic; the fields are made from the item's standard."""

    note = TextAreaField(N_("Note"), optional())
    measured: list[Characteristic]
    standard: InspectionStandard | None
    needs: list[Need]

    @property
    def by_piece(self) -> bool:
        """Whether several pieces are wanted, or choices: such an inspection is begun and taken piece by piece."""
        return any(need.pieces > 1 or need.characteristic.nature is Nature.ATTRIBUTE for need in self.needs)

    def fill(self, read: Reader, **address: Any) -> None:
        """A field for each thing that is measured; an empty one is a missing reading, not a good one."""
        target = find_target(read, address["code"])
        standard = standard_of(read, InspectionKind(address["kind"]), target.lot, target.job)
        self.measured = standard.characteristics if standard else []
        self.standard = standard
        self.needs = wanted_of(read, standard, target.lot) if standard else []
        for one in self.measured:
            name = f"reading_{one.id}"
            field = self.meta.bind_field(self, MeasurementField(own_name(one)), {"name": name, "prefix": ""})
            field.process(request.form if self.is_submitted() else None)
            self._fields[name] = field

    def reading(self, one: Characteristic) -> MeasurementField:
        """The field of a characteristic."""
        field: MeasurementField = self._fields[f"reading_{one.id}"]
        return field

    @property
    def readings(self) -> dict[int, Decimal]:
        """What was measured, by the characteristic's id; missing ones are left out."""
        typed = {one.id: self.reading(one).data for one in self.measured}
        return {ident: value for ident, value in typed.items() if value is not None}


class LotDecisionForm(SignedForm):
    """What becomes of a lot whose incoming inspection failed."""

    accept = RadioField(N_("Decision"), needed())
    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])

    def fill(self, read: Reader, **address: Any) -> None:
        """Two ways."""
        self.accept.choices = [("no", _("Reject the lot")), ("yes", _("Accept by concession"))]


class InspectionFilterForm(FilterForm):
    """Which inspections are shown."""

    lot = ThingField(N_("Lot"), optional())
    kind = SelectField(N_("Inspection"), choices=words_of(KIND_NAMES, N_("All")), validate_choice=False)

    def chosen(self) -> queries.InspectionFilter:
        """The filter; what cannot be read is said at its field and chooses nothing."""
        self.validate()
        return queries.InspectionFilter(
            **{name: self.value(name) for name in ("since", "until", "item", "lot")},
            kind=word(InspectionKind, request.args.get("kind")),
            verdict=word(Verdict, request.args.get("verdict")),
        )
