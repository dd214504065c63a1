"""What became of a late entry is what the books say: nothing is called recorded that is not, and nothing waits for a
person that is."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.commands import COMMANDS, Command
from mes.core.i18n import speaking
from mes.equipment.models import Downtime
from mes.orders.models import Job
from mes.station.late_models import EntryState, LateEntry
from tests.conftest import Shop
from tests.factories import make_downtime
from tests.station.floor import Floor
from tests.station.keeper import Keeper

CODES = {command: code for code, command in COMMANDS.items()}


@pytest.fixture
def floor(app: Flask, shop: Shop) -> Floor:
    """The bakery."""
    with speaking("ko", "Asia/Seoul"):
        return Floor(shop)


@pytest.fixture
def job(floor: Floor) -> Job:
    """A job whose flour is there."""
    floor.receive(floor.film, 5000)
    return floor.order().jobs[0]


def stops(shop: Shop) -> list[Downtime]:
    """All stops, in the order in which they were recorded."""
    with shop.read() as read:
        return list(read.scalars(select(Downtime).order_by(Downtime.id)))


def states(shop: Shop) -> list[EntryState]:
    """What became of the entries that came late."""
    with shop.read() as read:
        return list(read.scalars(select(LateEntry.state).order_by(LateEntry.id)))


def test_a_stop_that_names_no_machine_and_comes_late_is_kept_for_the_work_centre(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made = shop.now
    shop.later(hours=4)
    assert keeper.late("/station/stop", made + timedelta(minutes=5)).json == {"recorded": True}
    [stop] = stops(shop)
    assert (stop.work_centre_id, stop.machine_id) == (floor.kettle.id, None)
    assert stop.started_at == made + timedelta(minutes=5)


def test_running_again_ends_the_stop_that_came_late_and_not_that_of_another_machine(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    broken = shop.do(lambda work: make_downtime(work, floor.machine))
    made = shop.now
    shop.later(hours=1)
    keeper.late("/station/stop", made + timedelta(minutes=5))
    keeper.late("/station/scan", made + timedelta(minutes=9), text=CODES[Command.RESUME])
    before, late = stops(shop)
    assert (before.id, before.ended_at) == (broken.id, None)
    assert late.ended_at == made + timedelta(minutes=9)


def test_a_second_stop_that_names_no_machine_needs_a_person(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    made = shop.now
    shop.later(hours=1)
    keeper.late("/station/stop", made + timedelta(minutes=5))
    assert keeper.late("/station/stop", made + timedelta(minutes=6)).status_code == 409
    assert states(shop) == [EntryState.RECORDED, EntryState.REFUSED]


@pytest.mark.parametrize("command", [Command.STOP, Command.CALL, Command.REPORT, Command.UNDO, Command.DIGIT_4])
def test_a_late_command_that_would_only_open_a_page_needs_a_person(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job, command: Command
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    keeper.press("/station/scan", text=flour.code, job=job.code)
    made = shop.now
    answer = keeper.late("/station/scan", made, text=CODES[command], job=job.code)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["code"] == "NothingToAnswer"
    assert states(shop) == [EntryState.REFUSED]


def test_a_late_command_that_leads_back_or_does_something_needs_nobody(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    floor.start(job)
    for command in (Command.BACK, Command.PAUSE, Command.START):
        answer = keeper.late("/station/scan", shop.now, text=CODES[command], job=job.code)
        assert answer.json == {"recorded": True}
    assert states(shop) == [EntryState.RECORDED] * 3
