"""Check sheets from files and to them: one row for each line; a sheet's own columns stand in its rows again and again.

A sheet that the file names gets the lines of the file: new ones come in, changed ones change, others are asked no more.
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
_LINE = {"name": "line_name", "name_en": "name_en", "kind": "kind", "unit": "unit", "lower": "lower", "upper": "upper"}


def read_check_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a list of check sheets; needs no database."""
    return read_columns(COLUMNS, table.rows, mapping)


def judge_checks(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Compare the sheets and their lines with those recorded."""
    centres = {code: one.id for code, one in queries.known_codes(session, WorkCentre).items()}
    machines = {code: one.id for code, one in queries.known_codes(session, Machine).items()}
    _check_rows(sheet, centres, machines)
    groups: dict[str, list[int]] = {}
    for row in range(len(sheet.rows)):
        if code := sheet.value(row, "sheet"):
            groups.setdefault(code, []).append(row)
    query = select(CheckSheet).options(
        selectinload(CheckSheet.items), joinedload(CheckSheet.work_centre), joinedload(CheckSheet.machine)
    )
    known = {one.code: one for one in session.scalars(query.where(CheckSheet.code.in_(groups)))}
    verdicts: dict[int, tuple[Verdict, Sequence[Change]]] = {}
    for code, rows in groups.items():
        _check_said_once(sheet, code, rows)
        old = {item.position: item for item in known[code].items if item.active} if code in known else {}
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


def _check_said_once(sheet: Sheet, code: str, rows: Sequence[int]) -> None:
    """What is said of a sheet stands in each of its rows, and everywhere the same."""
    first = _own(sheet, rows[0])
    for row in rows[1:]:
        for column, value in _own(sheet, row).items():
            if value != first[column] and row not in sheet.faults:
                told = SheetSaysBoth(code=code, value=value or "-", first=first[column] or "-")
                sheet.refuse(row, column, told)


def _code(sheet: Sheet, row: int) -> str:
    return f"{sheet.value(row, 'sheet') or ''} {sheet.value(row, 'line') or ''}".strip()


def _check_rows(sheet: Sheet, centres: dict[str, Any], machines: dict[str, Any]) -> None:
    taken: dict[tuple[str, int], int] = {}
    for row in range(len(sheet.rows)):
        for name, known, what in (("work_centre", centres, _("work centre")), ("machine", machines, _("machine"))):
            value = sheet.value(row, name)
            if value and value not in known:
                sheet.refuse(row, name, NotKnown(what=what, value=value))
        if row in sheet.faults:
            continue
        first = taken.setdefault((sheet.value(row, "sheet"), sheet.value(row, "line")), row)
        if first != row:
            told = RowTwice(value=_code(sheet, row), code=_code(sheet, row), first=str(sheet.rows[first][0]))
            sheet.refuse(row, "line", told)
        if sheet.value(row, "on_failure") is OnFailure.HOLD and not sheet.value(row, "machine"):
            sheet.refuse(row, "on_failure", HoldWithoutMachine())
        try:
            check_line(CheckItem(**_line(sheet, row)))
        except Refused as reason:
            sheet.refuse(row, reason.field or "lower", reason)


def _line(sheet: Sheet, row: int) -> dict[str, Any]:
    told = {name: sheet.value(row, column) for name, column in _LINE.items()}
    return told | {"kind": told["kind"] or AnswerKind.TICK}


def _own(sheet: Sheet, row: int) -> dict[str, Any]:
    """The sheet's own columns; what a cell does not say is as usual. An English name that it does not say stays."""
    return {
        "sheet_name": sheet.value(row, "sheet_name"),
        "sheet_name_en": sheet.value(row, "sheet_name_en") or None,
        "work_centre": sheet.value(row, "work_centre"),
        "machine": sheet.value(row, "machine") or None,
        "every": sheet.value(row, "every") or Every.DAY,
        "within": 60 if sheet.value(row, "within") is None else sheet.value(row, "within"),
        "on_failure": sheet.value(row, "on_failure") or OnFailure.CALL,
    }


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
    line = _line(sheet, row)
    found = [
        Change(_LINE[name], getattr(item, name), after) for name, after in line.items() if getattr(item, name) != after
    ]
    before, told = _recorded(known), _own(sheet, row)
    told["sheet_name_en"] = told["sheet_name_en"] or known.name_en
    found += [Change(name, before[name], after) for name, after in told.items() if before[name] != after]
    return found if known.active else [*found, Change("sheet", None, known.code)]


def _record(
    work: Work, sheet: Sheet, code: str, rows: Sequence[int], known: CheckSheet | None, centres: dict[str, Any],
    machines: dict[str, Any],
) -> None:  # fmt: skip
    told = _own(sheet, rows[0])
    own = {
        "name": told["sheet_name"], "name_en": told["sheet_name_en"] or (known.name_en if known else None),
        "work_centre_id": centres[told["work_centre"]],
        "machine_id": machines[told["machine"]] if told["machine"] else None,
        "every": told["every"], "within_minutes": told["within"], "on_failure": told["on_failure"],
    }  # fmt: skip
    if known is None:
        add_sheet(work, code=code, **own)
    else:
        change_sheet(work, code, **own, active=True)
    lines = {sheet.value(row, "line"): _line(sheet, row) for row in rows}
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
