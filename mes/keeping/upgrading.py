"""Bringing a plant's tables to this version: with a backup made before, by one alone, whole or not at all."""

import socket
import time
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from sqlite3 import OperationalError as SqliteError
from sqlite3 import connect

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mes.core import schema
from mes.core.computers import GONE, this_computer
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.aside import StillServed
from mes.keeping.backup import safety_copy
from mes.keeping.copying import check_room
from mes.keeping.installation import DatabaseNewer, NotInitialised, find_state, reason, shown_url, sqlite_file

#: What PostgreSQL says of a lock that was not given in time, and of two that wait for each other.
_NOT_GIVEN = ("55P03", "40P01")
#: Seconds in which connections of a program that has just ended are closed at the server.
_CLOSING = 5.0
#: Who is connected and may write into the books: a program, of whatever version. Tools that only read may stay.
_WRITERS = """
SELECT DISTINCT concat_ws(' ', usename, application_name, host(client_addr)) FROM pg_stat_activity a
LEFT JOIN pg_roles r ON r.rolname = a.usename
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
AND (usename = current_user OR NOT r.rolsuper AND has_table_privilege(usename, 'events', 'INSERT')) ORDER BY 1
"""
_HEARD = "SELECT name, port FROM computers WHERE seen_at > now() - make_interval(secs => :seconds) ORDER BY name, port"


class NoCopyFirst(Refused):
    """Nothing is changed that could not be brought back."""

    message = N_("No backup could be made before: %(why)s. Nothing was changed.")
    hint = N_("Mend that, or make a backup somewhere else with mes backup FILE and then give: mes upgrade --no-backup")


class UpgradeFailed(Refused):
    """A migration could not be done; all were taken back."""

    message = N_("The tables could not be brought to %(needed)s: %(why)s. Nothing was changed; they are at %(found)s.")
    hint = N_("Install the version that you had again and start it, or mend the cause and give the command again.")


def tables(settings: Settings) -> tuple[str, str]:
    """The version of a plant's tables, and the one that is needed.

    Raises NotInitialised, DatabaseNewer, DatabaseOutOfReach, or what the mark of a move says.
    """
    (found, mark), needed = find_state(settings), schema.head()
    if mark is not None:
        raise mark.refusal
    if found is None:
        raise NotInitialised(where=shown_url(settings.database))
    if found > needed:
        raise DatabaseNewer(found=found, needed=needed)
    return found, needed


def check_others(settings: Settings) -> None:
    """Raise StillServed while another computer serves a plant on PostgreSQL, or a program of whatever version is
    connected that may write into its books."""
    if sqlite_file(settings.database) is not None:
        return
    database, mine = Database(settings.database), this_computer(settings)
    try:
        for name, port in _heard(database):
            if name != mine or _listens(port):
                raise StillServed(who=f"{name}, {port}")
        until = time.monotonic() + _CLOSING
        while writers := _writers(database):
            if time.monotonic() > until:
                raise StillServed(who=writers[0])
            time.sleep(0.1)
    finally:
        database.engine.dispose()


def _heard(database: Database) -> list[tuple[str, int]]:
    """The computers that said of late that they serve."""
    with database.read() as read:
        if read.scalar(text("SELECT to_regclass('computers')")) is None:
            return []
        return [(name, port) for name, port in read.execute(text(_HEARD), {"seconds": GONE.total_seconds()})]


def _writers(database: Database) -> list[str]:
    with database.read() as read:
        return [str(who) for (who,) in read.execute(text(_WRITERS))]


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False


def check_alone(settings: Settings) -> None:
    """Raise StillServed while another program has an embedded database open."""
    file = sqlite_file(settings.database)
    if file is None:
        return
    try:
        with closing(connect(file, timeout=3, isolation_level=None)) as only:
            only.execute("PRAGMA locking_mode=EXCLUSIVE")
            only.execute("BEGIN EXCLUSIVE")
            only.execute("ROLLBACK")
    except SqliteError as error:
        if "locked" not in str(error):
            raise NoCopyFirst(why=str(error)) from error
        raise StillServed(who=str(file)) from error


def copy_first(settings: Settings, needed: str, now: datetime) -> Path:
    """A backup of the plant as it is, beside those of the nights. Raises NoCopyFirst."""
    try:
        check_room(settings, settings.data_dir)
        return safety_copy(settings, f"before-{needed}", now)
    except Refused as refused:
        raise NoCopyFirst(why=refused.sentence.rstrip(".")) from refused
    except OSError as error:
        raise NoCopyFirst(why=f"{error.filename}: {error.strerror}") from error


def bring_up(settings: Settings, found: str, needed: str) -> None:
    """Run the missing migrations. Raises StillServed, UpgradeFailed: nothing was changed then."""
    database = Database(settings.database)
    try:
        schema.upgrade(database, alone=True)
    except Exception as error:
        if _is_held(error):
            raise StillServed(who=shown_url(settings.database)) from error
        raise UpgradeFailed(found=found, needed=needed, why=f"{type(error).__name__}: {reason(error)}") from error
    finally:
        database.engine.dispose()


def _is_held(error: Exception) -> bool:
    driver = getattr(error, "orig", None)
    if not isinstance(error, OperationalError):
        return False
    return getattr(driver, "sqlstate", None) in _NOT_GIVEN or "database is locked" in str(driver)
