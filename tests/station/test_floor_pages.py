"""The queue, stops and calls."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from mes.core.errors import NotFound
from mes.equipment import calls
from mes.equipment.call_rules import AlreadyCalled, CallSolved, CallTaken
from mes.equipment.models import Call, CallKind
from tests.conftest import Shop
from tests.station.floor import Floor, Tablet, words


@contextmanager
def counted(shop: Shop) -> Iterator[list[str]]:
    """The statements that the database gets inside the block."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK", "SET")):
            seen.append(statement)

    event.listen(shop.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(shop.database.engine, "before_cursor_execute", note)


def test_an_empty_queue_says_what_will_appear(floor: Floor, tablet: Tablet) -> None:
    assert "지금은 할 작업이 없습니다" in words(tablet.badge(floor.kim).text)


def test_a_job_that_nothing_has_come_to_says_what_it_waits_for(app: Flask, floor: Floor) -> None:
    floor.order()
    packing = Tablet(app, floor, "T2")
    assert "증숙 대기" in words(packing.badge(floor.kim).text)


def test_a_late_order_is_marked(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    floor.order()
    shop.later(days=5)
    assert "지연" in words(tablet.badge(floor.kim).text)


def test_the_pages_ask_the_database_a_fixed_number_of_times(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    [flour] = floor.receive(floor.flour, 600)
    job = floor.order().jobs[0]
    floor.start(job)
    floor.scan(job, flour, 10)
    tablet.badge(floor.kim)
    addresses = ("/station/queue", f"/station/jobs/{job.code}", f"/station/jobs/{job.code}/report")
    before = []
    for address in addresses:
        with counted(shop) as seen:
            tablet.open(address)
        before.append(len(seen))
    assert max(before) <= 20
    for _ in range(3):
        floor.order()
        floor.scan(job, flour, 5)
    for address, first in zip(addresses, before, strict=True):
        with counted(shop) as seen:
            tablet.open(address)
        assert len(seen) == first, address


def test_a_stop_is_recorded_on_the_machine_and_shown_until_it_ends(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    tablet.badge(floor.kim)
    assert "품목 교체" in words(tablet.open("/station/stop"))
    page = tablet.press("/station/stop", reason="BREAK", machine=floor.machine.id)
    shop.later(minutes=7)
    seen = words(tablet.open("/station/queue"))
    assert "솥 2호기: 설비 고장" in seen
    assert "7 분째" in seen
    again = tablet.press("/station/stop", reason="CLEAN", machine=floor.machine.id)
    assert again.status_code == 409
    address = page.text.split("/station/stops/")[1].split('"')[0]
    assert tablet.press(f"/station/stops/{address}").status_code == 200
    assert "설비 고장" not in words(tablet.open("/station/queue"))
    assert tablet.press(f"/station/stops/{address}").status_code == 409


def test_a_stop_without_a_known_reason_is_refused(floor: Floor, tablet: Tablet) -> None:
    tablet.badge(floor.kim)
    assert tablet.press("/station/stop", reason="NONE").status_code == 404


def test_a_call_is_placed_once_taken_and_solved(app: Flask, floor: Floor, tablet: Tablet, shop: Shop) -> None:
    tablet.badge(floor.kim)
    assert "반장" in words(tablet.open("/station/call"))
    assert tablet.press("/station/call", kind="leader").status_code == 200
    assert tablet.press("/station/call", kind="leader").status_code == 409
    assert tablet.press("/station/call", kind="nobody").status_code == 404
    desk = Tablet(app, floor, station=None)
    desk.press("/login", login="park", password="try-the-factory")
    assert "증숙" in words(desk.open("/calls"))
    with shop.read() as read:
        call = read.query(Call).one().id
    assert desk.press(f"/calls/{call}/take").status_code == 200
    assert "박정호 님이 오는 중" in words(tablet.open("/station/queue"))
    assert desk.press(f"/calls/{call}/take").status_code == 409
    assert tablet.press(f"/station/calls/{call}/solve").status_code == 200
    assert desk.press(f"/calls/{call}/solve").status_code == 409
    assert "해결" in words(desk.open("/calls?state=all"))


def test_calls_are_refused_in_words(floor: Floor, shop: Shop) -> None:
    here = floor.kettle.id
    call = shop.do(lambda work: calls.call_for(work, kind=CallKind.SAFETY, work_centre_id=here))
    with pytest.raises(AlreadyCalled):
        shop.do(lambda work: calls.call_for(work, kind=CallKind.SAFETY, work_centre_id=here))
    shop.do(lambda work: calls.take_call(work, call.id))
    with pytest.raises(CallTaken, match="김대표"):
        shop.do(lambda work: calls.take_call(work, call.id))
    shop.do(lambda work: calls.solve_call(work, call.id, "끝"))
    with pytest.raises(CallSolved):
        shop.do(lambda work: calls.solve_call(work, call.id))
    with pytest.raises(NotFound):
        shop.do(lambda work: calls.solve_call(work, 999999999))
