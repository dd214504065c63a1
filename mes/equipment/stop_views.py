"""Stops and their reasons at the desk: what stood still, why, and what is mended afterwards."""

from flask import request

from mes.core.access import EVERYONE, LEADERS, OFFICE, PLANNERS
from mes.core.files import NO_FILE
from mes.core.forms import Form, day_asked, row_number
from mes.core.i18n import N_, _
from mes.core.pages import Page, go, mes, page, this_plant
from mes.core.plant import day_span
from mes.core.sent import sent_file
from mes.core.serving import served
from mes.core.work import Reader, Work
from mes.equipment import forms, queries, service, stop_queries, stops
from mes.equipment.models import StopReason, WorkCentre
from mes.equipment.views import changed, edit_page, in_use, room, saved


@room.read("/stop-reasons", who=OFFICE)
def stop_reasons(read: Reader) -> Page:
    """Reasons for standing still."""
    return page("equipment/stop_reasons.html", reasons=queries.list_coded(read, StopReason, active=in_use()))


reason_page = edit_page(StopReason, N_("Add stop reason"), "equipment.stop_reasons")


@room.form("/new/stop-reason", who=PLANNERS, form=forms.StopReasonForm, show=reason_page)
def new_stop_reason(work: Work, form: forms.StopReasonForm) -> Page:
    """Enter a stop reason."""
    return saved("equipment.stop_reasons", service.add_stop_reason(work, code=str(form.code.data), **form.values))


@room.form("/stop-reasons/<path:code>", who=PLANNERS, form=forms.StopReasonForm, show=reason_page)
def stop_reason(work: Work, form: forms.StopReasonForm, code: str) -> Page:
    """Change a stop reason."""
    return saved("equipment.stop_reasons", service.change_stop_reason(work, code, **changed(form)))


@room.read("/stops", who=OFFICE)
def downtimes(read: Reader) -> Page:
    """Stops, those still open first in mind: filtered by work centre, reason and day."""
    chosen = {name: request.args.get(name, "") for name in ("centre", "reason", "day")}
    day = day_asked(chosen["day"])
    since, until = day_span(this_plant(), day) if day else (None, None)
    found = queries.list_downtimes(
        read,
        work_centre_id=row_number(chosen["centre"]),
        reason_id=row_number(chosen["reason"]),
        still_open=request.args.get("open") == "yes",
        since=since,
        until=until,
        after=request.args.get("after"),
    )
    return page(
        "equipment/downtimes.html",
        found=found,
        chosen=chosen,
        centres=queries.list_coded(read, WorkCentre),
        reasons=queries.list_coded(read, StopReason),
        is_micro=stop_queries.is_micro,
        micro=this_plant().micro_stop_minutes,
    )


@room.form("/new/stop", who=LEADERS, form=forms.StopForm, show="equipment/stop.html")
def new_downtime(work: Work, form: forms.StopForm) -> Page:
    """Record that something stands still from now on, or that it stood still from one time to another."""
    known = {"work_centre_id": form.work_centre_id.data, "machine_id": form.machine_id.data,
             "reason_id": form.reason_id.data, "note": form.note.data or None}  # fmt: skip
    if form.began.data is None or form.ended.data is None:
        service.start_downtime(work, **known)
        return go("equipment.downtimes", said=_("The stop is recorded."), open="yes")
    stop = stops.record_stop_afterwards(work, **known, began=form.began.data, ended=form.ended.data)
    return go("equipment.downtime", downtime_id=stop.id, said=_("The stop is recorded."))


def _downtime_page(read: Reader, form: Form, downtime_id: int) -> Page:
    return page("equipment/downtime.html", form=form, one=stop_queries.get_stop(read, downtime_id))


@room.form("/stops/<int:downtime_id>", who=LEADERS, form=forms.ExplainForm, show=_downtime_page)
def downtime(work: Work, form: forms.ExplainForm, downtime_id: int) -> Page:
    """One stop: why it was."""
    stops.explain_stop(work, downtime_id, form.reason_id.data, form.note.data)
    return go("equipment.downtime", downtime_id=downtime_id, said=_("The reason is recorded."))


def _split_page(read: Reader, form: Form, downtime_id: int) -> Page:
    return page("equipment/split.html", form=form, one=stop_queries.get_stop(read, downtime_id))


@room.form("/stops/<int:downtime_id>/split", who=LEADERS, form=forms.SplitForm, show=_split_page)
def split(work: Work, form: forms.SplitForm, downtime_id: int) -> Page:
    """Two stops out of one."""
    stops.split_stop(work, downtime_id, form.at.data or mes().clock(), form.reason_id.data)
    return go("equipment.downtime", downtime_id=downtime_id, said=_("These are two stops now."))


@room.write("/stops/<int:downtime_id>/end", who=LEADERS, show=lambda read, downtime_id: downtimes(read))
def end_downtime(work: Work, downtime_id: int) -> Page:
    """It runs again."""
    service.end_downtime(work, downtime_id)
    return go("equipment.downtimes", said=_("The stop is ended."))


def _picture_page(read: Reader, form: Form, code: str) -> Page:
    return page("equipment/reason_picture.html", form=form, one=queries.get_stop_reason(read, code))


@room.form("/stop-reason-picture/<path:code>", who=PLANNERS, form=forms.ReasonPictureForm, show=_picture_page)
def reason_picture(work: Work, form: forms.ReasonPictureForm, code: str) -> Page:
    """Give a stop reason its picture."""
    sent = sent_file(form.photo.data) or NO_FILE
    return saved("equipment.stop_reasons", stops.set_reason_picture(work, code, *sent))


@room.read("/stop-reason-picture/<path:code>/photo.jpg", who=EVERYONE)
def reason_photo(read: Reader, code: str) -> Page:
    """What a stop reason looks like."""
    return served(stop_queries.get_reason_picture(read, code), "stop-reason.jpg")
