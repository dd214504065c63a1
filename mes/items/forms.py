"""Forms about items, bills of material and routings."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from mes.core.forms import (
    CodeField,
    DayField,
    Form,
    Longest,
    NameField,
    QuantityField,
    ThingField,
    needed,
    optional,
    words_of,
)
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.equipment.models import WorkCentre
from mes.equipment.queries import list_coded
from mes.items import queries
from mes.items.boms import BomLineData
from mes.items.by_products import ByProductData
from mes.items.customer_parts import get_customer_part
from mes.items.models import BomLine, Consumption, Item, ItemKind, Operation, SampleFrom, Tracking
from mes.items.routings import OperationData, operation_at
from mes.items.rules import CONSUMPTION_NAMES, KIND_NAMES, TRACKING_NAMES, CodeNotKnown, ItemNotKnown
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import partners_of_kind

#: A field that offers items while somebody types: the list is fetched as the text changes.
SUGGESTS = {
    "list": "items-suggested",
    "autocomplete": "off",
    "hx-get": "/suggest/items",
    "hx-trigger": "input changed delay:150ms, focus once",
    "hx-target": "#items-suggested",
}

SAMPLE_FROM_NAMES = {
    SampleFrom.USE_BY: N_("The use-by date"),
    SampleFrom.MADE: N_("The day it was made"),
}


class ItemForm(Form):
    """An item."""

    code = CodeField(N_("Code"), needed())
    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("English name"), optional())
    spec = NameField(N_("Specification"), optional())
    kind = SelectField(N_("Kind"), choices=words_of(KIND_NAMES), coerce=ItemKind)
    unit = StringField(N_("Unit"), [*needed(), Longest(max=16)], render_kw={"list": "units", "maxlength": 16})
    tracking = RadioField(N_("Tracking"), choices=words_of(TRACKING_NAMES), coerce=Tracking, default=Tracking.LOT)
    shelf_life_days = IntegerField(N_("Shelf life"), [Optional(), NumberRange(1, 36500)])
    allergens = NameField(N_("Allergens"), optional())
    gtin = CodeField(N_("GTIN (bar code number)"), optional(14))
    storage = NameField(N_("Storage"), optional(200))
    origin = NameField(N_("Origin"), optional(200))
    net_content = NameField(N_("Net content"), optional(60))
    ingredients = TextAreaField(N_("Ingredients"), optional(2000), render_kw={"rows": 3})
    licence = NameField(N_("Report or licence number"), optional(60))
    safety_stock = QuantityField(N_("Safety stock"), optional())
    unit_cost = QuantityField(N_("Unit cost"), optional(), above=Decimal(0))
    box_quantity = QuantityField(N_("Quantity per box"), optional())
    sample_days = IntegerField(N_("Samples are kept for"), [Optional(), NumberRange(1, 36500)])
    sample_from = SelectField(
        N_("Counted from"),
        choices=words_of(SAMPLE_FROM_NAMES, "-"),
        coerce=lambda said: SampleFrom(said) if said else None,
    )
    inspect_incoming = BooleanField(N_("Each delivery is inspected before use"))
    active = BooleanField(N_("In use"), default=True)

    columns = (
        "name", "name_en", "spec", "kind", "unit", "tracking", "shelf_life_days", "allergens", "gtin",
        "storage", "origin", "net_content", "ingredients", "licence", "safety_stock", "box_quantity", "unit_cost",
        "inspect_incoming", "sample_days", "sample_from",
    )  # fmt: skip

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded of an item; the code stays as it is."""
        if "code" not in address:
            return
        item = queries.get_item(read, address["code"])
        self.show_values({name: getattr(item, name) for name in (*self.columns, "active", "version")})
        del self.code

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use cases take it; empty text is none."""
        return {name: None if self[name].data == "" else self[name].data for name in self.columns}


class CustomerPartForm(Form):
    """What a customer calls an item."""

    item = ThingField(N_("Item"), needed(), of_item=True, render_kw={**SUGGESTS, "autofocus": True})
    partner = SelectField(N_("Customer"), needed())
    code = CodeField(N_("Customer's part number"), needed())
    name = NameField(N_("Customer's name of it"), optional())
    unit = StringField(N_("Customer's unit"), optional(16), render_kw={"maxlength": 16})
    pack_size = QuantityField(N_("Quantity in one pack"), optional(), above=Decimal(0))

    def fill(self, read: Reader, **address: Any) -> None:
        """Customers to choose from, or the line that is changed: its item and customer stay."""
        if "ident" in address:
            part = get_customer_part(read, address["ident"])
            self.show_values({name: getattr(part, name) for name in ("code", "name", "unit", "pack_size")})
            del self.item, self.partner
            return
        customers = [(one.code, own_name(one)) for one in partners_of_kind(read, PartnerKind.CUSTOMER)]
        self.partner.choices = [("", _("Choose")), *customers]
        if request.method == "GET":
            self.show_values({name: request.args.get(name, "")[:64] for name in ("item", "partner")})

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use case takes it."""
        return {
            "code": str(self.code.data),
            "name": self.name.data or None,
            "unit": (self.unit.data or "").strip() or None,
            "pack_size": self.pack_size.data,
        }


class PictureForm(Form):
    """A photo of an item."""

    photo = FileField(N_("Photo"), [FileRequired(N_("Choose a photo first."))])


class DrawingForm(Form):
    """A drawing of an item."""

    drawing = FileField(N_("Drawing"), [FileRequired(N_("Choose a drawing first."))])


class UnitForm(Form):
    """Another unit of an item."""

    unit = StringField(N_("Unit"), [*needed(), Longest(max=16)], render_kw={"maxlength": 16})
    factor = QuantityField(N_("Is as much as"), needed(), above=Decimal(0))


class BomHeadForm(Form):
    """What a draft is for, and from when."""

    valid_from = DayField(N_("Valid from"), [Optional()])
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})


class BomLineForm(Form):
    """One component of a product."""

    component = ThingField(N_("Component"), needed(), of_item=True, render_kw=SUGGESTS)
    quantity = QuantityField(N_("Quantity for one piece"), needed(), above=Decimal(0))
    scrap_percent = QuantityField(N_("Expected loss"), optional(), default=Decimal(0))
    operation = IntegerField(N_("Consumed at operation"), [Optional(), NumberRange(1, 9999)])
    consumption = RadioField(
        N_("How it is taken"), choices=words_of(CONSUMPTION_NAMES), coerce=Consumption, default=Consumption.SCAN
    )
    substitutes = StringField(N_("Substitutes"), optional(), render_kw={"autocomplete": "off"})
    reference = NameField(N_("Reference"), optional())
    phantom = BooleanField(N_("Phantom: its own components take its place"))

    def show_line(self, line: BomLine) -> None:
        """The line as it is recorded."""
        columns = ("quantity", "scrap_percent", "operation", "consumption", "reference", "phantom")
        values = {name: getattr(line, name) for name in columns}
        substitutes = ", ".join(other.item.code for other in line.substitutes)
        self.show_values(values | {"component": line.component.code, "substitutes": substitutes})

    def line(self, read: Reader) -> BomLineData:
        """What was entered. Raises ItemNotKnown, CodeNotKnown."""
        return BomLineData(
            component=_meant(read, self.component),
            quantity=self.quantity.data,
            scrap_percent=self.scrap_percent.data or Decimal(0),
            operation=self.operation.data,
            consumption=self.consumption.data,
            phantom=bool(self.phantom.data),
            reference=self.reference.data or None,
            substitutes=find_all(read, str(self.substitutes.data or ""), "substitutes"),
        )


class ByProductForm(Form):
    """What also comes out."""

    by_product = ThingField(N_("By-product"), needed(), of_item=True, render_kw=SUGGESTS)
    amount = QuantityField(N_("Comes out with one piece"), needed(), above=Decimal(0))
    at = IntegerField(N_("Comes out at operation"), [Optional(), NumberRange(1, 9999)])

    def row(self, read: Reader) -> ByProductData:
        """What was entered. Raises ItemNotKnown."""
        return ByProductData(item=_meant(read, self.by_product), quantity=self.amount.data, operation=self.at.data)


def find_all(read: Reader, text: str, field: str) -> list[Item]:
    """The items of a list of codes separated by commas. Raises CodeNotKnown naming the first unknown one."""
    codes = [code.strip() for code in text.replace(";", ",").split(",") if code.strip()]
    known = queries.find_items(read, codes)
    return [_named_or_known(read, known, code, field) for code in codes]


def _named_or_known(read: Reader, known: Mapping[str, Item], code: str, field: str) -> Item:
    found = known.get(code) or queries.item_meant(read, code)
    if found is None:
        raise CodeNotKnown(field=field, code=code)
    return found


def _meant(read: Reader, field: ThingField) -> Item:
    """The item typed into a field: by code, bar code number, or a name that only one has. Raises ItemNotKnown."""
    found = queries.item_meant(read, str(field.data))
    if found is None:
        raise ItemNotKnown(field=field.name, text=str(field.data)[:60])
    return found


class OperationForm(Form):
    """One step of a routing."""

    sequence = IntegerField(N_("Number"), [*needed(), NumberRange(1, 9999)])
    code = CodeField(N_("Code"), optional(100))
    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("English name"), optional())
    work_centre = SelectField(N_("Work centre"))
    setup_minutes = QuantityField(N_("Set-up time"), optional())
    cycle_seconds = QuantityField(N_("Time per piece"), optional())
    outsourced = BooleanField(N_("Done by a subcontractor"))
    subcontractor = SelectField(N_("Subcontractor"))
    inspected = BooleanField(N_("The first piece is inspected before more is reported"))
    instruction = TextAreaField(N_("Work instruction"), optional(10000), render_kw={"rows": 4})

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres and subcontractors to choose from. What is recorded stays a choice when it is out of use: else
        the form would show another one, and save it unseen."""
        self.centres = {str(row.id): row for row in list_coded(read, WorkCentre, active=True)}
        self.partners = {str(row.id): row for row in partners_of_kind(read, PartnerKind.SUBCONTRACTOR)}
        if "sequence" in address:
            item = queries.get_item(read, address["code"])
            known = operation_at(queries.get_routing(read, item.id, address["revision"]), address["sequence"])
            self.centres.setdefault(str(known.work_centre_id), known.work_centre)
            if known.subcontractor is not None:
                self.partners.setdefault(str(known.subcontractor_id), known.subcontractor)
        self.work_centre.choices = _named(self.centres.values())
        self.subcontractor.choices = [("", _("None")), *_named(self.partners.values())]

    def show_operation(self, step: Operation) -> None:
        """The step as it is recorded."""
        columns = (
            "sequence", "code", "name", "name_en", "setup_minutes", "cycle_seconds", "outsourced", "inspected",
            "instruction",
        )  # fmt: skip
        chosen = {"work_centre": str(step.work_centre_id), "subcontractor": str(step.subcontractor_id or "")}
        self.show_values({name: getattr(step, name) for name in columns} | chosen)

    @property
    def step(self) -> OperationData:
        """What was entered."""
        return OperationData(
            sequence=int(self.sequence.data or 0),
            code=self.code.data or None,
            name=str(self.name.data),
            name_en=self.name_en.data or None,
            work_centre=self.centres[self.work_centre.data],
            setup_minutes=self.setup_minutes.data,
            cycle_seconds=self.cycle_seconds.data,
            outsourced=bool(self.outsourced.data),
            subcontractor=self.partners.get(self.subcontractor.data),
            inspected=bool(self.inspected.data),
            instruction=self.instruction.data or None,
        )


def _named(rows: Iterable[WorkCentre | Partner]) -> list[tuple[str, str]]:
    return [(str(row.id), f"{row.code} {own_name(row)}") for row in rows]
