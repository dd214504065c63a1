"""Check sheets from files and to them: one row for each line; a sheet's own columns stand in its rows again and again.

A sheet that the file names gets the lines of the file: new ones come in, changed ones change, others are asked no more.
What the file has no column for stays as it is on record.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.errors import Refused
from mes.core.i18n import _
from mes.core.work import Work
from mes.equipment.models import Machine, WorkCentre
from mes.exchange import queries
from mes.exchange.choices import parse_choice
from mes.exchange.columns import Column, Sheet, read_columns, recording
from mes.exchange.headings import Mapping
from mes.exchange.masters import parse_unit
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_code, parse_integer, parse_name, parse_quantity
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, NotKnown, RowTwice, SheetSaysBoth
from mes.shifts.check_models import AnswerKind, CheckItem, CheckSheet, Every, OnFailure
from mes.shifts.check_queries import get_sheet
from mes.shifts.check_rules import HoldWithoutMachine, check_line
from mes.shifts.checks import add_sheet, change_sheet, drop_line, set_line

CHECK_FIELDS = (
    "sheet", "sheet_name", "sheet_name_en", "work_centre", "machine", "every", "within", "on_failure", "line",
    "line_name", "name_en", "kind", "unit", "lower", "upper",
)  # fmt: skip
COLUMNS = (
    Column("sheet", parse_code, needed=True),
    Column("sheet_name", parse_name, needed=True),
    Column("sheet_name_en", parse_name),
    Column("work_centre", parse_code, needed=True),
    Column("machine", parse_code),
    Column("every", lambda text: Every(parse_choice("every", text))),
    Column("within", lambda text: parse_integer(text, most=10080)),
    Column("on_failure", lambda text: OnFailure(parse_choice("on_failure", text))),
    Column("line", lambda text: parse_integer(text, zero=False, most=999), needed=True),
    Column("line_name", parse_name, needed=True),
    Column("name_en", parse_name),
    Column("kind", lambda text: AnswerKind(parse_choice("answer_kind", text))),
    Column("unit", parse_unit),
    Column("lower", lambda text: parse_quantity(text, negative=True)),
    Column("upper", lambda text: parse_quantity(text, negative=True)),
)
_OWN = {
    "sheet_name": "name", "sheet_name_en": "name_en", "work_centre": "work_centre_id", "machine": "machine_id",
    "every": "every", "within": "within_minutes", "on_failure": "on_failure",
}  # fmt: skip
_USUAL = {"every": Every.DAY, "within": 60, "on_failure": OnFailure.CALL}
_LINE = {"name": "line_name", "name_en": "name_en", "kind": "kind", "unit": "unit", "lower": "lower", "upper": "upper"}


def read_check_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a list of check sheets; needs no database."""
    return read_columns(COLUMNS, table.rows, mapping)


def judge_checks(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Compare the sheets and their lines with those recorded."""
    centres = {code: one.id for code, one in queries.known_codes(session, WorkCentre).items()}
    machines = {code: one.id for code, one in queries.known_codes(session, Machine).items()}
    groups: dict[str, list[int]] = {}
    for row in range(len(sheet.rows)):
        if code := sheet.value(row, "sheet"):
            groups.setdefault(code, []).append(row)
    query = select(CheckSheet).options(
        selectinload(CheckSheet.items), joinedload(CheckSheet.work_centre), joinedload(CheckSheet.machine)
    )
    known = {one.code: one for one in session.scalars(query.where(CheckSheet.code.in_(groups)))}
    _check_rows(sheet, known, centres, machines)
    verdicts: dict[int, tuple[Verdict, Sequence[Change]]] = {}
    for code, rows in groups.items():
        _check_said_once(sheet, code, rows, known.get(code))
        old = _asked(known.get(code))
        for row in rows:
            before = old.get(sheet.value(row, "line"))
            changes = _changes(sheet, row, before, known[code]) if before else []
            verdicts[row] = (
                (Verdict.NEW, ()) if before is None else (Verdict.CHANGED if changes else Verdict.SAME, changes)
            )
        gone = sorted(set(old) - {sheet.value(row, "line") for row in rows})
        if gone:
            verdict, before_gone = verdicts[rows[-1]]
            told = [*before_gone, Change("line", ", ".join(map(str, gone)), None)]
            verdicts[rows[-1]] = (Verdict.CHANGED if verdict is Verdict.SAME else verdict, told)
    judged = [
        sheet.judged(
            row, _code(sheet, row), str(sheet.value(row, "line_name") or ""), *verdicts.get(row, (Verdict.SAME, ()))
        )
        for row in range(len(sheet.rows))
    ]
    sound = {code: rows for code, rows in groups.items() if not any(row in sheet.faults for row in rows)}
    wanted = [code for code, rows in sound.items() if any(verdicts[row][0] is not Verdict.SAME for row in rows)]

    def record(work: Work) -> None:
        for code in wanted:
            with recording(groups[code][0]):
                _record(work, sheet, code, groups[code], known.get(code), centres, machines)

    return Plan(judged, record)


def _asked(known: CheckSheet | None) -> dict[int, CheckItem]:
    """The lines that a sheet on record asks, by their numbers."""
    return {item.position: item for item in known.items if item.active} if known else {}


def _check_said_once(sheet: Sheet, code: str, rows: Sequence[int], known: CheckSheet | None) -> None:
    """What is said of a sheet stands in each of its rows, and everywhere the same."""
    first = _own(sheet, rows[0], known)
    for row in rows[1:]:
        for column, value in _own(sheet, row, known).items():
            if value != first[column] and row not in sheet.faults:
                told = SheetSaysBoth(code=code, value=value or "-", first=first[column] or "-")
                sheet.refuse(row, column, told)


def _code(sheet: Sheet, row: int) -> str:
    return f"{sheet.value(row, 'sheet') or ''} {sheet.value(row, 'line') or ''}".strip()


def _check_rows(
    sheet: Sheet, known: dict[str, CheckSheet], centres: dict[str, Any], machines: dict[str, Any]
) -> None:  # fmt: skip
    taken: dict[tuple[str, int], int] = {}
    asked = {code: _asked(one) for code, one in known.items()}
    for row in range(len(sheet.rows)):
        for name, there, what in (("work_centre", centres, _("work centre")), ("machine", machines, _("machine"))):
            value = sheet.value(row, name)
            if value and value not in there:
                sheet.refuse(row, name, NotKnown(what=what, value=value))
        if row in sheet.faults:
            continue
        code, position = sheet.value(row, "sheet"), sheet.value(row, "line")
        first = taken.setdefault((code, position), row)
        if first != row:
            told = RowTwice(value=_code(sheet, row), code=_code(sheet, row), first=str(sheet.rows[first][0]))
            sheet.refuse(row, "line", told)
        own = _own(sheet, row, known.get(code))
        if own["on_failure"] is OnFailure.HOLD and not own["machine"]:
            sheet.refuse(row, "on_failure" if "on_failure" in sheet.mapping else "machine", HoldWithoutMachine())
        try:
            check_line(CheckItem(**_line(sheet, row, asked.get(code, {}).get(position))))
        except Refused as reason:
            sheet.refuse(row, "lower" if "lower" in sheet.mapping else "kind", reason)


def _line(sheet: Sheet, row: int, old: CheckItem | None) -> dict[str, Any]:
    """A line's columns; what the file has no column for stays as it is asked now."""
    told: dict[str, Any] = {}
    for name, column in _LINE.items():
        told[name] = getattr(old, name) if old and column not in sheet.mapping else sheet.value(row, column)
    return told | {"kind": told["kind"] or AnswerKind.TICK}


def _own(sheet: Sheet, row: int, known: CheckSheet | None) -> dict[str, Any]:
    """The sheet's own columns; what a cell does not say is as usual, and what the file has no column for stays. An
    English name that a cell does not say stays too."""
    told = _recorded(known) if known else {}
    for column in _OWN:
        if known is None or column in sheet.mapping:
            value = sheet.value(row, column)
            told[column] = _USUAL.get(column) if value is None else value
    return told


def _recorded(known: CheckSheet) -> dict[str, Any]:
    """The same of a sheet on record."""
    return {
        "sheet_name": known.name,
        "sheet_name_en": known.name_en,
        "work_centre": known.work_centre.code,
        "machine": known.machine.code if known.machine else None,
        "every": known.every,
        "within": known.within_minutes,
        "on_failure": known.on_failure,
    }


def _changes(sheet: Sheet, row: int, item: CheckItem, known: CheckSheet) -> list[Change]:
    line = _line(sheet, row, item)
    found = [
        Change(_LINE[name], getattr(item, name), after) for name, after in line.items() if getattr(item, name) != after
    ]
    before, told = _recorded(known), _own(sheet, row, known)
    told["sheet_name_en"] = told["sheet_name_en"] or known.name_en
    found += [Change(name, before[name], after) for name, after in told.items() if before[name] != after]
    return found if known.active else [*found, Change("sheet", None, known.code)]


def _record(
    work: Work, sheet: Sheet, code: str, rows: Sequence[int], known: CheckSheet | None, centres: dict[str, Any],
    machines: dict[str, Any],
) -> None:  # fmt: skip
    told = _own(sheet, rows[0], known)
    told["sheet_name_en"] = told["sheet_name_en"] or (known.name_en if known else None)
    told["work_centre"] = centres[told["work_centre"]]
    told["machine"] = machines.get(told["machine"])
    own = {_OWN[column]: value for column, value in told.items() if known is None or column in sheet.mapping}
    asked = _asked(known)
    if known is None:
        add_sheet(work, code=code, **own)
    else:
        change_sheet(work, code, **own, active=True)
    lines: dict[int, dict[str, Any]] = {}
    for row in rows:
        position = sheet.value(row, "line")
        line = _line(sheet, row, asked.get(position))
        lines[position] = {
            name: value for name, value in line.items() if position not in asked or _LINE[name] in sheet.mapping
        }
    for item in get_sheet(work.session, code).items if known else ():
        if item.active and item.position not in lines:
            drop_line(work, code, item.position)
    for position, line in lines.items():
        set_line(work, code, position, again=True, **line)


def listed_checks() -> Select[*tuple[Any, ...]]:
    """The sheets in use with their lines, as the list goes out."""
    columns = (
        CheckSheet.code, CheckSheet.name, CheckSheet.name_en, WorkCentre.code, Machine.code, CheckSheet.every,
        CheckSheet.within_minutes, CheckSheet.on_failure, CheckItem.position, CheckItem.name, CheckItem.name_en,
        CheckItem.kind, CheckItem.unit, CheckItem.lower, CheckItem.upper,
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(CheckSheet)
        .join(CheckItem, CheckItem.sheet_id == CheckSheet.id)
        .join(WorkCentre, WorkCentre.id == CheckSheet.work_centre_id)
        .outerjoin(Machine, Machine.id == CheckSheet.machine_id)
        .where(CheckSheet.active, CheckItem.active)
        .order_by(CheckSheet.code, CheckItem.position)
    )
