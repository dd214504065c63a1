"""Forms of the import page."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.validators import StopValidation

from mes.core.access import may
from mes.core.forms import CodeField, Form, optional
from mes.core.i18n import N_, _
from mes.core.pages import actor
from mes.core.work import Reader
from mes.exchange.kinds import KINDS


class Chosen:
    """A file must be chosen."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Say so in one sentence."""
        if not field.data:
            raise StopValidation(_("Choose a file."))


class UploadForm(Form):
    """A file, what kind of list it is, and what may be done on the way."""

    file = FileField(N_("File"), [Chosen()])
    kind = SelectField(N_("Kind of list"), default="")
    parent = CodeField(
        N_("Item of a one-level BOM"),
        optional(64),
        description=N_("Only if neither the file nor its name says whose BOM it is."),
    )
    create_missing = BooleanField(
        N_("Enter items that a BOM names and the plant does not know"),
        description=N_("Their kind is guessed; complete them on their pages afterwards."),
    )

    def fill(self, read: Reader, **address: Any) -> None:
        """The kinds that this person may import."""
        known = [(kind.name, _(kind.label)) for kind in KINDS.values() if may(actor(), kind.who)]
        self.kind.choices = [("", _("See from the headings")), *known]
