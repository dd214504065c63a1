"""The shape of a step of an operation as it is typed."""

from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.validators import NumberRange

from mes.core.forms import Form, Longest, NameField, QuantityField, needed, optional, words_of
from mes.core.i18n import N_
from mes.items.models import OperationStep, StepKind
from mes.items.step_rules import KIND_NAMES, LAST_POSITION
from mes.items.steps import StepData


class StepForm(Form):
    """One step of how an operation is done."""

    position = IntegerField(N_("Number"), [*needed(), NumberRange(1, LAST_POSITION)])
    name = TextAreaField(N_("What is done"), [*needed(), Longest(max=2000)], render_kw={"rows": 3})
    name_en = TextAreaField(N_("The same in English"), optional(2000), render_kw={"rows": 3})
    kind = RadioField(N_("The step"), choices=words_of(KIND_NAMES), default=StepKind.CHECK.value)
    unit = NameField(N_("Unit"), optional(16))
    lower = QuantityField(N_("Lower limit"), optional(), least=None)
    upper = QuantityField(N_("Upper limit"), optional(), least=None)
    required = BooleanField(N_("Nothing good is reported before it is done"), default=True)
    every_start = BooleanField(N_("It is done again after each start"))

    def show_step(self, step: OperationStep) -> None:
        """The step as it is recorded."""
        names = ("position", "name", "name_en", "unit", "lower", "upper", "required", "every_start")
        self.show_values({name: getattr(step, name) for name in names} | {"kind": step.kind.value})

    @property
    def step(self) -> StepData:
        """What was entered."""
        return StepData(
            position=int(self.position.data or 0),
            name=str(self.name.data).strip(),
            name_en=(self.name_en.data or "").strip() or None,
            kind=StepKind(self.kind.data),
            unit=self.unit.data or None,
            lower=self.lower.data,
            upper=self.upper.data,
            required=bool(self.required.data),
            every_start=bool(self.every_start.data),
        )
