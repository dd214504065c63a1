"""The form in which goods that came back are recorded."""

import re
from decimal import Decimal
from typing import Any

from flask import request
from wtforms import HiddenField, RadioField, TextAreaField, ValidationError

from mes.core.forms import CodeField, NameField, ReasonForm, ThingField, needed, optional, read_quantity, words_of
from mes.core.i18n import N_, _
from mes.core.i18n import number as shown
from mes.core.scanning import named_code
from mes.core.work import Reader
from mes.lots.forms import PlaceField
from mes.lots.queries import find_lot, get_shipment
from mes.lots.return_models import ReturnCondition
from mes.lots.return_queries import away_on, quarantine
from mes.lots.return_rules import CONDITION_NAMES, MOST_BACK, Goods, NothingCameBack


class ReturnForm(ReasonForm):
    """What came back: labels, one in a line, each with a quantity if not all of it is back; in which condition, why."""

    lines = TextAreaField(N_("What came back"), needed())
    shipment = ThingField(N_("Shipment"), optional())
    condition = RadioField(
        N_("Condition"), choices=words_of(CONDITION_NAMES), coerce=ReturnCondition, default=ReturnCondition.UNKNOWN
    )
    reference = CodeField(N_("Customer's number of the return"), optional(100))
    location = PlaceField(N_("Place"))
    note = NameField(N_("Note"), optional())

    def fill(self, read: Reader, **address: Any) -> None:
        """Places to choose from; what was chosen on the page of a lot or shipment."""
        self.location.offer(read, empty="-")
        place = quarantine(read)
        if request.method != "GET":
            return
        self.location.data = place.code if place else ""
        self.shipment.data = request.args.get("shipment", "")
        chosen = request.args.getlist("lot")
        if self.shipment.data and not chosen:
            away = away_on(read, get_shipment(read, self.shipment.data).id)
            chosen = [f"{lot.code} {shown(left)}" for lot, left in away]
        self.lines.data = "\n".join(chosen)

    def validate_lines(self, field: TextAreaField) -> None:
        """Each line is a code and perhaps a quantity."""
        self.goods: list[tuple[str, Decimal | None]] = []
        for place, line in enumerate(re.split(r"\r?\n", str(field.data)), 1):
            words = [word for word in re.split(r"[ \t]+", line) if word]
            if len(words) > 2:
                raise ValidationError(_("Line %(number)s: a code and a quantity are expected.", number=place))
            if words:
                self.goods.append((named_code(words[0]), _quantity(place, words[1]) if len(words) == 2 else None))
        if not self.goods:
            raise ValidationError(NothingCameBack(most=MOST_BACK).sentence)

    def came_back(self) -> list[Goods]:
        """The lines as they are recorded."""
        shipment = self.shipment.data or None
        return [Goods(code, quantity, shipment, self.condition.data) for code, quantity in self.goods]


def _quantity(place: int, text: str) -> Decimal:
    try:
        return read_quantity(text)
    except ValueError as wrong:
        raise ValidationError(_("Line %(number)s: %(wrong)s", number=place, wrong=wrong)) from None


class UndoReturnForm(ReasonForm):
    """Why a return, or one lot of it, is undone."""

    lot = HiddenField()

    def fill(self, read: Reader, **address: Any) -> None:
        """The lot that was chosen on the page of the return."""
        if request.method == "GET":
            found = find_lot(read, request.args.get("lot", ""))
            self.lot.data = found.code if found else ""
