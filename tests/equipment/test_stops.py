"""Stops whose reason comes later, two out of one, micro-stops, and what nobody recorded in time."""

import re
from datetime import timedelta
from decimal import Decimal as D
from io import BytesIO
from urllib.parse import urlencode

import pytest
from flask import Flask
from PIL import Image

from mes.core.access import Role
from mes.core.errors import NotFound
from mes.core.files import NotAPicture
from mes.core.work import Work
from mes.equipment import service, stop_queries, stops
from mes.equipment.models import Downtime, Machine, MachineState
from mes.equipment.rules import (
    AlreadyStopped,
    MachineElsewhere,
    NotInUse,
    NotYetPast,
    OutsideStop,
    StoppedAgain,
    StopsOverlap,
    StopUnexplained,
)
from mes.orders.reporting import record_report
from mes.people.plant import set_up_plant
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_downtime, make_machine, make_stop_reason, make_work_centre
from tests.orders.bakery import Bakery


def stop_now(shop: Shop, machine: object) -> Downtime:
    """Somebody touches Stop, and says nothing more."""
    where = {"work_centre_id": machine.work_centre_id, "machine_id": machine.id}  # type: ignore[attr-defined]
    return shop.do(lambda work: service.start_downtime(work, **where))


def note_of(shop: Shop, stop: Downtime) -> str | None:
    """What is noted at a stop."""
    with shop.read() as read:
        return stop_queries.get_stop(read, stop.id).note


def test_one_touch_stops_the_clock_and_the_reason_comes_later(shop: Shop) -> None:
    machine, reason = shop.do(make_machine), shop.do(make_stop_reason)
    stop = stop_now(shop, machine)
    shop.later(minutes=9)
    shop.do(lambda work: service.end_downtime(work, stop.id))
    with shop.read() as read:
        assert [one.id for one in stop_queries.unexplained(read, machine.work_centre_id, shop.now)] == [stop.id]
    shop.do(lambda work: stops.explain_stop(work, stop.id, reason.id, "벨트가 끊어짐"))
    with shop.read() as read:
        assert stop_queries.unexplained(read, machine.work_centre_id, shop.now) == []
        told = stop_queries.get_stop(read, stop.id)
        assert (told.reason_id, told.note) == (reason.id, "벨트가 끊어짐")
    shop.do(lambda work: stops.explain_stop(work, stop.id, reason.id))
    assert note_of(shop, stop) == "벨트가 끊어짐"
    shop.do(lambda work: stops.explain_stop(work, stop.id, reason.id, " "))
    assert note_of(shop, stop) is None
    shop.do(lambda work: service.change_stop_reason(work, reason.code, active=False))
    with pytest.raises(NotInUse):
        shop.do(lambda work: stops.explain_stop(work, stop.id, reason.id))
    with pytest.raises(NotFound):
        shop.do(lambda work: stops.explain_stop(work, 999999999, reason.id))
    with shop.read() as read, pytest.raises(NotFound):
        stop_queries.get_stop(read, 999999999)


def test_what_was_entered_before_a_stop_began_does_not_end_it(shop: Shop) -> None:
    machine = shop.do(make_machine)
    stop = stop_now(shop, machine)
    shop.later(minutes=-5)  # entered on a tablet without a network, five minutes before
    with pytest.raises(StoppedAgain):
        shop.do(lambda work: service.end_downtime(work, stop.id), late=True)
    shop.later(minutes=10)
    assert shop.do(lambda work: service.end_downtime(work, stop.id)).ended_at == shop.now


def test_a_stop_ends_also_when_the_clock_was_set_back_meanwhile(shop: Shop) -> None:
    stop = stop_now(shop, shop.do(make_machine))
    shop.later(hours=-1)
    ended = shop.do(lambda work: service.end_downtime(work, stop.id))
    assert ended.ended_at == stop.started_at, "it lasted no time, and never less"


def test_a_micro_stop_is_counted_and_nobody_is_asked_why(shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장", micro_stop_minutes=3))
    machine = shop.do(make_machine)
    stop = stop_now(shop, machine)
    shop.later(minutes=2)
    ended = shop.do(lambda work: service.end_downtime(work, stop.id))
    assert stop_queries.is_micro(ended, 3)
    assert not stop_queries.is_micro(ended, 2)
    with shop.read() as read:
        assert stop_queries.unexplained(read, machine.work_centre_id, shop.now) == []


def test_a_stop_with_two_reasons_becomes_two_stops(shop: Shop) -> None:
    machine, second = shop.do(make_machine), shop.do(make_stop_reason)
    stop = shop.do(lambda work: make_downtime(work, machine))
    began = shop.now
    shop.later(minutes=30)
    with pytest.raises(OutsideStop):
        shop.do(lambda work: stops.split_stop(work, stop.id, began, second.id))
    rest = shop.do(lambda work: stops.split_stop(work, stop.id, began + timedelta(minutes=10), second.id))
    assert (rest.started_at, rest.ended_at, rest.reason_id) == (began + timedelta(minutes=10), None, second.id)
    with shop.read() as read:
        assert stop_queries.get_stop(read, stop.id).ended_at == rest.started_at
    shop.do(lambda work: service.end_downtime(work, rest.id))
    with pytest.raises(OutsideStop):
        shop.do(lambda work: stops.split_stop(work, rest.id, shop.now, second.id))


def test_what_nobody_recorded_in_time_is_recorded_afterwards(shop: Shop) -> None:
    machine, reason, other = shop.do(make_machine), shop.do(make_stop_reason), shop.do(make_work_centre)
    now = shop.now

    def record(start: int, end: int, centre: int = machine.work_centre_id) -> Downtime:
        return shop.do(
            lambda work: stops.record_stop_afterwards(
                work, work_centre_id=centre, machine_id=machine.id, reason_id=reason.id,
                began=now - timedelta(minutes=start), ended=now - timedelta(minutes=end), note=" ",
            )
        )  # fmt: skip

    made = record(60, 30)
    assert (made.ended_at or now) - made.started_at == timedelta(minutes=30)
    assert made.note is None
    with pytest.raises(StopsOverlap):
        record(40, 20)
    with pytest.raises(NotYetPast):
        record(10, -5)
    with pytest.raises(NotYetPast):
        record(5, 10)
    with pytest.raises(MachineElsewhere):
        record(20, 10, other.id)
    record(30, 10)


def test_a_plant_may_want_the_reason_before_the_next_result(shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장", stop_reason_needed=True, material_scanned="off"))
    bakery = Bakery(shop)
    job = bakery.order(100).jobs[0]
    bakery.start(job)
    reason = shop.do(make_stop_reason)
    stop = shop.do(lambda work: service.start_downtime(work, work_centre_id=job.work_centre_id))
    shop.later(minutes=12)
    shop.do(lambda work: service.end_downtime(work, stop.id))
    with pytest.raises(StopUnexplained):
        shop.do(lambda work: record_report(work, job.code, good=D(10)))
    shop.do(lambda work: stops.explain_stop(work, stop.id, reason.id))
    assert shop.do(lambda work: record_report(work, job.code, good=D(10))).good == 10


def photo() -> BytesIO:
    """A small photo."""
    kept = BytesIO()
    Image.new("RGB", (40, 30), "red").save(kept, "JPEG")
    kept.seek(0)
    return kept


def test_the_leader_mends_stops_at_the_desk(app: Flask, shop: Shop) -> None:
    machine = shop.do(lambda work: make_machine(work, name="프레스 1호기"))
    reason = shop.do(lambda work: make_stop_reason(work, name="금형 교체", name_en="Mould change"))
    stop = stop_now(shop, machine)
    leader = Desk(app, shop, Role.LEADER)
    assert "No reason yet" in leader.see("/stops")
    shop.later(minutes=20)
    assert leader.press(f"/stops/{stop.id}", reason_id=reason.id) == f"/stops/{stop.id}"
    assert "Mould change" in leader.see(f"/stops/{stop.id}")
    leader.press(f"/stops/{stop.id}/split", 422, at="", reason_id=reason.id)
    leader.press(f"/stops/{stop.id}/split", 422, at="2020-01-01T00:00", reason_id=reason.id)
    page = leader.see(f"/stops/{stop.id}/split")
    middle = page.split('type="datetime-local" value="')[1].split('"')[0]
    assert leader.press(f"/stops/{stop.id}/split", at=middle, reason_id=reason.id) == f"/stops/{stop.id}"
    given = {"work_centre_id": machine.work_centre_id, "machine_id": machine.id, "reason_id": reason.id}
    leader.press("/new/stop", 422, **given, began="2025-12-01T08:00")
    leader.press("/new/stop", 422, **given, began="0001-12-01T08:00", ended="2025-12-01T08:30")
    assert leader.press("/new/stop", **given, began="2025-12-01T08:00", ended="2025-12-01T08:30").startswith("/stops/")
    there = leader.see(f"/new/stop?centre={machine.work_centre_id}&began=2025-12-01T08:00:00%2B09:00&ended=nonsense")
    assert 'value="2025-12-01T08:00"' in there


def test_the_time_after_a_stop_is_explained_though_the_stop_ended_within_a_minute(app: Flask, shop: Shop) -> None:
    machine, reason = shop.do(make_machine), shop.do(make_stop_reason)
    stop = stop_now(shop, machine)
    shop.later(minutes=3, seconds=25)
    ended = shop.do(lambda work: service.end_downtime(work, stop.id)).ended_at
    assert ended is not None
    until = ended + timedelta(minutes=20)
    shop.later(minutes=30)
    leader = Desk(app, shop, Role.LEADER)
    asked = urlencode({"machine": machine.id, "began": ended.isoformat(), "ended": until.isoformat()})
    [began] = re.findall(r'name="began"[^>]*value="([^"]+)"', leader.see(f"/new/stop?{asked}"))
    [end] = re.findall(r'name="ended"[^>]*value="([^"]+)"', leader.see(f"/new/stop?{asked}"))
    given = {"work_centre_id": machine.work_centre_id, "machine_id": machine.id, "reason_id": reason.id}
    assert leader.press("/new/stop", **given, began=began, ended=end).startswith("/stops/")


def test_reasons_have_groups_and_pictures(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_stop_reason(work, code="A-1", name="가"))
    shop.do(lambda work: make_stop_reason(work, code="B-1", name="나", group="설비"))
    manager = Desk(app, shop, Role.MANAGER)
    manager.press("/stop-reasons/A-1", name="가", group="자재", active="y", version=1)
    with shop.read() as read:
        found = stop_queries.reasons_in_groups(read)
        assert [(group, [one.code for one in reasons]) for group, reasons in found] == [
            ("설비", ["B-1"]),
            ("자재", ["A-1"]),
        ]
        with pytest.raises(NotFound):
            stop_queries.get_reason_picture(read, "A-1")
    assert '<option value="자재">' in manager.see("/stop-reasons/B-1")
    manager.see("/stop-reason-picture/A-1")
    manager.press("/stop-reason-picture/A-1", 422)
    assert manager.press("/stop-reason-picture/A-1", photo=(photo(), "보기.jpg")) == "/stop-reasons"
    assert manager.client.get("/stop-reason-picture/A-1/photo.jpg").content_type == "image/jpeg"
    with pytest.raises(NotAPicture):
        shop.do(lambda work: stops.set_reason_picture(work, "A-1", "x.jpg", b"x"))


def test_a_machine_is_not_moved_away_from_its_open_stop(shop: Shop) -> None:
    machine, hall = shop.do(make_machine), shop.do(make_work_centre)
    stop = stop_now(shop, machine)
    with pytest.raises(AlreadyStopped, match=f"{machine.code} has been standing still since"):
        shop.do(lambda work: service.change_machine(work, machine.code, work_centre_id=hall.id))
    shop.do(lambda work: service.change_machine(work, machine.code, name="다른 이름"))
    shop.later(minutes=5)
    shop.do(lambda work: service.end_downtime(work, stop.id))
    moved = shop.do(lambda work: service.change_machine(work, machine.code, work_centre_id=hall.id))
    assert moved.work_centre_id == hall.id


def test_a_machine_stands_still_once_wherever_it_stood_when_it_stopped(shop: Shop) -> None:
    machine, hall = shop.do(make_machine), shop.do(make_work_centre)
    began = shop.now
    stop = stop_now(shop, machine)

    def carry(work: Work) -> None:
        work.session.get_one(Machine, machine.id).work_centre_id = hall.id

    shop.do(carry)  # as it could be done once
    with pytest.raises(AlreadyStopped):
        shop.do(lambda work: service.start_downtime(work, work_centre_id=hall.id, machine_id=machine.id))
    shop.do(lambda work: service.hold_machine(work, machine.code, "점검"))
    held = shop.do(lambda work: service.release_machine(work, machine.code, "끝"))
    assert held.state is MachineState.STOPPED
    shop.later(minutes=20)
    shop.do(lambda work: service.end_downtime(work, stop.id))
    reason = shop.do(make_stop_reason)
    with pytest.raises(StopsOverlap):
        shop.do(lambda work: stops.record_stop_afterwards(
            work, work_centre_id=hall.id, machine_id=machine.id, reason_id=reason.id,
            began=began + timedelta(minutes=5), ended=began + timedelta(minutes=10),
        ))  # fmt: skip
