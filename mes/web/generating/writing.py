"""Writing very many rows: the one place beside the write door that does, and only into a plant that nobody uses yet.

Rows go past services and unit of work, in one transaction: all are there in the end, or none. Indexes and, on
PostgreSQL, references are taken away first and made again at the end, which proves them; a row at a time would take
hours.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from mes.core.db import Database

#: Rows of one table that go to the database at once.
AT_ONCE = 20_000
Row = tuple[Any, ...]


class Writer:
    """Takes rows for any table and hands them on in bundles."""

    def __init__(self, columns: dict[str, tuple[str, ...]]) -> None:
        self.columns = columns
        self.waiting: dict[str, list[Row]] = {table: [] for table in columns}
        self.counts = dict.fromkeys(columns, 0)

    def hand_over(self, *, all_of_them: bool = False) -> None:
        """Write the tables of which enough is waiting."""
        for table, rows in self.waiting.items():
            if rows and (all_of_them or len(rows) >= AT_ONCE):
                self._write(table, rows)
                self.counts[table] += len(rows)
                rows.clear()

    def moment(self, text: str) -> str:
        """A moment in UTC ("2016-01-04 08:00:00") as the database keeps it."""
        raise NotImplementedError

    def _write(self, table: str, rows: list[Row]) -> None:
        raise NotImplementedError


class _ToFile(Writer):
    """Into a SQLite file."""

    def __init__(self, columns: dict[str, tuple[str, ...]], file: sqlite3.Connection) -> None:
        super().__init__(columns)
        self.file = file

    def moment(self, text: str) -> str:
        return f"{text}.000000"

    def _write(self, table: str, rows: list[Row]) -> None:
        names = self.columns[table]
        places = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608  names of our own tables
        self.file.executemany(statement, rows)


class _ToServer(Writer):
    """Into PostgreSQL."""

    def __init__(self, columns: dict[str, tuple[str, ...]], cursor: Any) -> None:
        super().__init__(columns)
        self.cursor = cursor

    def moment(self, text: str) -> str:
        return f"{text}+00"

    def _write(self, table: str, rows: list[Row]) -> None:
        with self.cursor.copy(f"COPY {table} ({', '.join(self.columns[table])}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


@contextmanager
def bulk(database: Database, columns: dict[str, tuple[str, ...]]) -> Iterator[Writer]:
    """A writer into an empty plant: everything it was given is kept at the end of the block, or nothing."""
    with _to_file(database, columns) if database.is_sqlite else _to_server(database, columns) as writer:
        yield writer


MADE_INDEXES = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"


@contextmanager
def _to_file(database: Database, columns: dict[str, tuple[str, ...]]) -> Iterator[Writer]:
    """With the old kind of journal: new pages are not journalled by it, and a cut-off writing is rolled back."""
    database.engine.dispose()  # the last connection leaves, so that the journal may change its kind
    with closing(sqlite3.connect(database.engine.url.database or "", isolation_level=None)) as file:
        for pragma in ("journal_mode = DELETE", "synchronous = OFF", "cache_size = -262144", "temp_store = FILE"):
            file.execute(f"PRAGMA {pragma}")
        file.execute("BEGIN EXCLUSIVE")
        try:
            made = [(name, sql) for name, table, sql in file.execute(MADE_INDEXES) if table in columns]
            for name, _sql in made:
                file.execute(f'DROP INDEX "{name}"')
            writer = _ToFile(columns, file)
            yield writer
            writer.hand_over(all_of_them=True)
            for _name, sql in made:
                file.execute(sql)
            file.execute("ANALYZE")
            file.commit()
        except BaseException:
            file.rollback()
            raise
        finally:
            file.execute("PRAGMA journal_mode = WAL")


REFERENCES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2
"""
INDEXES = """
SELECT i.indexname, i.indexdef FROM pg_indexes AS i
WHERE i.schemaname = current_schema() AND i.tablename = ANY(%s)
AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conname = i.indexname) ORDER BY 1
"""


NEXT = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"


@contextmanager
def _to_server(database: Database, columns: dict[str, tuple[str, ...]]) -> Iterator[Writer]:
    tables = list(columns)
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.transaction(), driver.cursor() as cursor:
            references = cursor.execute(REFERENCES, (tables,)).fetchall()
            indexes = cursor.execute(INDEXES, (tables,)).fetchall()
            for table, name, _definition in references:
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            for name, _definition in indexes:
                cursor.execute(f'DROP INDEX "{name}"')
            writer = _ToServer(columns, cursor)
            yield writer
            writer.hand_over(all_of_them=True)
            for table in tables:
                if "id" in columns[table]:  # the next one takes the number after these
                    cursor.execute(NEXT.format(table=table))
            for _name, definition in indexes:
                cursor.execute(definition)
            for table, name, definition in references:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
