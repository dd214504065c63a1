"""Figures of a production day, checked by counting by hand."""

from datetime import timedelta
from functools import partial

import pytest

from mes.core.plant import DEFAULT, Plant, day_span, production_day
from mes.items.models import ItemKind
from mes.items.service import change_item
from mes.orders.models import OrderState
from mes.orders.service import finish_job
from mes.quality.service import report_production, undo_report
from mes.reports import queries
from mes.reports.models import Day, StopLine
from tests.conftest import MORNING, Shop
from tests.orders.bakery import TODAY, Bakery, D
from tests.statements import statements
from tests.trace.day import Day as Baked
from tests.trace.day import bakery_day


@pytest.fixture
def baked(shop: Shop) -> Baked:
    """An evening at the bakery."""
    return bakery_day(shop)


def figures(shop: Shop, most: int | None = queries.FIRST_ORDERS) -> Day:
    with shop.read() as read:
        return queries.day_of(read, DEFAULT, TODAY, shop.now, most)


def test_good_counts_at_the_last_operation_and_defects_at_all(shop: Shop, baked: Baked) -> None:
    [made] = figures(shop).made
    assert (made.unit, made.good, made.passed, made.defective) == ("EA", D(94), D(189), D(6))
    assert made.counted == D(195)


def test_what_is_taken_back_counts_no_more(shop: Shop, baked: Baked) -> None:
    order = baked.bakery.order(50)
    baked.bakery.start(order.jobs[0])
    baked.bakery.scan(order.jobs[0], baked.flour, 5)
    job = order.jobs[0].code
    torn = [("TORN", D(2))]
    report = shop.do(lambda work: report_production(work, job, good=D(7), defects=torn), actor=baked.bakery.operator)
    assert figures(shop).made[0].defective == D(8)
    shop.do(lambda work: undo_report(work, report.id), actor=baked.bakery.operator)
    day = figures(shop)
    assert (day.made[0].passed, day.made[0].defective) == (D(189), D(6))
    assert {(one.code, one.quantity) for one in day.defects} == {("TORN", D(4)), ("BURNT", D(2))}


def test_the_report_of_a_day_that_has_ended_says_what_it_said_then(shop: Shop, baked: Baked) -> None:
    order = baked.bakery.order(50)
    kettle, packing = order.jobs
    for job in (kettle, packing):
        baked.bakery.start(job)
        if job is kettle:
            baked.bakery.scan(job, baked.flour, 5)
        shop.do(lambda work, code=job.code: report_production(work, code, good=D(4)), actor=baked.bakery.operator)  # type: ignore[misc]
    before = {one.code: (one.state, one.good) for one in figures(shop, None).lines}
    assert before[order.code] == (OrderState.RUNNING, D(4))
    shop.later(hours=24)
    for job in (kettle, packing):
        report = partial(report_production, job_code=job.code, good=D(3), confirmed=True)
        shop.do(report, actor=baked.bakery.operator)
        shop.do(lambda work, code=job.code: finish_job(work, code, confirmed=True))  # type: ignore[misc]
    after = {one.code: (one.state, one.good) for one in figures(shop, None).lines}
    assert after == before
    with shop.read() as read:
        [today] = queries.day_of(read, DEFAULT, TODAY + timedelta(days=1), shop.now, None).lines
    assert (today.state, today.good, today.good_today) == (OrderState.COMPLETED, D(7), D(3))


def test_late_orders_are_open_and_past_their_day(shop: Shop, baked: Baked) -> None:
    orders = figures(shop).orders
    assert (orders.open, orders.late, orders.on_time, orders.due) == (1, 1, 0, 0)
    [late, done] = figures(shop).lines
    assert (late.code, late.is_late(TODAY), late.good_today) == (baked.late.code, True, D(0))
    assert (done.code, done.is_late(TODAY), done.good_today, done.defective_today) == (
        baked.order.code,
        False,
        D(94),
        D(6),
    )


def test_the_daily_report_has_only_what_was_worked_on(shop: Shop, baked: Baked) -> None:
    assert [line.code for line in figures(shop, most=None).lines] == [baked.order.code]


def test_a_stop_counts_its_minutes_inside_the_day(shop: Shop, baked: Baked) -> None:
    day = figures(shop)
    [stop] = day.stops
    assert (stop.where, stop.machine, stop.reason) == ("증숙", "Kettle 1", "Breakdown")
    assert (day.stopped(), day.stopped(planned=True), day.open_stops) == (25, 0, [])


def test_a_stop_over_midnight_is_cut_at_the_production_day() -> None:
    began, ends = day_span(DEFAULT, TODAY)
    stop = StopLine("Press", None, "Broken", False, began - timedelta(hours=3), None)
    assert stop.minutes(began, began + timedelta(minutes=90)) == 90
    assert stop.minutes(began - timedelta(days=2), began - timedelta(days=1)) == 0
    assert stop.minutes(began, ends) == 24 * 60


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Seoul", 8), ("America/New_York", 6), ("Europe/Berlin", 0)])
def test_a_production_day_lies_between_its_two_ends(zone: str, hour: int) -> None:
    settings = Plant(time_zone=zone, day_starts_at=hour)
    began, ends = day_span(settings, TODAY)
    assert production_day(settings, began) == TODAY
    assert production_day(settings, ends - timedelta(seconds=1)) == TODAY
    assert production_day(settings, ends) == TODAY + timedelta(days=1)


def test_an_empty_day_has_no_rate_and_no_rows(shop: Shop) -> None:
    day = figures(shop)
    assert (day.made, day.lines, day.stops, day.defects, day.stopped()) == ([], [], [], [], 0)


def test_what_is_on_hold_is_counted(shop: Shop, baked: Baked) -> None:
    with shop.read() as read:
        assert queries.holds(read) == (1, 0, 0)


def test_each_work_centre_says_what_it_does(shop: Shop, baked: Baked) -> None:
    order = baked.bakery.order(50)
    baked.bakery.start(order.jobs[0])
    with shop.read() as read:
        kettle, packing = queries.centres_now(read)
    assert (kettle.name, kettle.order, kettle.item, kettle.plan, kettle.who) == (
        "증숙",
        order.code,
        "가래떡",
        D(50),
        "작업자",
    )
    assert (packing.job, packing.stopped) == (None, None)


def test_a_day_is_five_statements(shop: Shop, baked: Baked) -> None:
    with shop.read() as read, statements(shop.database) as sent:
        queries.day_of(read, DEFAULT, TODAY, MORNING)
        assert len(sent) == 5
        queries.holds(read)
        queries.centres_now(read)
        assert len(sent) == 7


def test_semi_finished_items_are_not_added_to_what_is_sold(shop: Shop, baked: Baked) -> None:
    shop.do(lambda work: change_item(work, "CAKE", kind=ItemKind.SEMI))
    day = figures(shop)
    [made] = day.made
    assert (made.good, made.inner, made.passed) == (D(0), D(94), D(189))
    assert ([one.unit for one in day.good], [one.inner for one in day.inner]) == (["EA"], [D(94)])


def test_defects_wait_until_somebody_decides_and_what_was_taken_back_waits_no_more(shop: Shop, baked: Baked) -> None:
    with shop.read() as read:
        before = queries.waiting_for_quality(read, TODAY)
    assert (before.defects, before.jobs) == (3, 0)
    order = baked.bakery.order(50)
    baked.bakery.start(order.jobs[0])
    baked.bakery.scan(order.jobs[0], baked.flour, 5)
    job = order.jobs[0].code
    torn = [("TORN", D(2))]
    report = shop.do(lambda work: report_production(work, job, good=D(7), defects=torn), actor=baked.bakery.operator)
    with shop.read() as read:
        assert queries.waiting_for_quality(read, TODAY).defects == 4
    shop.do(lambda work: undo_report(work, report.id), actor=baked.bakery.operator)
    with shop.read() as read:
        assert queries.waiting_for_quality(read, TODAY) == before


def test_two_jobs_that_began_in_the_same_moment_are_one_line_of_the_board(shop: Shop) -> None:
    bakery = Bakery(shop)
    for _time in range(2):
        bakery.start(bakery.order().jobs[0])
    with shop.read() as read:
        lines = queries.centres_now(read)
    assert [(line.name, bool(line.job)) for line in lines] == [("증숙", True), ("포장", False)]
