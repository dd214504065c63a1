"""Use cases of daily checks: sheets and their lines, and filling them in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from mes.core.coded import add_coded, change_coded, lock_coded
from mes.core.errors import NotFound
from mes.core.files import clean_photo, store_file
from mes.core.i18n import _
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.equipment.call_queries import open_calls
from mes.equipment.calls import call_for
from mes.equipment.models import CallKind, Machine, WorkCentre
from mes.equipment.rules import check_stands_at
from mes.equipment.service import hold_machine
from mes.items.step_rules import is_within
from mes.shifts import check_queries
from mes.shifts.check_models import AnswerKind, Check, CheckAnswer, CheckItem, CheckSheet, OnFailure
from mes.shifts.check_rules import HoldWithoutMachine, NothingToCheck, PositionTaken, Unanswered, check_line
from mes.shifts.queries import calendar_of


class Told(NamedTuple):
    """What was answered at one line: a tick, a value, or a photo with a tick."""

    ok: bool | None = None
    value: Decimal | None = None
    photo: tuple[str, bytes] | None = None


def add_sheet(work: Work, *, code: str, **columns: Any) -> CheckSheet:
    """Enter a check sheet. Raises AlreadyExists, SimilarCode, HoldWithoutMachine, MachineElsewhere."""
    sheet = CheckSheet(code=code, **columns)
    _check_place(work, sheet)
    return add_coded(work, sheet, "shifts.add_sheet")


def change_sheet(work: Work, code: str, *, version: int | None = None, **columns: Any) -> CheckSheet:
    """Change a check sheet; its code stays. Raises StaleEdit, HoldWithoutMachine, MachineElsewhere."""
    sheet = lock_coded(work, CheckSheet, code, _("check sheet"))
    changed = change_coded(work, sheet, "shifts.change_sheet", version, columns)
    _check_place(work, changed)
    return changed


def _check_place(work: Work, sheet: CheckSheet) -> None:
    if sheet.on_failure is OnFailure.HOLD and sheet.machine_id is None:
        raise HoldWithoutMachine(field="on_failure")
    if sheet.machine_id is not None:
        centre = work.session.get_one(WorkCentre, sheet.work_centre_id)
        check_stands_at(work.session.get_one(Machine, sheet.machine_id), centre)


def set_line(work: Work, code: str, position: int, *, again: bool = False, **columns: Any) -> CheckItem:
    """Enter a line of a sheet; ``again``: also when the sheet asks for this number already, which is changed then.

    Raises NoLimits, PositionTaken.
    """
    sheet = lock_coded(work, CheckSheet, code, _("check sheet"))
    items = check_queries.get_sheet(work.session, code).items
    known = next((one for one in items if one.position == position), None)
    if known is None:
        item = CheckItem(sheet_id=sheet.id, position=position, active=True, **columns)
        check_line(item)
        return work.add(item, "shifts.add_line", code=sheet.code)
    if known.active and not again:
        raise PositionTaken(field="position", position=position, name=known.name)
    with work.change(known, "shifts.change_line"):
        for name, value in {"active": True, **columns}.items():
            setattr(known, name, value)
        check_line(known)
        work.session.flush()
    return known


def drop_line(work: Work, code: str, position: int) -> None:
    """A line is asked no more; what was answered stays. Raises NotFound."""
    lock_coded(work, CheckSheet, code, _("check sheet"))
    items = check_queries.get_sheet(work.session, code).items
    known = next((one for one in items if one.position == position and one.active), None)
    if known is None:
        raise NotFound(what=_("line"), code=str(position))
    with work.change(known, "shifts.change_line"):
        known.active = False
        work.session.flush()


def fill_in(work: Work, code: str, told: Mapping[int, Told], note: str | None = None) -> Check:
    """Fill in a sheet for the shift, day or week that runs: every line has its answer (``told`` by the line's id).

    A value outside its limits is not in order, whatever was ticked. What is not in order calls somebody or holds the
    machine, as the sheet says. Raises NothingToCheck, Unanswered, NotAPicture and the like.
    """
    sheet = check_queries.get_sheet(work.session, code)
    lines = [item for item in sheet.items if item.active]
    if not lines:
        raise NothingToCheck(code=sheet.code)
    answers = [_answer(work, item, told.get(item.id, Told())) for item in lines]
    period = check_queries.period_of(work.session, calendar_of(work.session, work.now), sheet, work.now)
    day = period.day if period else this_production_day(work)
    wrong = [answer.name for answer in answers if not answer.ok]
    check = Check(
        sheet_id=sheet.id, shift_id=period.shift_id if period else None, day=day, at=work.now, passed=not wrong,
        person_id=work.actor.person_id, person=work.actor.name[:100], station=work.actor.station,
        note=(note or "").strip() or None, answers=answers,
    )  # fmt: skip
    work.add(check, "shifts.check", code=sheet.code)
    if wrong:
        _act(work, sheet, ", ".join(wrong))
    return check


def _answer(work: Work, item: CheckItem, told: Told) -> CheckAnswer:
    answer = CheckAnswer(
        item_id=item.id, name=item.name, value=told.value, unit=item.unit, lower=item.lower, upper=item.upper
    )  # fmt: skip
    if item.kind is AnswerKind.VALUE:
        if told.value is None:
            raise Unanswered(field=f"value-{item.id}", name=item.name)
        answer.ok = is_within(told.value, item.lower, item.upper)
        return answer
    if told.ok is None or (item.kind is AnswerKind.PHOTO and told.photo is None):
        raise Unanswered(field=f"ok-{item.id}", name=item.name)
    answer.ok = told.ok
    if told.photo is not None:
        picture = clean_photo(*told.photo, field=f"photo-{item.id}")
        answer.photo_id = store_file(work, f"check-{item.id}.jpg", "image/jpeg", picture).id
    return answer


def _act(work: Work, sheet: CheckSheet, wrong: str) -> None:
    """What follows from lines that are not in order; a hold or call that is there already is enough."""
    reason = _("%(sheet)s: %(lines)s", sheet=sheet.name, lines=wrong)[:500]
    if sheet.on_failure is OnFailure.HOLD and sheet.machine and not sheet.machine.hold_reason:
        hold_machine(work, sheet.machine.code, reason)
    if sheet.on_failure is OnFailure.CALL:
        calls = open_calls(work.session, sheet.work_centre_id)
        if all(call.kind is not CallKind.MACHINE for call in calls):
            call_for(work, kind=CallKind.MACHINE, work_centre_id=sheet.work_centre_id, note=reason)
