"""The sample factory of ``mes demo``: made through the same services as a real plant's, and thrown away at the end."""

from datetime import datetime, timedelta

from mes.core.access import SYSTEM
from mes.core.db import Database, optimize
from mes.core.work import act
from mes.people.service import set_up_plant
from mes.web.sample_days import play

#: Sample factories by the name of their folder in ``sample_data/``, with the plant's name.
PLANTS = {"food": "가나다식품", "machinery": "가나다농기계"}
#: Before the first day that is played.
OPENED = timedelta(days=21)


def build(database: Database, name: str, now: datetime) -> None:
    """Fill an empty, migrated database with a sample factory as it stands at ``now``, after ten days of work."""
    act(database, SYSTEM, lambda work: set_up_plant(work, name=PLANTS[name]), source="demo", now=now - OPENED)
    play(database, name, now)
    optimize(database)
