"""Forms about equipment."""

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.validators import NumberRange

from mes.core.forms import CodeField, Form, NameField, needed, optional, words_of
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.equipment import queries
from mes.equipment.models import Location, LocationKind, Machine, Station, StopReason, Tool, WorkCentre
from mes.equipment.rules import LOCATION_NAMES


def number_or_none(text: Any) -> int | None:
    """The id behind a choice; nothing chosen is None."""
    return int(text) if text not in (None, "", "None") else None


def choices_of(rows: Any, empty: str | None = None) -> list[tuple[Any, str]]:
    """Rows with code and name as choices."""
    named = [(row.id, f"{row.code} {own_name(row)}") for row in rows]
    return named if empty is None else [("", empty), *named]


class CodedForm(Form):
    """What all equipment has: code, name, and whether it is in use. ``columns`` are recorded as they are."""

    code = CodeField(N_("Code"), needed())
    name = NameField(N_("Name"), needed())
    active = BooleanField(N_("In use"), default=True)
    model: type[Any]
    columns: tuple[str, ...] = ("name",)

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices, and what is recorded; the code stays as it is."""
        self.offer(read)
        if "code" in address:
            thing = queries.get_thing(read, self.model, address["code"])
            self.show_values({name: getattr(thing, name) for name in (*self.columns, "active", "version")})
            del self.code

    def offer(self, read: Reader) -> None:
        """Set the choices."""

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use cases take it; empty text is none."""
        return {name: None if self[name].data == "" else self[name].data for name in self.columns}


class WorkCentreForm(CodedForm):
    """A line or area."""

    name_en = NameField(N_("English name"), optional())
    location_id = SelectField(N_("Its place"), coerce=number_or_none)
    model, columns = WorkCentre, ("name", "name_en", "location_id")

    def offer(self, read: Reader) -> None:
        """Places to choose from."""
        places = queries.list_coded(read, Location, active=True)
        self.location_id.choices = choices_of(places, _("None"))


class MachineForm(CodedForm):
    """A machine."""

    name_en = NameField(N_("English name"), optional())
    work_centre_id = SelectField(N_("Work centre"), needed(), coerce=number_or_none)
    model, columns = Machine, ("name", "name_en", "work_centre_id")

    def offer(self, read: Reader) -> None:
        """Work centres to choose from."""
        self.work_centre_id.choices = choices_of(queries.list_coded(read, WorkCentre, active=True), _("Choose"))


class ToolForm(CodedForm):
    """A mould or tool."""

    name_en = NameField(N_("English name"), optional())
    cavities = IntegerField(N_("Cavities"), [NumberRange(1, 1000)], default=1)
    model, columns = Tool, ("name", "name_en", "cavities")


class LocationForm(CodedForm):
    """A place where lots stand."""

    name_en = NameField(N_("English name"), optional())
    kind = SelectField(N_("Kind"), choices=words_of(LOCATION_NAMES), coerce=LocationKind)
    model, columns = Location, ("name", "name_en", "kind")


class StationForm(CodedForm):
    """A tablet of a work centre."""

    work_centre_id = SelectField(N_("Work centre"), needed(), coerce=number_or_none)
    model, columns = Station, ("name", "work_centre_id")

    def offer(self, read: Reader) -> None:
        """Work centres to choose from."""
        self.work_centre_id.choices = choices_of(queries.list_coded(read, WorkCentre, active=True), _("Choose"))


class StopReasonForm(CodedForm):
    """Why a machine stands still."""

    name_en = NameField(N_("English name"), optional())
    name_vi = NameField(N_("Vietnamese name"), optional())
    planned = BooleanField(N_("Planned"))
    model, columns = StopReason, ("name", "name_en", "name_vi", "planned")


class StopForm(Form):
    """A machine or work centre stands still from now on."""

    work_centre_id = SelectField(N_("Work centre"), needed(), coerce=number_or_none)
    machine_id = SelectField(N_("Machine"), coerce=number_or_none)
    reason_id = SelectField(N_("Reason"), needed(), coerce=number_or_none)
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres, machines and reasons to choose from."""
        self.work_centre_id.choices = choices_of(queries.list_coded(read, WorkCentre, active=True), _("Choose"))
        self.machine_id.choices = choices_of(queries.list_machines(read, active=True), _("The whole work centre"))
        self.reason_id.choices = choices_of(queries.list_coded(read, StopReason, active=True), _("Choose"))
