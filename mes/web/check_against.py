"""The part of ``mes check`` that holds an embedded database against an older copy of itself.

What is never changed must still be as it is in the copy: rows of the books, and rows of a master whose version is the
same and of which no event tells since. That finds what no rule can, a byte that changed on the disk and left a value
which the column may well hold. Both are asked by SQLite itself, side by side.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData
from sqlalchemy.orm import Mapper

from mes.core.db import Base
from mes.core.events import Event
from mes.core.i18n import N_
from mes.web.check_database import GUARDED

Found = tuple[str, dict[str, object]]
OTHER = N_("Row %(row)s of table %(table)s is not what it was in the copy, and nothing was recorded that changed it.")
GONE = N_("Row %(row)s of table %(table)s is in the copy and was removed since, though nothing is ever removed there.")
SCHEMA = N_("%(what)s of the database is not what it was in the copy, although the version is the same.")
UNREADABLE = N_("The database cannot be held against the copy: %(what)s.")
#: Books in which one mark may be set afterwards, and counters that other things move.
MOVED = {"genealogy": {"undone"}, "plant": {"words_stamp"}}


def faults(now: Path, copy: Path, metadata: MetaData, most: int) -> Iterator[Found]:
    """What differs where nothing may. Nothing when the copy is of another version of the tables."""
    with closing(sqlite3.connect("file::memory:", uri=True)) as both:
        try:
            for name, file in (("now", now), ("old", copy)):
                both.execute(f"ATTACH ? AS {name}", (f"{file.resolve().as_uri()}?mode=ro",))
            if len({_version(both, name) for name in ("now", "old")}) > 1:
                return
            yield from _schema(both)
            yield from _rows(both, metadata, most)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            yield UNREADABLE, {"what": str(error)}


def _version(both: sqlite3.Connection, name: str) -> str:
    [version] = both.execute(f"SELECT version_num FROM {name}.alembic_version").fetchone()  # noqa: S608
    return str(version)


def _schema(both: sqlite3.Connection) -> Iterator[Found]:
    """Tables, indices and triggers; SQLite's own, which come with statistics, aside."""
    parts = "SELECT type, name, tbl_name, sql FROM {}.sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    query = f"{parts.format('old')} EXCEPT {parts.format('now')}"
    for kind, name, _table, _sql in both.execute(query):
        yield SCHEMA, {"what": f"{kind} {name}"}


def _rows(both: sqlite3.Connection, metadata: MetaData, most: int) -> Iterator[Found]:
    [last] = both.execute(f"SELECT max(id) FROM old.{Event.__tablename__}").fetchone()  # noqa: S608
    versions = _versions()
    for table in metadata.sorted_tables:
        if table.name not in GUARDED and table.name not in versions:
            continue
        there = [str(column[1]) for column in both.execute(f"PRAGMA now.table_info({table.name})")]
        columns = [f'"{name}"' for name in there if name not in MOVED.get(table.name, ())]
        was, is_now = (", ".join(f"{side}.{name}" for name in columns) for side in ("o", "n"))
        query = f"SELECT o.rowid, n.rowid FROM old.{table.name} o LEFT JOIN now.{table.name} n ON n.rowid = o.rowid "  # noqa: S608
        if table.name in GUARDED:
            query += f"WHERE n.rowid IS NULL OR ({was}) IS NOT ({is_now})"
        else:
            version = versions[table.name]
            query += f"WHERE n.{version} = o.{version} AND ({was}) IS NOT ({is_now}) AND NOT EXISTS ("
            query += "SELECT 1 FROM now.events e WHERE e.thing = ? AND e.thing_id = n.id AND e.id > ?)"
        given = () if table.name in GUARDED else (table.name, last or 0)
        for row, kept in both.execute(f"{query} LIMIT {most}", given):
            yield (GONE if kept is None else OTHER), {"row": str(row), "table": table.name}


def _versions() -> dict[str, str]:
    """Tables whose rows carry a version that each change makes one higher, with the column's name."""
    mappers: list[Mapper[object]] = list(Base.registry.mappers)
    return {str(one.local_table.name): one.version_id_col.name for one in mappers if one.version_id_col is not None}  # type: ignore[attr-defined]
