"""The sample factories: whatever time it is, each has lived through its days without breaking a rule."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from mes.core.db import Database
from mes.core.events import Event
from mes.core.i18n import speaking
from mes.equipment.models import Downtime
from mes.inspection.models import Inspection, Verdict
from mes.items.models import Item, Tracking
from mes.lots.models import Hold, Lot, Movement, Shipment
from mes.orders.models import Job, JobState, OrderState, Report, WorkOrder
from mes.people.models import Person
from mes.people.queries import sample_logins
from mes.quality.models import Defect
from mes.web.check import check
from mes.web.demo import build
from tests.conftest import migrate
from tests.databases import sqlite_database

#: A Wednesday afternoon in Seoul, and the middle of a Sunday night.
TIMES = {"food": datetime(2026, 11, 25, 5, 10, tzinfo=UTC), "machinery": datetime(2026, 11, 22, 18, 0, tzinfo=UTC)}


def only_one_worker(name: str) -> Any:
    """A factory's past is made once, whoever tests it."""
    return pytest.param(name, marks=[pytest.mark.long, pytest.mark.xdist_group(f"past of {name}")])


@pytest.fixture(scope="module", params=[only_one_worker(name) for name in TIMES])
def plant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    """A sample factory, made once."""
    database = Database(sqlite_database(tmp_path_factory.mktemp("plant") / "mes.db", migrate))
    build(database, request.param, TIMES[request.param])
    with speaking("en", "Asia/Seoul"):
        yield request.param, database
    database.engine.dispose()


def test_no_rule_is_broken(plant: tuple[str, Database]) -> None:
    assert [fault.sentence for fault in check(plant[1]).faults] == []


def test_it_is_in_the_middle_of_its_work(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        states = set(read.scalars(select(WorkOrder.state)))
        running = read.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.RUNNING)) or 0
        stopped = read.scalar(select(func.count()).select_from(Downtime).where(Downtime.ended_at.is_(None)))
        late = read.scalars(
            select(WorkOrder).where(WorkOrder.state == OrderState.RUNNING, WorkOrder.due_on < TIMES[plant[0]].date())
        ).all()
    assert {OrderState.DRAFT, OrderState.RELEASED, OrderState.RUNNING, OrderState.CLOSED} <= states
    assert running >= 3
    assert stopped == 1
    assert late


def test_its_past_has_what_happens_in_plants(plant: tuple[str, Database]) -> None:
    name, database = plant
    with database.read() as read:

        def count(*where: object, of: type) -> int:
            return read.scalar(select(func.count()).select_from(of).where(*where)) or 0  # type: ignore[arg-type]

        assert count(Hold.lifted_at.is_(None), of=Hold) >= 2
        assert count(Hold.lifted_at.is_not(None), of=Hold) >= 1
        assert count(Report.reverses_id.is_not(None), of=Report) == 1
        assert count(Inspection.verdict == Verdict.FAIL, of=Inspection) == 1
        assert count(of=Defect) > 10
        assert count(of=Shipment) >= 2
        assert read.scalars(select(func.max(Movement.at))).one() <= TIMES[name]
        assert read.scalars(select(func.max(Event.at))).one() <= TIMES[name]
        days = set(read.scalars(select(Report.day).distinct()))
    assert len(days) >= 9


def test_machines_and_their_engines_have_serial_numbers(plant: tuple[str, Database]) -> None:
    with plant[1].read() as read:
        serials = set(
            read.scalars(select(Item.code).join(Lot, Lot.item_id == Item.id).where(Item.tracking == Tracking.SERIAL))
        )
    assert plant[0] == "food" or serials == {"TP-4R", "TL-7", "ASM-ENG", "ASM-GBX", "ENG-BASE"}


def test_one_person_of_each_role_can_sign_in_at_a_desk_and_everybody_at_a_station(
    plant: tuple[str, Database],
) -> None:
    with plant[1].read() as read:
        logins = {person.login for person in sample_logins(read)}
        people = read.scalars(select(Person)).all()
    assert logins == {"operator", "leader", "quality", "material", "manager", "admin"}
    assert all(person.pin_hash for person in people)
