"""Inserting very many rows of one table. Values are brought to the database's form column by column, each once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, String, Table
from sqlalchemy.orm import Session

from mes.core.chunks import chunks

AT_ONCE = 10_000
Columns = dict[str, list[Any]]


def insert_many(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that may name different columns; what a row does not name gets its default, else nothing."""
    connection = session.connection()
    for part in chunks(rows, AT_ONCE):
        columns = _columns(connection, table, part)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_from_arrays(connection, table, columns), tuple(columns.values()))
        else:
            names, places = ", ".join(map(_quoted, columns)), ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608  names of our own tables
            connection.exec_driver_sql(statement, list(zip(*columns.values(), strict=True)))


def _columns(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Columns:
    names = set().union(*rows)
    columns: Columns = {}
    for column in table.columns:
        default = getattr(column.default, "arg", None)
        if column.name in names:
            process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
            values = [row.get(column.name, default) for row in rows]
            known = {value: process(value) for value in set(values)} if process else None
            columns[column.name] = [known[value] for value in values] if known else values
        elif default is not None:
            columns[column.name] = [default] * len(rows)
    return columns


def _from_arrays(connection: Connection, table: Table, columns: Columns) -> str:
    """One statement that takes an array for each column: no statement per row, and errors are the database's own."""
    names = ", ".join(map(_quoted, columns))
    arrays = ", ".join(f"%s::{_kind(connection, table, name)}[]" for name in columns)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608  names of our own tables


def _kind(connection: Connection, table: Table, name: str) -> str:
    kind = table.columns[name].type.dialect_impl(connection.dialect)
    # an array of VARCHAR(64) would cut what is too long instead of refusing it
    return "TEXT" if isinstance(getattr(kind, "impl", kind), String) else kind.compile(connection.dialect)


def _quoted(name: str) -> str:
    return f'"{name}"'
