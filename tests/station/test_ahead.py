"""What lies ahead of a job: how long it still takes by its standard, what comes next, what material is missing."""

from decimal import Decimal

import pytest

from mes.orders.models import Job
from mes.station.rules import seconds_left
from tests.station.floor import Floor, Tablet, words

D = Decimal


@pytest.mark.parametrize(
    ("setup", "cycle", "good", "bad", "left"),
    [
        (D(10), D(4), 0, 0, 600 + 400),  # nothing is made: the set-up is still ahead
        (D(10), D(4), 0, 3, 400),  # a piece went through, even if it was bad: it is set up
        (None, D("2.5"), 40, 0, 150),
        (D(10), D(4), 120, 0, 0),
        (D(10), None, 0, 0, None),
        (D(10), D(0), 0, 0, None),
    ],
)
def test_what_is_left_follows_from_the_standard(
    setup: Decimal | None, cycle: Decimal | None, good: int, bad: int, left: int | None
) -> None:
    job = Job(setup_minutes=setup, cycle_seconds=cycle, good=D(good), defective=D(bad), scrap=D(0), rework=D(0))
    assert seconds_left(job, D(100)) == left


def test_the_job_page_says_how_long_and_what_comes_next(floor: Floor, tablet: Tablet) -> None:
    job, later = floor.order(100).jobs[0], floor.order(30).jobs[0]
    floor.shop.do(lambda work: setattr(work.session.get_one(Job, job.id), "cycle_seconds", D(45)))
    floor.start(job)
    tablet.badge(floor.kim)
    page = tablet.open(f"/station/jobs/{job.code}")
    assert "남은 시간 1시간 15분" in words(page)
    assert f"/station/jobs/{later.code}" in page
    assert "50 kg 부족" in words(page)


def test_without_a_standard_the_time_left_is_a_dash(floor: Floor, tablet: Tablet) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    assert "남은 시간 -" in words(tablet.open(f"/station/jobs/{job.code}"))
