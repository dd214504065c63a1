"""What is asked once before a report: too fast to be true, or after a long silence."""

from decimal import Decimal

import pytest

from mes.orders.doubts import StillRunning, TooFast
from mes.orders.models import Job
from mes.orders.reporting import record_report
from mes.orders.service import pause_job, start_job
from mes.people.plant import set_up_plant
from tests.conftest import Shop
from tests.orders.bakery import Bakery

D = Decimal


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery."""
    return Bakery(shop)


@pytest.fixture
def job(bakery: Bakery) -> Job:
    """A running job that takes a minute for each piece, with flour scanned."""
    [lot] = bakery.receive(bakery.flour, 100)
    found = bakery.order(100).jobs[0]
    bakery.shop.do(lambda work: setattr(work.session.get_one(Job, found.id), "cycle_seconds", D(60)))
    bakery.start(found)
    bakery.scan(found, lot)
    return found


def report(bakery: Bakery, job: Job, good: int, *, confirmed: bool = False) -> None:
    bakery.shop.do(lambda work: record_report(work, job.code, good=D(good), confirmed=confirmed))


def test_three_times_as_fast_as_the_standard_is_believed_and_more_is_asked_about(bakery: Bakery, job: Job) -> None:
    bakery.shop.later(minutes=10)
    with pytest.raises(TooFast) as asked:
        report(bakery, job, 31)
    assert asked.value.asks
    assert (asked.value.values["minutes"], asked.value.values["most"]) == (10, 10)
    report(bakery, job, 30)
    with pytest.raises(TooFast):
        report(bakery, job, 1)
    report(bakery, job, 1, confirmed=True)


def test_a_plant_says_itself_how_much_faster_is_believed(bakery: Bakery, job: Job) -> None:
    bakery.shop.do(lambda work: set_up_plant(work, name="떡집", fastest_percent=100))
    bakery.shop.later(minutes=10)
    with pytest.raises(TooFast):
        report(bakery, job, 11)
    bakery.shop.do(lambda work: set_up_plant(work, name="떡집", fastest_percent=0))
    report(bakery, job, 50)


def test_a_job_without_a_standard_is_never_too_fast(bakery: Bakery, job: Job) -> None:
    bakery.shop.do(lambda work: setattr(work.session.get_one(Job, job.id), "cycle_seconds", None))
    report(bakery, job, 90)
    assert bakery.see_job(job).good == 90


def test_after_a_long_silence_it_is_asked_once_whether_the_job_was_running(bakery: Bakery, job: Job) -> None:
    bakery.shop.later(minutes=16 * 60)
    report(bakery, job, 5)
    bakery.shop.later(minutes=17 * 60)
    with pytest.raises(StillRunning) as asked:
        report(bakery, job, 5)
    assert asked.value.values["hours"] == 17
    report(bakery, job, 5, confirmed=True)
    report(bakery, job, 5)


def test_a_job_taken_up_again_was_not_silent(bakery: Bakery, job: Job) -> None:
    bakery.shop.do(lambda work: pause_job(work, job.code))
    bakery.shop.later(minutes=40 * 60)
    bakery.shop.do(lambda work: start_job(work, job.code))
    report(bakery, job, 5)
    assert bakery.see_job(job).good == 5


def test_a_plant_may_ask_nothing_after_a_silence(bakery: Bakery, job: Job) -> None:
    bakery.shop.do(lambda work: set_up_plant(work, name="떡집", longest_run_hours=0))
    bakery.shop.later(minutes=40 * 60)
    report(bakery, job, 5)
    assert bakery.see_job(job).good == 5
