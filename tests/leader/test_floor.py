"""The leader's screen: every work centre live, who needs somebody first, how far each job is against the clock."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mes.core.errors import NotFound
from mes.core.plant import DEFAULT
from mes.core.work import Work
from mes.equipment import calls
from mes.equipment.models import CallKind, Machine, StopReason, WorkCentre
from mes.equipment.queries import open_downtimes
from mes.equipment.service import (
    add_machine,
    change_machine,
    change_work_centre,
    end_downtime,
    hold_machine,
    start_downtime,
)
from mes.inspection.models import InspectionKind, SampleRule
from mes.inspection.standard_data import CharacteristicData, StandardData
from mes.leader.queries import meant_for
from mes.orders.models import Job
from mes.orders.planning import JobBegun, NobodyLikeThat, assign_job, place_job, sort_queue
from mes.orders.queries import queue
from mes.orders.rules import MachineNotReady, WrongMachine
from mes.orders.service import hold_order
from mes.people.service import change_person
from mes.reports.live import CentreNow, floor_now
from mes.reports.pace import planned_by_now
from mes.shifts.check_queries import get_sheet
from mes.shifts.checks import Told, fill_in
from mes.shifts.service import BreakTime, plan_stop
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_check_sheet, make_released_standard, make_shift
from tests.statements import statements
from tests.station.floor import Floor, Tablet, words

D = Decimal
START = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


def live(shop: Shop, centre: WorkCentre) -> CentreNow:
    with shop.read() as read:
        return next(one for one in floor_now(read, DEFAULT, shop.now) if one.centre.id == centre.id)


@pytest.mark.parametrize(
    ("minutes", "stopped", "setup", "cycle", "most", "planned"),
    [
        (60, 0, "0", "60", "100", "60"),
        (60, 15, "0", "60", "100", "45"),
        (60, 0, "30", "60", "100", "30"),
        (10, 0, "30", "60", "100", "0"),
        (60, 0, "0", "0", "100", "0"),
        (600, 0, "0", "60", "100", "100"),
        (60, 0, "0", "7", "1000", "514"),
        (60, 0, "0", "60", "-5", "0"),
    ],
)
def test_what_the_standard_makes_by_now(
    minutes: int, stopped: int, setup: str, cycle: str, most: str, planned: str
) -> None:
    found = planned_by_now(
        since=START,
        now=START + timedelta(minutes=minutes),
        stopped=timedelta(minutes=stopped),
        setup=D(setup),
        cycle=D(cycle),
        most=D(most),
    )
    assert found == D(planned)


def timed(floor: Floor, job: Job, cycle: int) -> None:
    """A job with a standard: seconds for a piece."""
    floor.shop.do(lambda work: setattr(work.session.get_one(Job, job.id), "cycle_seconds", D(cycle)))


def test_a_job_behind_the_clock_is_told(floor: Floor, shop: Shop, phone: Desk) -> None:
    [lot] = floor.receive(floor.flour, 60)
    job = floor.order().jobs[0]
    timed(floor, job, 60)
    floor.start(job)
    floor.scan(job, lot)
    shop.later(minutes=30)
    floor.report(job, 20)
    now = live(shop, floor.kettle)
    assert now.state == "running"
    assert [now.jobs[0].planned, now.jobs[0].good_today, now.jobs[0].behind] == [30, 20, 10]
    assert "10 behind" in words(phone.see("/floor"))
    shop.later(minutes=10)
    floor.report(job, 40)
    assert "20 ahead" in words(phone.see("/floor"))


def test_a_planned_stop_takes_nothing_from_the_pace_and_another_does(floor: Floor, shop: Shop) -> None:
    job = floor.order().jobs[0]
    timed(floor, job, 60)
    floor.start(job)

    def stop(code: str) -> None:
        def deed(work):  # type: ignore[no-untyped-def]
            reason = work.session.query(StopReason).filter_by(code=code).one()
            return start_downtime(work, work_centre_id=floor.kettle.id, reason_id=reason.id)

        shop.do(deed)

    shop.later(minutes=20)
    stop("MEAL")
    shop.later(minutes=15)
    assert live(shop, floor.kettle).jobs[0].planned == 20
    assert live(shop, floor.kettle).state == "stopped"
    end_all_stops(shop)
    stop("BREAK")
    shop.later(minutes=15)
    assert live(shop, floor.kettle).jobs[0].planned == 35


def end_all_stops(shop: Shop) -> None:
    """Everything runs again."""

    def deed(work: Work) -> None:
        for one in open_downtimes(work.session, None):
            end_downtime(work, one.id)

    shop.do(deed)


def test_breaks_and_planned_stops_that_overlap_take_their_time_once(floor: Floor, shop: Shop) -> None:
    job = floor.order().jobs[0]
    timed(floor, job, 60)
    floor.start(job)
    began = shop.now
    morning = began.astimezone(ZoneInfo("Asia/Seoul")).replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = int((began - morning).total_seconds() // 60)
    shop.do(
        lambda work: make_shift(
            work, starts_at=minutes - 60, ends_at=minutes + 120, breaks=[BreakTime("점심", minutes + 10, minutes + 30)]
        )
    )

    def plan(work: Work) -> None:
        reason = work.session.query(StopReason).filter_by(code="MEAL").one()
        plan_stop(
            work, work_centre_id=floor.kettle.id, machine_id=None, reason_id=reason.id,
            starts_at=began + timedelta(minutes=20), ends_at=began + timedelta(minutes=40),
        )  # fmt: skip

    shop.do(plan)  # the break is from 10 to 30 minutes after the start, the planned stop from 20 to 40
    shop.later(minutes=60)
    assert live(shop, floor.kettle).jobs[0].planned == 30
    shop.later(minutes=90)  # the shift ended half an hour ago
    assert live(shop, floor.kettle).jobs[0].planned == 90


def test_a_check_sheet_that_nobody_filled_in_is_told(floor: Floor, shop: Shop, phone: Desk) -> None:
    sheet = shop.do(lambda work: make_check_sheet(work, work_centre_id=floor.kettle.id, within_minutes=30))
    shop.later(hours=1)
    assert [one.code for one in live(shop, floor.kettle).sheets] == [sheet.code]
    assert live(shop, floor.kettle).overdue == 1
    assert live(shop, floor.packing).overdue == 0
    assert f"1 check sheet is overdue: {sheet.name}" in words(phone.see("/floor"))
    with shop.read() as read:
        [line] = get_sheet(read, sheet.code).items
    shop.do(lambda work: fill_in(work, sheet.code, {line.id: Told(ok=True)}))
    assert live(shop, floor.kettle).overdue == 0


def test_who_needs_somebody_stands_first(floor: Floor, shop: Shop, phone: Desk) -> None:
    with shop.read() as read:
        assert [one.centre.code for one in floor_now(read, DEFAULT, shop.now)] == ["KT", "PK"]
    shop.do(lambda work: calls.call_for(work, kind=CallKind.QUALITY, work_centre_id=floor.packing.id))
    with shop.read() as read:
        assert [one.centre.code for one in floor_now(read, DEFAULT, shop.now)] == ["PK", "KT"]
    page = phone.see("/floor")
    [call] = list(live(shop, floor.packing).calls)
    assert f"/floor/calls/{call.call.id}/take" in page
    phone.press(f"/floor/calls/{call.call.id}/take")
    assert live(shop, floor.packing).calls[0].call.taken_by


def test_holds_of_machines_orders_and_lots_are_counted(floor: Floor, shop: Shop) -> None:
    order = floor.order()
    shop.do(lambda work: hold_order(work, order.code, "도면 변경"))
    shop.do(lambda work: hold_machine(work, "KT-1", "누유"))
    now = live(shop, floor.kettle)
    assert (now.held_orders, [one.code for one in now.held_machines], now.holds) == (1, ["KT-1"], 2)


def test_a_tablet_that_says_nothing_is_told_with_its_age(floor: Floor, tablet: Tablet, shop: Shop, phone: Desk) -> None:
    tablet.badge(floor.kim)
    tablet.client.post("/pulse", data={"app": "0.1.0"})
    [station] = live(shop, floor.kettle).stations
    assert station.state(shop.now) == "online"
    assert station.who is not None
    assert station.who.code == "KIM"
    shop.later(minutes=5)
    assert station.state(shop.now) == "silent"
    assert "not heard of for" in words(phone.see("/floor"))


def test_nothing_new_costs_a_304(floor: Floor, shop: Shop, phone: Desk) -> None:
    shop.later(seconds=-(shop.now.timestamp() % 60))
    first = phone.client.get("/floor/now")
    mark = first.headers["ETag"]
    shop.later(seconds=10)
    with statements(shop.database) as asked:
        again = phone.client.get("/floor/now", headers={"If-None-Match": mark})
    assert again.status_code == 304
    assert len(asked) <= 4, asked
    floor.order()
    fresh = phone.client.get("/floor/now", headers={"If-None-Match": mark})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] != mark
    shop.later(minutes=1)
    assert phone.client.get("/floor/now", headers={"If-None-Match": fresh.headers["ETag"]}).status_code == 200


def test_the_leader_puts_the_queue_in_order_and_the_tablet_follows(
    floor: Floor, tablet: Tablet, shop: Shop, phone: Desk
) -> None:
    first, second, third = (floor.order().jobs[0] for _ in range(3))
    phone.press(f"/floor/jobs/{third.code}/place", place="1", line="KT")
    with shop.read() as read:
        assert [job.id for job in queue(read, floor.kettle.id)] == [third.id, first.id, second.id]
    tablet.badge(floor.kim)
    page = tablet.open("/station/queue")
    assert page.index(f"/station/jobs/{third.code}") < page.index(f"/station/jobs/{first.code}")
    phone.press(f"/floor/jobs/{third.code}/place", place="3", line="KT")
    with shop.read() as read:
        assert [job.id for job in queue(read, floor.kettle.id)] == [first.id, second.id, third.id]


def test_jobs_without_a_place_follow_by_priority(floor: Floor, shop: Shop) -> None:
    first, second = (floor.order().jobs[0] for _ in range(2))
    shop.do(lambda work: place_job(work, second.code, 1))
    fresh = floor.order().jobs[0]
    with shop.read() as read:
        assert [job.id for job in queue(read, floor.kettle.id)] == [second.id, first.id, fresh.id]
        assert read.get_one(Job, first.id).place == 2
        assert read.get_one(Job, fresh.id).place is None
    shop.do(lambda work: sort_queue(work, floor.kettle.id))
    shop.do(lambda work: sort_queue(work, floor.kettle.id))
    with shop.read() as read:
        assert [job.id for job in queue(read, floor.kettle.id)] == [first.id, second.id, fresh.id]


def test_a_place_beyond_the_queue_is_its_end_and_the_same_place_changes_nothing(floor: Floor, shop: Shop) -> None:
    first, second = (floor.order().jobs[0] for _ in range(2))
    shop.do(lambda work: place_job(work, first.code, 1))
    assert floor.see_job(first).place is None
    shop.do(lambda work: place_job(work, first.code, 99))
    with shop.read() as read:
        assert [job.id for job in queue(read, floor.kettle.id)] == [second.id, first.id]


def test_a_job_that_has_begun_keeps_its_place(floor: Floor, shop: Shop, phone: Desk) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    with pytest.raises(JobBegun):
        shop.do(lambda work: place_job(work, job.code, 1))
    with pytest.raises(JobBegun):
        shop.do(
            lambda work: assign_job(work, job.code, work_centre_id=floor.packing.id, machine_id=None, person_id=None)
        )
    phone.press(f"/floor/jobs/{job.code}/place", place="1", line="KT", status=409)


def test_a_job_is_planned_on_a_machine_and_for_somebody(floor: Floor, tablet: Tablet, shop: Shop, phone: Desk) -> None:
    job = floor.order().jobs[0]
    phone.see(f"/floor/jobs/{job.code}/assign")
    phone.press(
        f"/floor/jobs/{job.code}/assign",
        centre=str(floor.kettle.id),
        machine=str(floor.machine.id),
        person=str(floor.nguyen.id),
    )
    seen = floor.see_job(job)
    assert (seen.machine_id, seen.meant_for_id) == (floor.machine.id, floor.nguyen.id)
    with shop.read() as read:
        assert meant_for(read, [seen])[job.id].code == "NGU"
    tablet.badge(floor.kim)
    assert "응우옌 반 안" in words(tablet.open("/station/queue"))
    assert "for Nguyễn Văn An" in words(phone.see("/floor/lines/KT"))


def test_a_job_is_not_carried_off_unseen_from_a_work_centre_that_is_out_of_use(
    floor: Floor, shop: Shop, phone: Desk
) -> None:
    job = floor.order().jobs[0]
    shop.do(lambda work: change_work_centre(work, floor.kettle.code, active=False))
    page = phone.see(f"/floor/jobs/{job.code}/assign")
    [chosen] = re.findall(r'<option selected value="(\d+)"', page)
    assert chosen == str(floor.kettle.id)
    phone.press(f"/floor/jobs/{job.code}/assign", centre=chosen, machine="", person=str(floor.nguyen.id))
    found = floor.see_job(job)
    assert (found.work_centre_id, found.meant_for_id) == (floor.kettle.id, floor.nguyen.id)


def test_nor_from_a_machine_that_is_out_of_use_and_nobody_plans_one_there(
    floor: Floor, shop: Shop, phone: Desk
) -> None:
    job, other = (floor.order().jobs[0] for _ in range(2))
    old = shop.do(lambda work: add_machine(work, code="KT-7", name="7호 솥", work_centre_id=floor.kettle.id))
    shop.do(lambda work: assign_job(work, job.code, work_centre_id=floor.kettle.id, machine_id=old.id, person_id=None))
    shop.do(lambda work: change_machine(work, "KT-7", active=False))
    page = phone.see(f"/floor/jobs/{job.code}/assign")
    assert f'<option selected value="{old.id}"' in page
    where: dict[str, Any] = {"centre": str(floor.kettle.id), "machine": str(old.id)}
    phone.press(f"/floor/jobs/{job.code}/assign", **where, person=str(floor.nguyen.id))
    found = floor.see_job(job)
    assert (found.machine_id, found.meant_for_id) == (old.id, floor.nguyen.id)
    phone.press(f"/floor/jobs/{other.code}/assign", **where, person="", status=422)
    assert floor.see_job(other).machine_id is None


def test_a_job_goes_to_another_work_centre_without_its_place(floor: Floor, shop: Shop) -> None:
    job, other = (floor.order().jobs[0] for _ in range(2))
    shop.do(lambda work: place_job(work, other.code, 1))
    shop.do(lambda work: assign_job(work, other.code, work_centre_id=floor.packing.id, machine_id=None, person_id=None))
    moved = floor.see_job(other)
    assert (moved.work_centre_id, moved.place) == (floor.packing.id, None)
    assert floor.see_job(job).work_centre_id == floor.kettle.id


def test_a_plan_that_cannot_be_is_refused(floor: Floor, shop: Shop) -> None:
    job = floor.order().jobs[0]
    elsewhere = shop.do(lambda work: add_machine(work, code="PK-1", name="포장기", work_centre_id=floor.packing.id))
    shop.do(lambda work: hold_machine(work, "KT-1", "누유"))
    with shop.read() as read:
        held = read.query(Machine).filter_by(code="KT-1").one()

    def plan(centre: int, machine: int | None = None, person: int | None = None) -> None:
        shop.do(lambda work: assign_job(work, job.code, work_centre_id=centre, machine_id=machine, person_id=person))

    with pytest.raises(WrongMachine):
        plan(floor.kettle.id, elsewhere.id)
    with pytest.raises(MachineNotReady):
        plan(floor.kettle.id, held.id)
    with pytest.raises(NotFound):
        plan(99999)
    kim = floor.kim
    shop.do(
        lambda work: change_person(
            work, "KIM", name=kim.name, roles=kim.role_set, language="ko", login=kim.login, active=False
        )
    )
    with pytest.raises(NobodyLikeThat):
        plan(floor.kettle.id, person=kim.id)


def test_the_page_of_the_whole_floor_asks_no_more_with_more_lines(floor: Floor, shop: Shop, phone: Desk) -> None:
    every = StandardData(sample_rule=SampleRule.EVERY_MINUTES, every=30)
    wanted = CharacteristicData(name="두께", unit="mm", lower=D(1), upper=D(2))
    shop.do(lambda work: make_released_standard(work, floor.cake, wanted, kind=InspectionKind.PATROL, data=every))
    floor.start(floor.order().jobs[0])
    phone.see("/floor")
    with statements(shop.database) as few:
        phone.see("/floor")
    for _ in range(4):
        floor.start(floor.order().jobs[0])
        floor.order()
    with statements(shop.database) as many:
        phone.see("/floor")
    assert len(many) == len(few)
