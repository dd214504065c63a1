"""Who works on a job, at the tablet: by name tile and by badge; a leader takes it over."""

import pytest

from mes.core.errors import NotAllowed
from mes.orders.models import Job
from tests.station.floor import Floor, Tablet, says, words


@pytest.fixture
def job(floor: Floor, tablet: Tablet) -> Job:
    """A job that Kim has started at the kettle."""
    found = floor.order().jobs[0]
    tablet.badge(floor.kim)
    tablet.press(f"/station/jobs/{found.code}/start", machine="KT-1")
    return found


def crew(tablet: Tablet, job: Job) -> str:
    return words(tablet.open(f"/station/jobs/{job.code}/crew"))


def test_somebody_joins_by_a_touch_and_leaves_by_another(floor: Floor, tablet: Tablet, job: Job) -> None:
    assert "김미숙 09:30부터" in crew(tablet, job)
    joined = tablet.press(f"/station/jobs/{job.code}/crew", person="NGU")
    assert "참여합니다" in words(joined.text)
    assert "김미숙, 응우옌 반 안" in words(tablet.open(f"/station/jobs/{job.code}"))
    floor.shop.later(minutes=25)
    left = tablet.press(f"/station/jobs/{job.code}/crew", person="NGU")
    assert "나갔습니다" in words(left.text)
    assert "응우옌 반 안 25분" in words(left.text)


def test_what_the_page_said_counts_also_when_somebody_else_was_faster(floor: Floor, tablet: Tablet, job: Job) -> None:
    address = f"/station/jobs/{job.code}/crew"
    page = tablet.open(address)
    assert page.count('name="joins" value="0"') == 1, "Kim works on it and may leave"
    assert 'name="joins" value="1"' in page
    for _tablet in range(2):
        assert "참여합니다" in words(tablet.press(address, person="NGU", joins="1").text)
    assert "김미숙, 응우옌 반 안" in words(tablet.open(f"/station/jobs/{job.code}"))
    for _tablet in range(2):
        assert "나갔습니다" in words(tablet.press(address, person="NGU", joins="0").text)
    assert "응우옌" not in words(tablet.open(f"/station/jobs/{job.code}"))
    tablet.press(f"/station/jobs/{job.code}/pause")
    assert "나갔습니다" in words(tablet.press(address, person="NGU", joins="0").text)


def test_a_badge_on_this_page_joins_and_does_not_sign_in(floor: Floor, tablet: Tablet, job: Job) -> None:
    joined = tablet.scan(floor.nguyen.badge, job.code, crew="1")
    assert "응우옌 반 안 님이 작업에 참여합니다" in words(joined.text)
    assert "김미숙" in words(tablet.open("/station/queue")), "Kim is still the one who is signed in"
    taken_over = tablet.badge(floor.park, job.code)
    assert "박정호" in words(taken_over.text), "on the job's own page a badge takes the tablet over"


def test_a_leader_takes_the_job_over_and_an_operator_does_not(floor: Floor, tablet: Tablet, job: Job) -> None:
    address = f"/station/jobs/{job.code}/take-over"
    assert "작업 인수" not in crew(tablet, job)
    assert says(tablet.press(address), NotAllowed())
    tablet.badge(floor.park)
    assert "작업 인수" in crew(tablet, job)
    assert "작업을 인수했습니다" in words(tablet.press(address).text)
    assert floor.see_job(job).person_id == floor.park.id
    assert "작업 인수" not in crew(tablet, job)
    assert "박정호 09:30부터" in crew(tablet, job)


def test_a_job_that_does_not_run_is_joined_by_nobody(floor: Floor, tablet: Tablet, job: Job) -> None:
    tablet.press(f"/station/jobs/{job.code}/pause")
    assert "먼저 시작하세요" in crew(tablet, job)
    refused = tablet.scan(floor.nguyen.badge, job.code, crew="1")
    assert refused.status_code == 409
    assert "누가 작업합니까?" in words(refused.text)
