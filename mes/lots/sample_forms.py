"""Forms of retained samples."""

from decimal import Decimal
from typing import Any

from wtforms import TextAreaField

from mes.core.forms import DayField, Form, Longest, NameField, QuantityField, ReasonForm, needed, optional
from mes.core.i18n import N_
from mes.core.work import Reader
from mes.items.models import Tracking
from mes.lots.forms import PlaceField
from mes.lots.queries import get_lot
from mes.lots.sample_queries import get_sample
from mes.lots.sample_rules import kept_until


class RetainForm(Form):
    """How much is put aside, where it lies and until when it is kept."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))
    keep_until = DayField(N_("Keep until"), optional())
    location = PlaceField(N_("Place"))
    note = NameField(N_("Note"), optional())

    def fill(self, read: Reader, **address: Any) -> None:
        """The day by the item's rule; a piece with a serial number is kept whole."""
        lot = get_lot(read, address["code"])
        self.location.offer(read, empty="-")
        if lot.item.tracking is Tracking.SERIAL:
            del self.quantity
        if not self.is_submitted() and self.keep_until.data is None:
            self.keep_until.data = kept_until(lot.item, lot)


class UseSampleForm(ReasonForm):
    """How much is taken for a test, what for, and what it gave if that is known."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))
    result = TextAreaField(N_("Test result"), optional(1000), render_kw={"rows": 2})


class ResultForm(Form):
    """What a test gave."""

    result = TextAreaField(N_("Test result"), [*needed(), Longest(max=1000)], render_kw={"rows": 2})


class DisposeSampleForm(Form):
    """Why; not asked for where its time is over."""

    reason = NameField(N_("Reason"), optional())


class KeepSampleForm(ReasonForm):
    """Until which other day, and why."""

    keep_until = DayField(N_("Keep until"), needed())

    def fill(self, read: Reader, **address: Any) -> None:
        """The day that is recorded."""
        if not self.is_submitted() and self.keep_until.data is None:
            self.keep_until.data = get_sample(read, address["code"]).keep_until
