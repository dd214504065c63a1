"""Forms of quality: the shape of what people type and choose."""

import re
from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
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
)
from mes.core.i18n import N_, _, own_name
from mes.core.sent import sent_files
from mes.core.work import Reader
from mes.partners.models import PartnerKind
from mes.partners.queries import partners_of_kind
from mes.quality import catalogue, queries
from mes.quality.finding import Finding, Mark
from mes.quality.models import Disposition
from mes.quality.rules import NEXT, disposition_name


class MarkField(StringField):
    """Where a finger pointed on the picture: two numbers of thousandths, ``420,610``. Anything else is no mark."""

    @property
    def mark(self) -> Mark | None:
        """The place, if one was touched."""
        found = re.fullmatch(r"(\d{1,4}),(\d{1,4})", self.data or "")
        return Mark(int(found[1]), int(found[2])) if found else None


class FindingFields(Form):
    """What can be told about defective pieces beside type and number."""

    cause_code = SelectField(N_("Cause"), default="")
    cause = TextAreaField(N_("Cause in words"), optional())
    note = TextAreaField(N_("Note"), optional())
    tool = NameField(N_("Mould or tool"), optional(100))
    cavity = NameField(N_("Cavity"), optional(100))
    mark = MarkField(N_("Place on the part"), optional())
    photos = MultipleFileField(N_("Photo"))

    def fill_causes(self, read: Reader) -> None:
        """Causes in use."""
        causes = catalogue.list_defect_causes(read, active=True)
        self.cause_code.choices = [("", _("Not known yet"))] + [(one.code, own_name(one)) for one in causes]

    @property
    def finding(self) -> Finding:
        """What was told."""
        told = {name: self[name].data or None for name in ("cause_code", "cause", "note", "tool", "cavity")}
        return Finding(photos=sent_files(self.photos.data), mark=self.mark.mark, **told)


class CodeNames(Form):
    """What a type of defect, or a cause, is called."""

    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("Name in English"), optional(200))
    name_vi = NameField(N_("Name in Vietnamese"), optional(200))
    group = NameField(N_("Group"), optional(100), render_kw={"list": "groups", "autocomplete": "off"})

    @property
    def columns(self) -> dict[str, Any]:
        """The names as they are stored: nothing for an empty field."""
        return {name: self[name].data or None for name in ("name_en", "name_vi", "group")} | {"name": self.name.data}


class CodeForm(CodeNames):
    """A new type of defect, or a new cause."""

    code = CodeField(N_("Code"), needed(), render_kw={"autofocus": True})


class CodeChangeForm(CodeNames):
    """A type of defect that exists: its code stays, it can be taken out of use."""

    active = BooleanField(N_("In use"))

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        found = catalogue.get_defect_code(read, address["code"])
        names = ("name", "name_en", "name_vi", "group", "active", "version")
        self.show_values({name: getattr(found, name) for name in names})

    @property
    def columns(self) -> dict[str, Any]:
        """The names, and whether it is in use."""
        return {**super().columns, "active": self.active.data}


class CauseChangeForm(CodeChangeForm):
    """A cause that exists: its code stays, it can be taken out of use."""

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        found = catalogue.get_defect_cause(read, address["code"])
        names = ("name", "name_en", "name_vi", "group", "active", "version")
        self.show_values({name: getattr(found, name) for name in names})


class CodePictureForm(Form):
    """What a type of defect looks like."""

    photo = FileField(N_("Photo"))


class DefectForm(FindingFields):
    """Defective pieces found on a lot or at a job."""

    of = ThingField(N_("Lot or job"), needed(), render_kw={"autofocus": True, "autocapitalize": "characters"})
    code = SelectField(N_("Defect code"), needed())
    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))

    def fill(self, read: Reader, **address: Any) -> None:
        """Codes and causes in use, and the lot or job that the address names."""
        self.fill_causes(read)
        codes = catalogue.list_defect_codes(read, active=True)
        self.code.choices = [("", _("Choose"))] + [(one.code, f"{own_name(one)} ({one.code})") for one in codes]
        if "of" in request.args:
            self.show_values({"of": request.args["of"]})


class DecisionForm(Form):
    """What becomes of defective pieces."""

    decision = RadioField(N_("Decision"), needed())
    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])
    take_out = BooleanField(N_("Take the pieces out of the lot's stock"), default=True)
    apart = BooleanField(N_("Make a lot of their own of the reworked pieces"), default=True)
    approved_by = NameField(N_("Approved by"), optional(100))

    def fill(self, read: Reader, **address: Any) -> None:
        """The decisions that may still be made, and the box for pieces that stand in a lot."""
        row = queries.get_defect(read, address["ident"])
        allowed = NEXT.get(row.defect.disposition, frozenset())
        self.decision.choices = [(one.value, disposition_name(one)) for one in Disposition if one in allowed]
        if row.defect.lot is None or row.defect.report_id is not None:
            del self.take_out, self.apart

    def ticked(self, name: str) -> bool:
        """Whether a box stands there and is ticked."""
        return name in self._fields and bool(self[name].data)


class SortingForm(Form):
    """The result of a sorting."""

    good = QuantityField(N_("Good after sorting"), needed())


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


#: What a defect can be looked for by, beside days.
NAMED = ("code", "item", "machine", "cause", "supplier", "person", "tool", "cavity")


class DefectFilterForm(FilterForm):
    """Which defects are shown."""

    code = SelectField(N_("Defect code"), validate_choice=False)
    machine = SelectField(N_("Machine"), validate_choice=False)
    cause = SelectField(N_("Cause"), validate_choice=False)
    supplier = SelectField(N_("Supplier"), validate_choice=False)
    person = SelectField(N_("Found by"), validate_choice=False)
    tool = NameField(N_("Mould or tool"), optional(100))
    cavity = NameField(N_("Cavity"), optional(100))

    def fill(self, read: Reader) -> None:
        """Codes, machines, causes, suppliers and people to choose from."""
        causes = [(one.code, own_name(one)) for one in catalogue.list_defect_causes(read)]
        suppliers = [(one.code, own_name(one)) for one in partners_of_kind(read, PartnerKind.SUPPLIER)]
        self.cause.choices = [("", _("All")), (queries.NONE, _("Not said")), *causes]
        self.supplier.choices = [("", _("All")), *suppliers]
        self.person.choices = [("", _("All")), *((name, name) for name in queries.list_people(read))]
        codes = [(one.code, own_name(one)) for one in catalogue.list_defect_codes(read)]
        machines = [(one.code, own_name(one)) for one in queries.list_machines(read)]
        self.code.choices = [("", _("All")), *codes]
        self.machine.choices = [("", _("All")), (queries.NONE, _("No machine")), *machines]

    def chosen(self) -> queries.DefectFilter:
        """The filter; what cannot be read is said at its field and chooses nothing."""
        self.validate()
        names = ("since", "until", *NAMED)
        args = request.args
        return queries.DefectFilter(
            **{name: self.value(name) for name in names},
            unit=args.get("unit") or None,
            lot=args.get("lot") or None,
            delivery=args.get("delivery") or None,
            disposition=word(Disposition, args.get("disposition")),
        )


def word(kind: Any, text: str | None) -> Any:
    """A word of a fixed list from an address; None for anything else."""
    return kind(text) if text in set(kind) else None
