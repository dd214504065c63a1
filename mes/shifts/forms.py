"""Forms about shifts, days that differ, and planned stops."""

from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from mes.core.forms import DayField, Form, Longest, NameField, needed, optional, ticks, words_of
from mes.core.i18n import N_, _
from mes.core.moments import MomentField
from mes.core.work import Reader
from mes.equipment import queries as equipment
from mes.equipment.forms import choices_of, number_or_none
from mes.equipment.models import StopReason, WorkCentre
from mes.shifts import queries
from mes.shifts.models import Shift
from mes.shifts.rules import BREAK, WEEKDAYS, on_the_wall, wall_minutes
from mes.shifts.service import BreakTime, ShiftData


class WallTimeField(StringField):
    """A time on the plant's clock, kept as minutes after midnight."""

    minutes: int | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 08:30. Raises ValueError for what is no time."""
        super().process_formdata(valuelist)
        hours, _colon, rest = (self.data or "").strip().partition(":")
        read = wall_minutes(hours, rest[:2]) if hours.isdecimal() and rest[:2].isdecimal() else None
        if read is None and (self.data or "").strip():
            raise ValueError(_("%(text)s is no time. Write it as 08:30.", text=str(self.data)[:20]))
        self.minutes = read


class BreaksField(TextAreaField):
    """Breaks, one per line: 12:00-13:00 and its name."""

    breaks: list[BreakTime]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines. Raises ValueError naming the line that cannot be read."""
        super().process_formdata(valuelist)
        self.breaks = []
        for line in (self.data or "").splitlines():
            if not line.strip():
                continue
            found = BREAK.fullmatch(line.strip())
            began, ended = (
                (wall_minutes(found[1], found[2]), wall_minutes(found[3], found[4])) if found else (None, None)
            )
            if found is None or began is None or ended is None:
                raise ValueError(_("This line cannot be read: %(line)s. Write 12:00-13:00 Lunch.", line=line[:60]))
            self.breaks.append(BreakTime(found[5].strip()[:100], began, ended))


class ShiftForm(Form):
    """One shift of the week."""

    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("English name"), optional())
    work_centre_id = SelectField(N_("Work centre"), coerce=number_or_none)
    weekdays = ticks(N_("Weekdays"), WEEKDAYS, default=["0", "1", "2", "3", "4"])
    starts_at = WallTimeField(N_("Begins"), needed(), render_kw={"type": "time"})
    ends_at = WallTimeField(N_("Until"), needed(), render_kw={"type": "time"})
    breaks = BreaksField(N_("Breaks"), [Longest(max=1000)], render_kw={"rows": 4})
    active = BooleanField(N_("In use"), default=True)

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres to choose from, and what is recorded."""
        centres = equipment.list_coded(read, WorkCentre, active=True)
        known = queries.get_shift(read, address["ident"]) if "ident" in address else None
        kept = read.get(WorkCentre, known.work_centre_id) if known and known.work_centre_id else None
        self.work_centre_id.choices = choices_of(centres, _("The whole plant"), kept=kept)
        if known is not None:
            self._show(known)

    def _show(self, shift: Shift) -> None:
        known = {name: getattr(shift, name) for name in ("name", "name_en", "work_centre_id", "active", "version")}
        lines = [
            f"{on_the_wall(began)}-{on_the_wall(began + one.minutes)} {one.name}"
            for one in shift.breaks
            for began in [shift.starts_at + one.after]
        ]
        self.show_values(
            known
            | {"weekdays": sorted(shift.weekdays), "breaks": "\n".join(lines)}
            | {"starts_at": on_the_wall(shift.starts_at), "ends_at": on_the_wall(shift.starts_at + shift.minutes)}
        )

    @property
    def shift(self) -> ShiftData:
        """What was entered."""
        return ShiftData(
            name=str(self.name.data),
            name_en=self.name_en.data or None,
            work_centre_id=self.work_centre_id.data,
            weekdays=frozenset(self.weekdays.data or ()),
            starts_at=self.starts_at.minutes or 0,
            ends_at=self.ends_at.minutes or 0,
            breaks=self.breaks.breaks,
            active=bool(self.active.data),
        )


class SpecialDayForm(Form):
    """A day that differs from the week."""

    day = DayField(N_("Day"), needed())
    work_centre_id = SelectField(N_("Work centre"), coerce=number_or_none)
    works = RadioField(
        N_("On this day"),
        choices=words_of({"no": N_("nobody works"), "yes": N_("all shifts are worked")}),
        default="no",
    )
    name = NameField(N_("Name"), [*needed(), Longest(max=100)])

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres to choose from."""
        centres = equipment.list_coded(read, WorkCentre, active=True)
        self.work_centre_id.choices = choices_of(centres, _("The whole plant"))


class PlannedStopForm(Form):
    """A stretch in which something is meant to stand."""

    work_centre_id = SelectField(N_("Work centre"), needed(), coerce=number_or_none)
    machine_id = SelectField(N_("Machine"), coerce=number_or_none)
    reason_id = SelectField(N_("Reason"), needed(), coerce=number_or_none)
    starts_at = MomentField(N_("Begins"), needed())
    ends_at = MomentField(N_("Until"), needed())
    note = TextAreaField(N_("Note"), optional(), render_kw={"rows": 2})

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres, machines and planned reasons to choose from."""
        self.work_centre_id.choices = choices_of(equipment.list_coded(read, WorkCentre, active=True), _("Choose"))
        self.machine_id.choices = choices_of(equipment.list_machines(read, active=True), _("The whole work centre"))
        reasons = [one for one in equipment.list_coded(read, StopReason, active=True) if one.planned]
        self.reason_id.choices = choices_of(reasons, _("Choose"))
