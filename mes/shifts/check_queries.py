"""Reads about daily checks: which are due where, what was found, and which days were missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.files import StoredFile, get_file
from mes.core.i18n import _
from mes.core.paging import PAGE, Slice, keyset
from mes.core.plant import day_began, plant, production_day
from mes.shifts.check_models import Check, CheckAnswer, CheckSheet, Every
from mes.shifts.check_rules import Period, Standing, standing
from mes.shifts.queries import PlantCalendar, calendar_of

#: Days of the past that the overview shows.
SHOWN_DAYS = 7


def get_sheet(session: Session, code: str) -> CheckSheet:
    """A sheet with its lines, machine and work centre. Raises NotFound."""
    found = session.scalar(_sheets().options(selectinload(CheckSheet.items)).where(CheckSheet.code == code))
    if found is None:
        raise NotFound(what=_("check sheet"), code=code)
    return found


def list_sheets(session: Session, *, centre_id: int | None = None, active: bool | None = True) -> list[CheckSheet]:
    """Sheets by code, of one work centre or all."""
    query = _sheets()
    if centre_id is not None:
        query = query.where(CheckSheet.work_centre_id == centre_id)
    if active is not None:
        query = query.where(CheckSheet.active == active)
    return list(session.scalars(query.order_by(CheckSheet.code)))


def _sheets() -> Select[CheckSheet]:
    return select(CheckSheet).options(joinedload(CheckSheet.machine), joinedload(CheckSheet.work_centre))


@dataclass(frozen=True)
class Due:
    """How a sheet stands now, and the newest check of its shift, day or week."""

    sheet: CheckSheet
    standing: Standing
    period: Period | None
    check: Check | None


def due_sheets(session: Session, now: datetime, centre_id: int | None = None) -> list[Due]:
    """How each sheet in use stands now: overdue first. A fixed number of statements."""
    sheets = list_sheets(session, centre_id=centre_id)
    if not sheets:
        return []
    calendar = calendar_of(session, now)
    periods = {sheet.id: period_of(session, calendar, sheet, now) for sheet in sheets}
    since = production_day(plant(session), now) - timedelta(days=7)
    checks: dict[int, list[Check]] = {}
    query = select(Check).where(Check.sheet_id.in_(periods), Check.day >= since)
    for check in sorted(session.scalars(query), key=attrgetter("id")):  # the database would read all, to have them so
        checks.setdefault(check.sheet_id, []).append(check)
    found = []
    for sheet in sheets:
        period = periods[sheet.id]
        mine = [one for one in checks.get(sheet.id, ()) if period and belongs(one, period, sheet.every)]
        newest = mine[-1] if mine else None
        found.append(Due(sheet, standing(period, newest.passed if newest else None, now), period, newest))
    order = [Standing.OVERDUE, Standing.DUE, Standing.FAILED, Standing.DONE, Standing.RESTS]
    return sorted(found, key=lambda one: (order.index(one.standing), one.sheet.code))


def belongs(check: Check, period: Period, every: Every) -> bool:
    """Whether a check was for this period."""
    if every is Every.WEEK:
        return check.day >= period.day
    return check.day == period.day and (every is Every.DAY or check.shift_id == period.shift_id)


def period_of(session: Session, calendar: PlantCalendar, sheet: CheckSheet, now: datetime) -> Period | None:
    """The period of a sheet at a moment; None while nobody works there."""
    settings = plant(session)
    day = production_day(settings, now)
    wait = timedelta(minutes=sheet.within_minutes)
    if not calendar.shifts:  # no calendar is kept: the production day is what there is
        began = day_began(settings, now)
        back = timedelta(days=day.weekday() if sheet.every is Every.WEEK else 0)
        return Period(day - back, None, began - back, began - back + wait)
    if sheet.every is Every.SHIFT:
        span = calendar.at(sheet.work_centre_id, now)
        return Period(span.day, span.shift_id, span.began, span.began + wait) if span else None
    days = [day]
    if sheet.every is Every.WEEK:
        monday = day - timedelta(days=day.weekday())
        days = [monday + timedelta(days=number) for number in range(7)]
    worked = next((spans[0] for one in days if (spans := calendar.spans(sheet.work_centre_id, one))), None)
    return Period(days[0], None, worked.began, worked.began + wait) if worked else None


def past_days(session: Session, sheets: Sequence[CheckSheet], now: datetime) -> dict[int, list[tuple[date, str]]]:
    """Of each sheet the last days: done, failed, missed, or not worked. A weekly sheet shows when it was done."""
    today = production_day(plant(session), now)
    days = [today - timedelta(days=number) for number in range(SHOWN_DAYS, 0, -1)]
    calendar = calendar_of(session, now, since=days[0])
    query = select(Check.sheet_id, Check.day, Check.passed, Check.shift_id).where(Check.day >= days[0])
    told: dict[tuple[int, date], dict[int | None, bool]] = {}
    for sheet_id, day, passed, shift_id in session.execute(query.order_by(Check.id)):
        told.setdefault((sheet_id, day), {})[shift_id] = passed
    found: dict[int, list[tuple[date, str]]] = {}
    for sheet in sheets:
        found[sheet.id] = [(day, _was(calendar, sheet, day, told.get((sheet.id, day), {}))) for day in days]
    return found


def _was(calendar: PlantCalendar, sheet: CheckSheet, day: date, told: dict[int | None, bool]) -> str:
    spans = calendar.spans(sheet.work_centre_id, day)
    if told and not all(told.values()):
        return "failed"
    if sheet.every is Every.SHIFT:
        return "missed" if any(span.shift_id not in told for span in spans) else "done" if told else "rests"
    if told:
        return "done"
    return "missed" if spans and sheet.every is Every.DAY else "rests"


def page_of_checks(
    session: Session, *, sheet_id: int | None = None, after: str | None = None, size: int = PAGE
) -> Slice[Check]:
    """Checks, newest first."""
    query = select(Check).options(joinedload(Check.sheet).joinedload(CheckSheet.machine))
    if sheet_id is not None:
        query = query.where(Check.sheet_id == sheet_id)
    return keyset(session, query, Check.at, Check.id, after=after, size=size, newest_first=True)


def get_check(session: Session, ident: int) -> Check:
    """A check with its answers, its sheet and where that belongs. Raises NotFound."""
    query = select(Check).options(
        selectinload(Check.answers),
        joinedload(Check.sheet).joinedload(CheckSheet.machine),
        joinedload(Check.sheet).joinedload(CheckSheet.work_centre),
    )
    found = session.scalar(query.where(Check.id == ident))
    if found is None:
        raise NotFound(what=_("check"), code=str(ident))
    return found


def get_answer_photo(session: Session, answer_id: int) -> StoredFile:
    """The photo of an answer, with its content. Raises NotFound."""
    query = select(StoredFile).join(CheckAnswer, CheckAnswer.photo_id == StoredFile.id)
    return get_file(session, query.where(CheckAnswer.id == answer_id), _("picture"), answer_id)
