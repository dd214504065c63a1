"""The sample factory of ``mes demo``: made through the same services as a real plant's, and thrown away at the end."""

import gc
from datetime import datetime
from sqlite3 import Connection

from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.core.plant import DEFAULT
from mes.core.work import act
from mes.people.plant import set_up_plant
from mes.web.sample_days import play

#: Sample factories by the name of their folder in ``sample_data/``, with the plant's name.
PLANTS = {"food": "가나다식품", "machinery": "가나다농기계"}


def build(database: Database, name: str, now: datetime) -> None:
    """Fill an empty, migrated database with a sample factory as it stands at ``now``: masters and a month."""
    if database.is_sqlite:
        database.engine.dispose()
        event.listen(database.engine, "connect", _do_not_wait_for_the_disk)
    gc.disable()  # a month makes many small things, and few that hold each other
    try:
        with speaking("ko", DEFAULT.time_zone):
            act(database, SYSTEM, lambda work: set_up_plant(work, name=PLANTS[name]), source="demo", now=now)
            play(database, name, now)
    finally:
        gc.enable()
    if database.is_sqlite:
        event.remove(database.engine, "connect", _do_not_wait_for_the_disk)
        database.engine.dispose()


def _do_not_wait_for_the_disk(connection: Connection, _entry: ConnectionPoolEntry) -> None:
    """While it is being made, a sample factory needs no safety from power failures: it would just be made again."""
    connection.execute("PRAGMA synchronous=OFF")
