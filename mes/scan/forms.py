"""The form in which a supplier's barcode is taught."""

from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import BooleanField, SelectField, StringField

from mes.core.forms import CodeField, Form, Longest, NameField, ThingField, needed, optional, words_of
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.items.queries import get_named_item
from mes.partners.models import PartnerKind
from mes.partners.queries import get_partner, partners_of_kind
from mes.scan.models import SupplierBarcode
from mes.scan.patterns import DAY_FORMS, GS_WORD, Piece
from mes.scan.supplier_queries import get_barcode
from mes.scan.teaching import LONGEST_EXAMPLE

DELIMITERS: Mapping[str, str] = {
    "": N_("Nothing: the places are always the same"),
    ";": ";",
    ",": ",",
    "|": "|",
    "/": "/",
    "-": "-",
    "_": "_",
    "+": "+",
    "*": "*",
    "#": "#",
    ":": ":",
    " ": N_("A blank"),
    GS_WORD: N_("The separator GS"),
}
PLACES: Mapping[str, str] = {"0": "0", "1": "1", "2": "2", "3": "3", "4": "4"}
#: Fields that hold where a piece stands.
AT = tuple(f"{piece}_at" for piece in Piece)


class ExampleField(StringField):
    """A scanned text as it came, the separators with it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Only blanks around it fall away."""
        self.data = valuelist[0].strip(" \t\r\n") if valuelist else ""
        if len(self.data) > LONGEST_EXAMPLE:
            raise ValueError(_("This is more text than a label holds."))


class SupplierBarcodeForm(Form):
    """One example of a supplier's barcode, and where its pieces stand."""

    supplier = SelectField(N_("Supplier"), needed())
    name = NameField(N_("Which label"), [*needed(), Longest(max=100)])
    example = ExampleField(N_("Example"), needed())
    delimiter = SelectField(N_("Between the pieces stands"), choices=words_of(DELIMITERS))
    prefix = CodeField(N_("Every code begins with"), optional(60))
    item = ThingField(N_("Always this item"), optional(), of_item=True, render_kw={"list": "items"})
    item_at = CodeField(N_("Item"), optional(20))
    lot_at = CodeField(N_("Lot"), optional(20))
    quantity_at = CodeField(N_("Quantity"), optional(20))
    places = SelectField(N_("Decimals of the quantity"), choices=words_of(PLACES))
    use_by_at = CodeField(N_("Use by"), optional(20))
    made_on_at = CodeField(N_("Made on"), optional(20))
    day_form = SelectField(N_("Days are written"), choices=words_of({form: form for form in DAY_FORMS}))
    active = BooleanField(N_("In use"), default=True)

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices; for a new one the example that was scanned, for a known one what was taught."""
        learned = get_barcode(read, address["ident"]) if "ident" in address else None
        suppliers = {one.code: own_name(one) for one in partners_of_kind(read, PartnerKind.SUPPLIER)}
        if learned:
            suppliers.setdefault(learned.supplier.code, own_name(learned.supplier))
        self.supplier.choices = [("", "-"), *suppliers.items()]
        if learned:
            self._show(learned)
        elif request.method == "GET":
            self.show_values({"example": request.args.get("example", "")[:LONGEST_EXAMPLE], "active": True})

    def _show(self, learned: SupplierBarcode) -> None:
        names = ("name", "example", "delimiter", "prefix", "day_form", "active", "version", *AT)
        values: dict[str, Any] = {name: getattr(learned, name) for name in names}
        values |= {"supplier": learned.supplier.code, "item": learned.item.code if learned.item else ""}
        self.show_values(values | {"places": str(learned.places)})

    def columns(self, read: Reader) -> dict[str, Any]:
        """What is recorded. Raises NotFound for an item that is none."""
        named = str(self.item.data or "")
        plain = {name: getattr(self, name).data or None for name in AT}
        return plain | {
            "supplier_id": get_partner(read, self.supplier.data).id,
            "name": self.name.data,
            "example": self.example.data,
            "delimiter": self.delimiter.data or "",
            "prefix": self.prefix.data or "",
            "item_id": get_named_item(read, named).id if named else None,
            "places": int(self.places.data or 0),
            "day_form": self.day_form.data,
        }
