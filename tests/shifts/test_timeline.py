"""Every minute of a shift is exactly one thing, and what nobody told is unexplained."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from itertools import pairwise

from flask import Flask
from hypothesis import given
from hypothesis import strategies as some

from mes.core.access import Role
from mes.equipment import service as equipment
from mes.equipment.models import WorkCentre
from mes.orders.reporting import record_report
from mes.orders.service import finish_job, pause_job, start_job
from mes.orders.undo import take_back_report
from mes.people.plant import set_up_plant
from mes.shifts import queries
from mes.shifts.service import BreakTime, plan_stop
from mes.shifts.timeline import Kind, Piece, partition, sums, whole_minutes
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_machine, make_planned_stop, make_shift, make_stop_reason, make_work_centre
from tests.orders.bakery import Bakery

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
moments = some.integers(-7200, 40000).map(lambda seconds: BEGAN + timedelta(seconds=seconds))
pieces = some.builds(
    lambda kind, one, other: Piece(kind, min(one, other), max(one, other)), some.sampled_from(Kind), moments, moments
)


@given(some.lists(some.lists(pieces, max_size=6), max_size=4), moments)
def test_the_parts_of_a_shift_add_up_to_the_shift(layers: Sequence[Sequence[Piece]], ended: datetime) -> None:
    found = partition(BEGAN, ended, layers)
    whole = max(ended - BEGAN, timedelta())
    assert sum((piece.length for piece in found), timedelta()) == whole
    assert all(before.ended == after.began for before, after in pairwise(found))
    assert all(piece.length > timedelta() for piece in found)
    by_kind = sums(found)
    minutes = whole_minutes(list(by_kind.values()))
    assert sum(minutes) == int((whole.total_seconds() + 30) // 60)
    assert all(abs(one - time.total_seconds() / 60) <= 1 for one, time in zip(minutes, by_kind.values(), strict=True))


@given(some.lists(pieces, max_size=5), some.lists(pieces, max_size=5))
def test_what_stands_further_up_rules(first: list[Piece], second: list[Piece]) -> None:
    ended = BEGAN + timedelta(hours=8)
    found = partition(BEGAN, ended, [first, second])
    for piece in found:
        middle = piece.began + piece.length / 2
        claims = [one for layer in (first, second) for one in layer if one.began <= middle < one.ended]
        assert piece.kind in {one.kind for one in claims} if claims else piece.kind is Kind.UNEXPLAINED
        upper = [one.kind for one in first if one.began <= middle < one.ended]
        assert not upper or piece.kind in upper


class Day:
    """A morning at the kettle: the shift began at 09:00, the clock of the shop stands at 09:30."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        shop.do(lambda work: set_up_plant(work, name="공장", material_scanned="off", micro_stop_minutes=3))
        lunch = [BreakTime("점심", 12 * 60, 13 * 60)]
        shop.do(lambda work: make_shift(work, starts_at=9 * 60, ends_at=18 * 60, breaks=lunch))
        self.bakery = Bakery(shop)
        self.job = self.bakery.order(1000).jobs[0]

    def report(self, good: int = 10) -> int:
        """Good pieces are told."""
        return self.shop.do(lambda work: record_report(work, self.job.code, good=D(good))).id

    def minutes(self) -> dict[Kind, int]:
        """What the time went to so far."""
        with self.shop.read() as read:
            centre = read.get_one(WorkCentre, self.job.work_centre_id)
            [line] = queries.day_lines(read, centre, self.shop.now.date(), self.shop.now)
            return {kind: int(time.total_seconds() // 60) for kind, time in line.sums.items()}


def test_time_without_result_or_stop_is_unexplained_never_idle(shop: Shop) -> None:
    day = Day(shop)
    shop.do(lambda work: start_job(work, day.job.code))
    shop.later(minutes=60)
    assert day.minutes() == {**dict.fromkeys(Kind, 0), Kind.UNEXPLAINED: 90}
    wrong = day.report()
    assert day.minutes() == {**dict.fromkeys(Kind, 0), Kind.UNEXPLAINED: 30, Kind.RUNNING: 60}
    shop.later(minutes=20)
    assert day.minutes()[Kind.UNEXPLAINED] == 50
    day.report()
    shop.do(lambda work: pause_job(work, day.job.code))
    shop.later(minutes=10)
    assert day.minutes() == {**dict.fromkeys(Kind, 0), Kind.UNEXPLAINED: 40, Kind.RUNNING: 80}
    shop.do(lambda work: take_back_report(work, wrong, reason="잘못 셈"))
    assert day.minutes()[Kind.RUNNING] == 80  # the later result still tells that it ran
    shop.do(lambda work: start_job(work, day.job.code))
    shop.later(minutes=5)
    only = day.report()
    shop.do(lambda work: take_back_report(work, only, reason="잘못 셈"))
    assert day.minutes()[Kind.RUNNING] == 80


def test_stops_breaks_and_planned_stops_have_their_places(shop: Shop) -> None:
    day = Day(shop)
    shop.do(lambda work: start_job(work, day.job.code))
    reason = shop.do(make_stop_reason)

    def stop(minutes: int, reason_id: int | None = None) -> None:
        made = shop.do(
            lambda work: equipment.start_downtime(
                work, work_centre_id=day.job.work_centre_id, reason_id=reason_id, job_id=day.job.id
            )
        )
        shop.later(minutes=minutes)
        shop.do(lambda work: equipment.end_downtime(work, made.id))

    stop(2)
    stop(10, reason.id)
    shop.later(minutes=18)
    day.report()
    shop.do(lambda work: make_planned_stop(work, work_centre_id=day.job.work_centre_id, hours=1))
    shop.later(minutes=180)
    assert day.minutes() == {
        Kind.RUNNING: 18, Kind.STOPPED: 10, Kind.MICRO: 2, Kind.PLANNED: 120, Kind.UNEXPLAINED: 30 + 60,
    }  # fmt: skip
    shop.do(lambda work: finish_job(work, day.job.code, confirmed=True))


def test_what_a_machine_did_stays_told_where_it_did_it(shop: Shop) -> None:
    day = Day(shop)
    centre, hall = day.job.work_centre_id, shop.do(make_work_centre)
    first, second = (shop.do(lambda work: make_machine(work, work.session.get_one(WorkCentre, centre))) for _n in "12")
    began = shop.now
    shop.do(lambda work: start_job(work, day.job.code, machine_code=first.code))
    shop.later(minutes=60)
    day.report()
    shop.do(lambda work: pause_job(work, day.job.code))
    stop = shop.do(lambda work: equipment.start_downtime(work, work_centre_id=centre, machine_id=first.id))
    shop.later(minutes=20)
    shop.do(lambda work: equipment.end_downtime(work, stop.id))

    def times(at: int) -> dict[str, dict[Kind, int]]:
        with shop.read() as read:
            lines = queries.day_lines(read, read.get_one(WorkCentre, at), began.date(), shop.now)
            return {
                line.machine.code if line.machine else "": {
                    kind: int(time.total_seconds() // 60) for kind, time in line.sums.items() if time
                }
                for line in lines
            }

    before = times(centre)
    assert before[first.code] == {Kind.RUNNING: 60, Kind.STOPPED: 20, Kind.UNEXPLAINED: 30}
    shop.do(lambda work: equipment.change_machine(work, first.code, work_centre_id=hall.id))
    assert times(centre) == before
    shop.do(lambda work: equipment.change_machine(work, first.code, active=False))
    assert times(centre) == before
    shop.do(lambda work: equipment.change_machine(work, second.code, active=False))
    assert set(times(centre)) == {first.code, ""}, (
        "of the other one nothing is told; the work centre itself has its line"
    )


def test_a_machine_takes_its_planned_stop_along(shop: Shop) -> None:
    day = Day(shop)
    centre, hall = day.job.work_centre_id, shop.do(make_work_centre)
    machine = shop.do(lambda work: make_machine(work, work.session.get_one(WorkCentre, centre)))
    reason = shop.do(lambda work: make_stop_reason(work, planned=True))
    shop.do(lambda work: plan_stop(
        work, work_centre_id=centre, machine_id=machine.id, reason_id=reason.id,
        starts_at=shop.now, ends_at=shop.now + timedelta(minutes=40),
    ))  # fmt: skip
    shop.do(lambda work: equipment.change_machine(work, machine.code, work_centre_id=hall.id))
    shop.later(minutes=60)
    with shop.read() as read:
        [line] = queries.day_lines(read, read.get_one(WorkCentre, hall.id), shop.now.date(), shop.now)
        assert line.sums[Kind.PLANNED] == timedelta(minutes=40)
        [line] = queries.day_lines(read, read.get_one(WorkCentre, centre), shop.now.date(), shop.now)
        assert line.sums[Kind.PLANNED] == timedelta(0)


def test_the_page_of_a_day_shows_the_bar_and_the_way_to_mend_it(app: Flask, shop: Shop) -> None:
    leader = Desk(app, shop, Role.LEADER)
    assert "No shifts are set up" in leader.see("/times")
    day = Day(shop)
    shop.do(lambda work: start_job(work, day.job.code))
    shop.later(minutes=30)
    day.report()
    centre = day.job.work_centre_id
    page = leader.see(f"/times?centre={centre}")
    assert "Unexplained" in page
    assert "/new/stop?centre=" in page
    assert "Nothing is worked here on this day" in leader.see(f"/times?centre={centre}&day=2026-01-04")
    leader.see("/times?centre=999999999&day=nonsense")
