"""Forms of the pages of events."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from mes.core.forms import CodeField, Form, optional
from mes.core.i18n import N_
from mes.core.work import Reader
from mes.epcis.queries import own_number


class DocumentForm(Form):
    """A partner's document."""

    file = FileField(N_("File"), [FileRequired(N_("Choose a file."))])
    proceed = BooleanField(N_("Take in the good events where some are wrong"))


class NumberForm(Form):
    """The plant's number at GS1 as a place."""

    gln = CodeField(N_("Location number (GLN)"), optional(20), render_kw={"inputmode": "numeric"})

    def fill(self, read: Reader, **address: Any) -> None:
        """The number in force."""
        gln, version = own_number(read)
        self.show_values({"gln": gln, "version": version})
