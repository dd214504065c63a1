"""The part of ``mes check`` that reads every value of an embedded database: it must be one that its column can hold.

SQLite keeps whatever bytes lie in its pages. A byte that changed on the disk leaves a text that is none, a time with a
hash in its midst, a state that no list knows; pages fall over them on the day on which they are read, or never. Values
are read as they lie there, without being turned into anything, so that the first bad one does not end the reading.

PostgreSQL notices such a byte by itself, when its pages carry checksums: it is asked whether they do.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from mes.core.i18n import N_, _

Found = tuple[str, dict[str, object]]
Fits = Callable[[Any], bool]
NOT_SUCH = N_("In table %(table)s, %(column)s of row %(row)s holds something that it cannot hold: %(what)s.")
DAMAGED = N_("The database server met %(count)s damaged pages: their checksums do not fit.")
UNREADABLE = N_("Table %(table)s cannot be read to its end: %(what)s.")
_DAY = rb"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_IS_DAY = re.compile(_DAY).fullmatch
_IS_MOMENT = re.compile(_DAY + rb" ([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}").fullmatch


def faults(session: Session, metadata: MetaData, most: int, not_checked: list[str]) -> Iterator[Found]:
    """Values that nobody can have written, so many of each table; what cannot be seen goes to ``not_checked``."""
    if session.get_bind().dialect.name != "sqlite":
        if bare := without_checksums(session):
            not_checked.append(bare)
        yield from _damaged_pages(session)
        return
    driver: sqlite3.Connection = session.connection().connection.dbapi_connection  # type: ignore[assignment]
    there = {name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    usual, driver.text_factory = driver.text_factory, bytes
    try:
        for table in metadata.sorted_tables:
            if table.name in there:
                yield from _of_table(driver, table, most)
    finally:
        driver.text_factory = usual


def without_checksums(session: Session) -> str | None:
    """A sentence when the pages of a PostgreSQL server carry no checksums."""
    if session.scalar(text("SHOW data_checksums")) == "on":
        return None
    return _(
        "The pages of the database carry no checksums, so that a byte that changes on the disk is not noticed. Stop "
        "the database server once and switch them on with: pg_checksums --enable"
    )


def _damaged_pages(session: Session) -> Iterator[Found]:
    """What PostgreSQL itself has met since its figures were last reset."""
    failures = text("SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()")
    if count := session.scalar(failures):
        yield DAMAGED, {"count": str(count)}


def _of_table(driver: sqlite3.Connection, table: Table, most: int) -> Iterator[Found]:
    columns = [(column.name, fits(column.type), bool(column.nullable)) for column in table.columns]
    names = ", ".join(f'"{name}"' for name, _fits, _empty in columns)
    told = 0
    try:
        for row, *values in driver.execute(f'SELECT rowid, {names} FROM "{table.name}"'):  # noqa: S608  names of our own
            for (name, right, may_be_empty), value in zip(columns, values, strict=True):
                if (may_be_empty if value is None else right(value)) or told >= most:
                    continue
                told += 1
                yield NOT_SUCH, {"table": table.name, "column": name, "row": str(row), "what": _shown(value)}
    except sqlite3.DatabaseError as error:
        yield UNREADABLE, {"table": table.name, "what": str(error)}


def fits(kind: TypeEngine[Any]) -> Fits:
    """Whether a value, as SQLite holds it, is one of a column's kind."""
    while isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, Enum):
        words = _words(kind)
        return lambda value: value in words
    for known, test in _FITS:
        if isinstance(kind, known):
            return test
    return _anything


def _words(kind: Enum) -> frozenset[bytes]:
    """The words of a list of ours, as they lie in the database."""
    return frozenset(str(word.value if isinstance(word, PythonEnum) else word).encode() for word in kind.enums)


def _is_text(value: Any) -> bool:
    if type(value) is not bytes:
        return False
    if value.isascii():
        return True
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_yes_or_no(value: Any) -> bool:
    return type(value) is int and value in (0, 1)


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_moment(value: Any) -> bool:
    return type(value) is bytes and _IS_MOMENT(value) is not None


def _is_day(value: Any) -> bool:
    return type(value) is bytes and _IS_DAY(value) is not None


def _is_bytes(value: Any) -> bool:
    return type(value) is bytes


def _anything(_value: Any) -> bool:
    return True


#: Kinds of columns; one is asked before those it descends from.
_FITS: tuple[tuple[type[TypeEngine[Any]], Fits], ...] = (
    (Boolean, _is_yes_or_no),
    (BigInteger, _is_whole),
    (Integer, _is_whole),
    (Float, _is_number),
    (DateTime, _is_moment),
    (Date, _is_day),
    (LargeBinary, _is_bytes),
    (String, _is_text),
)


def _shown(value: Any) -> str:
    """What lies there, as it can be printed, cut off."""
    if type(value) is bytes:
        return value[:60].decode("utf-8", "backslashreplace")
    return "-" if value is None else str(value)[:60]
