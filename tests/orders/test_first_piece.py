"""The first piece: what is demanded of it is frozen into the jobs, and a job alone decides whether it may report."""

from decimal import Decimal as D

import pytest
from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.service import add_machine
from mes.items.models import Operation
from mes.lots.service import adjust_lot
from mes.orders.first_piece import (
    Demand,
    block_first_piece,
    demand_first_pieces,
    first_piece_owed,
    owes_first_piece,
    pass_first_piece,
)
from mes.orders.models import Job
from mes.orders.reporting import record_report
from mes.orders.rules import FirstPieceMissing
from mes.orders.service import change_order, pause_job, release_order, start_job
from tests.conftest import Shop
from tests.orders.bakery import TODAY, Bakery


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery of rice cakes: flour is scanned at the kettle."""
    return Bakery(shop)


def demand(bakery: Bakery, *demands: Demand) -> None:
    """Standards of the cakes are approved or withdrawn."""
    bakery.shop.do(lambda work: demand_first_pieces(work, bakery.cake.id, demands))


def passes(bakery: Bakery, job: Job) -> None:
    """The first piece passes its inspection."""
    bakery.shop.do(lambda work: pass_first_piece(work, job.id))


def report(bakery: Bakery, job: Job, good: int = 1) -> None:
    """The operator reports, and knows that the job ran all the time."""
    bakery.shop.do(lambda work: record_report(work, job.code, good=D(good), confirmed=True), actor=bakery.operator)


def owing(bakery: Bakery) -> list[str]:
    """Jobs that may not report today, asked of the database and of each job."""
    day = bakery.shop.now.date()
    with bakery.shop.read() as read:
        found = list(read.scalars(select(Job.code).where(first_piece_owed(day)).order_by(Job.id)))
        assert found == [job.code for job in read.scalars(select(Job).order_by(Job.id)) if owes_first_piece(job, day)]
    return found


def cooking(bakery: Bakery) -> Job:
    """A job at the kettle, with its flour."""
    [flour] = bakery.receive(bakery.flour, 80)
    job = bakery.order(100).jobs[0]
    bakery.start(job)
    bakery.scan(job, flour, 20)
    return job


def test_the_first_piece_must_pass_before_anything_is_reported(bakery: Bakery) -> None:
    job = cooking(bakery)
    bakery.shop.do(lambda work: block_first_piece(work, job.id))
    with pytest.raises(FirstPieceMissing):
        report(bakery, job)
    passes(bakery, job)
    report(bakery, job)


def test_an_order_freezes_at_its_release_what_is_demanded_of_each_operation(bakery: Bakery) -> None:
    demand(bakery, Demand(operation=10, each_shift=True))
    kettle, packing = bakery.order().jobs
    assert (kettle.inspected, kettle.first_piece_each_shift, packing.inspected) == (True, True, False)
    assert owing(bakery) == [kettle.code]


def test_the_customers_demand_counts_before_the_operations_and_that_before_the_general_one(bakery: Bakery) -> None:
    market = bakery.market.id
    demand(bakery, Demand(), Demand(operation=10, required=False), Demand(customer_id=market, each_material=True))
    plain = bakery.order()
    draft = bakery.order(release=False)
    bakery.shop.do(
        lambda work: change_order(
            work, draft.code, quantity=D(5), due_on=TODAY, priority=5, customer=bakery.market,
            lot_rule=draft.lot_rule, note=None,
        )
    )  # fmt: skip
    bakery.shop.do(lambda work: release_order(work, draft.code, confirmed=True))
    assert [job.inspected for job in plain.jobs] == [False, True]
    asked = bakery.see_order(draft.code).jobs
    assert [(job.inspected, job.first_piece_each_material) for job in asked] == [(True, True)] * 2


def test_jobs_that_are_not_done_follow_a_standard_that_is_approved_or_withdrawn_later(bakery: Bakery) -> None:
    job = cooking(bakery)
    report(bakery, job)
    demand(bakery, Demand())
    with pytest.raises(FirstPieceMissing):
        report(bakery, job)
    demand(bakery)
    report(bakery, job)
    passes(bakery, job)
    demand(bakery, Demand(each_shift=True))
    report(bakery, job)


def test_what_the_routing_itself_demands_stays_when_a_standard_is_withdrawn(bakery: Bakery) -> None:
    def mark(work: Work) -> None:
        work.session.scalars(select(Operation).where(Operation.sequence == 10)).one().inspected = True

    bakery.shop.do(mark)
    job = bakery.order().jobs[0]
    demand(bakery, Demand())
    demand(bakery)
    assert bakery.see_job(job).inspected


def test_another_production_day_asks_for_the_first_piece_again(bakery: Bakery) -> None:
    demand(bakery, Demand(each_shift=True))
    job = cooking(bakery)
    passes(bakery, job)
    report(bakery, job)
    bakery.shop.later(hours=24)
    assert job.code in owing(bakery)
    with pytest.raises(FirstPieceMissing):
        report(bakery, job)
    passes(bakery, job)
    report(bakery, job)


def test_another_material_lot_asks_for_it_again_and_more_of_the_same_does_not(bakery: Bakery) -> None:
    demand(bakery, Demand(each_material=True))
    first, second = bakery.receive(bakery.flour, 80, 80)
    job = bakery.order(100).jobs[0]
    bakery.start(job)
    bakery.scan(job, first, 10)
    passes(bakery, job)
    bakery.scan(job, first, 10)
    report(bakery, job)
    bakery.shop.do(lambda work: record_report(work, job.code, good=D(1), consumed=[(first.code, D(1))]))
    assert bakery.see_job(job).first_piece_passed
    bakery.shop.do(lambda work: adjust_lot(work, first.code, D(0), "다 씀"))
    bakery.scan(job, second, 10)
    with pytest.raises(FirstPieceMissing):
        report(bakery, job)
    passes(bakery, job)
    report(bakery, job)


def test_a_report_that_brings_another_material_lot_waits_for_the_first_piece_of_it(bakery: Bakery) -> None:
    demand(bakery, Demand(each_material=True))
    first, second = bakery.receive(bakery.flour, 10, 80)
    job = bakery.order(100).jobs[0]
    bakery.start(job)
    bakery.scan(job, first, 10)
    passes(bakery, job)

    def bring(good: int, spoiled: int = 0) -> None:
        """A program reports pieces together with the flour that they took."""
        made = {"good": D(good), "defective": D(spoiled), "consumed": [(second.code, D(5))], "confirmed": True}
        bakery.shop.do(lambda work: record_report(work, job.code, **made), actor=bakery.operator)  # type: ignore[arg-type]

    with pytest.raises(FirstPieceMissing):
        bring(10)
    assert bakery.lot(second).on_hand == 80
    bring(0, 1)
    with pytest.raises(FirstPieceMissing):
        bring(10)
    passes(bakery, job)
    bring(10)


def test_another_machine_asks_for_it_again(bakery: Bakery) -> None:
    for name in ("KT-1", "KT-2"):
        bakery.shop.do(lambda work, name=name: add_machine(work, code=name, name=name, work_centre_id=bakery.kettle.id))  # type: ignore[misc]
    demand(bakery, Demand())
    [flour] = bakery.receive(bakery.flour, 80)
    job = bakery.order(100).jobs[0]

    def on(machine: str) -> None:
        bakery.shop.do(lambda work: start_job(work, job.code, machine), actor=bakery.operator)

    on("KT-1")
    bakery.scan(job, flour, 20)
    passes(bakery, job)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    on("KT-1")
    report(bakery, job)
    bakery.shop.do(lambda work: pause_job(work, job.code))
    on("KT-2")
    with pytest.raises(FirstPieceMissing):
        report(bakery, job)
