"""Forms of the warehouse: quantities from the pad, a new count, reasons for differences."""

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from mes.core.forms import CodeField, DayField, Form, NameField, QuantityField, needed, optional, read_quantity
from mes.core.i18n import N_, _, own_name
from mes.core.scanning import named_code
from mes.core.work import Reader
from mes.equipment.models import Location
from mes.equipment.queries import list_coded
from mes.lots.forms import MOST_CONTAINERS, PlaceField
from mes.lots.receiving_rules import TooManyContainers
from mes.partners.models import PartnerKind
from mes.partners.queries import partners_of_kind
from mes.warehouse.count_models import CountScope

SCOPES = {
    CountScope.PLANT: N_("The whole plant"),
    CountScope.PLACES: N_("Some places"),
    CountScope.ITEMS: N_("Some items"),
}


class AmountForm(Form):
    """How much of a lot."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))

    def fill(self, read: Reader, **address: Any) -> None:
        """What is needed, as the page before said."""
        if not self.is_submitted():
            self.quantity.data = _told(request.args.get("need", ""))


class ArrivalForm(Form):
    """What has arrived of a scanned item; the supplier's label may have told its lot and its use-by date."""

    quantity = QuantityField(N_("Quantity in one container"), needed(), above=Decimal(0))
    containers = QuantityField(N_("Containers"), needed(), above=Decimal(0), default=Decimal(1))
    supplier = SelectField(N_("Supplier"))
    supplier_lot = CodeField(N_("Supplier's lot number"), optional(100))
    trace_number = CodeField(N_("Trace number of food"), optional(100))
    expires_on = DayField(N_("Use by"), optional())
    location = PlaceField(N_("Place"))

    def fill(self, read: Reader, **address: Any) -> None:
        """Suppliers and places, and what the scan told."""
        offered = partners_of_kind(read, PartnerKind.SUPPLIER)
        self.supplier.choices = [("", "-"), *((one.code, own_name(one)) for one in offered)]
        self.location.offer(read, empty="-")
        if not self.is_submitted():
            self.supplier_lot.data = request.args.get("lot", "")[:100]
            self.expires_on.data = _gs1_day(request.args.get("expires", ""))
            named = request.args.get("supplier", "")
            self.supplier.data = named if named in {one.code for one in offered} else ""
            self.quantity.data = _told(request.args.get("quantity", ""))

    def quantities(self) -> list[Decimal]:
        """One quantity for each container. Raises TooManyContainers."""
        count = self.containers.data
        if count != count.to_integral_value() or count > MOST_CONTAINERS:
            raise TooManyContainers(field="containers", most=MOST_CONTAINERS)
        return [self.quantity.data] * int(count)


def _told(text: str) -> Decimal | None:
    """A quantity of the address; None where none is told."""
    try:
        return read_quantity(text) if text else None
    except ValueError:
        return None


def _gs1_day(text: str) -> date | None:
    """A date as GS1 codes write it (YYMMDD; day 00 is the month's last)."""
    if not re.fullmatch(r"\d{6}", text):
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None


class FoundForm(Form):
    """How much of a lot was found; nothing is an answer, too."""

    quantity = QuantityField(N_("Quantity found"), needed())


class BeginLoadingForm(Form):
    """For whom something leaves, and under which order number of theirs."""

    customer = SelectField(N_("Customer"), needed())
    reference = CodeField(N_("Customer's order number"), optional(100))

    def fill(self, read: Reader, **address: Any) -> None:
        """Customers in use."""
        customers = [(one.code, own_name(one)) for one in partners_of_kind(read, PartnerKind.CUSTOMER)]
        self.customer.choices = [("", _("Choose")), *customers]


class BeginCountForm(Form):
    """What is counted, and how."""

    name = NameField(N_("Name of the count"), needed())
    scope = RadioField(N_("What is counted"), needed(), default=CountScope.PLANT.value)
    places = SelectMultipleField(N_("Places"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    items = TextAreaField(N_("Items"), optional(), render_kw={"rows": 3})
    blind = BooleanField(N_("Counters do not see what is expected"))
    tolerance = QuantityField(N_("A second person counts differences above"), needed(), default=Decimal(5))
    note = StringField(N_("Note"), optional())

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices."""
        self.scope.choices = [(value.value, _(word)) for value, word in SCOPES.items()]
        self.places.choices = [
            (one.code, f"{own_name(one)} ({one.code})") for one in list_coded(read, Location, active=True)
        ]

    def item_codes(self) -> list[str]:
        """The items that were named, one in a line."""
        typed = re.split(r"[\r\n,;\t]+", self.items.data or "")
        return [named_code(one.strip(), of_item=True) for one in typed if one.strip()]
