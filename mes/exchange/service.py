"""Use cases: look at a file before anything is recorded, import it whole or not at all, keep it in between."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mes.core.files import StoredFile, forget_files, store_file
from mes.core.i18n import zone
from mes.core.work import Work, utc_now
from mes.exchange import queries
from mes.exchange.columns import RowStopped, Sheet
from mes.exchange.headings import SYNONYMS, match_columns, unit_in_heading
from mes.exchange.kinds import get_kind, guess_kind
from mes.exchange.models import Upload, Verdict
from mes.exchange.plans import Kind, Options, Plan
from mes.exchange.reading import Table, read_table, without_garbage_collection
from mes.exchange.readings import PIECES
from mes.exchange.roominess import check_room, too_large_for_here
from mes.exchange.rules import ImportedAlready, ImportedBefore, Preview, RowsRefused, is_usual_unit

#: What a cell that is merged over several rows says for the first of them only: all together, or each?
ONE_EACH = frozenset({"quantity", "setup_minutes", "cycle_seconds", "value", *PIECES})
#: A file that was looked at and not imported is kept for so long; so many are thrown away at once.
LEFT_ALONE, AT_ONCE = timedelta(days=30), 100


class Prepared(NamedTuple):
    """A file read to values, before anything is compared with the plant."""

    kind: Kind
    name: str
    data: bytes
    sheet: Sheet
    options: Options
    #: The sheet that was read, and all visible sheets of the workbook.
    chosen: str | None
    sheets: tuple[str, ...]
    #: The file's own heading of each field, and of all its columns.
    headings: dict[str, str]
    columns: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """What tells this file from any other."""
        return hashlib.sha256(self.data).hexdigest()


class Imported(NamedTuple):
    """What an import did."""

    upload: Upload
    preview: Preview


def prepare(
    kind: str | None, name: str, data: bytes, *, sheet: str | None = None, options: Options | None = None
) -> Prepared:
    """Read a file to values. Needs no database, so that nobody waits for it. Without ``kind`` it is guessed.

    Raises a FileRefused (FileNeedsMemory among them), ColumnsMissing, HeadingTwice, HeadingUnitWrong, KindUnknown,
    KindUnclear.
    """
    check_room(name, data)
    try:
        return _prepare(kind, name, data, sheet, options)
    except MemoryError:
        pass  # all that was read is let go of before anything is said
    raise too_large_for_here(name, data)


def _prepare(kind: str | None, name: str, data: bytes, sheet: str | None, options: Options | None) -> Prepared:
    chosen = get_kind(kind) if kind else None
    table = read_table(name, data, sheet, chosen.name if chosen else None)
    chosen = chosen or guess_kind(table)
    mapping = match_columns(chosen.name, table)
    options = options or Options()
    for field in ONE_EACH & mapping.columns.keys():
        table = table.with_doubtful(mapping.columns[field])
    with without_garbage_collection():
        read = chosen.read(table, mapping, options)
    _count_in_heading(read, table)
    headings = {name: " ".join(table.headings[column].split()) for name, column in mapping.columns.items()}
    return Prepared(chosen, table.name, data, read, options, table.sheet, table.sheets, headings, tuple(table.headings))


def _count_in_heading(sheet: Sheet, table: Table) -> None:
    """A list without a column for units whose heading tells one, as in ``수량(g)``, is counted in that one."""
    mapping = sheet.mapping
    if "quantity" not in mapping or "unit" not in SYNONYMS[mapping.kind] or "unit" in mapping:
        return
    unit = unit_in_heading(table.headings[mapping.columns["quantity"]])
    if unit and is_usual_unit(unit):
        sheet.values["unit"] = [unit] * len(sheet.rows)


def preview(session: Session, prepared: Prepared, today: date | None = None) -> Preview:
    """What an import would do: a verdict and, for refused rows, the reason and cell. Writes nothing.

    ``today`` is the plant's calendar day, else that of the clock.
    """
    return _preview(prepared, _judge(session, prepared, today or utc_now().astimezone(zone()).date()))


def import_file(
    work: Work,
    kind: str | None,
    name: str,
    data: bytes,
    *,
    sheet: str | None = None,
    options: Options | None = None,
    confirmed: bool = False,
) -> Imported:
    """Import a file, all of it or nothing. Raises RowsRefused with every refused row, ImportedBefore (asks)."""
    return import_prepared(work, prepare(kind, name, data, sheet=sheet, options=options), confirmed=confirmed)


def import_prepared(
    work: Work,
    prepared: Prepared,
    *,
    upload: Upload | None = None,
    confirmed: bool = False,
    told: Callable[[int], None] = lambda _stage: None,
) -> Imported:
    """The same for a file that was read before. ``confirmed`` imports a file again that was imported already.

    ``told`` hears which stage the work is at. Raises RowsRefused, ImportedBefore (asks), and ImportedAlready when this
    very upload is in.
    """
    if upload is not None:
        upload = work.lock(Upload, upload.id)
        if upload.imported_at is not None:
            raise ImportedAlready(name=upload.name, when=upload.imported_at)
    kept = upload or keep_upload(work, prepared)
    if prepared.kind.repeats:
        work.lock(StoredFile, kept.file_id)  # the same file in another window waits here, and is then found below
    if not confirmed:
        check_not_before(work.session, prepared.kind, prepared.name, prepared.sha256)
    told(1)
    prepared.kind.lock(work.session, prepared.sheet)
    plan = _judge(work.session, prepared, work.today)
    found = _preview(prepared, plan)
    if found.counts[Verdict.REFUSED]:
        raise RowsRefused(found)
    told(2)
    try:
        with without_garbage_collection():
            plan.record(work)
    except RowStopped as stop:
        raise RowsRefused(_with_refused(found, stop), while_recording=True) from stop
    kept.imported_at = work.now
    work.session.flush()
    _note(work, prepared, kept, found)
    return Imported(kept, found)


def check_not_before(session: Session, kind: Kind, name: str, sha256: str) -> None:
    """Rows without a code of their own would be entered twice. Raises ImportedBefore (asks)."""
    before = queries.imported_before(session, kind.name, sha256) if kind.repeats else None
    if before is not None:
        raise ImportedBefore(name=name, when=before.imported_at, who=before.person)


def keep_upload(work: Work, prepared: Prepared) -> Upload:
    """Keep a file as it came, so that it can be looked at, imported, and shown to whoever asks later.

    What was only looked at, and that long ago, is thrown away: most lists are chosen several times before they are
    right, and each may be as large as a book of photos.
    """
    is_workbook = prepared.data.startswith(b"PK")
    stored = store_file(work, prepared.name, "xlsx" if is_workbook else "csv", prepared.data)
    upload = Upload(
        kind=prepared.kind.name, name=prepared.name[:200], file_id=stored.id, at=work.now, person=work.actor.name[:100]
    )
    work.session.add(upload)
    work.session.flush()
    _forget_left(work)
    return upload


def _forget_left(work: Work) -> None:
    left = select(Upload.id, Upload.file_id).where(Upload.imported_at.is_(None), Upload.at < work.now - LEFT_ALONE)
    # one that is being imported right now is locked and stays: it is what tells that its rows are in
    rows = work.session.execute(left.order_by(Upload.id).limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    if rows:
        work.session.execute(delete(Upload).where(Upload.id.in_([row.id for row in rows])))
        forget_files(work, {row.file_id for row in rows})


def _judge(session: Session, prepared: Prepared, today: date) -> Plan:
    """Rows are judged on a copy of the sheet, so that a second look does not start from the first one's marks."""
    sheet = prepared.sheet
    marks = {name: dict(value) for name, value in sheet.__dict__.items() if name in ("faults", "doubts")}
    fresh = type(sheet)(**{**sheet.__dict__, **marks})
    fresh.values = {name: list(column) for name, column in sheet.values.items()}
    with without_garbage_collection():
        return prepared.kind.judge(session, fresh, replace(prepared.options, today=today))


def _preview(prepared: Prepared, plan: Plan) -> Preview:
    return Preview(prepared.kind.name, prepared.name, plan.rows, prepared.sheet.mapping.ignored, plan.missing)


def _with_refused(found: Preview, stop: RowStopped) -> Preview:
    rows = list(found.rows)
    rows[stop.row] = rows[stop.row]._replace(verdict=Verdict.REFUSED, reason=stop.reason, cell=stop.cell, changes=())
    return replace(found, rows=rows)


def _note(work: Work, prepared: Prepared, upload: Upload, found: Preview) -> None:
    counts = {verdict.value: count for verdict, count in found.counts.items() if count}
    after = {"kind": prepared.kind.name, "file": prepared.name, "sha256": prepared.sha256, "rows": len(found.rows)}
    made = {"made": found.missing} if found.missing else {}
    work.record("exchange.import", upload, after={**after, **counts, **made}, code=prepared.name[:100])
