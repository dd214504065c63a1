"""An embedded database, read and filled line by line."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mes.keeping.installation import shown_url
from mes.moving.sides import AT_ONCE, Found
from mes.moving.values import Block, Shape, asked_of_sqlite, bits, line_of, values_of

#: Seconds to wait for somebody who is just writing.
PATIENCE = 30.0


class SqliteSide:
    """The file, by the driver itself: going through the ORM would take ten times as long."""

    is_sqlite = True

    def __init__(self, url: str, file: Path, *, to_write: bool) -> None:
        self.url, self.file, self.where = url, file, shown_url(url)
        address = f"{file.resolve().as_uri()}?mode={'rwc' if to_write else 'ro'}"
        self.driver = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
        self.driver.text_factory = bytes  # texts go on as they lie there
        try:
            self.driver.execute("PRAGMA schema_version").fetchall()  # a file that is no database says so here
        except BaseException:
            self.driver.close()
            raise
        self.driver.create_function("bits", 1, bits, deterministic=True)
        if to_write:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=OFF", "cache_size=-64000"):
                self.driver.execute(f"PRAGMA {pragma}")

    def lines(self, shape: Shape, after: Sequence[str | int] = ()) -> Iterator[bytes]:
        """The lines of a table in the order of its key, those behind ``after``."""
        key = ", ".join(f'"{shape.columns[at]}"' for at in shape.key)
        behind = f"WHERE ({key}) > ({', '.join('?' * len(after))})" if after else ""
        query = f'SELECT {asked_of_sqlite(shape)} FROM "{shape.name}" {behind} ORDER BY {key}'  # noqa: S608  our names
        cursor = self.driver.execute(query, tuple(after))
        while rows := cursor.fetchmany(AT_ONCE):
            for cells in rows:
                yield line_of(cells, shape)

    def run(self, command: str, *values: object) -> Found:
        """Run one command (? for each value) and give what comes back."""
        rows = self.driver.execute(command, values).fetchall()
        return [tuple(cell.decode() if isinstance(cell, bytes) else cell for cell in row) for row in rows]

    @contextmanager
    def doing(self) -> Iterator[None]:
        """What is done inside is kept as a whole or not at all."""
        self.driver.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.driver.execute("COMMIT")
        except BaseException:
            if self.driver.in_transaction:
                self.driver.execute("ROLLBACK")
            raise

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """What is read inside is as of one moment, while others write."""
        self.driver.execute("BEGIN")
        try:
            yield
        finally:
            self.driver.execute("ROLLBACK")

    def put(self, shape: Shape, block: Block) -> None:
        """Add the rows of a block."""
        names, places = ", ".join(f'"{name}"' for name in shape.columns), ", ".join("?" * len(shape.columns))
        insert = f'INSERT INTO "{shape.name}" ({names}) VALUES ({places})'  # noqa: S608  names of our own tables
        self.driver.executemany(insert, (values_of(line, shape) for line in block.lines))

    def things(self) -> list[str]:
        """The names of all tables and views that are there."""
        listed = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY 1"
        return [name for (name,) in self.run(listed) if not name.startswith("sqlite_")]

    def loosen(self, shapes: Sequence[Shape]) -> list[tuple[str, str]]:
        """Take the indexes away; gives names and commands that make them again."""
        ours = {shape.name for shape in shapes}
        listed = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        made = [(name, sql) for name, table, sql in self.run(listed) if table in ours]
        for name, _command in made:
            self.run(f'DROP INDEX "{name}"')
        return made

    def made(self) -> set[str]:
        """The names of all indexes that are there."""
        return {name for (name,) in self.run("SELECT name FROM sqlite_master WHERE type = 'index'")}

    def number(self, shapes: Sequence[Shape]) -> None:
        """SQLite gives the number after the highest one by itself."""

    def settle(self) -> None:
        """All that was done is safely in the file itself, and the statistics are fresh."""
        self.run("ANALYZE")
        self.run("PRAGMA synchronous=FULL")
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def empty(self) -> None:
        """Remove everything that is there: by making the file anew."""
        self.driver.close()
        for end in ("", "-wal", "-shm", "-journal"):
            self.file.with_name(self.file.name + end).unlink(missing_ok=True)
        self.__init__(self.url, self.file, to_write=True)  # type: ignore[misc]  # as just opened

    def close(self) -> None:
        """Let go."""
        self.driver.close()
