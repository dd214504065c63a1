"""Forms of work orders."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from wtforms import RadioField, SelectField, TextAreaField

from mes.core.forms import DayField, Form, QuantityField, ThingField, needed, optional
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.items.models import Item
from mes.items.queries import item_meant
from mes.orders import queries
from mes.orders.models import LotRule, WorkOrder
from mes.orders.rules import PRIORITY_NAMES
from mes.orders.wishes import priority_name
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import partners_of_kind

NORMAL = 5


class OrderChangeForm(Form):
    """What may be changed on a draft; its item stays."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))
    due_on = DayField(N_("Due date"), needed())
    priority = SelectField(N_("Priority"), coerce=int, default=NORMAL)
    customer = SelectField(N_("Customer"))
    lot_rule = RadioField(N_("New lot"), default=LotRule.ORDER.value)
    note = TextAreaField(N_("Note"), optional())
    found: Item | None = None

    def fill(self, read: Reader, **address: Any) -> None:
        """Set the choices; show the order as it is recorded."""
        order = queries.get_order(read, address["code"]) if "code" in address else None
        self._offer(partners_of_kind(read, PartnerKind.CUSTOMER), order)
        if order is not None:
            self.found = order.item
            self.show_values(
                {
                    "quantity": order.quantity,
                    "due_on": order.due_on,
                    "priority": order.priority,
                    "customer": order.customer.code if order.customer else "",
                    "lot_rule": order.lot_rule.value,
                    "note": order.note,
                    "version": order.version,
                }
            )

    def _offer(self, customers: Iterable[Partner], order: WorkOrder | None) -> None:
        known = {partner.code: own_name(partner) for partner in customers}
        grades = {number: _(name) for number, name in PRIORITY_NAMES.items()}
        if order is not None:
            grades.setdefault(order.priority, priority_name(order.priority))
            if order.customer is not None:
                known.setdefault(order.customer.code, own_name(order.customer))
        self.customer.choices = [("", _("No customer: for stock")), *known.items()]
        self.priority.choices = sorted(grades.items())
        self.lot_rule.choices = [
            (LotRule.ORDER.value, _("One lot for the whole order")),
            (LotRule.REPORT.value, _("A lot for each report")),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes, without item and customer."""
        return {
            "quantity": self.quantity.data,
            "due_on": self.due_on.data,
            "priority": self.priority.data,
            "lot_rule": LotRule(self.lot_rule.data),
            "note": self.note.data or None,
        }


class OrderForm(OrderChangeForm):
    """A new work order."""

    item = ThingField(N_("Item"), needed(), of_item=True)

    def fill(self, read: Reader, **address: Any) -> None:
        """Set the choices, and look up the item for its unit."""
        super().fill(read, **address)
        self.found = item_meant(read, self.item.data or "")


class CopyForm(Form):
    """The same again: only how many and until when."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))
    due_on = DayField(N_("Due date"), needed())

    def fill(self, read: Reader, **address: Any) -> None:
        """As many as before; the day must be said anew."""
        self.show_values({"quantity": queries.get_order(read, address["code"]).quantity})

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {"quantity": self.quantity.data, "due_on": self.due_on.data}
