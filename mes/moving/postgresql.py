"""A PostgreSQL database, read and filled line by line with its own COPY."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from mes.keeping.installation import shown_url
from mes.keeping.postgresql import EMPTY_THE_SCHEMA, connection_words
from mes.moving.sides import Found, NoRights, OtherLetters
from mes.moving.values import NOTHING, Block, Kind, Shape, measured

if TYPE_CHECKING:
    from mes.core.primaries import Hosts

#: How values are told, and that a key is read by its index instead of sorting the table.
SPEAK = """
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1; SET bytea_output = 'hex';
SET client_encoding = 'UTF8'; SET enable_seqscan = off; SET enable_sort = off; SET max_parallel_workers_per_gather = 0;
SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET statement_timeout = 0; SET lock_timeout = '30s'
"""
THINGS = """
SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace
AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
) ORDER BY 1
"""
REFERENCES = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2
"""
INDEXES = """
SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename::text = ANY(?)
AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conname = indexname) ORDER BY 1
"""
MADE = """
SELECT conname::text FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
UNION SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()
"""


class PostgresqlSide:
    """The server, by the driver itself."""

    is_sqlite = False

    def __init__(self, url: str) -> None:
        import psycopg

        self.url, self.where = url, shown_url(url)
        words, password = connection_words(url)
        known: dict[str, Any] = {"password": password} if password else {}
        self.driver: Any = psycopg.connect(words, autocommit=True, connect_timeout=10, **known)
        try:
            self.driver.execute(SPEAK)
            [[encoding]] = self.run("SHOW server_encoding")
            if encoding != "UTF8":
                raise OtherLetters(where=self.where, encoding=encoding)
        except BaseException:
            self.driver.close()
            raise

    def check_rights(self) -> None:
        """Raises NoRights unless tables can be made."""
        asked = "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
        if not self.run(asked)[0][0]:
            raise NoRights(where=self.where)

    def lines(self, shape: Shape, after: Sequence[str | int] = ()) -> Iterator[bytes]:
        """The lines of a table in the order of its key, those behind ``after``."""
        key = ", ".join(_sorted(shape.columns[at], shape.kinds[at]) for at in shape.key)
        behind = f"WHERE ({key}) > ({', '.join(['%s'] * len(after))})" if after else ""
        names = ", ".join(map(_told, shape.columns, shape.kinds))
        query = f'COPY (SELECT {names} FROM "{shape.name}" {behind} ORDER BY {key}) TO STDOUT'  # noqa: S608  our names
        with self.driver.cursor() as cursor, cursor.copy(query, tuple(after) or None) as copy:
            for line in copy:
                yield bytes(line)

    def run(self, command: str, *values: object) -> Found:
        """Run one command (? for each value) and give what comes back."""
        done = self.driver.execute(command.replace("?", "%s") if values else command, values or None)
        return list(done.fetchall()) if done.description else []

    @contextmanager
    def doing(self) -> Iterator[None]:
        """What is done inside is kept as a whole or not at all."""
        with self.driver.transaction():
            yield

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """What is read inside is as of one moment, while others write."""
        with self.driver.transaction():
            self.driver.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield

    def put(self, shape: Shape, block: Block) -> None:
        """Add the rows of a block."""
        names = ", ".join(f'"{name}"' for name in shape.columns)
        with self.driver.cursor() as cursor, cursor.copy(f'COPY "{shape.name}" ({names}) FROM STDIN') as copy:
            copy.write(
                b"".join([spelt(line, shape) for line in block.lines])
                if Kind.MEASURED in shape.kinds
                else block.content
            )

    def things(self) -> list[str]:
        """The names of all tables, views and the like that are there."""
        return [str(row[0]) for row in self.run(THINGS)]

    def loosen(self, shapes: Sequence[Shape]) -> list[tuple[str, str]]:
        """Take indexes and references away; gives names and commands that make them again."""
        made: list[tuple[str, str]] = []
        references = self.run(REFERENCES)
        for name, command in self.run(INDEXES, [shape.name for shape in shapes]):
            made.append((name, command))
        for table, name, definition in references:
            made.append((name, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'))
            self.run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, command in made:
            if command.startswith("CREATE"):
                self.run(f'DROP INDEX "{name}"')
        return made

    def made(self) -> set[str]:
        """The names of all indexes and references that are there."""
        return {name for (name,) in self.run(MADE)}

    def number(self, shapes: Sequence[Shape]) -> None:
        """The next new row of each table takes the number after the last one."""
        for shape in shapes:
            for at in shape.key:
                column = shape.columns[at]
                [[counter]] = self.run("SELECT pg_get_serial_sequence(?, ?)", f'"{shape.name}"', column)
                if counter is not None:
                    highest = f'SELECT max("{column}") FROM "{shape.name}"'  # noqa: S608  names of our own tables
                    self.run(f"SELECT setval('{counter}', coalesce(({highest}), 1), ({highest}) IS NOT NULL)")

    def settle(self) -> None:
        """All that was done is safely on the disk, and the statistics are fresh."""
        self.run("ANALYZE")
        self.run("SET synchronous_commit = on")

    def empty(self) -> None:
        """Remove everything that is there but what belongs to an extension."""
        self.run(EMPTY_THE_SCHEMA)

    def close(self) -> None:
        """Let go."""
        self.driver.close()


def _sorted(column: str, kind: Kind) -> str:
    """A key as SQLite sorts it: texts by their bytes."""
    return f'"{column}" COLLATE "C"' if kind is Kind.TEXT else f'"{column}"'


def spelt(line: bytes, shape: Shape) -> bytes:
    """A line as COPY reads it: measured values in digits."""
    cells = line.rstrip(b"\n").split(b"\t")
    for at, kind in enumerate(shape.kinds):
        if kind is Kind.MEASURED and cells[at] != NOTHING:
            cells[at] = repr(measured(cells[at])).encode()
    return b"\t".join(cells) + b"\n"


def _told(column: str, kind: Kind) -> str:
    """A column as it is read: a measured value as its bits. The zero below zero, which SQLite lacks, is zero."""
    return f"encode(float8send(\"{column}\" + 0), 'hex')" if kind is Kind.MEASURED else f'"{column}"'


def is_same_server(one: str, other: str) -> bool:
    """Whether two addresses lead to the same database, as far as they tell: they name a server in common."""
    (first, database), (second, other_database) = _named(one), _named(other)
    return database == other_database and not first.isdisjoint(second)


def _named(url: str) -> tuple[set[tuple[str, str]], str]:
    """The servers that an address names, in any of the ways of writing them, and the database there."""
    parts = make_url(url)
    _words, named = parts.get_dialect()().create_connect_args(parts)
    hosts: Hosts = import_module("mes.core.primaries").Hosts(named)
    return {(host, port or "5432") for host, port in hosts.places}, str(named.get("dbname", ""))
