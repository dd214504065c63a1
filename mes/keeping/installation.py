"""Whether an installation is fit to be served: its database is there and has the tables of this version."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mes.core import schema
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.marks import Mark, find_mark


class NotInitialised(Refused):
    """There is no database yet, or an empty one."""

    message = N_("There is no plant in %(where)s yet.")
    hint = N_("Make one with: mes init --plant NAME")


class DatabaseOlder(Refused):
    """The program was updated, the database not yet."""

    message = N_("The database is at %(found)s, this version needs %(needed)s.")
    hint = N_("Bring it up to date with: mes upgrade")


class DatabaseNewer(Refused):
    """The database belongs to a later version: an older program would damage it."""

    message = N_("The database is at %(found)s, newer than this version knows (%(needed)s).")
    hint = N_("Install the newer version of the program again.")


class DatabaseOutOfReach(Refused):
    """The database does not answer, or is none."""

    message = N_("The database cannot be opened: %(why)s.")
    hint = N_("Check that it runs, and the setting database_url with: mes config")
    status = 503


class CannotUse(Refused):
    """A file or folder that the user of the program may not use, or that the disk does not give."""

    message = N_("%(file)s cannot be used: %(why)s.")
    hint = N_("Check that it is there, its rights, and the free space.")


def sqlite_file(url: str) -> Path | None:
    """The file of an embedded database; None for PostgreSQL."""
    parts = make_url(url)
    return Path(parts.database or "") if parts.get_backend_name() == "sqlite" else None


def shown_url(url: str) -> str:
    """Where a database is, without its password."""
    file = sqlite_file(url)
    return str(file) if file else make_url(url).render_as_string(hide_password=True)


def revision(settings: Settings) -> str | None:
    """The migration that the database is at; None when it is empty or not there. Raises DatabaseOutOfReach."""
    return find_state(settings)[0]


def find_state(settings: Settings) -> tuple[str | None, Mark | None]:
    """The migration that the database is at, and the mark of a move that it bears. Raises DatabaseOutOfReach."""
    file = sqlite_file(settings.database)
    try:
        if file is not None and not file.is_file():
            return None, None
    except OSError as error:  # a folder on the way that this user may not enter
        raise DatabaseOutOfReach(why=f"{file}: {error.strerror}") from None
    try:
        database = Database(settings.database)
    except (ArgumentError, ImportError) as error:  # a URL that is none, or of a database that is not served
        raise DatabaseOutOfReach(why=reason(error)) from None
    try:
        with database.reads.connect() as connection:
            mark = find_mark(connection)
        return schema.current(database), mark
    except (SQLAlchemyError, UnicodeDecodeError) as error:  # the driver stumbles over the name of a damaged table
        raise DatabaseOutOfReach(why=reason(error)) from None
    finally:
        database.engine.dispose()


def check_installed(settings: Settings) -> None:
    """Raise NotInitialised, DatabaseOlder, DatabaseNewer, DatabaseOutOfReach, or what the mark of a move says, unless
    pages can be served."""
    found, mark = find_state(settings)
    if mark is not None:
        raise mark.refusal
    check_version(found, shown_url(settings.database))


def check_version(found: str | None, where: str) -> None:
    """Raise NotInitialised, DatabaseOlder or DatabaseNewer unless a database has the tables of this version."""
    needed = schema.head()
    if found is None:
        raise NotInitialised(where=where)
    if found < needed:
        raise DatabaseOlder(found=found, needed=needed)
    if found > needed:
        raise DatabaseNewer(found=found, needed=needed)


def as_refusal(error: Exception) -> Refused | None:
    """The sentence for what may go wrong on any machine; None for a fault of the program."""
    if isinstance(error, SQLAlchemyError):
        return DatabaseOutOfReach(why=reason(error))
    if isinstance(error, OSError) and error.filename is not None:
        return CannotUse(file=str(error.filename), why=error.strerror or type(error).__name__)
    return None


def reason(error: Exception) -> str:
    """What the database's driver says, in its own short words."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
