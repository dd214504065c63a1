"""The shift at the tablet: what can run, daily checks, the note of the shift before, and the end of one's own."""

from flask import request

from mes.core.access import EVERYONE
from mes.core.i18n import _
from mes.core.pages import Page, actor, go, mes, this_day
from mes.core.sent import sent_file
from mes.core.work import Reader, Work
from mes.shifts import check_queries, hand_queries, handing
from mes.shifts.check_rules import EVERY_NAMES
from mes.shifts.queries import calendar_of
from mes.shifts.rules import KIND_NAMES
from mes.shifts.start_check import start_check
from mes.station.here import here, room, shown


@room.read("/shift", who=EVERYONE)
def shift(read: Reader) -> Page:
    """The beginning of a shift: notes to read, checks to do, and what can run."""
    station = here(read)
    now = mes().clock()
    return shown(
        read,
        "station/shift.html",
        span=calendar_of(read, now).at(station.work_centre_id, now),
        notes=hand_queries.unread_notes(read, station.work_centre_id),
        due=check_queries.due_sheets(read, now, station.work_centre_id),
        every=EVERY_NAMES,
        ready=start_check(read, station.work_centre, this_day()),
    )


@room.write("/notes/<int:ident>/read", who=EVERYONE, show=lambda read, ident: shift(read))
def read_note(work: Work, ident: int) -> Page:
    """One has read the note of the shift before."""
    here(work.session)
    handing.confirm_read(work, ident)
    return go("station.shift", said=_("Thank you. It is kept that you have read it."))


@room.read("/hand-over", who=EVERYONE)
def hand_over(read: Reader) -> Page:
    """A note to the next shift; what is not in order is proposed."""
    station = here(read)
    problems = hand_queries.open_problems(read, station.work_centre, mes().clock())
    return shown(read, "station/hand_over.html", problems=problems, given=request.form)


@room.write("/hand-over", who=EVERYONE, show=hand_over)
def leave_note(work: Work) -> Page:
    """The note is left."""
    station = here(work.session)
    handing.hand_over(
        work,
        work_centre_id=station.work_centre_id,
        text=request.form.get("text", "")[:4000],
        problems=request.form.getlist("problem"),
        photo=sent_file(request.files.get("photo")),
    )
    return go("station.shift", said=_("The note is left for the next shift."))


@room.read("/shift-end", who=EVERYONE)
def shift_end(read: Reader) -> Page:
    """The shift in figures, for the operator to confirm."""
    station = here(read)
    now = mes().clock()
    span = hand_queries.shift_to_close(read, station.work_centre_id, now)
    who = actor()
    figures = (
        hand_queries.summary(read, station.work_centre, span, now, who.person_id if who else None) if span else None
    )
    done = hand_queries.closed(read, station.work_centre_id, span) if span else None
    return shown(read, "station/shift_end.html", span=span, figures=figures, done=done, kind_names=KIND_NAMES)


@room.write("/shift-end", who=EVERYONE, show=shift_end)
def close_shift(work: Work) -> Page:
    """The operator confirms the shift."""
    station = here(work.session)
    handing.close_shift(work, station.work_centre_id, request.form.get("note", "")[:2000])
    return go("station.shift_end", said=_("The end of the shift is confirmed."))
