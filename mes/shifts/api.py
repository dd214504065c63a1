"""Shifts for programs: when is worked, what is checked and what was found, what one shift told the next."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from mes.core.access import OFFICE
from mes.core.api import Api, Listing, Paged, listing
from mes.core.pages import mes
from mes.core.work import Reader
from mes.shifts import check_queries, hand_queries, queries
from mes.shifts.check_models import Check, CheckSheet, Every
from mes.shifts.check_rules import Standing
from mes.shifts.hand_models import HandOver, ShiftClose

api = Api("shifts", __name__)


class BreakOut(msgspec.Struct):
    """A break: so many minutes after the beginning of the shift, so long."""

    name: str
    after: int
    minutes: int


class ShiftOut(msgspec.Struct):
    """One shift of the week. ``weekdays``: 0 is Monday; ``starts_at``: minutes after midnight on the plant's clock."""

    id: int
    name: str
    name_en: str | None
    work_centre: str | None
    weekdays: list[int]
    starts_at: int
    minutes: int
    breaks: list[BreakOut]
    active: bool


class SheetOut(msgspec.Struct):
    """A check sheet, and how it stands now: of which day, since when it is due, and whether it is overdue."""

    code: str
    name: str
    name_en: str | None
    work_centre: str
    machine: str | None
    every: Every
    standing: Standing
    day: date | None
    overdue_at: datetime | None


class CheckOut(msgspec.Struct):
    """A sheet that was filled in."""

    id: int
    sheet: str
    day: date
    at: datetime
    person: str
    station: str | None
    passed: bool
    note: str | None


class AnswerOut(msgspec.Struct):
    """What was found at one line, as the line read then."""

    line: str
    passed: bool
    value: Decimal | None
    unit: str | None
    photo: bool


class CheckWithAnswers(CheckOut):
    """A sheet that was filled in, line by line."""

    answers: list[AnswerOut]


class HandOverOut(msgspec.Struct):
    """A note from one shift to the next."""

    id: int
    work_centre: str
    day: date
    shift: str | None
    at: datetime
    person: str
    text: str
    problems: list[str]
    read_at: datetime | None
    read_by: str | None


class ShiftEndOut(msgspec.Struct):
    """The end of a shift as somebody confirmed it. Minutes are of all machines together."""

    id: int
    work_centre: str
    day: date
    shift: str
    began: datetime
    ended: datetime
    at: datetime
    person: str
    running: int
    stopped: int
    micro: int
    planned: int
    unexplained: int
    note: str | None


class MadeOut(msgspec.Struct):
    """What was made of one item in the shift."""

    item: str
    good: Decimal
    defective: Decimal
    scrap: Decimal
    rework: Decimal


class ShiftEndWithLines(ShiftEndOut):
    """The end of a shift with what was made in it."""

    made: list[MadeOut]


class CheckQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which checks: of one ``sheet``, or all."""

    sheet: str = ""


@api.read("/shifts", who=OFFICE, gives=Listing[ShiftOut])
def shifts(read: Reader) -> Listing[ShiftOut]:
    """All shifts with their breaks."""
    return listing([
        ShiftOut(
            id=one.id, name=one.name, name_en=one.name_en, weekdays=[int(day) for day in one.weekdays],
            work_centre=one.work_centre.code if one.work_centre else None, starts_at=one.starts_at,
            minutes=one.minutes, active=one.active,
            breaks=[BreakOut(rest.name, rest.after, rest.minutes) for rest in one.breaks],
        )
        for one in queries.list_shifts(read)
    ], None)  # fmt: skip


@api.read("/check-sheets", who=OFFICE, gives=Listing[SheetOut])
def check_sheets(read: Reader) -> Listing[SheetOut]:
    """Sheets in use and how each stands now, overdue first."""
    return listing([_sheet(one) for one in check_queries.due_sheets(read, mes().clock())], None)


@api.read("/checks", who=OFFICE, gives=Listing[CheckOut], query=CheckQuery)
def checks(read: Reader, query: CheckQuery) -> Listing[CheckOut]:
    """What was found, newest first."""
    sheet = check_queries.get_sheet(read, query.sheet) if query.sheet else None
    found = check_queries.page_of_checks(read, sheet_id=sheet.id if sheet else None, after=query.after, size=query.size)
    return listing([CheckOut(**_check(one)) for one in found.rows], found.next)


@api.read("/checks/<int:ident>", who=OFFICE, gives=CheckWithAnswers)
def check(read: Reader, ident: int) -> CheckWithAnswers:
    """One check, line by line."""
    found = check_queries.get_check(read, ident)
    answers = [
        AnswerOut(line=one.name, passed=one.ok, value=one.value, unit=one.unit, photo=one.photo_id is not None)
        for one in found.answers
    ]
    return CheckWithAnswers(**_check(found), answers=answers)


@api.read("/hand-overs", who=OFFICE, gives=Listing[HandOverOut], query=Paged)
def hand_overs(read: Reader, query: Paged) -> Listing[HandOverOut]:
    """Notes from one shift to the next, newest first."""
    found = hand_queries.page_of_notes(read, after=query.after, size=query.size)
    return listing([_note(one) for one in found.rows], found.next)


@api.read("/shift-ends", who=OFFICE, gives=Listing[ShiftEndOut], query=Paged)
def shift_ends(read: Reader, query: Paged) -> Listing[ShiftEndOut]:
    """Confirmed ends of shifts, newest first."""
    found = hand_queries.page_of_closes(read, after=query.after, size=query.size)
    return listing([ShiftEndOut(**_end(one)) for one in found.rows], found.next)


@api.read("/shift-ends/<int:ident>", who=OFFICE, gives=ShiftEndWithLines)
def shift_end(read: Reader, ident: int) -> ShiftEndWithLines:
    """One end of a shift with what was made in it."""
    found = hand_queries.get_close(read, ident)
    made = [
        MadeOut(item=one.item.code, good=one.good, defective=one.defective, scrap=one.scrap, rework=one.rework)
        for one in found.lines
    ]
    return ShiftEndWithLines(**_end(found), made=made)


def _sheet(due: check_queries.Due) -> SheetOut:
    sheet: CheckSheet = due.sheet
    return SheetOut(
        code=sheet.code, name=sheet.name, name_en=sheet.name_en, work_centre=sheet.work_centre.code,
        machine=sheet.machine.code if sheet.machine else None, every=sheet.every, standing=due.standing,
        day=due.period.day if due.period else None, overdue_at=due.period.late if due.period else None,
    )  # fmt: skip


def _check(one: Check) -> dict[str, Any]:
    return {"sheet": one.sheet.code} | _told(one, ("id", "day", "at", "person", "station", "passed", "note"))


def _note(one: HandOver) -> HandOverOut:
    told = _told(one, ("id", "day", "shift", "at", "person", "text", "read_at", "read_by"))
    problems = one.problems.split("\n") if one.problems else []
    return HandOverOut(work_centre=one.work_centre.code, problems=problems, **told)


def _end(one: ShiftClose) -> dict[str, Any]:
    minutes = ("running", "stopped", "micro", "planned", "unexplained")
    told = _told(one, ("id", "day", "shift", "began", "ended", "at", "person", *minutes, "note"))
    return {"work_centre": one.work_centre.code} | told


def _told(one: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}
