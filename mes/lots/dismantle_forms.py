"""The form in which a machine is taken apart: one line for each lot that is in it."""

from typing import Any

from flask import request
from wtforms import HiddenField, ValidationError

from mes.core.forms import ReasonForm, read_quantity
from mes.core.i18n import N_, _
from mes.core.work import Reader
from mes.lots.dismantle_models import PartOutcome
from mes.lots.dismantle_rules import TakenOut
from mes.lots.forms import PlaceField

#: What a line of the form says about the lot whose code stands behind it.
OUTCOME, QUANTITY, NOTE = "outcome-", "quantity-", "note-"
LONGEST_NOTE = 200


class DismantleForm(ReasonForm):
    """Why, where the parts go, and for each part how much of it comes out in which state."""

    parts = HiddenField(default="1")
    location = PlaceField(N_("Place"))

    def fill(self, read: Reader, **address: Any) -> None:
        """Places to choose from."""
        self.location.offer(read, empty="-")

    def validate_parts(self, field: HiddenField) -> None:
        """Each line that is not left in the machine has a quantity."""
        self.taken: list[TakenOut] = []
        known = {one.value for one in PartOutcome}
        for name, value in request.form.items():
            if not name.startswith(OUTCOME) or value not in known or value == PartOutcome.LOST:
                continue
            code = name.removeprefix(OUTCOME)
            try:
                quantity = read_quantity(request.form.get(QUANTITY + code, ""))
            except ValueError as wrong:
                raise ValidationError(_("%(code)s: %(wrong)s", code=code, wrong=wrong)) from None
            note = request.form.get(NOTE + code, "").strip()[:LONGEST_NOTE]
            self.taken.append(TakenOut(code, quantity, PartOutcome(value), note or None))
