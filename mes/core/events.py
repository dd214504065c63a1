"""The event log: who did what, when, from where, before and after. Append-only, each row chained to the one before.

The chain makes a changed, removed or swapped row visible to ``mes check`` (``core.chain``); triggers of the database
refuse to change, remove or write over a row, and to empty the table.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Index, String, Text, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes.core.db import Base
from mes.core.sending import BY_KEY, UNANSWERED
from mes.core.types import Id, Moment, Ref

#: Taken by every transaction that appends on PostgreSQL, so that each finds the last row (SQLite has one writer).
CHAIN_LOCK = 0x4D4553
FIRST = "0" * 64


class Event(Base):
    """One change of one thing."""

    __tablename__ = "events"

    id: Mapped[Id]
    at: Mapped[Moment]
    actor_id: Mapped[Ref | None]
    actor: Mapped[str] = mapped_column(String(200))
    station: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(16))
    verb: Mapped[str] = mapped_column(String(64))
    thing: Mapped[str] = mapped_column(String(64))
    thing_id: Mapped[Ref]
    thing_code: Mapped[str] = mapped_column(String(100))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_events_thing", "thing", "thing_id", "id"), Index("ix_events_at", "at"))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event not yet written: what ``Work`` collects until the end of the business act."""

    at: datetime
    actor_id: int | None
    actor: str
    station: str | None
    source: str
    verb: str
    thing: str
    thing_id: int
    thing_code: str
    before: str | None
    after: str | None
    reason: str | None


def as_text(values: Mapping[str, Any] | None) -> str | None:
    """Before or after as canonical JSON: sorted, exact, the same on both databases."""
    if values is None:
        return None
    return AS_TEXT.encode(values)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


AS_TEXT = json.JSONEncoder(default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
AS_CONTENT = json.JSONEncoder(ensure_ascii=False)


def link(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash that ties an event to the one before it."""
    return link_cells(previous, [entry[name] for name in CONTENT])


def link_cells(previous: str, cells: Iterable[Any]) -> str:
    """The same of the values alone, in the order of ``CONTENT``."""
    content = AS_CONTENT.encode([previous, *(_plain_cell(cell) for cell in cells)])
    return hashlib.sha256(content.encode()).hexdigest()


#: What the hash of an event is made of, after the hash of the one before it.
CONTENT = tuple(Entry.__dataclass_fields__)


def _plain_cell(value: Any) -> str | None:
    """A moment as the database gives it back, whatever zone it was handed over in."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)


TAKE_CHAIN = select(func.pg_advisory_xact_lock(CHAIN_LOCK)).execution_options(**UNANSWERED)
LAST_HASH = select(Event.hash).order_by(Event.id.desc()).limit(1).execution_options(**BY_KEY)
APPEND = insert(Event).inline().execution_options(**UNANSWERED)
#: More events than these are one act on very many things.
MANY = 500


def append(session: Session, entries: Iterable[Entry]) -> None:
    """Write the collected events at the end of the chain, inside the running transaction."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(TAKE_CHAIN)
    previous = connection.execute(LAST_HASH).scalar() or FIRST
    rows = []
    for entry in entries:
        row = dict(entry.__dict__)
        row["previous"], row["hash"] = previous, link(previous, row)
        previous = row["hash"]
        rows.append(row)
    if connection.dialect.name == "postgresql" and len(rows) > MANY:
        _copy(connection, rows)
    else:
        connection.execute(APPEND, rows)


def _copy(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Very many rows the way that server takes them best: as one statement, reading its text alone takes seconds."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY events ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def history(session: Session, thing: str, thing_id: int) -> list[Event]:
    """Everything that was done to one thing, newest first."""
    chosen = select(Event).where(Event.thing == thing, Event.thing_id == thing_id).order_by(Event.id.desc())
    return list(session.scalars(chosen))
