"""PostgreSQL's own programs, by which a database is saved and brought back."""

import os
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import ClassVar

from sqlalchemy import make_url

from mes.core.config import Settings
from mes.core.errors import Refused
from mes.core.i18n import N_

#: Takes everything out of the schema that a dump is loaded into, but what belongs to an extension: tables of a later
#: version refer to those of the dump, which could not be replaced one by one.
EMPTY_THE_SCHEMA = """
DO $$ DECLARE commands text; BEGIN
    SELECT string_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name), ';' ORDER BY step) INTO commands
    FROM (
        SELECT CASE relkind WHEN 'S' THEN 2 ELSE 1 END AS step,
            CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
                WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
            oid::regclass::text AS name, relnamespace AS home, 'pg_class'::regclass AS listed, oid
        FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        UNION ALL
        SELECT 3, 'ROUTINE', oid::regprocedure::text, pronamespace, 'pg_proc'::regclass, oid FROM pg_proc
    ) AS things
    WHERE home = current_schema()::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = things.listed AND objid = things.oid AND deptype = 'e'
    );
    EXECUTE coalesce(commands, 'SELECT');
END $$;
"""


class ToolMissing(Refused):
    """PostgreSQL's own program is needed and not installed."""

    message = N_("%(tool)s is not installed here; a PostgreSQL database is saved and restored with it.")
    hint = N_("Install PostgreSQL's client programs (Debian: apt install postgresql-client).")


class ToolFailed(Refused):
    """PostgreSQL's own program said no."""

    message = N_("%(tool)s failed: %(why)s.")
    hint = N_("Nothing was changed. Check the database and try again.")


def postgresql_program(name: str) -> str | None:
    """One of PostgreSQL's own programs: the newest that Debian keeps, else the one on PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda at: int(at.parts[-3]))
    return str(kept[-1]) if kept else shutil.which(name)


class Tool:
    """How a program of PostgreSQL is called: the password goes by environment, never on the command line."""

    LONGEST: ClassVar[int] = 300

    def __init__(self, name: str) -> None:
        found = postgresql_program(name)
        if found is None:
            raise ToolMissing(tool=name)
        self.name, self.path = name, found

    def __call__(self, *options: str, settings: Settings | None = None) -> str:
        environment = dict(os.environ)
        if settings is not None:
            conninfo, password = connection_words(settings.database)
            options = ("--dbname", conninfo, *options)
            if password:
                environment["PGPASSWORD"] = password
        done = subprocess.run(  # noqa: S603  a program of PostgreSQL with our own options
            [self.path, *options], env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [str(done.returncode)]
            raise ToolFailed(tool=self.name, why=lines[0][: self.LONGEST].rstrip("."))
        return done.stdout


def connection_words(url: str) -> tuple[str, str | None]:
    """A database URL as PostgreSQL's programs take it, and its password apart. Of several servers it names the one that
    is written to: those programs know nothing of an old one."""
    from psycopg.conninfo import make_conninfo

    parts = make_url(url)
    _words, named = parts.get_dialect()().create_connect_args(parts)
    password = named.pop("password", None)
    if "," in str(named.get("host", "")):
        seen = import_module("mes.core.primaries").Hosts(named).look()
        found = next((one.place for one in seen if one.role == "primary"), None)
        if found is not None:
            named["host"], named["port"] = found
    return make_conninfo("", **{name: value for name, value in named.items() if value}), password


def load(settings: Settings, file: Path, folder: Path) -> None:
    """Replace all that is in the plant's schema by the dump, in one transaction.

    The dump is first written out as commands: read while they run, a dump that ends too early would pass as whole.
    """
    empty, commands = folder / "empty.sql", folder / "commands.sql"
    empty.write_text(EMPTY_THE_SCHEMA, "utf-8")
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
    Tool("pg_restore")(*options, f"--file={commands}", str(file))
    once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    Tool("psql")(*once, f"--file={empty}", f"--file={commands}", settings=settings)
