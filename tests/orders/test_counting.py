"""Pieces from the scales and from the machine's counter."""

from decimal import Decimal
from typing import Any

import pytest

from mes.equipment.service import add_machine
from mes.equipment.tools import add_tool
from mes.items.service import add_unit
from mes.orders.count_models import CountWay, ReportCount
from mes.orders.counting import (
    Counted,
    CounterBackwards,
    CounterBelowDefects,
    NotWeighed,
    Reading,
    TareAboveGross,
    keep_count,
    last_reading,
    work_out,
)
from mes.orders.models import Job
from mes.orders.reporting import record_report
from mes.orders.service import start_job
from mes.orders.tools import mount_tool
from mes.orders.undo import take_back_report
from tests.conftest import Shop
from tests.orders.bakery import Bakery

D = Decimal


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery; 1 kg of cakes is 20 of them."""
    found = Bakery(shop)
    shop.do(lambda work: add_unit(work, "CAKE", unit="kg", factor=D(20)))
    return found


@pytest.fixture
def job(bakery: Bakery) -> Job:
    """A job that runs on a kettle, with flour scanned."""
    [lot] = bakery.receive(bakery.flour, 100)
    found = bakery.order().jobs[0]
    bakery.shop.do(lambda work: add_machine(work, code="K1", name="솥", work_centre_id=bakery.kettle.id))
    bakery.shop.do(lambda work: start_job(work, found.code, "K1"))
    bakery.scan(found, lot)
    return found


def worked(bakery: Bakery, job: Job, way: CountWay, above: str, below: str, bad: str = "0") -> Counted:
    with bakery.shop.read() as read:
        return work_out(read, job.code, Reading(way, D(above), D(below)), D(bad))


@pytest.mark.parametrize(
    ("gross", "tare", "pieces"), [("2.35", "0.35", 40), ("2.374", "0.35", 40), ("2.376", "0.35", 41), ("1", "1", 0)]
)
def test_pieces_are_what_the_scales_say_without_the_container(
    bakery: Bakery, job: Job, gross: str, tare: str, pieces: int
) -> None:
    assert worked(bakery, job, CountWay.WEIGHT, gross, tare).pieces == pieces


def test_a_container_does_not_weigh_more_than_when_it_is_full(bakery: Bakery, job: Job) -> None:
    with pytest.raises(TareAboveGross):
        worked(bakery, job, CountWay.WEIGHT, "1", "2")


def test_what_nobody_has_weighed_is_not_counted_on_the_scales(shop: Shop) -> None:
    bakery = Bakery(shop)
    with pytest.raises(NotWeighed):
        worked(bakery, bakery.order().jobs[0], CountWay.WEIGHT, "2", "1")


def test_a_counter_counts_the_defective_pieces_too(bakery: Bakery, job: Job) -> None:
    assert worked(bakery, job, CountWay.COUNTER, "1040", "1000", "3").pieces == 37
    with pytest.raises(CounterBelowDefects):
        worked(bakery, job, CountWay.COUNTER, "1002", "1000", "3")
    with pytest.raises(CounterBackwards):
        worked(bakery, job, CountWay.COUNTER, "999", "1000")


def test_one_shot_is_as_many_pieces_as_the_mould_has_cavities(bakery: Bakery, job: Job) -> None:
    def mount(work: Any) -> None:
        add_tool(work, code="M-4", name="성형틀", cavities=4)
        mount_tool(work, job.code, "M-4")

    bakery.shop.do(mount)
    assert worked(bakery, job, CountWay.COUNTER, "1010", "1000").pieces == 40


def test_the_counter_goes_on_where_the_last_report_that_stands_left_it(bakery: Bakery, job: Job) -> None:
    def report(above: str, below: str) -> int:
        def deed(work: Any) -> int:
            counted = work_out(work.session, job.code, Reading(CountWay.COUNTER, D(above), D(below)), D(0))
            made = record_report(work, job.code, good=counted.pieces)
            keep_count(work, made, counted)
            return made.id

        return bakery.shop.do(deed, actor=bakery.operator)

    machine = bakery.see_job(job).machine_id
    with bakery.shop.read() as read:
        assert last_reading(read, machine) is None
        assert last_reading(read, None) is None
    report("1010", "1000")
    second = report("1030", "1010")
    with bakery.shop.read() as read:
        assert last_reading(read, machine) == 1030
        assert read.query(ReportCount).count() == 2
    bakery.shop.do(lambda work: take_back_report(work, second), actor=bakery.operator)
    with bakery.shop.read() as read:
        assert last_reading(read, machine) == 1010
