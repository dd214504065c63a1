"""Work steps on the tablet: shown one after another, ticked, told, and let go by a leader."""

from decimal import Decimal

import pytest
from flask import Flask

from mes.core.work import Work
from mes.items.models import OperationStep, StepKind
from mes.items.routings import copy_routing, release_routing
from mes.items.steps import StepData, set_step_picture
from mes.orders.models import Job, StepRecord
from mes.orders.override_rules import NotAnOverride
from mes.orders.step_gate import StepsOpen
from mes.orders.steps import StepOutside
from tests.factories import make_steps
from tests.quality.workshop import snapshot
from tests.station.floor import Floor, Tablet, says, words

D = Decimal
SIEVE = StepData(position=1, name="체를 확인한다", name_en="Check the sieve", kind=StepKind.CHECK)
SHOWN = StepData(position=2, name="솥을 예열한다", kind=StepKind.DO)
HEAT = StepData(position=3, name="온도를 잰다", kind=StepKind.NUMBER, unit="℃", lower=D(95), upper=D(105))


def write_steps(work: Work, floor: Floor) -> None:
    """The cake is steamed in three steps from now on; the first one shows a photo."""
    make_steps(work, floor.cake, SIEVE, SHOWN, HEAT)
    draft = copy_routing(work, floor.cake)
    set_step_picture(work, draft.id, 10, 1, "sieve.jpg", snapshot())
    release_routing(work, draft.id)


@pytest.fixture
def job(floor: Floor, tablet: Tablet) -> Job:
    """A running job with three steps; Kim is signed in."""
    floor.shop.do(lambda work: write_steps(work, floor))
    [lot] = floor.receive(floor.flour, 60)
    found = floor.order().jobs[0]
    floor.start(found)
    floor.scan(found, lot)
    tablet.badge(floor.kim)
    return found


def test_the_steps_lead_from_one_to_the_next(floor: Floor, tablet: Tablet, job: Job) -> None:
    assert "작업단계 0 / 2" in words(tablet.open(f"/station/jobs/{job.code}"))
    assert "체를 확인한다" in words(tablet.open(f"/station/jobs/{job.code}/steps"))
    second = tablet.press(f"/station/jobs/{job.code}/steps/1")
    assert "솥을 예열한다" in words(second.text), "what is only shown comes in its turn"
    asked = tablet.press(f"/station/jobs/{job.code}/steps/3", number="110")
    assert says(asked, StepOutside(value=D(110), unit="℃", lower=D(95), upper=D(105)))
    last = tablet.press(f"/station/jobs/{job.code}/steps/3", number="99.5")
    assert "작업단계를 모두 마쳤습니다" in words(last.text)
    assert "작업단계 2/2" in words(last.text)
    with floor.shop.read() as read:
        told = [(row.done, row.number, row.person, row.station) for row in read.query(StepRecord).order_by("id")]
    assert told == [(True, None, "김미숙", "증숙 단말"), (True, D("99.5"), "김미숙", "증숙 단말")]


def test_a_tick_is_taken_back(floor: Floor, tablet: Tablet, job: Job) -> None:
    tablet.press(f"/station/jobs/{job.code}/steps/1")
    open_again = tablet.press(f"/station/jobs/{job.code}/steps/1", undo="1")
    assert "1단계가 다시 열렸습니다" in words(open_again.text)


def test_a_report_says_which_steps_are_open_before_it_is_typed_and_after(tablet: Tablet, job: Job) -> None:
    sheet = tablet.open(f"/station/jobs/{job.code}/report")
    assert "1. 체를 확인한다" in words(sheet)
    refused = tablet.press(f"/station/jobs/{job.code}/report", good="10")
    assert says(refused, StepsOpen(steps="1. 체를 확인한다, 3. 온도를 잰다"))


def test_a_leader_lets_it_go_on_by_badge(floor: Floor, tablet: Tablet, job: Job) -> None:
    address = f"/station/jobs/{job.code}/steps/allow"
    refused = tablet.press(address, text=floor.nguyen.badge, reason="It does not apply this time")
    assert says(refused, NotAnOverride())
    allowed = tablet.press(address, text=floor.park.badge, reason="It does not apply this time")
    assert "반장이 진행을 허용했습니다" in words(allowed.text)
    assert "박정호: 이번에는 해당 없음" in words(tablet.open(f"/station/jobs/{job.code}/steps/1"))
    assert "저장했습니다" in words(tablet.press(f"/station/jobs/{job.code}/report", good="10").text)


def test_the_photo_of_a_step_is_a_picture(floor: Floor, tablet: Tablet, job: Job) -> None:
    with floor.shop.read() as read:
        ident = read.query(OperationStep.id).filter(OperationStep.picture_id.is_not(None)).one()[0]
    answer = tablet.client.get(f"/steps/{ident}/photo.jpg")
    assert answer.content_type == "image/jpeg"
    assert answer.data[:2] == b"\xff\xd8"
    assert tablet.client.get("/steps/999999/photo.jpg").status_code == 404


def test_a_job_without_steps_shows_none(app: Flask, floor: Floor, tablet: Tablet) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    assert "작업단계" not in words(tablet.open(f"/station/jobs/{job.code}"))
    assert "가래떡" in words(tablet.open(f"/station/jobs/{job.code}/steps")), "nothing to show: the job itself"
