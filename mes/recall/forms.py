"""Forms of recalls."""

from wtforms import BooleanField, StringField, TextAreaField

from mes.core.forms import Form, Longest, NameField, QuantityField, ThingField, needed, optional
from mes.core.i18n import N_
from mes.trace.forms import ChooseForm

LONG = [*needed(), Longest(max=2000)]


class BeginForm(ChooseForm):
    """Begin a recall of what was chosen."""

    title = NameField(N_("Title of the recall"), needed())
    reason = TextAreaField(N_("Reason"), LONG, render_kw={"rows": 2})
    drill = BooleanField(N_("This is a drill (mock recall): nothing is held"))


class CollectForm(Form):
    """A lot that was found."""

    lot = ThingField(N_("Lot"), needed())
    quantity = QuantityField(N_("Quantity found"), optional())
    note = NameField(N_("Note"), optional(200))


class AnswerForm(Form):
    """What a customer answered."""

    answer = StringField(N_("Answer of the customer"), [*needed(), Longest(max=500)])
    returned = NameField(N_("What comes back"), optional(100))
