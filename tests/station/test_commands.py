"""Command codes at a station where no key of the page answers them."""

import pytest
from sqlalchemy import select

from mes.core.commands import COMMANDS, Command, all_commands
from mes.equipment.models import Downtime, Machine
from mes.orders.models import Job
from mes.station.rules import NoLotToPrint, NothingToAnswer, NotStopped
from tests.core.hangul_keyboard import typed
from tests.factories import make_downtime
from tests.station.floor import Floor, Tablet, says, words

CODES = {command: code for code, command in COMMANDS.items()}


@pytest.fixture
def job(floor: Floor, tablet: Tablet) -> Job:
    """A job of a hundred cakes that runs with all its flour; Kim is signed in."""
    [flour] = floor.receive(floor.flour, 60)
    running = floor.order().jobs[0]
    floor.start(running)
    floor.scan(running, flour)
    tablet.badge(floor.kim)
    return running


def test_good_pieces_are_counted_by_scanning_one_or_ten(floor: Floor, tablet: Tablet, job: Job) -> None:
    tablet.scan(CODES[Command.GOOD], job.code)
    page = words(tablet.scan(CODES[Command.GOOD_TEN], job.code).text)
    assert floor.see_job(job).good == 11
    assert "누계 11" in page


def test_on_an_open_sheet_they_are_added_to_what_is_typed(floor: Floor, tablet: Tablet, job: Job) -> None:
    values = {"sheet": "1", "typed-good": "7", "typed-defect-TORN": "2"}
    page = tablet.scan(typed(CODES[Command.GOOD_TEN]), job.code, **values)
    assert 'name="good" value="17"' in page.text
    assert 'name="defect-TORN" value="2"' in page.text
    assert floor.see_job(job).good == 0


def test_a_digit_begins_the_report_with_it(tablet: Tablet, job: Job) -> None:
    page = tablet.scan(CODES[Command.DIGIT_4], job.code)
    assert 'name="good" value="4"' in page.text
    page = tablet.scan(CODES[Command.DIGIT_2], job.code, **{"sheet": "1", "typed-good": "4"})
    assert 'name="good" value="42"' in page.text


def test_report_and_defect_open_their_sheets_and_stop_and_call_ask_what(tablet: Tablet, job: Job) -> None:
    for command, path in (
        (Command.REPORT, f"/station/jobs/{job.code}/report"),
        (Command.DEFECT, f"/station/jobs/{job.code}/defect"),
        (Command.STOP, "/station/stop"),
        (Command.CALL, "/station/call"),
        (Command.BACK, "/station/queue"),
    ):
        assert tablet.scan(CODES[command], job.code).request.path == path
    assert tablet.scan(CODES[Command.STOP]).request.path == "/station/stop"


def test_what_stands_still_runs_again(floor: Floor, tablet: Tablet, job: Job) -> None:
    assert says(tablet.scan(CODES[Command.RESUME]), NotStopped())
    stop = floor.shop.do(lambda work: make_downtime(work, floor.machine))
    tablet.scan(CODES[Command.RESUME], job.code)
    with floor.shop.read() as read:
        assert read.get_one(Downtime, stop.id).ended_at is not None


def test_of_several_stops_of_other_machines_the_newest_is_meant(floor: Floor, tablet: Tablet, job: Job) -> None:
    first = floor.shop.do(lambda work: make_downtime(work, floor.machine))
    floor.shop.later(minutes=5)
    other = floor.shop.do(lambda work: work.session.scalars(select(Machine).where(Machine.code == "KT-1")).one())
    second = floor.shop.do(lambda work: make_downtime(work, other))
    tablet.scan(CODES[Command.RESUME])
    with floor.shop.read() as read:
        assert read.get_one(Downtime, second.id).ended_at is not None
        assert read.get_one(Downtime, first.id).ended_at is None


def test_the_lot_made_last_is_shown_with_its_label(floor: Floor, tablet: Tablet, job: Job) -> None:
    assert says(tablet.scan(CODES[Command.PRINT], job.code), NoLotToPrint())


def test_yes_and_save_with_nothing_open_say_so(tablet: Tablet, job: Job) -> None:
    for command in (Command.YES, Command.NO, Command.DONE, Command.CLEAR, Command.NEXT):
        assert says(tablet.scan(CODES[command], job.code), NothingToAnswer())


def test_the_card_lists_every_command_once_with_a_name() -> None:
    listed = all_commands()
    assert [one.command for one in listed] == list(Command)
    assert len({one.code for one in listed}) == len(listed)
    assert all(one.name for one in listed)
