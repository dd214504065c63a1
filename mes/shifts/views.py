"""The calendar, and what the time of a day went to, at the desk."""

from flask import request

from mes.core.access import LEADERS, OFFICE, PLANNERS
from mes.core.forms import Form, day_asked, row_number
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, mes, page, this_day, this_plant
from mes.core.plant import day_began
from mes.core.work import Reader, Work
from mes.equipment.models import WorkCentre
from mes.equipment.queries import list_coded
from mes.shifts import forms, queries, service
from mes.shifts.rules import KIND_NAMES, WEEKDAYS, on_the_wall
from mes.shifts.timeline import whole_minutes

room = Room("shifts", __name__)
room.entry("shifts.times", N_("Where the time went"), "chart-gantt", "equipment", OFFICE)
room.entry("shifts.index", N_("Shifts"), "calendar-clock", "equipment", OFFICE)


@room.read("/times", who=OFFICE)
def times(read: Reader) -> Page:
    """What the time of a day went to, machine by machine and shift by shift."""
    centres = list_coded(read, WorkCentre, active=True)
    wanted = row_number(request.args.get("centre", ""))
    centre = next((one for one in centres if one.id == wanted), centres[0] if centres else None)
    day = day_asked(request.args.get("day", "")) or this_day()
    lines = queries.day_lines(read, centre, day, mes().clock()) if centre else []
    return page(
        "shifts/times.html",
        centres=centres,
        centre=centre,
        day=day,
        lines=lines,
        known=bool(queries.list_shifts(read)),
        kind_names=KIND_NAMES,
        minutes=whole_minutes,
    )


@room.read("/shifts", who=OFFICE)
def index(read: Reader) -> Page:
    """Shifts of the week, days that differ, planned stops."""
    now = mes().clock()
    return page(
        "shifts/index.html",
        shifts=queries.list_shifts(read),
        days=queries.special_days(read, this_day()),
        planned=queries.planned_stops(read, day_began(this_plant(), now)),
        weekdays=WEEKDAYS,
        on_the_wall=on_the_wall,
    )


def _shift_page(read: Reader, form: Form, ident: int | None = None) -> Page:
    return page("shifts/shift.html", form=form, shift=queries.get_shift(read, ident) if ident else None)


@room.form("/new/shift", who=PLANNERS, form=forms.ShiftForm, show=_shift_page)
def new_shift(work: Work, form: forms.ShiftForm) -> Page:
    """Enter a shift."""
    made = service.add_shift(work, form.shift)
    return go("shifts.index", said=_("%(name)s was saved.", name=own_name(made)))


@room.form("/shifts/<int:ident>", who=PLANNERS, form=forms.ShiftForm, show=_shift_page)
def shift(work: Work, form: forms.ShiftForm, ident: int) -> Page:
    """Change a shift."""
    changed = service.change_shift(work, ident, form.shift, form.row_version)
    return go("shifts.index", said=_("%(name)s was saved.", name=own_name(changed)))


@room.form("/new/special-day", who=PLANNERS, form=forms.SpecialDayForm, show="shifts/day.html")
def new_day(work: Work, form: forms.SpecialDayForm) -> Page:
    """Say that a day differs from the week."""
    assert form.day.data is not None  # needed
    service.set_day(
        work,
        form.day.data,
        works=form.works.data == "yes",
        name=str(form.name.data),
        work_centre_id=form.work_centre_id.data,
    )
    return go("shifts.index", said=_("%(name)s was saved.", name=form.name.data))


@room.write("/special-days/<int:ident>/clear", who=PLANNERS, show=lambda read, ident: index(read))
def clear_day(work: Work, ident: int) -> Page:
    """The day is like any other of the week."""
    service.clear_day(work, ident)
    return go("shifts.index", said=_("The day is like any other again."))


@room.form("/new/planned-stop", who=LEADERS, form=forms.PlannedStopForm, show="shifts/planned.html")
def new_planned_stop(work: Work, form: forms.PlannedStopForm) -> Page:
    """Plan that a machine or work centre stands."""
    assert form.starts_at.data is not None  # needed
    assert form.ends_at.data is not None
    service.plan_stop(
        work,
        work_centre_id=form.work_centre_id.data,
        machine_id=form.machine_id.data,
        reason_id=form.reason_id.data,
        starts_at=form.starts_at.data,
        ends_at=form.ends_at.data,
        note=form.note.data,
    )
    return go("shifts.index", said=_("The stop is planned."))


@room.write("/planned-stops/<int:ident>/drop", who=LEADERS, show=lambda read, ident: index(read))
def drop_planned_stop(work: Work, ident: int) -> Page:
    """It is not meant to stand then after all."""
    service.drop_planned_stop(work, ident)
    return go("shifts.index", said=_("The planned stop is dropped."))
