"""Databases for the tests: a PostgreSQL that the session starts by itself, and copies of a SQLite file.

One server serves the whole session, however many workers it has. It is started by the first test that asks
for it and stopped by the session that owns it; if that session is killed, a watcher stops it instead.
"""

import filecmp
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "MES_TEST_FOLDER"
TEMPLATE = "mes_template"
#: A test database may lose everything in a power cut: it must only be fast.
POSTGRESQL_SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 64MB
max_connections = 120
jit = off
timezone = 'UTC'
"""
_watchers: list[subprocess.Popen[bytes]] = []


# The session's folder


def open_folder() -> Path:
    """Make the session's scratch folder, in memory where that is possible, and tell the workers of it."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    folder = Path(tempfile.mkdtemp(prefix="mes-tests-", dir=memory if roomy else None))
    folder.chmod(0o711)  # the database server is another user where root runs the tests
    (folder / "owner").write_text(str(os.getpid()), "utf-8")
    os.environ[VARIABLE] = str(folder)
    return folder


def session_folder() -> Path:
    """The scratch folder shared by all workers of this session."""
    return Path(os.environ[VARIABLE])


def close_folder(folder: Path) -> None:
    """Stop the session's server, if one was started, and remove the folder."""
    stop_postgresql(folder / "postgresql")
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Only one worker of the session is inside; the lock of a worker that dies is free again."""
    with closing(sqlite3.connect(session_folder() / f"{name}.lock", timeout=300, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


# PostgreSQL


def postgresql_programs() -> Path | None:
    """The folder of initdb and pg_ctl: on PATH, else where Debian puts the newest version."""
    found = shutil.which("initdb")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda at: int(at.parts[-3]))
    return Path(found).parent if found else places[-1].parent if places else None


def start_postgresql(scratch: Path) -> str:
    """Make and start a server in an empty folder; gives the URL of its ``postgres`` database.

    It listens on a socket in that folder only. A server refuses to run as root, so root runs it as another
    user.
    """
    programs = postgresql_programs()
    if programs is None:
        raise FileNotFoundError("initdb is not installed (Debian: apt install postgresql)")
    scratch.mkdir(mode=0o700, parents=True)
    data, as_whom = scratch / "data", _unprivileged(scratch)
    settings = f"{POSTGRESQL_SETTINGS}unix_socket_directories = '{scratch}'\n"
    locale = ("--encoding=UTF8", "--locale=C")
    _call(as_whom, scratch, programs / "initdb", "-D", data, "-U", "mes", "-A", "trust", "--no-sync", *locale)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(settings)
    _call(as_whom, scratch, programs / "pg_ctl", "-D", data, "-l", scratch / "log", "-w", "-t", "60", "start")
    return _url(scratch, "postgres")


def stop_postgresql(scratch: Path) -> None:
    """Stop the server in the folder at once; its data are not worth a farewell."""
    pid_file = scratch / "data" / "postmaster.pid"
    with suppress(FileNotFoundError, ProcessLookupError, IndexError):
        pid = int(pid_file.read_text("utf-8").splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        for _ in range(200):
            time.sleep(0.05)
            if not pid_file.exists():
                return
        os.kill(pid, signal.SIGKILL)


def postgresql_database(name: str, prepare: Callable[[str], None] | None = None) -> str:
    """The URL of a fresh database on the session's server; any old one of that name is dropped.

    It is a copy of the one that ``prepare(url)`` filled once in the session (by the migrations, say), or
    empty without ``prepare``. Give each worker its own name: ``mes_gw0``.
    """
    scratch = session_folder() / "postgresql"
    with one_at_a_time("postgresql"):
        if not (scratch / "started").exists():
            shutil.rmtree(scratch, ignore_errors=True)
            start_postgresql(scratch)
            _watch(session_folder())
            (scratch / "started").touch()
        if prepare and not (scratch / "prepared").exists():
            _create(scratch, TEMPLATE, "template0")
            prepare(_url(scratch, TEMPLATE))
            (scratch / "prepared").touch()
        _create(scratch, name, TEMPLATE if prepare else "template0")
    return _url(scratch, name)


def _create(scratch: Path, name: str, template: str) -> None:
    from psycopg import connect, sql

    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    with connect(host=str(scratch), user="mes", dbname="postgres", autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
        server.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))


def clean_postgresql(connection: "Connection") -> None:
    """Delete every row, between two tests: triggers and foreign keys asleep, tables never written skipped."""
    connection.exec_driver_sql(
        """
        DO $$ DECLARE name text; BEGIN
            SET LOCAL session_replication_role = replica;
            FOR name IN SELECT quote_ident(relname) FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
            LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
        END $$
        """
    )
    connection.commit()


def _url(scratch: Path, database: str) -> str:
    return f"postgresql+psycopg://mes@/{database}?host={scratch}"


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to start a program as somebody who is not root, who then owns the folder."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    somebody = known.get("postgres") or known["nobody"]
    os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


def _call(as_whom: dict[str, Any], folder: Path, *command: str | Path) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        **as_whom,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout!s}{done.stderr!s}")


def _watch(folder: Path) -> None:
    """Start a process that cleans up after this session when the session itself cannot."""
    command = [sys.executable, "-m", "tests.databases", str(folder)]
    quiet = subprocess.DEVNULL
    _watchers.append(
        subprocess.Popen(command, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    )


def _wait_for_the_owner(folder: Path) -> None:
    owner = int((folder / "owner").read_text("utf-8"))
    while folder.exists():
        try:
            os.kill(owner, 0)
        except ProcessLookupError:
            close_folder(folder)
        else:
            time.sleep(1)


# SQLite


def sqlite_database(target: Path, prepare: Callable[[str], None]) -> str:
    """The URL of a fresh SQLite file, a copy of the one that ``prepare(url)`` filled once in the session.

    Nobody may have the old file open.
    """
    template = session_folder() / "template.db"
    if not (session_folder() / "template.ready").exists():
        with one_at_a_time("sqlite"):
            if not (session_folder() / "template.ready").exists():
                template.unlink(missing_ok=True)
                prepare(f"sqlite:///{template}")
                with closing(sqlite3.connect(template)) as file:
                    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (session_folder() / "template.ready").touch()
    replace_file(target, template)
    return f"sqlite:///{target}"


def is_fresh(file: Path) -> bool:
    """Whether the file is still the copy that ``sqlite_database`` gave."""
    template = session_folder() / "template.db"
    return template.exists() and filecmp.cmp(file, template, shallow=False) and not _journal(file).exists()


def _journal(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def replace_file(target: Path, source: Path) -> None:
    """Put a copy of a SQLite file where another one was, with nothing left of that one's journal."""
    for old in (target, _journal(target), target.with_name(f"{target.name}-shm")):
        old.unlink(missing_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    _wait_for_the_owner(Path(sys.argv[1]))
