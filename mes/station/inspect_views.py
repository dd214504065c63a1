"""Inspections on the tablet: begin, one reading after the other, correct, close."""

from typing import Any

from flask import flash, request

from mes.core.access import EVERYONE, INSPECTORS, LEADERS
from mes.core.errors import Refused
from mes.core.forms import row_number
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, actor, go, page
from mes.core.templates import in_words
from mes.core.work import Reader, Work
from mes.inspection import service
from mes.inspection.due import state_name
from mes.inspection.models import Inspection, InspectionKind, Reading, Trigger, Verdict
from mes.inspection.open_queries import Sheet, sheet, wanted_of
from mes.inspection.recording import shown_value
from mes.inspection.rules import kind_name
from mes.inspection.standard_queries import standard_of
from mes.inspection.standard_rules import TRIGGER_NAMES
from mes.inspection.tablet_rules import Slot
from mes.lots.models import Lot, LotStatus
from mes.nonconformance.queries import nonconformance_of
from mes.orders.queries import get_job
from mes.spc import taking
from mes.spc.closing import close_inspection
from mes.spc.small import small_charts
from mes.spc.views import tell_alarms
from mes.station import measuring, queries
from mes.station.forms import BeginForm
from mes.station.here import here, paired, room, shown

room.add_app_template_filter(in_words(state_name), "due_name")
KINDS = "first,middle,last,self,patrol,final"
#: Why a reading is corrected.
CORRECTIONS = (
    N_("Typed wrongly"),
    N_("Measured wrongly"),
    N_("Wrong piece"),
)


class InspectorsOnly(Refused):
    """An operator checks what he makes himself; every other inspection is an inspector's."""

    message = N_("%(kind)s: only quality or a leader makes this one.")
    hint = N_("Call quality with the key at the bottom of the job's page.")
    status = 403


def check_inspector(kind: InspectionKind) -> None:
    """Self-inspection is everybody's. Raises InspectorsOnly."""
    who = actor()
    if kind is not InspectionKind.SELF and not (who and who.is_one_of(INSPECTORS)):
        raise InspectorsOnly(kind=kind_name(kind))


def _show_begin(read: Reader, form: BeginForm, kind: str, code: str) -> Page:
    what, job = InspectionKind(kind), get_job(read, code)
    check_inspector(what)
    standard = standard_of(read, what, None, job)
    return shown(
        read,
        "station/begin_inspection.html",
        form=form,
        sheet=queries.job_sheet(read, code),
        kind=what,
        standard=standard,
        needs=wanted_of(read, standard, None) if standard else [],
        triggers=[one for one in Trigger if standard and one in standard.triggers],
        trigger_names=TRIGGER_NAMES,
    )


@room.form(f"/jobs/<code>/inspect/<any({KINDS}):kind>", who=EVERYONE, form=BeginForm, show=_show_begin)
def inspect(work: Work, form: BeginForm, kind: str, code: str) -> Page:
    """Begin an inspection of what is being made, or go on with the one that is open."""
    return _begun(work, form, kind, code)


@room.form("/jobs/<code>/check", who=EVERYONE, form=BeginForm, show=_show_begin, defaults={"kind": "self"})
def check(work: Work, form: BeginForm, code: str, kind: str) -> Page:
    """An operator's own inspection of what is being made (자주검사)."""
    return _begun(work, form, kind, code)


def _begun(work: Work, form: BeginForm, kind: str, code: str) -> Page:
    here(work.session)
    check_inspector(InspectionKind(kind))
    trigger = form.trigger.data if form.trigger.data in set(Trigger) else None
    begun = service.open_inspection(work, kind=InspectionKind(kind), job_code=code, trigger=trigger)
    return go("station.measure", code=begun.code)


@room.read("/inspections/<code>", who=EVERYONE)
def measure(read: Reader, code: str) -> Page:
    """One reading at a time: what is measured now, its limits, and what was measured."""
    return show_measuring(read, code)


def show_measuring(read: Reader, code: str) -> Page:
    """The page of a reading; an inspector may measure at any screen, an operator at the station."""
    seen = sheet(read, code)
    slot = _asked(seen)
    gauges, asked = measuring.fitting_gauges(read, slot), request.values.get("gauge", "")
    refused = request.method == "POST" and "value" in request.form
    return _framed(
        read,
        "station/measure.html",
        job=seen.job,
        seen=seen,
        slot=slot,
        shown_value=shown_value,
        gauge=asked if refused else measuring.gauge_now(seen, slot, gauges, asked),
        gauges=gauges,
        tally=measuring.tally(seen),
        small=small_charts(read, [slot.characteristic.id]).get(slot.characteristic.id) if slot else None,
        value=request.form.get("value", ""),
        column=request.form.get("column", ""),
        corrections=CORRECTIONS,
        pieces=max((one.piece for one in seen.slots), default=0),
        grid=_grid(seen),
        corrected=_corrected(seen),
        reactions=_reactions(seen),
        known=nonconformance_of(read, inspection_id=seen.inspection.id) if _failed(seen) else None,
        may_measure=_may_measure(seen),
    )


def _framed(read: Reader, template: str, **context: Any) -> Page:
    if paired(read):
        return shown(read, template, **context)
    return page(template, station=None, stops=[], calls=[], leaders=LEADERS, inspectors=INSPECTORS, **context)


def _may_measure(seen: Sheet) -> bool:
    try:
        check_inspector(seen.inspection.kind)
    except InspectorsOnly:
        return False
    return True


def _asked(seen: Sheet) -> Slot | None:
    """The reading that the address names (to look at it again), else the first one that is missing."""
    asked = request.args.get("at", "") or request.form.get("at", "")
    place, _dash, piece = asked.partition("-")
    ident, number = row_number(place), row_number(piece)
    if ident is not None and number is not None:
        found = seen.slot(ident, number)
        if found is not None:
            return found
    return seen.next


def _grid(seen: Sheet) -> list[tuple[Any, list[Slot]]]:
    """The readings in rows, one for each characteristic."""
    rows: dict[int, list[Slot]] = {}
    for slot in seen.slots:
        rows.setdefault(slot.characteristic.id, []).append(slot)
    return [(row[0].characteristic, row) for row in rows.values()]


def _failed(seen: Sheet) -> bool:
    return seen.inspection.verdict is Verdict.FAIL


def _reactions(seen: Sheet) -> list[str]:
    """What the standard says is to be done about what failed, each once."""
    bad = [one.characteristic for one in seen.slots if one.reading and one.reading.verdict is Verdict.FAIL]
    return list(dict.fromkeys(said for one in bad if (said := one.reaction or seen.standard.reaction)))


def _corrected(seen: Sheet) -> list[tuple[Reading, Reading]]:
    """Readings that took the place of others, each with the wrong one."""
    known = {one.id: one for one in seen.readings}
    return [(one, known[one.replaces_id]) for one in seen.readings if one.replaces_id is not None]


def _at(work: Work, code: str) -> Sheet:
    """The inspection, for somebody who may measure it."""
    if paired(work.session):
        here(work.session)
    seen = sheet(work.session, code)
    check_inspector(seen.inspection.kind)
    return seen


@room.write("/inspections/<code>/readings", who=EVERYONE, show=show_measuring)
def read_one(work: Work, code: str) -> Page:
    """Record one reading; the next field comes by itself."""
    seen, form = _at(work, code), request.form
    place, _dash, piece = form.get("at", "").partition("-")
    ident, number = row_number(place) or 0, row_number(piece) or 0
    gauge = form.get("gauge") or None
    if form.get("column"):
        taken = taking.take_column(work, code, characteristic=ident, text=form["column"], gauge=gauge)
    else:
        choice = form.get("choice", "")
        taken = taking.take_reading(
            work, code, characteristic=ident, piece=number, gauge=gauge,
            text=None if choice else form.get("value", ""), choice=row_number(choice),
        )  # fmt: skip
    _say_what_fails(work, seen, taken.readings)
    tell_alarms(work, taken.alarms)
    return go("station.measure", code=code, gauge=gauge)


def _say_what_fails(work: Work, seen: Sheet, taken: list[Reading]) -> None:
    bad = [one for one in taken if one.verdict is Verdict.FAIL]
    if bad:
        names = {slot.characteristic.id: own_name(slot.characteristic) for slot in seen.slots}
        name = names.get(bad[0].characteristic_id, bad[0].name)
        said = _("%(name)s %(value)s is out of limits.", name=name, value=shown_value(bad[0]))
        work.after(lambda: flash(said, "error"))


@room.write("/inspections/<code>/rest", who=EVERYONE, show=show_measuring)
def read_rest(work: Work, code: str) -> Page:
    """Record one choice for all pieces that are missing."""
    _at(work, code)
    place, choice = request.form.get("characteristic", ""), request.form.get("choice", "")
    ident = row_number(place) or 0
    taken = taking.take_rest(work, code, characteristic=ident, choice=row_number(choice) or 0)
    tell_alarms(work, taken.alarms)
    return go("station.measure", code=code)


def _show_correcting(read: Reader, code: str, ident: int) -> Page:
    return show_measuring(read, code)


@room.write("/inspections/<code>/correct/<int:ident>", who=EVERYONE, show=_show_correcting)
def correct(work: Work, code: str, ident: int) -> Page:
    """Put a new reading in the place of a wrong one."""
    _at(work, code)
    form, choice = request.form, request.form.get("choice", "")
    taken = taking.correct_reading(
        work, code, ident, text=None if choice else form.get("value", ""),
        choice=row_number(choice), reason=_(form["reason"]) if form.get("reason") else "",
    )  # fmt: skip
    tell_alarms(work, taken.alarms)
    return go("station.measure", code=code, said=_("The reading is corrected; the wrong one stays beside it."))


@room.write("/inspections/<code>/close", who=EVERYONE, show=show_measuring)
def close(work: Work, code: str) -> Page:
    """Close it with the verdict of its readings, or draw the second sample."""
    seen = _at(work, code)
    closed = close_inspection(work, code)
    tell_alarms(work, closed.alarms)
    done = closed.inspection
    name = kind_name(done.kind)
    if done.verdict is None:
        drawn = _("Draw a second sample of %(pieces)s pieces.", pieces=done.more_pieces)
        return go("station.measure", code=code, said=drawn)
    if done.verdict is Verdict.PASS:
        return _back(work, seen, said=_passed(work, done, name))
    failed = _("%(kind)s: failed.", kind=name)
    work.after(lambda: flash(failed, "error"))
    return go("station.measure", code=code)


def _passed(work: Work, done: Inspection, name: str) -> str:
    """The sentence about a pass; of a lot it says whether it may be used now."""
    if done.lot_id is None:
        return _("%(kind)s: passed.", kind=name)
    lot = work.session.get_one(Lot, done.lot_id)
    if lot.status is LotStatus.AVAILABLE and not lot.holds:
        return _("%(kind)s: passed. Lot %(lot)s may be used.", kind=name, lot=lot.code)
    return _("%(kind)s: passed. Something else still holds lot %(lot)s.", kind=name, lot=lot.code)


@room.write("/inspections/<code>/give-up", who=EVERYONE, show=show_measuring)
def give_up(work: Work, code: str) -> Page:
    """Give up an inspection that was begun by mistake."""
    seen = _at(work, code)
    service.give_up_inspection(work, code, request.form.get("reason", ""))
    return _back(work, seen, said=_("The inspection is given up."))


def _back(work: Work, seen: Sheet, said: str) -> Page:
    if not paired(work.session):
        return go("inspection.inspection", code=seen.inspection.code, said=said)
    if seen.job is not None:
        return go("station.job", code=seen.job.code, said=said)
    return go("station.lots", said=said)
