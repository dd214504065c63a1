"""Forms of check sheets and their lines."""

from decimal import Decimal
from typing import Any

from flask import request
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import NumberRange

from mes.core.errors import BadShape, NotFound
from mes.core.forms import CodeField, Form, NameField, QuantityField, needed, optional, read_quantity, words_of
from mes.core.i18n import N_, _
from mes.core.sent import sent_file
from mes.core.work import Reader
from mes.equipment import queries as equipment
from mes.equipment.forms import choices_of, number_or_none
from mes.equipment.models import WorkCentre
from mes.shifts import check_queries
from mes.shifts.check_models import AnswerKind, CheckItem, Every, OnFailure
from mes.shifts.check_rules import ANSWER_NAMES, EVERY_NAMES, FAILURE_NAMES
from mes.shifts.checks import Told

COLUMNS = ("name", "name_en", "work_centre_id", "machine_id", "every", "within_minutes", "on_failure")


class SheetForm(Form):
    """A check sheet."""

    code = CodeField(N_("Code"), needed())
    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("English name"), optional(200))
    work_centre_id = SelectField(N_("Work centre"), needed(), coerce=number_or_none)
    machine_id = SelectField(N_("Machine"), coerce=number_or_none)
    every = SelectField(N_("How often"), choices=words_of(EVERY_NAMES), coerce=Every, default=Every.DAY)
    within_minutes = IntegerField(N_("Overdue after"), [*needed(), NumberRange(0, 10080)], default=60)
    on_failure = SelectField(
        N_("When something is not in order"), choices=words_of(FAILURE_NAMES), coerce=OnFailure, default=OnFailure.CALL
    )
    active = BooleanField(N_("In use"), default=True)

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres and machines to choose from, and what is recorded; the code stays as it is."""
        sheet = check_queries.get_sheet(read, address["code"]) if "code" in address else None
        centre, machine = (sheet.work_centre, sheet.machine) if sheet else (None, None)
        centres, machines = (
            equipment.list_coded(read, WorkCentre, active=True),
            equipment.list_machines(read, active=True),
        )
        self.work_centre_id.choices = choices_of(centres, _("Choose"), kept=centre)
        self.machine_id.choices = choices_of(machines, _("The whole work centre"), kept=machine)
        if sheet is not None:
            self.show_values({name: getattr(sheet, name) for name in (*COLUMNS, "active", "version")})
            del self.code

    @property
    def columns(self) -> dict[str, Any]:
        """What was entered."""
        return {name: None if self[name].data == "" else self[name].data for name in COLUMNS}


class LineForm(Form):
    """One line of a sheet."""

    position = IntegerField(N_("Number"), [*needed(), NumberRange(1, 999)])
    name = NameField(N_("What is looked at"), needed())
    name_en = NameField(N_("The same in English"), optional(200))
    kind = SelectField(N_("Answer"), choices=words_of(ANSWER_NAMES), coerce=AnswerKind, default=AnswerKind.TICK)
    unit = NameField(N_("Unit"), optional(16))
    lower = QuantityField(N_("Lower limit"), optional(), least=None)
    upper = QuantityField(N_("Upper limit"), optional(), least=None)

    def fill(self, read: Reader, **address: Any) -> None:
        """The next number, or the line at the address."""
        items = check_queries.get_sheet(read, address["code"]).items
        if "number" in address:
            known = next((one for one in items if one.position == address["number"]), None)
            if known is None:
                raise NotFound(what=_("line"), code=str(address["number"]))
            names = ("position", "name", "name_en", "kind", "unit", "lower", "upper")
            self.show_values({name: getattr(known, name) for name in names})
            del self.position
        elif not self.is_submitted():
            self.position.data = max((one.position for one in items), default=0) + 1

    @property
    def columns(self) -> dict[str, Any]:
        """What was entered, without the number."""
        texts = {name: self[name].data or None for name in ("name_en", "unit")}
        return {
            "name": self.name.data, "kind": self.kind.data, "lower": self.lower.data, "upper": self.upper.data, **texts
        }  # fmt: skip


def told_of(items: list[CheckItem]) -> dict[int, Told]:
    """What was answered on the sheet that was sent, by the lines' ids. A line that asked something else when it was
    shown is not answered."""
    found = {}
    for item in items:
        if request.form.get(f"asked-{item.id}", item.asked) != item.asked:
            found[item.id] = Told()
            continue
        ok = request.form.get(f"ok-{item.id}")
        found[item.id] = Told(
            ok=None if ok not in ("yes", "no") else ok == "yes",
            value=_value(f"value-{item.id}"),
            photo=sent_file(request.files.get(f"photo-{item.id}")),
        )
    return found


def _value(name: str) -> Decimal | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return read_quantity(text)
    except ValueError as error:
        raise BadShape(fields=name) from error
