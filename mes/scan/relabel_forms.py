"""The form in which a lot gets another code."""

from typing import Any

from wtforms import HiddenField

from mes.core.forms import ReasonForm, ThingField, optional
from mes.core.i18n import N_
from mes.core.work import Reader
from mes.lots.code_rules import LONGEST_CODE
from mes.lots.queries import get_lot


class RelabelForm(ReasonForm):
    """The new code and why; ``seen`` is the code that the page showed."""

    code = ThingField(N_("New code"), optional(LONGEST_CODE))
    seen = HiddenField()

    def fill(self, read: Reader, **address: Any) -> None:
        """The code that the lot has now."""
        if not self.seen.data:
            self.seen.data = get_lot(read, address["code"]).code
