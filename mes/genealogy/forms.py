"""What is typed when something is entered afterwards."""

from datetime import datetime
from typing import Any

from flask import request
from wtforms import SelectField, TextAreaField

from mes.core.forms import Form, Longest, NameField, QuantityField, ThingField, needed, optional
from mes.core.i18n import N_, _, own_name
from mes.core.moments import MomentField
from mes.core.types import SMALLEST
from mes.core.work import Reader
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import partners_of_kind
from mes.people.models import Person
from mes.people.queries import list_people

FEW_LINES = {"rows": 2}


class ReasonForm(Form):
    """Why it is said only now."""

    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)], render_kw=FEW_LINES)


class LateForm(ReasonForm):
    """When it happened, and why it is entered only now."""

    happened_at = MomentField(N_("When it happened"), needed())

    @property
    def moment(self) -> datetime:
        """The moment that was entered."""
        found = self.happened_at.data
        assert found is not None, "a form without it is never recorded"
        return found


class ConsumptionForm(LateForm):
    """What was really used for an order."""

    order = ThingField(N_("Work order"), needed())
    lot = ThingField(N_("Lot that was used"), needed())
    quantity = QuantityField(N_("Quantity"), needed(), least=SMALLEST)
    into = ThingField(N_("Went into lot"), optional(64))

    def fill(self, read: Reader, **address: Any) -> None:
        """What the list already knows."""
        if request.method == "GET":
            self.order.data, self.into.data = request.args.get("order", ""), request.args.get("into", "")


class ReceiptForm(LateForm):
    """When a lot really came, and from whom."""

    supplier = SelectField(N_("Supplier"), optional())
    supplier_lot = NameField(N_("Supplier's lot"), optional(100))

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices."""
        self._known = partners_of_kind(read, PartnerKind.SUPPLIER)
        self.supplier.choices = [("", _("As it is")), *((one.code, own_name(one)) for one in self._known)]

    @property
    def partner(self) -> Partner | None:
        """The supplier that was chosen."""
        return next((one for one in self._known if one.code == self.supplier.data), None)


class WorkerForm(ReasonForm):
    """Who worked on it."""

    person = SelectField(N_("Person"), needed())

    def fill(self, read: Reader, **address: Any) -> None:
        """Everybody, those who have left as well: it may be long ago."""
        self._known = list_people(read)
        self.person.choices = [("", _("Choose")), *((one.code, own_name(one)) for one in self._known)]

    @property
    def chosen(self) -> Person:
        """The person that was chosen."""
        return next(one for one in self._known if one.code == self.person.data)
