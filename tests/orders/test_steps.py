"""Work steps of an operation: written on a draft, frozen by its release, ticked or told at the job."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Actor, Role
from mes.core.errors import NotFound, ReasonNeeded
from mes.items import steps as written
from mes.items.models import Operation, OperationStep, Routing, StepKind
from mes.items.queries import released_routing
from mes.items.routings import copy_routing, remove_operation
from mes.items.rules import NotDraft
from mes.items.step_rules import LimitsOfNothing, StepImpossible, StepLimitsReversed, StepTaken
from mes.items.steps import StepData
from mes.orders.models import Job, JobState, StepRecord
from mes.orders.override_rules import NotAnOverride
from mes.orders.reporting import record_report
from mes.orders.rules import JobNotStarted
from mes.orders.service import finish_job, pause_job, start_job
from mes.orders.step_gate import StepsOpen, steps_of_job
from mes.orders.steps import StepOutside, StepWithoutValue, allow_steps, record_step
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_steps
from tests.orders.bakery import Bakery

D = Decimal
STEAM = (
    StepData(position=1, name="솥을 예열한다", kind=StepKind.DO),
    StepData(position=2, name="체를 확인한다", kind=StepKind.CHECK),
    StepData(position=3, name="온도", kind=StepKind.NUMBER, unit="℃", lower=D(95), upper=D(105), every_start=True),
    StepData(position=4, name="특이사항", kind=StepKind.TEXT, required=False),
)


def with_steps(bakery: Bakery, *steps: StepData) -> None:
    """The cake's first operation gets steps, in a new revision of its routing that is put in force."""
    bakery.shop.do(lambda work: make_steps(work, bakery.cake, *(steps or STEAM)))


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery, whose cakes are steamed and packed."""
    return Bakery(shop)


@pytest.fixture
def job(bakery: Bakery) -> Job:
    """A running job of an operation with four steps."""
    with_steps(bakery)
    [lot] = bakery.receive(bakery.flour, 500)
    found = bakery.order().jobs[0]
    bakery.start(found)
    bakery.scan(found, lot)
    return found


def told(bakery: Bakery, job: Job, position: int, **values: Any) -> StepRecord:
    return bakery.shop.do(lambda work: record_step(work, job.code, position, **values))


def still_open(bakery: Bakery, job: Job) -> list[int]:
    with bakery.shop.read() as read:
        return [one.step.position for one in steps_of_job(read, read.get_one(Job, job.id)) if one.open]


def report(bakery: Bakery, job: Job, good: int = 10) -> None:
    bakery.shop.do(lambda work: record_report(work, job.code, good=D(good)))


def test_nothing_good_is_reported_before_the_steps_are_done(bakery: Bakery, job: Job) -> None:
    with pytest.raises(StepsOpen) as refused:
        report(bakery, job)
    assert refused.value.values["steps"] == "2. 체를 확인한다, 3. 온도"
    told(bakery, job, 2)
    told(bakery, job, 3, number=D(100))
    report(bakery, job)


def test_defects_are_written_down_before_the_steps_are_done(bakery: Bakery, job: Job) -> None:
    bakery.shop.do(lambda work: record_report(work, job.code, good=D(0), scrap=D(3)))
    assert bakery.see_job(job).scrap == 3
    assert still_open(bakery, job)


def test_a_value_outside_its_limits_asks_and_leaves_the_step_open(bakery: Bakery, job: Job) -> None:
    with pytest.raises(StepOutside) as asked:
        told(bakery, job, 3, number=D(110))
    assert asked.value.asks
    assert not told(bakery, job, 3, number=D(110), confirmed=True).done
    assert still_open(bakery, job) == [2, 3]
    told(bakery, job, 3, number=D(105))
    assert still_open(bakery, job) == [2], "on the limit it is good"


def test_a_step_that_asks_for_a_value_is_not_done_without_one(bakery: Bakery, job: Job) -> None:
    with pytest.raises(StepWithoutValue):
        told(bakery, job, 3)
    with pytest.raises(StepWithoutValue):
        told(bakery, job, 4, text="  ")
    assert told(bakery, job, 4, text="소음 있음").text == "소음 있음"


def test_a_tick_is_taken_back_by_one_that_says_so(bakery: Bakery, job: Job) -> None:
    told(bakery, job, 2)
    assert still_open(bakery, job) == [3]
    told(bakery, job, 2, done=False)
    assert still_open(bakery, job) == [2, 3]
    with bakery.shop.read() as read:
        assert read.query(StepRecord).count() == 2, "both stay"


def test_what_is_done_after_each_start_is_open_again_after_a_pause(bakery: Bakery, job: Job) -> None:
    told(bakery, job, 2)
    told(bakery, job, 3, number=D(100))
    bakery.shop.later(minutes=30)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    assert still_open(bakery, job) == []
    bakery.shop.later(minutes=30)
    bakery.shop.do(lambda work: start_job(work, job.code))
    assert still_open(bakery, job) == [3]


def test_a_leader_lets_a_job_go_on_without_its_steps_and_says_why(bakery: Bakery, job: Job) -> None:
    worker = Actor("김미숙", frozenset({Role.OPERATOR}))
    leader = Actor("박정호", frozenset({Role.LEADER}))

    def allow(approver: Actor | None, reason: str | None) -> None:
        bakery.shop.do(lambda work: allow_steps(work, job.code, approver=approver, reason=reason), actor=worker)

    with pytest.raises(NotAnOverride):
        allow(worker, "체가 없음")
    with pytest.raises(NotAnOverride):
        allow(None, None)
    with pytest.raises(ReasonNeeded):
        allow(leader, " ")
    allow(leader, "체가 없음")
    assert still_open(bakery, job) == []
    with bakery.shop.read() as read:
        assert {row.reason for row in read.query(StepRecord)} == {"박정호: 체가 없음"}
    report(bakery, job)


def test_a_job_with_good_pieces_is_not_finished_while_a_step_is_open(bakery: Bakery, job: Job) -> None:
    told(bakery, job, 2)
    told(bakery, job, 3, number=D(100))
    report(bakery, job, 100)
    told(bakery, job, 2, done=False)
    with pytest.raises(StepsOpen):
        bakery.shop.do(lambda work: finish_job(work, job.code, confirmed=True))
    told(bakery, job, 2)
    assert bakery.shop.do(lambda work: finish_job(work, job.code, confirmed=True)).state is JobState.DONE


def test_a_step_is_done_at_a_job_that_was_started(bakery: Bakery) -> None:
    with_steps(bakery)
    job = bakery.order().jobs[0]
    with pytest.raises(JobNotStarted):
        told(bakery, job, 2)
    bakery.start(job)
    with pytest.raises(NotFound):
        told(bakery, job, 9)


def test_an_order_keeps_the_steps_that_were_in_force_at_its_release(bakery: Bakery) -> None:
    before = bakery.order().jobs[0]
    with_steps(bakery)
    after = bakery.order().jobs[0]
    with_steps(bakery, StepData(position=9, name="새 단계", kind=StepKind.CHECK))
    latest = bakery.order().jobs[0]
    assert still_open(bakery, before) == []
    assert still_open(bakery, after) == [2, 3]
    assert still_open(bakery, latest) == [2, 3, 9]


def test_steps_are_written_on_drafts_only_and_stand_in_their_order(bakery: Bakery) -> None:
    shop: Shop = bakery.shop
    with_steps(bakery)
    routing = released_routing(shop.read(), bakery.cake.id)
    assert routing is not None
    with pytest.raises(NotDraft):
        shop.do(lambda work: written.add_step(work, routing.id, 10, STEAM[0]))
    draft: Routing = shop.do(lambda work: copy_routing(work, bakery.cake))

    def add(**values: Any) -> OperationStep:
        data = StepData(**{"position": 7, "name": "새 단계", "kind": StepKind.CHECK, **values})
        return shop.do(lambda work: written.add_step(work, draft.id, 10, data))

    with pytest.raises(StepTaken):
        add(position=2)
    with pytest.raises(StepImpossible):
        add(position=0)
    with pytest.raises(StepLimitsReversed):
        add(kind=StepKind.NUMBER, lower=D(5), upper=D(4))
    with pytest.raises(LimitsOfNothing):
        add(unit="mm")
    add()
    shop.do(lambda work: written.change_step(work, draft.id, 10, 7, StepData(position=5, name="바뀐 단계")))
    shop.do(lambda work: written.remove_step(work, draft.id, 10, 1))
    with pytest.raises(NotFound):
        shop.do(lambda work: written.remove_step(work, draft.id, 10, 1))
    with pytest.raises(NotFound):
        shop.do(lambda work: written.remove_step(work, draft.id, 99, 1))
    assert sorted(kept(bakery, draft)) == [2, 3, 4, 5]
    assert kept(bakery, draft)[5].name == "바뀐 단계"
    assert not kept(bakery, draft)[5].required, "what is only shown leaves nothing to wait for"


def kept(bakery: Bakery, routing: Routing) -> dict[int, OperationStep]:
    with bakery.shop.read() as read:
        found = read.query(OperationStep).join(Operation, Operation.id == OperationStep.operation_id)
        return {step.position: step for step in found.filter(Operation.routing_id == routing.id)}


def test_a_stale_form_of_a_step_does_not_undo_what_a_colleague_wrote(app: Flask, bakery: Bakery) -> None:
    shop: Shop = bakery.shop
    with_steps(bakery)
    draft = shop.do(lambda work: copy_routing(work, bakery.cake))
    address = f"/items/{bakery.cake.code}/routing/{draft.revision}/operations/10/steps/1"
    planner = Desk(app, shop, Role.MANAGER)
    [shown] = re.findall(r'name="version"[^>]*value="(\d+)"', planner.see(address))[:1]
    shop.do(lambda work: written.change_step(work, draft.id, 10, 1, StepData(position=1, name="동료가 쓴 말")))
    stale = planner.press(address, 409, position="1", name="내가 쓴 말", kind="do", version=shown)
    assert "내가 쓴 말" in stale, "what was typed is kept"
    assert kept(bakery, draft)[1].name == "동료가 쓴 말"
    [fresh] = re.findall(r'name="version"[^>]*value="(\d+)"', planner.see(address))[:1]
    planner.press(address, position="1", name="내가 쓴 말", kind="do", version=fresh)
    assert kept(bakery, draft)[1].name == "내가 쓴 말"


def test_steps_go_with_an_operation_that_is_taken_out(bakery: Bakery) -> None:
    with_steps(bakery)
    draft = bakery.shop.do(lambda work: copy_routing(work, bakery.cake))
    bakery.shop.do(lambda work: remove_operation(work, draft.id, 10))
    assert kept(bakery, draft) == {}
