"""The form of a beginning: what is traced, or suspected."""

from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Optional

from mes.core.access import OFFICE
from mes.core.forms import Form, Longest, ThingField, needed, optional, words_of
from mes.core.i18n import N_
from mes.core.moments import MomentField
from mes.core.pages import guard
from mes.core.work import Reader
from mes.trace.beginnings import HOW_NAMES, LONGEST, Choice, How


class ChooseForm(Form):
    """What a trace or a recall begins with; the address may carry it."""

    how = SelectField(N_("What is suspected?"), choices=words_of(HOW_NAMES), coerce=How, default=How.CODES)
    of = TextAreaField(N_("Codes, one in a line"), [*needed(), Longest(max=LONGEST)], render_kw={"rows": 3})
    since = MomentField(N_("From this time"), [Optional()])
    until = MomentField(N_("Until this time"), [Optional()])
    item = ThingField(N_("Only of this item"), optional(64))
    only = HiddenField()

    def fill(self, read: Reader, **address: Any) -> None:
        """What the address asks for."""
        if not self.is_submitted():
            self.process(request.args)

    @property
    def choice(self) -> Choice:
        """What was chosen."""
        return Choice(
            self.how.data or How.CODES,
            str(self.of.data or ""),
            self.since.data,
            self.until.data,
            str(self.only.data or "") or None,
            str(self.item.data or "").strip() or None,
        )


def form_asked() -> ChooseForm:
    """The beginning that the address names, as a form."""
    form = ChooseForm(formdata=None)
    form.process(MultiDict(request.args))
    return form


def choice_asked() -> Choice:
    """The beginning that the address names; what a person made is told to the office alone. Raises NotAllowed."""
    choice = form_asked().choice
    if choice.how is How.PERSON:
        guard(OFFICE)
    return choice
