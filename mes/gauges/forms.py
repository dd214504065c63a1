"""Forms about measuring means: the shape of what is entered about gauges, calibrations and studies."""

from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf.file import FileField
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from mes.core.forms import CodeField, DayField, Form, Longest, NameField, QuantityField, needed, optional, words_of
from mes.core.i18n import N_, _, own_name
from mes.core.pages import this_day
from mes.core.sent import sent_file
from mes.core.work import Reader
from mes.equipment.forms import choices_of, number_or_none
from mes.equipment.models import WorkCentre
from mes.equipment.queries import list_coded
from mes.gauges import queries
from mes.gauges.models import GaugeState, Result, StudyKind
from mes.gauges.rules import MOST_MONTHS, RESULT_NAMES, STATE_NAMES, STUDY_NAMES
from mes.gauges.study_grid import MOST_OPERATORS, MOST_PARTS, MOST_TRIALS, names
from mes.people.models import Person
from mes.people.queries import list_people

_SHORT = [Optional(), Longest(max=100)]


class GaugeForm(Form):
    """A gauge. ``columns`` are recorded as they are; empty text is none."""

    code = CodeField(N_("Code"), optional(64))
    name = NameField(N_("Name"), needed(), render_kw={"autofocus": True})
    name_en = NameField(N_("English name"), optional())
    kind = NameField(N_("Type of gauge"), _SHORT, render_kw={"list": "gauge-kinds", "autocomplete": "off"})
    maker = NameField(N_("Maker"), _SHORT)
    serial = NameField(N_("Serial number"), _SHORT)
    lower = QuantityField(N_("Measures from"), [Optional()], least=None)
    upper = QuantityField(N_("to"), [Optional()], least=None)
    resolution = QuantityField(N_("Resolution"), [Optional()], above=Decimal(0))
    unit = StringField(N_("Unit"), optional(16))
    work_centre_id = SelectField(N_("Work centre"), coerce=number_or_none)
    place = NameField(N_("Where it is kept"), _SHORT)
    keeper_id = SelectField(N_("Responsible"), coerce=number_or_none)
    interval_months = IntegerField(N_("Calibrated every"), [Optional(), NumberRange(1, MOST_MONTHS)])
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})
    columns = (
        "name", "name_en", "kind", "maker", "serial", "lower", "upper", "resolution", "unit", "work_centre_id",
        "place", "keeper_id", "interval_months", "note",
    )  # fmt: skip

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices, and what is recorded; the code stays as it is."""
        gauge = queries.get_gauge(read, address["code"]) if "code" in address else None
        centre = read.get(WorkCentre, gauge.work_centre_id) if gauge and gauge.work_centre_id else None
        keeper = read.get(Person, gauge.keeper_id) if gauge and gauge.keeper_id else None
        self.work_centre_id.choices = choices_of(list_coded(read, WorkCentre, active=True), _("None"), kept=centre)
        people = [(one.id, own_name(one)) for one in list_people(read, active=True)]
        if keeper is not None and not keeper.active:
            people.append((keeper.id, own_name(keeper)))
        self.keeper_id.choices = [("", _("None")), *people]
        if gauge is not None:
            self.show_values({name: getattr(gauge, name) for name in (*self.columns, "version")})
            del self.code

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use cases take it."""
        return {name: None if self[name].data == "" else self[name].data for name in self.columns}


class CalibrationForm(Form):
    """One calibration."""

    done_on = DayField(N_("Calibrated on"), needed())
    lab = NameField(N_("By whom"), [*needed(), Longest(max=100)])
    result = RadioField(
        N_("Calibration result"), needed(), choices=words_of(RESULT_NAMES), coerce=Result, default=Result.PASS
    )
    error = QuantityField(N_("Error as found"), [Optional()], least=None)
    error_after = QuantityField(N_("Error afterwards"), [Optional()], least=None)
    certificate = NameField(N_("Certificate number"), _SHORT)
    next_due_on = DayField(N_("Next calibration, if the certificate says so"), [Optional()])
    file = FileField(N_("Certificate (PDF or picture)"))
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})

    def fill(self, read: Reader, **address: Any) -> None:
        """Today, until something else is typed."""
        queries.get_gauge(read, address["code"])
        self.show_values({"done_on": this_day(), "result": Result.PASS})

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use case takes it."""
        texts = {name: self[name].data or None for name in ("certificate", "note")}
        columns = ("done_on", "lab", "result", "error", "error_after", "next_due_on")
        return {**texts, **{name: self[name].data for name in columns}, "file": sent_file(self.file.data)}


class StateForm(Form):
    """In use, out of use or lost, and why."""

    state = RadioField(N_("State"), needed(), choices=words_of(STATE_NAMES), coerce=GaugeState)
    reason = NameField(N_("Reason"), needed())

    def fill(self, read: Reader, **address: Any) -> None:
        """The state as it is."""
        gauge = queries.get_gauge(read, address["code"])
        self.show_values({"state": gauge.state, "version": gauge.version})


class StudyForm(Form):
    """What a study is of, and how large it is."""

    kind = RadioField(
        N_("Study"), needed(), choices=words_of(STUDY_NAMES), coerce=StudyKind, default=StudyKind.GAUGE_RR
    )
    characteristic = NameField(N_("Characteristic"), needed())
    item_code = CodeField(N_("Item code"), optional(64))
    unit = StringField(N_("Unit"), optional(16))
    tolerance = QuantityField(N_("Tolerance (upper less lower limit)"), [Optional()], above=Decimal(0))
    parts = IntegerField(N_("Parts"), [*needed(), NumberRange(1, MOST_PARTS)])
    part_names = StringField(N_("Names of the parts"), optional(2000))
    operators = IntegerField(N_("Operators"), [*needed(), NumberRange(1, MOST_OPERATORS)])
    operator_names = StringField(N_("Names of the operators"), optional(500))
    trials = IntegerField(N_("Trials"), [*needed(), NumberRange(1, MOST_TRIALS)])
    good = NameField(N_("Word for a good piece"), _SHORT)
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})

    def fill(self, read: Reader, **address: Any) -> None:
        """The size that AIAG recommends; what the address says of the characteristic."""
        gauge = queries.get_gauge(read, address["code"])
        self.show_values(
            {
                "kind": StudyKind.GAUGE_RR,
                "characteristic": request.args.get("characteristic", "")[:200],
                "item_code": request.args.get("item", "")[:64],
                "unit": gauge.unit,
                "parts": 10,
                "operators": 3,
                "trials": 3,
            }
        )

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use case takes it."""
        return {
            "kind": self.kind.data,
            "characteristic": self.characteristic.data or "",
            "item_code": self.item_code.data or None,
            "unit": self.unit.data or None,
            "tolerance": self.tolerance.data,
            "parts": names(self.part_names.data or "", int(self.parts.data or 0)),
            "operators": names(self.operator_names.data or "", int(self.operators.data or 0)),
            "trials": self.trials.data,
            "good": self.good.data or None,
            "note": self.note.data or None,
        }


class GridForm(Form):
    """The sheet of a study: its cells are named by row and part, and read by ``study_grid.with_typed``."""

    def fill(self, read: Reader, **address: Any) -> None:
        """The study as it was when the sheet was opened."""
        self.show_values({"version": queries.get_study(read, address["code"]).version})


class PasteForm(Form):
    """A table copied from Excel."""

    table = TextAreaField(N_("Table"), needed(), render_kw={"rows": 12, "spellcheck": "false"})

    def fill(self, read: Reader, **address: Any) -> None:
        """The study as it was when the page was opened."""
        self.show_values({"version": queries.get_study(read, address["code"]).version})
