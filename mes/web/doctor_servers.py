"""How the database servers stand, and the other computers of the plant, in sentences for ``mes doctor``."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from mes.core import computers
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import _
from mes.keeping.installation import check_installed, sqlite_file
from mes.web.alarms import alarms

if TYPE_CHECKING:
    from mes.core.standing import Standing

#: What is looked at: whether it is well, and the sentence.
Told = tuple[bool, str]


def servers(settings: Settings, now: datetime) -> Iterator[Told]:
    """Each database server that the address of the database names."""
    if sqlite_file(settings.database) is not None:
        return
    database = Database(settings.database)
    try:
        if database.hosts is None:
            return
        standing: Standing = import_module("mes.core.standing").glance(database, now)
        differ = []
        with suppress(Refused, SQLAlchemyError):  # said already
            check_installed(settings)
            with database.read() as read:
                differ = list(computers.differences(read, computers.me(settings), now))
    finally:
        database.engine.dispose()
    troubles = [*alarms(standing), *differ]
    for sentence in troubles:
        yield False, sentence
    if not troubles and standing.primary is not None:
        yield True, _("Written to is the database server %(where)s; of those that are named (%(count)s) all are there.",
                      where=standing.primary.name, count=str(len(standing.seen)))  # fmt: skip
