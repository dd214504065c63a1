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
from mes.printing.printers import change_printer, find_printer
from mes.web.sample_days import play
from mes.web.sample_store import SAMPLE_PRINTER

#: Sample factories by the name of their folder in ``sample_data/``, with the plant's name.
PLANTS = {"food": "가나다식품", "machinery": "가나다농기계"}
#: What its labels of goods name; the GS1 prefix is a sample, as its GTINs are.
LABELLED = {"gs1_prefix": "8800000", "address": "경기도 이천시 견본로 100", "phone": "031-000-1000"}


def build(database: Database, name: str, now: datetime) -> None:
    """Fill an empty, migrated database with a sample factory as it stands at ``now``: masters and a month."""
    if database.is_sqlite:
        database.engine.dispose()
        event.listen(database.engine, "connect", _do_not_wait_for_the_disk)
    gc.disable()  # a month makes many small things, and few that hold each other
    try:
        with speaking("ko", DEFAULT.time_zone):
            act(
                database, SYSTEM, lambda work: set_up_plant(work, name=PLANTS[name], **LABELLED), source="demo", now=now
            )
            play(database, name, now)
    finally:
        gc.enable()
    if database.is_sqlite:
        event.remove(database.engine, "connect", _do_not_wait_for_the_disk)
        database.engine.dispose()


def plug_in(database: Database, port: int) -> None:
    """The printer to try listens at this port today."""
    with database.read() as read:
        found = find_printer(read, SAMPLE_PRINTER)
    if found is not None and found.port != port:
        act(database, SYSTEM, lambda work: change_printer(work, SAMPLE_PRINTER, port=port), source="demo")


def _do_not_wait_for_the_disk(connection: Connection, _entry: ConnectionPoolEntry) -> None:
    """While it is being made, a sample factory needs no safety from power failures: it would just be made again."""
    connection.execute("PRAGMA synchronous=OFF")
