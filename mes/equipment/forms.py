"""Forms about equipment."""

from typing import Any

from flask import request
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from mes.core.forms import CodeField, Form, NameField, needed, optional, row_number, words_of
from mes.core.i18n import N_, _, own_name
from mes.core.moments import MomentField, moment_asked, next_minute
from mes.core.pages import mes
from mes.core.work import Reader
from mes.equipment import queries, stop_queries
from mes.equipment.models import Location, LocationKind, Machine, Station, StopReason, Tool, WorkCentre
from mes.equipment.rules import LOCATION_NAMES


def number_or_none(text: Any) -> int | None:
    """The id behind a choice; nothing chosen is None."""
    return int(text) if text not in (None, "", "None") else None


def choices_of(rows: Any, empty: str | None = None, *, kept: Any = None) -> list[tuple[Any, str]]:
    """Rows with code and name as choices. ``kept``: what is recorded stays a choice when it is out of use; else the
    form would show another one, and whoever changes the name would save that one unseen."""
    named = [(row.id, f"{row.code} {own_name(row)}") for row in rows]
    if kept is not None and kept.id not in {ident for ident, _name in named}:
        named.append((kept.id, f"{kept.code} {own_name(kept)} ({_('no longer in use')})"))
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
        thing = queries.get_thing(read, self.model, address["code"]) if "code" in address else None
        self.offer(read, thing)
        if thing is not None:
            self.show_values({name: getattr(thing, name) for name in (*self.columns, "active", "version")})
            del self.code

    def offer(self, read: Reader, thing: Any) -> None:
        """Set the choices; ``thing``: what is changed, or nothing."""

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use cases take it; empty text is none."""
        return {name: None if self[name].data == "" else self[name].data for name in self.columns}


class WorkCentreForm(CodedForm):
    """A line or area."""

    name_en = NameField(N_("English name"), optional())
    skill = NameField(N_("Training asked for"), optional(100))
    location_id = SelectField(N_("Its place"), coerce=number_or_none)
    model, columns = WorkCentre, ("name", "name_en", "skill", "location_id")

    def offer(self, read: Reader, thing: WorkCentre | None) -> None:
        """Places to choose from."""
        places = queries.list_coded(read, Location, active=True)
        kept = read.get(Location, thing.location_id) if thing and thing.location_id else None
        self.location_id.choices = choices_of(places, _("None"), kept=kept)


class MachineForm(CodedForm):
    """A machine."""

    name_en = NameField(N_("English name"), optional())
    work_centre_id = SelectField(N_("Work centre"), needed(), coerce=number_or_none)
    model, columns = Machine, ("name", "name_en", "work_centre_id")

    def offer(self, read: Reader, thing: Machine | None) -> None:
        """Work centres to choose from."""
        self.work_centre_id.choices = _centres(read, thing)


def _centres(read: Reader, thing: Machine | Station | None) -> list[tuple[Any, str]]:
    kept = read.get_one(WorkCentre, thing.work_centre_id) if thing else None
    return choices_of(queries.list_coded(read, WorkCentre, active=True), _("Choose"), kept=kept)


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

    def offer(self, read: Reader, thing: Station | None) -> None:
        """Work centres to choose from."""
        self.work_centre_id.choices = _centres(read, thing)


class StopReasonForm(CodedForm):
    """Why a machine stands still."""

    name_en = NameField(N_("English name"), optional())
    name_vi = NameField(N_("Vietnamese name"), optional())
    group = NameField(N_("Group"), optional(100), render_kw={"list": "groups"})
    planned = BooleanField(N_("Planned"))
    model, columns = StopReason, ("name", "name_en", "name_vi", "group", "planned")
    groups: list[str] = []

    def offer(self, read: Reader, thing: StopReason | None) -> None:
        """Groups that there are."""
        self.groups = stop_queries.groups_of_reasons(read)


class ReasonPictureForm(Form):
    """What a stop reason looks like."""

    photo = FileField(N_("Photo"))


class ExplainForm(Form):
    """Why it stood still."""

    reason_id = SelectField(N_("Reason"), needed(), coerce=number_or_none)
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})

    def fill(self, read: Reader, **address: Any) -> None:
        """Reasons to choose from, and what is recorded."""
        self.reason_id.choices = choices_of(queries.list_coded(read, StopReason, active=True), _("Choose"))
        stop = stop_queries.get_stop(read, address["downtime_id"])
        self.show_values({"reason_id": stop.reason_id, "note": stop.note})


class SplitForm(Form):
    """A stop that was two: until when the first, and why the second."""

    at = MomentField(N_("From when on was it another reason?"), needed())
    reason_id = SelectField(N_("Reason from then on"), needed(), coerce=number_or_none)

    def fill(self, read: Reader, **address: Any) -> None:
        """Reasons to choose from, and the middle of the stop as a beginning."""
        self.reason_id.choices = choices_of(queries.list_coded(read, StopReason, active=True), _("Choose"))
        stop = stop_queries.get_stop(read, address["downtime_id"])
        ended = stop.ended_at or mes().clock()
        self.show_values({"at": stop.started_at + (ended - stop.started_at) / 2})


class StopForm(Form):
    """A machine or work centre stands still from now on, or stood still from one time to another."""

    work_centre_id = SelectField(N_("Work centre"), needed(), coerce=number_or_none)
    machine_id = SelectField(N_("Machine"), coerce=number_or_none)
    reason_id = SelectField(N_("Reason"), needed(), coerce=number_or_none)
    began = MomentField(N_("Begins"), [Optional()])
    ended = MomentField(N_("Until"), [Optional()])
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})

    def validate_began(self, field: MomentField) -> None:
        """A beginning without an end (or the other way round) says nothing."""
        if (field.data is None) != (self.ended.data is None):
            raise ValidationError(_("Give both times, or none of them if it stands still now."))

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres, machines and reasons to choose from."""
        self.work_centre_id.choices = choices_of(queries.list_coded(read, WorkCentre, active=True), _("Choose"))
        self.machine_id.choices = choices_of(queries.list_machines(read, active=True), _("The whole work centre"))
        self.reason_id.choices = choices_of(queries.list_coded(read, StopReason, active=True), _("Choose"))
        if not self.is_submitted():
            self.work_centre_id.data = row_number(request.args.get("centre", ""))
            self.machine_id.data = row_number(request.args.get("machine", ""))
            began, ended = (moment_asked(request.args.get(name, "")) for name in ("began", "ended"))
            # what came before ends within a minute, which the field cannot say
            self.began.data, self.ended.data = began and next_minute(began), ended
