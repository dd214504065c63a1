"""A whole shift at a station with a scanner alone: nobody touches the screen or a key of the keyboard."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from mes.core.commands import COMMANDS, Command
from mes.core.plant import Strictness
from mes.equipment.models import Call, Downtime
from mes.orders.models import JobState
from mes.people.plant import change_plant
from mes.printing.models import LabelPrint
from mes.quality.models import Defect
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.core.hangul_keyboard import typed

pytestmark = pytest.mark.browser
D = Decimal
CODES = {command: code for code, command in COMMANDS.items()}


class Scanner(Hand):
    """A hand that holds a scanner and touches nothing."""

    def say(self, command: Command) -> None:
        """Scan a command that leads to another page."""
        self.wait(2000)
        self.scan(CODES[command])

    def here(self, command: Command) -> None:
        """Scan a command that the open page answers by itself."""
        self.wait(2000)
        self.count_by_scan(CODES[command])

    def number(self, digits: str) -> None:
        """Scan a number, digit by digit."""
        for digit in digits:
            self.here(Command(f"digit-{digit}"))


@pytest.fixture
def kim(chromium: Browser, live: Live) -> Iterator[Scanner]:
    """Kim's scanner at the kettle."""
    hand = Scanner(chromium, live)
    yield hand
    assert (hand.taps, hand.digits) == (0, 0)
    hand.leave()


def test_a_shift_from_badge_to_finish(live: Live, kim: Scanner) -> None:
    floor = live.floor
    [flour] = floor.receive(floor.flour, 200)
    order = floor.order(100)
    job = order.jobs[0]

    kim.open("/station")
    kim.scan(floor.kim.badge)
    kim.scan(order.code)
    kim.scan(floor.machine.tag)  # starts on this machine
    assert floor.see_job(job).state is JobState.RUNNING
    kim.scan(flour.code)
    assert floor.lot(flour).on_hand == 150

    kim.say(Command.GOOD)
    kim.say(Command.GOOD_TEN)
    assert floor.see_job(job).good == 11
    kim.say(Command.UNDO)  # asks
    kim.say(Command.YES)
    assert floor.see_job(job).good == 1

    kim.say(Command.REPORT)
    kim.number("4")
    kim.here(Command.CLEAR)
    kim.number("33")
    kim.here(Command.GOOD_TEN)
    kim.count_by_scan("TORN")
    kim.say(Command.DONE)
    assert (floor.see_job(job).good, floor.see_job(job).defective) == (D(44), D(1))

    kim.say(Command.DEFECT)
    kim.count_by_scan("FOREIGN")
    kim.number("2")
    kim.say(Command.DONE)
    with live.shop.read() as read:
        assert sorted(row.quantity for row in read.scalars(select(Defect))) == [1, 2]

    kim.say(Command.STOP)
    kim.say(Command.DIGIT_3)  # no material
    with live.shop.read() as read:
        [stop] = read.scalars(select(Downtime)).all()
    assert stop.ended_at is None
    kim.say(Command.RESUME)
    with live.shop.read() as read:
        assert read.get_one(Downtime, stop.id).ended_at is not None

    kim.say(Command.CALL)
    kim.say(Command.DIGIT_4)  # the leader
    with live.shop.read() as read:
        assert [call.kind for call in read.scalars(select(Call))] == ["leader"]

    kim.say(Command.PAUSE)
    assert floor.see_job(job).state is JobState.PAUSED
    kim.scan(typed(CODES[Command.START]))  # the keyboard stands on Hangul
    assert floor.see_job(job).state is JobState.RUNNING
    kim.say(Command.FINISH)  # fewer than planned: asks
    kim.here(Command.NO)
    assert floor.see_job(job).state is JobState.RUNNING
    kim.say(Command.FINISH)
    kim.say(Command.YES)
    assert floor.see_job(job).state is JobState.DONE


def test_the_label_of_the_lot_just_made_is_printed_by_a_scan(live: Live, chromium: Browser) -> None:
    floor = live.floor
    [flour] = floor.receive(floor.flour, 200)
    floor.receive(floor.film, 500)
    order = floor.order(100)
    cook, pack = order.jobs
    floor.start(cook)
    floor.scan(cook, flour)
    floor.report(cook, 100)
    floor.start(pack)
    hand = Scanner(chromium, live, "T2")
    hand.sign_in(floor.kim)
    hand.scan(pack.code)
    hand.say(Command.GOOD_TEN)
    with hand.context.expect_page() as printed:
        hand.here(Command.PRINT)
    printed.value.close()
    with live.shop.read() as read:
        assert len(read.scalars(select(LabelPrint)).all()) == 1
    hand.say(Command.BACK)
    hand.scan(pack.code)
    hand.say(Command.PRINT)  # the lot is shown again first
    with hand.context.expect_page() as again:
        hand.here(Command.PRINT)
    again.value.close()
    hand.leave()


def test_readings_are_taken_with_digits_and_save(live: Live, kim: Scanner) -> None:
    floor = live.floor
    [flour] = floor.receive(floor.flour, 200)
    job = floor.order(100).jobs[0]
    floor.inspect_first_pieces(job)
    floor.start(job)
    floor.scan(job, flour)
    kim.sign_in(floor.lee)
    kim.open(f"/station/jobs/{job.code}")
    kim.say(Command.REPORT)  # what must be done first: the inspection
    for reading in ("90", "30", "40"):
        kim.number(reading)
        kim.here(Command.POINT)
        kim.number("5")
        kim.say(Command.DONE)
    kim.say(Command.FINISH)
    assert floor.see_job(job).first_piece_passed


def test_a_leader_allows_another_lot_with_a_reason_chosen_by_its_number(live: Live, kim: Scanner) -> None:
    floor = live.floor
    floor.shop.do(lambda work: change_plant(work, name="떡집", first_out=Strictness.REFUSE))
    floor.receive(floor.flour, 50, days=10)
    [late] = floor.receive(floor.flour, 50, days=90)
    job = floor.order(100).jobs[0]
    floor.start(job)
    kim.sign_in(floor.kim)
    kim.open(f"/station/jobs/{job.code}")
    kim.scan(late.code)
    kim.here(Command.DIGIT_2)
    kim.scan(floor.park.badge)
    assert floor.lot(late).on_hand == 0
