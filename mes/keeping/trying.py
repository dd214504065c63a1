"""Opening a copy to see whether it would bring everything back, without touching the plant."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from mes.core.config import Settings
from mes.core.db import Base, Database
from mes.core.errors import Refused
from mes.core.events import Event
from mes.core.i18n import N_, _, stamp
from mes.core.work import Reader
from mes.keeping import bundle
from mes.keeping.backup import check_sqlite
from mes.keeping.installation import sqlite_file
from mes.keeping.postgresql import Tool
from mes.keeping.proving import ProveApart
from mes.keeping.rules import CopyBroken, CopyGone
from mes.lots.models import Lot
from mes.orders.models import WorkOrder

#: Proves a database that was opened: the sentences of what is wrong in it.
Prove = Callable[[Database], Sequence[str]]


class CopyWrong(Refused):
    """The copy opens, and what is in it contradicts itself."""

    message = N_("The copy opens, but its books do not agree: %(why)s.")
    hint = N_("Use an older copy, and look into the plant itself: mes check")


def try_copy(settings: Settings, file: Path, sha256: str, prove: Prove) -> str:
    """Open a copy as a restore would; gives in one sentence what is in it.

    The copy of an embedded database is opened in a scratch folder and all rules of the books are proved in it. That of
    a PostgreSQL database is read to its end by PostgreSQL's own program. Raises CopyGone, CopyBroken, CopyWrong and
    what ``bundle`` and ``backup`` raise.
    """
    if not file.is_file():
        raise CopyGone(file=str(file))
    if bundle.proof(file) != sha256:
        raise CopyBroken(place=str(file.parent))
    bundle.check(file)
    name = bundle.database_in(file)
    with bundle.scratch(settings.data_dir) as folder:
        copy = bundle.take_out(file, name or bundle.SQLITE, folder / "copy")
        if name == bundle.POSTGRESQL:
            Tool("pg_restore")(f"--file={folder / 'all.sql'}", str(copy))
            return _("Read to its end: %(size)s MB.", size=str((folder / "all.sql").stat().st_size // 2**20))
        check_sqlite(copy)
        database = Database(f"sqlite:///{copy}")
        try:
            wrong = prove(database)
            lots, orders, last = _content(database)
        finally:
            database.engine.dispose()
    if wrong:
        raise CopyWrong(why=" ".join(wrong[:3]).rstrip("."))
    return _("%(lots)s lots and %(orders)s orders; the last entry is of %(last)s. All books agree.",
             lots=str(lots), orders=str(orders), last=stamp(last))  # fmt: skip


def prove_copy(settings: Settings, file: Path, sha256: str, older: Path | None, prove: ProveApart) -> tuple[bool, str]:
    """Open a copy, have its books proved by another process, and hold it against an older one; whether all is well, and
    what was found, in a sentence. Of a PostgreSQL plant the copy is read to its end, and the plant itself is proved."""

    def apart(database: Database) -> Sequence[str]:
        return prove(settings, str(database.engine.url), older if older is not None and older.is_file() else None)

    try:
        said = try_copy(settings, file, sha256, apart)
        wrong = prove(settings, settings.database, None) if sqlite_file(settings.database) is None else []
    except Refused as refused:
        return False, str(refused)
    return not wrong, " ".join(wrong[:3]) or said


def _content(database: Database) -> tuple[int, int, datetime | None]:
    with database.read() as read:
        return _count(read, Lot), _count(read, WorkOrder), read.scalar(select(func.max(Event.at)))


def _count(read: Reader, table: type[Base]) -> int:
    return read.scalar(select(func.count()).select_from(table)) or 0
