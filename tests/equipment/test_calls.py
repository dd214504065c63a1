"""Calls for help: they go up by themselves, may stop the machine, and keep their times and cause."""

from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.errors import NotFound
from mes.equipment import call_queries, calls
from mes.equipment.call_rules import CauseNeeded, Level, Limits, UpsideDown
from mes.equipment.models import Call, CallKind
from mes.equipment.queries import open_downtimes
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_call, make_machine, make_work_centre


def levels(shop: Shop) -> list[Level]:
    """How far up the open calls have gone."""
    with shop.read() as read:
        return [one.level for one in call_queries.waiting_calls(read, shop.now)]


def test_a_call_goes_to_the_leader_and_then_to_the_manager(shop: Shop) -> None:
    call = shop.do(make_call)
    shop.later(minutes=4)
    assert levels(shop) == [Level.CALLED]
    shop.later(minutes=1)
    assert levels(shop) == [Level.LEADER]
    shop.do(lambda work: calls.take_call(work, call.id))
    shop.later(minutes=15)
    assert levels(shop) == [Level.MANAGER]
    shop.do(lambda work: calls.solve_call(work, call.id, " 자재 준비됨 "))
    assert levels(shop) == []
    with shop.read() as read:
        [answered] = call_queries.how_fast(read, call.placed_at, shop.now)
        assert (answered.number, answered.response, answered.solving, answered.escalated) == (1, D(5), D(20), 1)
        assert call_queries.causes_before(read, CallKind.MATERIAL) == ["자재 준비됨"]


def test_a_call_that_is_taken_in_time_stays_where_it_is(shop: Shop) -> None:
    call = shop.do(make_call)
    shop.later(minutes=2)
    shop.do(lambda work: calls.take_call(work, call.id))
    shop.later(minutes=10)
    assert levels(shop) == [Level.CALLED]


def test_the_plant_says_when_calls_go_up(shop: Shop) -> None:
    shop.do(lambda work: calls.set_call_limits(work, {CallKind.MATERIAL: Limits(1, None)}))
    shop.do(make_call)
    shop.later(minutes=600)
    assert levels(shop) == [Level.LEADER]
    shop.do(lambda work: calls.set_call_limits(work, {CallKind.MATERIAL: Limits(None, 2)}))
    assert levels(shop) == [Level.MANAGER]
    with pytest.raises(UpsideDown):
        shop.do(lambda work: calls.set_call_limits(work, {CallKind.MATERIAL: Limits(9, 2)}))


def test_who_is_asked_to_come(shop: Shop) -> None:
    safety = shop.do(lambda work: make_call(work, kind="safety"))
    material = shop.do(lambda work: make_call(work, kind="material"))
    with shop.read() as read:
        first, second = call_queries.waiting_calls(read, shop.now)
    assert (first.call.id, second.call.id) == (safety.id, material.id)
    assert first.concerns([Role.OPERATOR])
    assert second.concerns([Role.MATERIAL])
    assert not second.concerns([Role.LEADER])
    shop.later(minutes=5)
    with shop.read() as read:
        assert call_queries.waiting_calls(read, shop.now)[1].concerns([Role.LEADER])


def test_a_call_may_stop_the_machine_and_says_why_later(shop: Shop) -> None:
    machine = shop.do(make_machine)
    given: dict[str, Any] = {"work_centre_id": machine.work_centre_id, "machine_id": machine.id, "stands_still": True}
    call = shop.do(lambda work: calls.call_for(work, kind=CallKind.MACHINE, **given))
    with shop.read() as read:
        [stop] = open_downtimes(read, machine.work_centre_id)
    assert (call.downtime_id, stop.reason) == (stop.id, None)
    second = shop.do(lambda work: calls.call_for(work, kind=CallKind.QUALITY, **given))
    assert second.downtime_id == stop.id


def test_the_cause_may_be_told_later(app: Flask, shop: Shop) -> None:
    call = shop.do(lambda work: make_call(work, make_work_centre(work, name="배합실")))
    with pytest.raises(CauseNeeded):
        shop.do(lambda work: calls.explain_call(work, call.id, " "))
    with pytest.raises(NotFound):
        shop.do(lambda work: calls.explain_call(work, 999, "고장"))
    with shop.read() as read, pytest.raises(NotFound):
        call_queries.get_call(read, 999)
    leader, manager = Desk(app, shop, Role.LEADER), Desk(app, shop, Role.MANAGER)
    shop.later(minutes=7)
    assert "With the leader" in leader.see("/calls")
    assert "Material" in leader.see("/calls?whose=mine")
    assert "Nobody is waiting" in Desk(app, shop, Role.QUALITY).see("/calls?whose=mine")
    leader.press(f"/calls/{call.id}/take")
    assert leader.press(f"/calls/{call.id}/solve") == f"/calls/{call.id}/cause"
    assert "Add the cause" in leader.see("/calls?state=all")
    leader.press(f"/calls/{call.id}/cause", cause="포대가 늦게 옴")
    assert "포대가 늦게 옴" in leader.see("/calls?state=all&kind=material")
    assert "포대가 늦게 옴" in leader.see(f"/calls/{call.id}/cause")
    values: dict[str, Any] = {f"{who}-{kind}": "" for who in ("leader", "manager") for kind in CallKind}
    manager.press("/calls/rules", 422, **{**values, "leader-material": 30, "manager-material": 20})
    manager.press("/calls/rules", 422, **{**values, "leader-material": -1})
    manager.press("/calls/rules", **{**values, "leader-material": 3, "manager-material": 20})
    assert 'value="3"' in manager.see("/calls/rules")
    with shop.read() as read:
        assert call_queries.limits_of(read)[CallKind.SAFETY] == Limits(None, None)
        assert read.get_one(Call, call.id).cause == "포대가 늦게 옴"
