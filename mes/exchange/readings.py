"""Readings from a file: a row is what was measured of one characteristic of a lot or job, one piece or several.

Rows of the same lot or job and kind of inspection are one inspection. It is begun, or the open one is gone on with; the
readings are taken like those of a tablet, and it is closed when none is missing.
"""

from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.exchange.cell_errors import CellIsMissing
from mes.exchange.choices import parse_choice
from mes.exchange.columns import Column, Sheet, read_columns, recording
from mes.exchange.errors import TooManyReadings
from mes.exchange.headings import Mapping
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_code, parse_integer, parse_name
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import NotKnown, RowTwice, SeveralLotsOfNumber
from mes.gauges.queries import get_gauge
from mes.gauges.rules import check_usable
from mes.inspection import open_queries, rules, standard_queries, tablet_rules
from mes.inspection.models import Characteristic, InspectionKind, Nature
from mes.inspection.service import open_inspection
from mes.inspection.typed import read_reading
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import find_lot, lots_of_supplier_lot
from mes.lots.rules import LotRejected
from mes.orders.models import Job
from mes.orders.queries import find_job
from mes.quality.targets import Target
from mes.spc import taking
from mes.spc.closing import close_inspection
from mes.spc.queries import charts_of


def _count(text: str) -> int:
    return parse_integer(text, zero=False)


def _as_written(text: str) -> str:
    return parse_name(text, 100)


#: All readings of a file are one act, each judged like one of a tablet (about 5 ms): nobody waits longer than seconds.
MOST_READINGS = 2000
#: Columns of a sheet with one row for each characteristic: x1, x2 ... are its pieces.
PIECES = tuple(f"x{number}" for number in range(1, 11))
COLUMNS = (
    Column("lot", parse_code),
    Column("job", parse_code),
    Column("kind", lambda text: InspectionKind(parse_choice("inspection_kind", text)), needed=True),
    Column("characteristic", parse_name, needed=True),
    Column("piece", _count),
    Column("value", _as_written),
    *(Column(name, _as_written) for name in PIECES),
    Column("gauge", parse_code),
)


class Entry(NamedTuple):
    """One reading that a row brings."""

    row: int
    characteristic: Characteristic
    piece: int
    text: str | None
    choice: int | None
    gauge: str | None


class Group:
    """One inspection of the file: what is inspected, what it wants, and what the rows bring."""

    def __init__(self, session: Session, kind: InspectionKind, target: Target) -> None:
        self.kind, self.target = kind, target
        lot, job = target
        rules.check_target(kind, lot=lot is not None, job=job is not None)
        there = open_queries.find_open(session, kind, lot.id if lot else None, job.id if job else None)
        if there is not None:
            seen = open_queries.sheet(session, there.code)
            found, taken = seen.slots, {_place(slot) for slot in seen.slots if slot.reading is not None}
            self.wanted = {one.characteristic.id: one.characteristic for one in found}
            self.pieces = {ident: sum(one.characteristic.id == ident for one in found) for ident in self.wanted}
        else:
            standard = standard_queries.standard_of(session, kind, lot, job)
            if standard is None or not standard.characteristics:
                raise rules.NothingToMeasure(item=target.item.name, kind=rules.kind_name(kind))
            needs = open_queries.wanted_of(session, standard, lot)
            taken = set()
            self.wanted = {need.characteristic.id: need.characteristic for need in needs}
            self.pieces = {need.characteristic.id: need.pieces for need in needs}
        self.known, self.here = taken, dict[tuple[int, int], int]()
        self.entries: list[Entry] = []

    def named(self, name: str) -> Characteristic:
        """The characteristic of this name, in either language. Raises NotKnown."""
        plain = name.casefold()
        for one in self.wanted.values():
            if plain in (one.name.casefold(), (one.name_en or "").casefold()):
                return one
        raise NotKnown(what=_(N_("characteristic")), value=name)

    def place(self, one: Characteristic, piece: int | None, row: int, number: str) -> int:
        """The piece that a row means, or the first that is missing. Raises PieceBeyond, ReadingTaken, RowTwice."""
        free = (n for n in range(1, self.pieces[one.id] + 1) if (one.id, n) not in self.known | self.here.keys())
        chosen = piece or next(free, self.pieces[one.id] + 1)
        if chosen > self.pieces[one.id]:
            raise tablet_rules.PieceBeyond(name=one.name, pieces=str(self.pieces[one.id]), piece=str(chosen))
        if (one.id, chosen) in self.known:
            raise rules.AlreadyMeasured(name=one.name, piece=str(chosen))
        if (one.id, chosen) in self.here:
            said = f"{self.target.code} {one.name} {chosen}"
            raise RowTwice(value=said, code=said, first=str(self.here[one.id, chosen]))
        self.here[one.id, chosen] = int(number)
        return chosen


def _place(slot: tablet_rules.Slot) -> tuple[int, int]:
    return slot.characteristic.id, slot.piece


def read_reading_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a file of readings; needs no database. Raises TooManyReadings."""
    sheet = read_columns(COLUMNS, table.rows, mapping)
    given = sum(cell is not None for name in ("value", *PIECES) for cell in sheet.values.get(name, ()))
    if max(given, len(sheet.rows)) > MOST_READINGS:
        raise TooManyReadings(name=table.name, count=max(given, len(sheet.rows)), limit=MOST_READINGS)
    return sheet


def judge_readings(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Look whether every reading can be taken: by a standard in force, of a piece that is missing, with a number that
    can be read and a gauge that may be used."""
    groups: dict[tuple[InspectionKind, str], Group] = {}
    targets: dict[tuple[str, str], Target] = {}
    usable: set[str] = set()
    for row in range(len(sheet.rows)):
        if row in sheet.faults:
            continue
        group = _group(session, sheet, row, groups, targets)
        if group is not None:
            _judge(session, sheet, row, group, options, usable)
    rows = [
        sheet.judged(
            row, sheet.value(row, "lot") or sheet.value(row, "job") or "", sheet.value(row, "characteristic") or "",
            Verdict.NEW,
        )
        for row in range(len(sheet.rows))
    ]  # fmt: skip
    return Plan(rows, lambda work: _record(work, list(groups.values())))


def _group(
    session: Session, sheet: Sheet, row: int, groups: dict[tuple[InspectionKind, str], Group],
    targets: dict[tuple[str, str], Target],
) -> Group | None:  # fmt: skip
    kind, field = sheet.value(row, "kind"), "lot" if sheet.value(row, "lot") else "job"
    try:
        key = (field, sheet.value(row, field) or "")
        target = targets[key] = targets.get(key) or _target(session, *key)
        field = "kind"
        ident = (kind, target.code)
        groups[ident] = groups.get(ident) or Group(session, kind, target)
    except Refused as reason:
        sheet.refuse(row, field, reason)
        return None
    return groups[ident]


def _target(session: Session, field: str, code: str) -> Target:
    if not code:
        raise CellIsMissing(value="")
    if field == "job":
        job: Job | None = find_job(session, code)
        if job is None:
            raise NotKnown(what=_(N_("job")), value=code)
        return Target(None, job)
    lot = _lot(session, code)
    if lot.status is LotStatus.REJECTED:  # nothing of it is inspected any more, as at a tablet
        raise LotRejected(lot=lot.code)
    return Target(lot, None)


def _lot(session: Session, code: str) -> Lot:
    """Our own number, else the supplier's where it names one lot only."""
    own = find_lot(session, code)
    if own is not None:
        return own
    supplied = lots_of_supplier_lot(session, code)
    if len(supplied) > 1:
        raise SeveralLotsOfNumber(value=code, lots=", ".join(one.code for one in supplied[:5]))
    if not supplied:
        raise NotKnown(what=_(N_("lot")), value=code)
    return supplied[0]


def _judge(session: Session, sheet: Sheet, row: int, group: Group, options: Options, usable: set[str]) -> None:
    given = [(name, sheet.value(row, name)) for name in ("value", *PIECES) if sheet.value(row, name) is not None]
    field = "characteristic"
    try:
        one = group.named(sheet.value(row, "characteristic"))
        field, gauge = "gauge", sheet.value(row, "gauge")
        if gauge and gauge not in usable:
            check_usable(get_gauge(session, gauge), options.today)
            usable.add(gauge)
        field = "value"
        if not given:
            raise CellIsMissing(value="")
        for name, text in given:
            field = name
            answer = _answer(one, text)
            wanted = sheet.value(row, "piece") if name == "value" else int(name[1:])
            field = "piece" if name == "value" and wanted else name
            piece = group.place(one, wanted, row, str(sheet.rows[row][0]))
            group.entries.append(Entry(row, one, piece, *answer, gauge))
    except Refused as reason:
        sheet.refuse(row, field, reason)


def _answer(one: Characteristic, text: str) -> tuple[str | None, int | None]:
    """A number as it is written, or one of the choices by its name in either language."""
    if one.nature is Nature.VARIABLE:
        read_reading(text, one.unit)
        return text, None
    plain = text.casefold()
    for choice in one.choices:
        if plain in (choice.name.casefold(), (choice.name_en or "").casefold()):
            return None, choice.id
    raise NotKnown(what=_(N_("choice")), value=text)


def _record(work: Work, groups: list[Group]) -> None:
    """All charts are locked first and jobs in the order of their numbers, so that two who measure never cross."""
    brought = [group for group in groups if group.entries]
    charts_of(work.session, sorted({one.characteristic.id for group in brought for one in group.entries}), lock=True)
    for group in sorted(brought, key=lambda group: (group.target.job.code if group.target.job else "", group.kind)):
        lot, job = group.target
        entry: dict[str, Any] = {"lot_code": lot.code if lot else None, "job_code": job.code if job else None}
        with recording(group.entries[0].row):
            begun = open_inspection(work, kind=group.kind, **entry)
        for one in group.entries:
            with recording(one.row):
                taking.take_reading(
                    work, begun.code, characteristic=one.characteristic.id, piece=one.piece, text=one.text,
                    choice=one.choice, gauge=one.gauge,
                )  # fmt: skip
        if open_queries.sheet(work.session, begun.code).next is None:
            with recording(group.entries[-1].row):
                close_inspection(work, begun.code)
