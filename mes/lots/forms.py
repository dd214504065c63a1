"""Forms of lots."""

import re
from decimal import Decimal
from typing import Any

from flask import request
from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from mes.core.forms import (
    CodeField,
    DayField,
    Form,
    NameField,
    QuantityField,
    ReasonForm,
    ThingField,
    needed,
    optional,
    read_quantity,
)
from mes.core.i18n import N_, _, own_name
from mes.core.i18n import number as shown
from mes.core.scanning import named_code
from mes.core.work import Reader
from mes.equipment.models import Location
from mes.equipment.queries import list_coded
from mes.lots.queries import get_lot, kin
from mes.lots.receiving_rules import TooManyContainers
from mes.lots.shipping_rules import NothingToShip
from mes.lots.stock import tracked_items
from mes.partners.models import PartnerKind
from mes.partners.queries import partners_of_kind

MOST_CONTAINERS = 500


class PlaceField(SelectField):
    """A place of the plant, by code."""

    def offer(self, read: Reader, *, empty: str | None = None) -> None:
        """All places in use."""
        places = [
            (place.code, f"{own_name(place)} ({place.code})") for place in list_coded(read, Location, active=True)
        ]
        self.choices = [("", empty), *places] if empty is not None else places


class ReceiveForm(Form):
    """Material that arrives: how much in how many containers."""

    item = ThingField(N_("Item"), needed(), of_item=True, render_kw={"list": "items", "autofocus": True})
    supplier = SelectField(N_("Supplier"))
    supplier_lot = CodeField(N_("Supplier's lot number"), optional(100))
    trace_number = CodeField(N_("Trace number of food"), optional(100))
    quantity = QuantityField(N_("Quantity in one container"), needed(), above=Decimal(0))
    containers = QuantityField(N_("Containers"), needed(), above=Decimal(0), default=Decimal(1))
    expires_on = DayField(N_("Use by"), optional())
    made_on = DayField(N_("Made on"), optional())
    location = PlaceField(N_("Place"))
    note = NameField(N_("Note"), optional())

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices."""
        self.items = tracked_items(read)
        suppliers = [(one.code, own_name(one)) for one in partners_of_kind(read, PartnerKind.SUPPLIER)]
        self.supplier.choices = [("", "-"), *suppliers]
        self.location.offer(read, empty="-")

    def quantities(self) -> list[Decimal]:
        """One quantity for each container. Raises TooManyContainers."""
        count = self.containers.data
        if count != count.to_integral_value() or count > MOST_CONTAINERS:
            raise TooManyContainers(field="containers", most=MOST_CONTAINERS)
        return [self.quantity.data] * int(count)


class QuantityForm(Form):
    """How much of a lot."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))


class MoveForm(Form):
    """Where a lot goes; a part of it becomes a lot of its own."""

    location = PlaceField(N_("Place"), needed())
    quantity = QuantityField(N_("Quantity"), optional(), above=Decimal(0))

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices."""
        self.location.offer(read, empty=_("Choose"))


class AdjustForm(ReasonForm):
    """What was counted, and why it differs; and how much there was when the page was opened."""

    counted = QuantityField(N_("Counted"), needed())
    seen = QuantityField(widget=HiddenInput())

    def fill(self, read: Reader, **address: Any) -> None:
        """What the page shows."""
        if request.method != "POST":
            self.show_left(get_lot(read, address["code"]).on_hand)

    def show_left(self, left: Decimal) -> None:
        """So much is shown now: the next save is made knowing that."""
        self.seen.data, self.seen.typed = left, ""


class DisposeForm(ReasonForm):
    """How much is thrown away or sent back, and why."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))


class HoldForm(ReasonForm):
    """Why a lot is put aside, and which lots that were one with it are put aside too: all of them, unless unticked."""

    also = SelectMultipleField(
        N_("Held with it"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )

    def fill(self, read: Reader, **address: Any) -> None:
        """The free lots that were split from it or poured together with it."""
        related = kin(read, [get_lot(read, address["code"]).id])
        self.also.choices = [
            (lot.code, f"{lot.code} · {shown(lot.on_hand)} {lot.item.unit}"
             + (f" · {own_name(lot.location)}" if lot.location else ""))
            for lot in related
        ]  # fmt: skip
        if request.method != "POST":  # then only what is ticked is held
            self.also.data = [lot.code for lot in related]


class TakeBackForm(ReasonForm):
    """Why a shipment, or one lot of it, is taken back."""

    lot = HiddenField()

    def fill(self, read: Reader, **address: Any) -> None:
        """The lot that was chosen on the page of the shipment."""
        if request.method == "GET":
            self.lot.data = request.args.get("lot", "")


class LiftForm(ReasonForm):
    """Which hold is lifted, and why."""

    hold = HiddenField()


class MergeForm(Form):
    """Codes of the lots that are poured together, one in a line."""

    codes = TextAreaField(N_("Lots"), needed())

    def lot_codes(self) -> list[str]:
        """The codes, in the order in which they were scanned."""
        return [named_code(code) for code in re.split(r"[ \t\r\n,;]+", str(self.codes.data).strip())]


class ShipForm(Form):
    """What leaves for whom: lot codes, one in a line, each with a quantity if not all of it goes."""

    customer = SelectField(N_("Customer"), needed())
    reference = CodeField(N_("Customer's order number"), optional(100))
    lines = TextAreaField(N_("Lots"), needed())
    note = NameField(N_("Note"), optional())

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices."""
        customers = [(one.code, own_name(one)) for one in partners_of_kind(read, PartnerKind.CUSTOMER)]
        self.customer.choices = [("", _("Choose")), *customers]
        if request.method == "GET":
            self.lines.data = "\n".join(request.args.getlist("lot"))

    def validate_lines(self, field: TextAreaField) -> None:
        """Each line is a code and perhaps a quantity."""
        self.shipped: list[tuple[str, Decimal | None]] = []
        for number, line in enumerate(re.split(r"\r?\n", str(field.data)), 1):
            words = [word for word in re.split(r"[ \t]+", line) if word]
            if len(words) > 2:
                raise ValidationError(_("Line %(number)s: a code and a quantity are expected.", number=number))
            if words:
                self.shipped.append(
                    (named_code(words[0]), _shipped_quantity(number, words[1]) if len(words) == 2 else None)
                )
        if not self.shipped:
            raise ValidationError(NothingToShip().sentence)


def _shipped_quantity(number: int, text: str) -> Decimal:
    try:
        return read_quantity(text)
    except ValueError as wrong:
        raise ValidationError(_("Line %(number)s: %(wrong)s", number=number, wrong=wrong)) from None
