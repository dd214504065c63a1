"""Several people on one job: who joins and leaves, whose work a report is, how long each worked."""

from datetime import timedelta

import pytest

from mes.core.access import Actor, Role
from mes.core.errors import NotAllowed
from mes.orders import crew
from mes.orders.models import Job, JobState
from mes.orders.reporting import record_report
from mes.orders.rules import BeganAgain, JobIsPaused, JobNotStarted
from mes.orders.run_models import JobRun
from mes.orders.service import cancel_order, finish_job, pause_job, start_job
from mes.orders.undo import take_back_report
from mes.people.models import Person
from tests.conftest import Shop
from tests.factories import make_person
from tests.orders.bakery import Bakery, D


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery with two more people."""
    found = Bakery(shop)
    shop.do(lambda work: make_person(work, Role.OPERATOR, code="TWO", name="둘째"))
    shop.do(lambda work: make_person(work, Role.OPERATOR, code="THREE", name="셋째"))
    return found


@pytest.fixture
def job(bakery: Bakery) -> Job:
    """A job that the operator has started, with flour scanned."""
    [lot] = bakery.receive(bakery.flour, 100)
    found = bakery.order().jobs[0]
    bakery.start(found)
    bakery.scan(found, lot)
    return found


def join(bakery: Bakery, job: Job, person: str) -> None:
    bakery.shop.do(lambda work: crew.toggle_on_job(work, job.code, person))


def leave(bakery: Bakery, job: Job, person: str) -> None:
    bakery.shop.do(lambda work: crew.toggle_on_job(work, job.code, person))


def at_work(bakery: Bakery, job: Job) -> list[str]:
    with bakery.shop.read() as read:
        return [one.person.name for one in crew.crew_of(read, job.id, bakery.shop.now) if one.since]


def minutes(bakery: Bakery, job: Job) -> dict[str, int]:
    with bakery.shop.read() as read:
        found = crew.crew_of(read, job.id, bakery.shop.now)
        labour = crew.labour_of(read, [job.id], bakery.shop.now)[job.id]
    assert sum((one.time for one in found), timedelta(0)) == labour.time
    assert {person.name for person in labour.people} == {one.person.name for one in found}
    return {one.person.name: int(one.time.total_seconds() // 60) for one in found}


def report(bakery: Bakery, job: Job) -> list[str]:
    made = bakery.shop.do(lambda work: record_report(work, job.code, good=D(5)), actor=bakery.operator)
    with bakery.shop.read() as read:
        return [person.name for person in crew.workers_of(read, [made.id])[made.id]]


def test_who_starts_a_job_works_on_it_and_others_join_and_leave(bakery: Bakery, job: Job) -> None:
    assert at_work(bakery, job) == ["작업자"]
    bakery.shop.later(minutes=10)
    join(bakery, job, "TWO")
    bakery.shop.later(minutes=20)
    leave(bakery, job, "TWO")
    bakery.shop.later(minutes=5)
    assert minutes(bakery, job) == {"작업자": 35, "둘째": 20}
    assert at_work(bakery, job) == ["작업자"]


def test_a_pause_sends_everybody_away_and_going_on_brings_them_back(bakery: Bakery, job: Job) -> None:
    join(bakery, job, "TWO")
    join(bakery, job, "THREE")
    bakery.shop.later(minutes=10)
    leave(bakery, job, "THREE")
    bakery.shop.later(minutes=10)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    assert at_work(bakery, job) == []
    bakery.shop.later(minutes=60)
    bakery.shop.do(lambda work: start_job(work, job.code), actor=bakery.operator)
    assert at_work(bakery, job) == ["작업자", "둘째"], "who had left before the pause stays away"
    bakery.shop.later(minutes=5)
    assert minutes(bakery, job) == {"작업자": 25, "둘째": 25, "셋째": 10}


def test_going_on_after_a_second_pause_brings_nobody_back_who_had_left_before_it(bakery: Bakery, job: Job) -> None:
    join(bakery, job, "TWO")
    bakery.shop.later(minutes=10)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    bakery.shop.later(minutes=10)
    bakery.start(job)
    assert at_work(bakery, job) == ["작업자", "둘째"]
    bakery.shop.later(minutes=10)
    leave(bakery, job, "TWO")
    leave(bakery, job, code_of(bakery, "작업자"))
    bakery.shop.later(minutes=10)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    bakery.shop.later(minutes=60)
    third = Actor("셋째", frozenset({Role.OPERATOR}), person_id=number_of(bakery, "THREE"))
    bakery.shop.do(lambda work: start_job(work, job.code), actor=third)
    assert at_work(bakery, job) == ["셋째"]


def test_a_report_names_everybody_who_worked_since_the_one_before(bakery: Bakery, job: Job) -> None:
    join(bakery, job, "TWO")
    bakery.shop.later(minutes=10)
    leave(bakery, job, "TWO")
    join(bakery, job, "THREE")
    bakery.shop.later(minutes=10)
    assert report(bakery, job) == ["둘째", "셋째", "작업자"]
    bakery.shop.later(minutes=10)
    assert report(bakery, job) == ["셋째", "작업자"]


def test_after_an_undo_whoever_worked_on_the_pieces_is_named_again(bakery: Bakery, job: Job) -> None:
    bakery.shop.later(minutes=50)
    made = bakery.shop.do(lambda work: record_report(work, job.code, good=D(5)), actor=bakery.operator)
    bakery.shop.later(minutes=5)
    join(bakery, job, "TWO")
    leave(bakery, job, code_of(bakery, "작업자"))
    bakery.shop.later(minutes=5)
    bakery.shop.do(lambda work: take_back_report(work, made.id, "세어 보니 다름"), actor=bakery.leader)
    second = Actor("둘째", frozenset({Role.OPERATOR}), person_id=number_of(bakery, "TWO"))
    bakery.shop.later(minutes=1)
    again = bakery.shop.do(lambda work: record_report(work, job.code, good=D(4)), actor=second)
    with bakery.shop.read() as read:
        assert [one.name for one in crew.workers_of(read, [again.id])[again.id]] == ["둘째", "작업자"]


def code_of(bakery: Bakery, name: str) -> str:
    """The code of a person."""
    with bakery.shop.read() as read:
        return read.query(Person).filter_by(name=name).one().code


def number_of(bakery: Bakery, code: str) -> int:
    """The number of a person."""
    with bakery.shop.read() as read:
        return read.query(Person).filter_by(code=code).one().id


def test_a_running_job_is_paused_and_finished_also_when_the_clock_was_set_back(bakery: Bakery, job: Job) -> None:
    bakery.shop.later(hours=-1)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    bakery.start(job)
    bakery.shop.later(hours=-1)
    done = bakery.shop.do(lambda work: finish_job(work, job.code, confirmed=True))
    assert done.started_at is not None
    assert done.ended_at == done.started_at
    with bakery.shop.read() as read:
        assert all(run.ended_at is not None and run.ended_at >= run.started_at for run in read.query(JobRun))


def test_what_is_entered_late_does_not_end_a_run_that_began_after_it(bakery: Bakery, job: Job) -> None:
    entered = bakery.shop.now + timedelta(minutes=10)  # on a tablet without a network
    bakery.shop.later(minutes=12)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    bakery.shop.later(minutes=3)
    bakery.start(job)
    later, bakery.shop.now = bakery.shop.now + timedelta(minutes=5), entered
    with pytest.raises(BeganAgain):
        bakery.shop.do(lambda work: pause_job(work, job.code), late=True)
    with pytest.raises(BeganAgain):
        bakery.shop.do(lambda work: finish_job(work, job.code, confirmed=True), late=True)
    leave(bakery, job, code_of(bakery, "작업자"))
    bakery.shop.now = later
    assert minutes(bakery, job) == {"작업자": 12}
    with bakery.shop.read() as read:
        assert all(run.ended_at is None or run.ended_at >= run.started_at for run in read.query(JobRun))


def test_nobody_joins_a_job_that_does_not_run(bakery: Bakery, job: Job) -> None:
    with pytest.raises(JobNotStarted):
        join(bakery, bakery.order().jobs[0], "TWO")
    bakery.shop.do(lambda work: pause_job(work, job.code))
    with pytest.raises(JobIsPaused):
        join(bakery, job, "TWO")


def test_with_the_end_of_the_job_everybody_leaves_it(bakery: Bakery, job: Job) -> None:
    join(bakery, job, "TWO")
    bakery.shop.later(minutes=30)
    report(bakery, job)
    bakery.shop.do(lambda work: finish_job(work, job.code, confirmed=True))
    bakery.shop.later(minutes=30)
    assert minutes(bakery, job) == {"작업자": 30, "둘째": 30}


def test_with_an_order_that_is_cancelled_its_job_stops_and_everybody_leaves_it(bakery: Bakery) -> None:
    order = bakery.order()
    [job, *_others] = order.jobs
    bakery.start(job)
    join(bakery, job, "TWO")
    bakery.shop.later(minutes=30)
    bakery.shop.do(lambda work: cancel_order(work, order.code, "고객 취소"))
    bakery.shop.later(hours=8)
    assert at_work(bakery, job) == []
    assert minutes(bakery, job) == {"작업자": 30, "둘째": 30}
    assert bakery.see_job(job).state is JobState.PAUSED
    with bakery.shop.read() as read:
        assert [run.ended_at is not None for run in read.query(JobRun)] == [True]


def test_a_leader_takes_a_job_over(bakery: Bakery, job: Job) -> None:
    with pytest.raises(NotAllowed):
        bakery.shop.do(lambda work: crew.take_over(work, job.code), actor=bakery.operator)
    bakery.shop.later(minutes=10)
    for _twice in range(2):
        bakery.shop.do(lambda work: crew.take_over(work, job.code), actor=bakery.leader)
    assert bakery.see_job(job).person_id == bakery.leader.person_id
    assert at_work(bakery, job) == ["반장"]
    assert minutes(bakery, job)["작업자"] == 10


def test_a_program_reports_without_anybody(bakery: Bakery, job: Job) -> None:
    program = Actor("scales", frozenset({Role.OPERATOR}))
    bakery.shop.do(lambda work: pause_job(work, job.code))
    made = bakery.shop.do(lambda work: record_report(work, job.code, good=D(1)), actor=program)
    with bakery.shop.read() as read:
        assert [person.name for person in crew.workers_of(read, [made.id])[made.id]] == ["작업자"]
        assert read.query(Person).filter_by(name="scales").count() == 0
