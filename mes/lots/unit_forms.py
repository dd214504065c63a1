"""Forms of boxes and pallets."""

import re
from typing import Any

from flask import request
from wtforms import RadioField, TextAreaField

from mes.core.forms import Form, NameField, needed, optional, words_of
from mes.core.i18n import N_
from mes.core.scanning import named_code
from mes.core.work import Reader
from mes.lots.forms import PlaceField
from mes.lots.packing_rules import MOST_ON_ONE, UNIT_NAMES, TooManyToPack
from mes.lots.unit_models import UnitKind
from mes.lots.unit_queries import units_by_code


def codes_in(text: str) -> list[str]:
    """The codes of a field into which somebody scanned, in their order. Raises TooManyToPack."""
    words = [word for word in re.split(r"[ \t\r\n,;]+", text.strip()) if word]
    if len(words) > MOST_ON_ONE:  # said before each is taken apart, which would take seconds
        raise TooManyToPack(field="content", count=len(words), most=MOST_ON_ONE)
    return [named_code(word).removeprefix("(00)") for word in words]


class ContentForm(Form):
    """What is put on a box or pallet: codes of lots and boxes, one in a line."""

    content = TextAreaField(N_("Lots and boxes"), needed())

    def parted(self, read: Reader) -> tuple[list[str], list[str]]:
        """The codes of lots, and those of boxes."""
        codes = codes_in(str(self.content.data or ""))
        units = units_by_code(read, codes)
        return [code for code in codes if code not in units], [code for code in codes if code in units]


class NewUnitForm(ContentForm):
    """A box or pallet and what is on it."""

    kind = RadioField(N_("Kind"), choices=words_of(UNIT_NAMES), coerce=UnitKind, default=UnitKind.PALLET)
    content = TextAreaField(N_("Lots and boxes"), optional(100_000))
    location = PlaceField(N_("Place"))
    note = NameField(N_("Note"), optional())

    def fill(self, read: Reader, **address: Any) -> None:
        """Places to choose from; the lots that were chosen on a page before."""
        self.location.offer(read, empty="-")
        if request.method == "GET":
            self.content.data = "\n".join(request.args.getlist("lot"))


class MoveUnitForm(Form):
    """Where a box or pallet goes."""

    location = PlaceField(N_("Place"))

    def fill(self, read: Reader, **address: Any) -> None:
        """Places to choose from."""
        self.location.offer(read)
