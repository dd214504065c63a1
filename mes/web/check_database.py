"""The part of ``mes check`` that is about the database itself: its pages, references, tables and guards."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Inspector, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mes.core import schema
from mes.core.files import StoredFile
from mes.core.i18n import N_, _
from mes.keeping.marks import TABLE as MARKS
from mes.web.tables import metadata

RULES = ("integrity", "references", "tables", "guards", "files")
#: Tables of which nothing is ever changed or removed; triggers see to it.
GUARDED = (
    "events", "movements", "production_reports", "genealogy", "report_counts", "step_records", "signatures",
    "calibrations", "chart_phases", "chart_alarms", "alarm_answers", "nonconformance_steps", "nonconformance_checks",
    "nonconformance_costs", "epcis_captures", "epcis_events", "epcis_things", "seals",
    "record_signatures",
)  # fmt: skip
#: What these triggers refuse: SQLite can write a row over another one, PostgreSQL can empty a table at once.
REFUSED = {"sqlite": ("update", "delete", "replace"), "postgresql": ("update", "delete", "truncate")}
Found = tuple[str, str, dict[str, object]]


def faults(session: Session, not_checked: list[str]) -> Iterator[Found]:
    """What is wrong with the database; what it cannot be asked goes into ``not_checked``."""
    if session.get_bind().dialect.name == "sqlite":
        yield from _sqlite_pages(session)
    else:
        yield from _postgresql_pages(session, not_checked)
    yield from shape(session)
    yield from _files(session)


def shape(session: Session) -> Iterator[Found]:
    """What is wrong with tables and guards, whatever is in them."""
    yield from _tables(session)
    yield from _guards(session)


def _sqlite_pages(session: Session) -> Iterator[Found]:
    for (said,) in session.execute(text("PRAGMA integrity_check(20)")):
        if said != "ok":
            yield "integrity", N_("The database file is damaged: %(what)s."), {"what": said}
    for table, row, other, _number in session.execute(text("PRAGMA foreign_key_check")):
        message = N_("Row %(row)s of table %(table)s refers to something in %(other)s that is not there.")
        yield "references", message, {"row": str(row), "table": table, "other": other}


def _postgresql_pages(session: Session, not_checked: list[str]) -> Iterator[Found]:
    unproved = text(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
    )
    for table, name in session.execute(unproved):
        message = N_("The reference %(name)s of table %(table)s was never proved.")
        yield "references", message, {"name": name, "table": table}
    asleep = text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgisinternal AND tgenabled = 'D'")
    for (table,) in session.execute(asleep):
        message = N_("The references of table %(table)s are switched off.")
        yield "references", message, {"table": table}
    if session.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")) is None:
        not_checked.append(_("The pages of the database were not checked: its extension amcheck is not installed."))
        return
    for name, said in _damaged_indices(session):
        yield "integrity", N_("Index %(name)s of the database is damaged: %(what)s."), {"name": name, "what": said}


def _damaged_indices(session: Session) -> Iterator[tuple[str, str]]:
    """Each index is asked by itself, outside the snapshot: a damaged one ends its transaction with an error."""
    indices = text(
        "SELECT c.oid, c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
        "JOIN pg_am a ON a.oid = c.relam "
        "WHERE a.amname = 'btree' AND c.relnamespace = current_schema()::regnamespace AND i.indisvalid"
    )
    engine = session.connection().engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for ident, name in connection.execute(indices).all():
            try:
                connection.execute(text("SELECT bt_index_check(:ident, true)"), {"ident": ident})
            except DBAPIError as error:
                yield name, str(error.orig).splitlines()[0]


def _tables(session: Session) -> Iterator[Found]:
    """Every table, column and index of this version, and no other."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    at = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if at != schema.head():
        message = N_("The database is at %(found)s, this version needs %(needed)s.")
        yield "tables", message, {"found": at, "needed": schema.head()}
        return
    opts = {"compare_type": False, "include_name": lambda name, kind, _parents: kind != "table" or _is_ours(str(name))}
    context = MigrationContext.configure(session.connection(), opts=opts)
    for difference in compare_metadata(context, metadata):
        message = N_("The tables are not those of this version: %(what)s.")
        yield "tables", message, {"what": _worded(difference)}


def _is_ours(table: str) -> bool:
    """A plant that moves to another database bears the table of a mark beside its own, and what Litestream keeps."""
    return table != MARKS and not table.startswith("_litestream_")


def _worded(difference: object) -> str:
    parts = difference[0] if isinstance(difference, list) else difference
    if not isinstance(parts, tuple):
        return str(parts)
    names = [getattr(part, "name", part) for part in parts[1:] if part is not None]
    return " ".join([str(parts[0]).replace("_", " "), *(str(name) for name in names if isinstance(name, str))])


def _guards(session: Session) -> Iterator[Found]:
    connection = session.connection()
    inspector: Inspector = inspect(connection)
    there = set(inspector.get_table_names())
    awake = _triggers(session)
    for table in GUARDED:
        for act in REFUSED[connection.dialect.name]:
            if table in there and (table, act) not in awake:
                message = N_("Nothing keeps rows of table %(table)s from being changed or removed (%(act)s).")
                yield "guards", message, {"table": table, "act": act.upper()}


def _triggers(session: Session) -> set[tuple[str, str]]:
    """Which table refuses what. One that has the name and refuses nothing does not count."""
    if session.get_bind().dialect.name == "sqlite":
        rows = session.execute(
            text("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'")
        )
        return {(table, name.rpartition("_")[2]) for table, name in rows}
    # bits of tgtype: 8 DELETE, 16 UPDATE, 32 TRUNCATE
    rows = session.execute(
        text(
            "SELECT c.relname, t.tgtype FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND p.prosrc LIKE '%RAISE EXCEPTION%'"
        )
    )
    bits = (("delete", 8), ("update", 16), ("truncate", 32))
    return {(table, act) for table, kind in rows for act, bit in bits if kind & bit}


def _files(session: Session) -> Iterator[Found]:
    """Photos and files of which a byte on the disk has changed."""
    query = select(StoredFile.name, StoredFile.at, StoredFile.sha256, StoredFile.content)
    for name, at, sha256, content in session.execute(query.execution_options(yield_per=20)):
        if hashlib.sha256(content).hexdigest() != sha256:
            yield "files", N_("The file %(name)s of %(at)s is not what was stored."), {"name": name, "at": at}
