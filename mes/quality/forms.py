"""Forms of quality: the shape of what people type and choose."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms import Form as PlainForm

from mes.core.forms import (
    CodeField,
    DayField,
    Form,
    Longest,
    NameField,
    QuantityField,
    ThingField,
    Words,
    needed,
    optional,
    read_quantity,
    words_of,
)
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.quality import inspection_queries, queries
from mes.quality.models import Characteristic, Disposition, InspectionKind, Verdict
from mes.quality.rules import KIND_NAMES, NEXT, disposition_name

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


def read_measurement(text: str) -> Decimal:
    """A measured value from what a person typed: ``-0.05``. Raises ValueError with a plain sentence.

    A comma is refused unless it can only separate thousands (``1,234.5``, ``1,234,567``): "1,5" may be 1.5 or 15, and
    "1,234" may be 1.234 or 1234; a wrong guess would turn a bad piece into a good one.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if "," in plain and not (_GROUPED.fullmatch(plain) and (plain.count(",") > 1 or "." in plain)):
        raise ValueError(_("%(text)s can be read in two ways. Type it with a dot and without a comma.", text=text[:40]))
    return read_quantity(plain)


class MeasurementField(QuantityField):
    """One reading, or a limit: any exact number, also below zero; left empty it stays missing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, keeping what was typed for when it is none."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = read_measurement(self.typed) if self.typed else None


def photo_bytes(field: FileField) -> bytes | None:
    """What was sent as a photo; None when none was chosen (an empty file is sent, and refused later)."""
    sent = field.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    sent.seek(0)  # an act that waited for a lock is tried again from its beginning
    raw: bytes = sent.read()
    return raw


class CodeNames(Form):
    """What a type of defect is called."""

    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("Name in English"), optional(200))
    name_vi = NameField(N_("Name in Vietnamese"), optional(200))
    group = NameField(N_("Group"), optional(100), render_kw={"list": "groups", "autocomplete": "off"})

    @property
    def columns(self) -> dict[str, Any]:
        """The names as they are stored: nothing for an empty field."""
        return {name: self[name].data or None for name in ("name_en", "name_vi", "group")} | {"name": self.name.data}


class CodeForm(CodeNames):
    """A new type of defect."""

    code = CodeField(N_("Code"), needed(), render_kw={"autofocus": True})


class CodeChangeForm(CodeNames):
    """A type of defect that exists: its code stays, it can be taken out of use."""

    active = BooleanField(N_("In use"))

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        found = queries.get_defect_code(read, address["code"])
        names = ("name", "name_en", "name_vi", "group", "active", "version")
        self.show_values({name: getattr(found, name) for name in names})

    @property
    def columns(self) -> dict[str, Any]:
        """The names, and whether it is in use."""
        return {**super().columns, "active": self.active.data}


class DefectForm(Form):
    """Defective pieces found on a lot or at a job."""

    of = ThingField(N_("Lot or job"), needed(), render_kw={"autofocus": True, "autocapitalize": "characters"})
    code = SelectField(N_("Defect code"), needed())
    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))
    cause = TextAreaField(N_("Cause"), optional())
    note = TextAreaField(N_("Note"), optional())
    photo = FileField(N_("Photo"))

    def fill(self, read: Reader, **address: Any) -> None:
        """Codes in use, and the lot or job that the address names."""
        codes = queries.list_defect_codes(read, active=True)
        self.code.choices = [("", _("Choose"))] + [(one.code, f"{own_name(one)} ({one.code})") for one in codes]
        if "of" in request.args:
            self.show_values({"of": request.args["of"]})


class DecisionForm(Form):
    """What becomes of defective pieces."""

    decision = RadioField(N_("Decision"), needed())
    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])
    take_out = BooleanField(N_("Take the pieces out of the lot's stock"), default=True)

    def fill(self, read: Reader, **address: Any) -> None:
        """The decisions that may still be made, and the box for pieces that stand in a lot."""
        row = queries.get_defect(read, address["ident"])
        allowed = NEXT.get(row.defect.disposition, frozenset())
        self.decision.choices = [(one.value, disposition_name(one)) for one in Disposition if one in allowed]
        if row.defect.lot is None or row.defect.report_id is not None:
            del self.take_out

    @property
    def takes_out(self) -> bool:
        """Whether scrapped or returned pieces leave the stock."""
        return "take_out" in self._fields and bool(self.take_out.data)


class Limits(Form):
    """What is measured, with its limits."""

    name = NameField(N_("Characteristic"), needed(), render_kw={"autofocus": True})
    name_en = NameField(N_("Name in English"), optional(200))
    unit = NameField(N_("Unit"), optional(16))
    lower = MeasurementField(N_("Lower limit"), optional())
    nominal = MeasurementField(N_("Nominal"), optional())
    upper = MeasurementField(N_("Upper limit"), optional())

    @property
    def columns(self) -> dict[str, Any]:
        """What is stored: nothing for an empty field."""
        texts = {name: self[name].data or None for name in ("name_en", "unit")}
        return {**texts, "name": self.name.data} | {n: self[n].data for n in ("nominal", "lower", "upper")}


class CharacteristicForm(Limits):
    """A new characteristic."""

    kind = SelectField(N_("Inspection"), needed(), choices=words_of(KIND_NAMES))

    def fill(self, read: Reader, **address: Any) -> None:
        """The kind that the address names."""
        self.show_values({"kind": request.args.get("kind", InspectionKind.INCOMING.value)})


class CharacteristicChangeForm(Limits):
    """A characteristic that exists: its kind stays, its place in the list and its use can change."""

    position = QuantityField(N_("Place in the list"), needed(), least=Decimal(1))
    active = BooleanField(N_("In use"))

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        found = inspection_queries.get_characteristic(read, address["ident"])
        names = ("name", "name_en", "unit", "nominal", "lower", "upper", "active", "version")
        self.show_values({**{name: getattr(found, name) for name in names}, "position": Decimal(found.position)})

    @property
    def columns(self) -> dict[str, Any]:
        """What is stored, with place and use."""
        return {**super().columns, "position": int(self.position.data), "active": self.active.data}


class InspectionForm(Form):
    """One reading for each characteristic; the fields are made from the item's standard."""

    note = TextAreaField(N_("Note"), optional())
    measured: list[Characteristic]

    def fill(self, read: Reader, **address: Any) -> None:
        """A field for each thing that is measured; an empty one is a missing reading, not a good one."""
        target = inspection_queries.find_target(read, address["code"])
        self.measured = inspection_queries.characteristics_of(read, target.item.id, InspectionKind(address["kind"]))
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


class LotDecisionForm(Form):
    """What becomes of a lot whose incoming inspection failed."""

    accept = RadioField(N_("Decision"), needed())
    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])

    def fill(self, read: Reader, **address: Any) -> None:
        """Two ways."""
        self.accept.choices = [("no", _("Reject the lot")), ("yes", _("Accept by concession"))]


class FilterForm(PlainForm):
    """Base of the filters of a list: read from the address, never recorded."""

    since = DayField(N_("From"), optional())
    until = DayField(N_("To"), optional())
    item = ThingField(N_("Item code"), optional(), of_item=True)

    class Meta:
        """Messages of the library in the reader's language."""

        def get_translations(self, form: Any) -> Words:
            """Our own catalogue instead of the library's."""
            return Words()

    def value(self, name: str) -> Any:
        """A field's value; None where nothing, or nothing readable, was chosen."""
        field = self._fields[name]
        return None if field.errors else (field.data or None)


class DefectFilterForm(FilterForm):
    """Which defects are shown."""

    code = SelectField(N_("Defect code"), validate_choice=False)
    machine = SelectField(N_("Machine"), validate_choice=False)

    def fill(self, read: Reader) -> None:
        """Codes and machines to choose from."""
        codes = [(one.code, own_name(one)) for one in queries.list_defect_codes(read)]
        machines = [(one.code, own_name(one)) for one in queries.list_machines(read)]
        self.code.choices = [("", _("All")), *codes]
        self.machine.choices = [("", _("All")), (queries.NONE, _("No machine")), *machines]

    def chosen(self) -> queries.DefectFilter:
        """The filter; what cannot be read is said at its field and chooses nothing."""
        self.validate()
        names = ("since", "until", "code", "item", "machine")
        args = request.args
        return queries.DefectFilter(
            **{name: self.value(name) for name in names},
            unit=args.get("unit") or None,
            lot=args.get("lot") or None,
            disposition=word(Disposition, args.get("disposition")),
        )


class InspectionFilterForm(FilterForm):
    """Which inspections are shown."""

    lot = ThingField(N_("Lot"), optional())
    kind = SelectField(N_("Inspection"), choices=words_of(KIND_NAMES, N_("All")), validate_choice=False)

    def chosen(self) -> inspection_queries.InspectionFilter:
        """The filter; what cannot be read is said at its field and chooses nothing."""
        self.validate()
        return inspection_queries.InspectionFilter(
            **{name: self.value(name) for name in ("since", "until", "item", "lot")},
            kind=word(InspectionKind, request.args.get("kind")),
            verdict=word(Verdict, request.args.get("verdict")),
        )


def word(kind: Any, text: str | None) -> Any:
    """A word of a fixed list from an address; None for anything else."""
    return kind(text) if text in set(kind) else None
