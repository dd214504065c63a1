"""A sample factory's past: its own files come in through the importer, then its days are played."""

from datetime import date, datetime

from argon2 import PasswordHasher

from mes.core.access import SYSTEM, Role
from mes.core.config import bundled
from mes.core.db import Database
from mes.core.work import Work, act
from mes.equipment.models import WorkCentre
from mes.equipment.service import add_station
from mes.exchange.kinds import KINDS
from mes.exchange.queries import all_of
from mes.exchange.service import import_prepared, prepare
from mes.people.hashing import hasher
from mes.people.queries import list_people
from mes.people.rules import SAMPLE_PASSWORD, SAMPLE_PIN
from mes.web import (
    sample_food,
    sample_food_quality,
    sample_gaps,
    sample_machinery,
    sample_machinery_quality,
    sample_shifts,
    sample_store,
)
from mes.web.sample_floor import Floor
from mes.web.sample_stage import DAYS, EARLIER
from mes.web.sample_steps import show_steps

#: The day on which the stock in the sample files was counted; the plan in them is for the week after.
COUNTED_ON = date(2026, 11, 20)
#: One person for each role has it as login in the sample files.
DESK_LOGINS = {role.value for role in Role}
_DATES = ("expires_on", "made_on", "received_on", "due_on")
_STORIES = {"food": sample_food.tell, "machinery": sample_machinery.tell}
_MANAGERS = {"food": sample_food_quality.MANAGER, "machinery": sample_machinery_quality.MANAGER}
_AT_THE_START = [kind for kind in KINDS if kind != "work_orders"]


def play(database: Database, name: str, now: datetime) -> None:
    """Fill a plant with a sample factory's masters and its last month, up to this minute."""
    floor = Floor(database, now)
    opened, first = floor.moment(-EARLIER, -60), floor.date(-EARLIER)
    act(database, SYSTEM, lambda work: _bring_masters(work, name, first), source="import", now=opened)
    floor.meet()
    _STORIES[name](floor)
    sample_store.tell(floor, name)
    sample_shifts.tell(floor, name)
    sample_gaps.tell(floor, name)
    floor.tell(DAYS, 0, floor.once(_MANAGERS[name], lambda work: _bring(work, name, "work_orders", floor.today)))
    floor.play()


def _bring_masters(work: Work, name: str, first_day: date) -> None:
    for kind in _AT_THE_START:
        _bring(work, name, kind, first_day)
    show_steps(work, name)
    for code, centre in all_of(work.session, WorkCentre).items():
        add_station(work, code=f"T-{code.removeprefix('WC-')}", name=f"{centre.name} 태블릿", work_centre_id=centre.id)
    _give_secrets(work)


def _bring(work: Work, name: str, kind: str, counted_on: date) -> None:
    """Import a file of the factory, its dates moved so that it was written for ``counted_on``."""
    file = next((bundled("sample_data") / name).glob(f"{kind}.*"), None)
    if file is None:
        return  # this plant has none of these
    prepared = prepare(kind, file.name, file.read_bytes())
    later = counted_on - COUNTED_ON
    for field in _DATES:
        column = prepared.sheet.values.get(field, [])
        column[:] = [day + later if isinstance(day, date) else day for day in column]
    import_prepared(work, prepared)


def _give_secrets(work: Work) -> None:
    """Everybody signs in at a station with the sample PIN; those who work at a desk also with the password.

    Each secret is hashed once: hashing is slow by design. The PIN, with which papers are signed again and again, is
    hashed quickly: both are printed on the first page anyway.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    password, pin = hasher.hash(SAMPLE_PASSWORD), quick.hash(SAMPLE_PIN)
    for person in list_people(work.session):
        person.pin_hash = pin
        person.password_hash = password if person.login in DESK_LOGINS else None
        work.record("people.secrets", person)
    work.session.flush()
