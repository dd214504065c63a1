"""A tablet that nobody touches locks itself, by role, and comes back to the same job by PIN or badge."""

import pytest

from mes.core.access import Role
from mes.core.idle import lock_minutes, read_locks, write_locks
from mes.people.plant import set_up_plant
from tests.station.floor import PIN, Floor, Tablet, words


@pytest.mark.parametrize(
    ("text", "roles", "minutes"),
    [
        ("", [Role.OPERATOR], 0),
        ("operator=20", [Role.OPERATOR], 20),
        ("operator=20", [Role.LEADER], 0),
        ("operator=20 leader=5", [Role.OPERATOR, Role.LEADER], 5),
        ("operator=20 leader=5", [], 0),
    ],
)
def test_of_several_roles_the_strictest_counts(text: str, roles: list[Role], minutes: int) -> None:
    assert lock_minutes(text, roles) == minutes


def test_the_setting_is_written_as_it_is_read() -> None:
    text = "operator=20 leader=5"
    assert write_locks(read_locks(text)) == text
    assert write_locks({}) == ""


def test_a_locked_tablet_waits_for_the_same_person_at_the_same_job(floor: Floor, tablet: Tablet) -> None:
    floor.shop.do(lambda work: set_up_plant(work, name="떡집", lock_after="operator=20"))
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    page = tablet.open(f"/station/jobs/{job.code}")
    assert 'data-lock="20"' in page
    locked = tablet.press("/station/sign-out", lock="1", job=job.code)
    assert "김미숙" in words(locked.text)
    assert "잠겼습니다" in words(locked.text)
    assert "다른 사람" not in words(locked.text)
    assert tablet.client.get("/station/queue").status_code == 302, "nobody is signed in"
    back = tablet.press(f"/station/people/KIM?job={job.code}", pin=PIN)
    assert f"/station/jobs/{job.code}/report" in back.text


def test_another_badge_takes_a_locked_tablet_over_at_the_same_job(floor: Floor, tablet: Tablet) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    tablet.press("/station/sign-out", lock="1", job=job.code)
    taken = tablet.badge(floor.park, job.code)
    assert "박정호" in words(taken.text)
    assert f"/station/jobs/{job.code}/report" in taken.text


def test_a_job_that_is_none_leads_to_the_queue(floor: Floor, tablet: Tablet) -> None:
    assert "할 작업" in words(tablet.press("/station/people/KIM?job=NONE", pin=PIN).text)


def test_without_the_setting_nothing_locks(floor: Floor, tablet: Tablet) -> None:
    tablet.badge(floor.kim)
    assert "data-lock" not in tablet.open("/station/queue")
