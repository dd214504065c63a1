"""What one shift hands to the next, the end of a shift in figures, and what can run at its beginning."""

from datetime import timedelta
from decimal import Decimal as D
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from mes.core.access import Role
from mes.core.errors import NotFound
from mes.core.i18n import know_words, speaking
from mes.equipment import calls
from mes.equipment import service as equipment
from mes.equipment.models import CallKind, Machine, WorkCentre
from mes.gauges.models import Gauge
from mes.inspection.models import InspectionKind
from mes.inspection.service import CharacteristicData
from mes.orders.models import Job
from mes.orders.service import hold_order, start_job
from mes.people.models import Skill
from mes.people.plant import set_up_plant
from mes.shifts import hand_queries, handing
from mes.shifts.start_check import Light, Ready, start_check
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import (
    make_check_sheet,
    make_gauge,
    make_hand_over,
    make_machine,
    make_person,
    make_released_standard,
    make_shift,
    make_tool,
    make_work_centre,
)
from tests.station.floor import Floor, Tablet, words


def test_a_note_is_left_and_read_once(shop: Shop) -> None:
    note = shop.do(make_hand_over)
    with shop.read() as read:
        assert [one.id for one in hand_queries.unread_notes(read, note.work_centre_id)] == [note.id]
    done = shop.do(lambda work: handing.confirm_read(work, note.id))
    assert done.read_at == shop.now
    with pytest.raises(handing.AlreadyRead):
        shop.do(lambda work: handing.confirm_read(work, note.id))
    with pytest.raises(NotFound):
        shop.do(lambda work: handing.confirm_read(work, 999999999))
    with pytest.raises(handing.NothingToSay):
        shop.do(lambda work: make_hand_over(work, text=" ", problems=["  "]))
    picture = BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    with_photo = shop.do(lambda work: make_hand_over(work, photo=("x.jpg", picture.getvalue())))
    with shop.read() as read:
        assert hand_queries.get_note_photo(read, with_photo.id).kind == "image/jpeg"
        with pytest.raises(NotFound):
            hand_queries.get_note_photo(read, note.id)


def test_open_calls_stops_holds_and_checks_are_proposed(shop: Shop, floor: Floor) -> None:
    centre, machine = floor.kettle, floor.machine
    order = floor.order()
    shop.do(lambda work: calls.call_for(work, kind=CallKind.QUALITY, work_centre_id=centre.id))
    first = shop.do(lambda work: equipment.start_downtime(work, work_centre_id=centre.id))
    shop.later(minutes=9)
    shop.do(lambda work: equipment.end_downtime(work, first.id))
    shop.do(lambda work: equipment.start_downtime(work, work_centre_id=centre.id, machine_id=machine.id))
    shop.do(lambda work: equipment.hold_machine(work, machine.code, "누유"))
    tool = shop.do(lambda work: make_tool(work, name="찜기 틀"))
    shop.do(lambda work: setattr(work.session.get_one(type(tool), tool.id), "hold_reason", "균열"))
    shop.do(lambda work: setattr(work.session.get_one(Job, order.jobs[0].id), "tool_id", tool.id))
    shop.do(lambda work: hold_order(work, order.code, "규격 확인"))
    shop.do(lambda work: make_check_sheet(work, work_centre_id=centre.id, name="아침 점검", within_minutes=0))
    with speaking("ko"), shop.read() as read:
        found = hand_queries.open_problems(read, read.get_one(WorkCentre, centre.id), shop.now)
    text = "\n".join(found)
    for word in ("솥 2호기", "누유", "균열", "규격 확인", "아침 점검"):
        assert word in text
    assert len(found) == 7


def test_the_end_of_a_shift_is_confirmed_once_with_its_figures(shop: Shop, floor: Floor) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장", material_scanned="off"))
    centre = floor.kettle
    with pytest.raises(handing.NoShift):
        shop.do(lambda work: handing.close_shift(work, centre.id))
    shop.do(lambda work: make_shift(work, starts_at=9 * 60, ends_at=18 * 60))
    job = floor.order(100).jobs[0]
    shop.do(lambda work: start_job(work, job.code, "KT-1"))
    shop.later(minutes=30)
    floor.report(job, 40)
    shop.later(hours=9)  # the shift has ended half an hour ago
    close = shop.do(lambda work: handing.close_shift(work, centre.id, " 이상 없음 "))
    assert (close.running, close.unexplained, close.stopped, close.planned) == (30, 2 * 540 - 30, 0, 0)
    assert (close.entries, close.own_entries, close.note) == (1, 0, "이상 없음")
    with shop.read() as read:
        kept = hand_queries.get_close(read, close.id)
        assert [(line.item.code, line.good) for line in kept.lines] == [("CAKE", D(40))]
        with pytest.raises(NotFound):
            hand_queries.get_close(read, 999999999)
    with pytest.raises(handing.AlreadyClosed):
        shop.do(lambda work: handing.close_shift(work, centre.id))
    shop.later(hours=13)
    with shop.read() as read:
        assert hand_queries.shift_to_close(read, centre.id, shop.now) is None


def test_a_night_shift_is_closed_under_the_evenings_date(shop: Shop) -> None:
    centre = shop.do(make_work_centre)
    shop.do(lambda work: make_shift(work, starts_at=20 * 60, ends_at=8 * 60))
    evening = shop.now.date()
    shop.later(hours=22)  # 07:30 on the next morning
    close = shop.do(lambda work: handing.close_shift(work, centre.id))
    assert close.day == evening
    assert close.ended - close.began == timedelta(hours=11, minutes=30)
    assert close.unexplained == 690


def ready(shop: Shop, centre_id: int) -> Ready:
    """The first job of a work centre, with what it needs."""
    with shop.read() as read:
        return start_check(read, read.get_one(WorkCentre, centre_id), shop.now.date())[0]


def test_what_can_run_is_seen_at_the_beginning(shop: Shop, floor: Floor) -> None:
    centre = floor.kettle
    with shop.read() as read:
        assert start_check(read, read.get_one(WorkCentre, centre.id), shop.now.date()) == []
    job = floor.order(100).jobs[0]
    assert ready(shop, centre.id).material.light is Light.MISSING
    assert not ready(shop, centre.id).can_run
    floor.receive(floor.flour, 600)
    assert ready(shop, centre.id).material.light in (Light.READY, Light.MIND)
    assert ready(shop, centre.id).tool.light is Light.NOT_ASKED
    assert ready(shop, centre.id).can_run
    shop.do(lambda work: equipment.change_work_centre(work, centre.code, skill="증자"))
    assert ready(shop, centre.id).people.light is Light.MISSING
    person = shop.do(lambda work: make_person(work, skills=[("증자", shop.now.date() - timedelta(days=1))]))
    assert "증자" in ready(shop, centre.id).people.what
    assert ready(shop, centre.id).people.light is Light.MISSING
    shop.do(lambda work: setattr(work.session.query(Skill).filter_by(person_id=person.id).one(), "until", None))
    assert ready(shop, centre.id).people.light is Light.READY
    tool = shop.do(lambda work: make_tool(work, name="찜기 틀"))
    shop.do(lambda work: setattr(work.session.get_one(Job, job.id), "tool_id", tool.id))
    assert ready(shop, centre.id).tool.light is Light.READY
    shop.do(lambda work: setattr(work.session.get_one(type(tool), tool.id), "hold_reason", "균열"))
    assert "균열" in ready(shop, centre.id).tool.what
    machine = shop.do(lambda work: make_machine(work, work.session.get_one(WorkCentre, centre.id)))
    shop.do(lambda work: setattr(work.session.get_one(Job, job.id), "machine_id", machine.id))
    shop.do(lambda work: setattr(work.session.get_one(Machine, machine.id), "hold_reason", "정비"))
    assert "정비" in ready(shop, centre.id).tool.what


def test_a_gauge_out_of_date_is_seen_at_the_beginning(shop: Shop, floor: Floor) -> None:
    wanted = CharacteristicData(name="두께", unit="mm", lower=D(1), upper=D(2), gauge_type="캘리퍼스")
    shop.do(lambda work: make_released_standard(work, floor.cake, wanted, kind=InspectionKind.SELF))
    floor.order(100)
    assert ready(shop, floor.kettle.id).gauges.light is Light.MISSING
    gauge = shop.do(lambda work: make_gauge(work, kind="캘리퍼스"))
    shop.do(lambda work: setattr(work.session.get_one(Gauge, gauge.id), "due_on", shop.now.date()))
    assert ready(shop, floor.kettle.id).gauges.light is Light.READY
    shop.later(days=1)
    assert ready(shop, floor.kettle.id).gauges.what == "캘리퍼스"
    with speaking("vi"):
        know_words(lambda _code: {"캘리퍼스": "Thước cặp"})
        assert ready(shop, floor.kettle.id).gauges.what == "Thước cặp"
    know_words(lambda _code: {})


def test_the_shift_at_the_tablet(app: Flask, shop: Shop, floor: Floor) -> None:
    shop.do(lambda work: make_shift(work, starts_at=9 * 60, ends_at=18 * 60))
    shop.do(lambda work: make_hand_over(work, floor.kettle.id, problems=["2호기 정지"]))
    floor.order(100)
    tablet = Tablet(app, floor)
    tablet.badge(floor.kim)
    page = words(tablet.open("/station/shift"))
    assert "2호기 소음 확인 바람" in page
    assert "2호기 정지" in page
    with shop.read() as read:
        [note] = hand_queries.unread_notes(read, floor.kettle.id)
    assert tablet.press(f"/station/notes/{note.id}/read").status_code == 200
    assert tablet.press(f"/station/notes/{note.id}/read").status_code == 409
    tablet.press("/station/call", kind="quality")
    tablet.open("/station/hand-over")
    assert tablet.press("/station/hand-over", text="").status_code == 422
    assert tablet.press("/station/hand-over", text="필름 교체", problem=["품질 호출"]).status_code == 200
    tablet.open("/station/shift-end")
    assert tablet.press("/station/shift-end", note="끝").status_code == 200
    assert tablet.press("/station/shift-end").status_code == 409
    desk = Desk(app, shop, Role.LEADER)
    assert "필름 교체" in desk.see("/hand-overs")
    assert "필름 교체" in desk.see(f"/hand-overs?centre={floor.kettle.id}")
    assert "끝" in desk.see("/shift-ends")
    with shop.read() as read:
        [close] = hand_queries.page_of_closes(read).rows
    assert "Together" in desk.see(f"/shift-ends/{close.id}")
