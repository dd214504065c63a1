"""What a running job owes: when an inspection is due, when it is late, and what blocks."""

from datetime import timedelta
from decimal import Decimal as D

import pytest

from mes.core.plant import day_began, plant
from mes.inspection.due import Due, DueState, due_at
from mes.inspection.models import InspectionKind, SampleRule
from mes.lots.models import Lot
from mes.lots.queries import get_lot
from mes.lots.service import receive_lots
from mes.orders.models import Job
from mes.orders.queries import get_job
from mes.orders.rules import FirstPieceMissing
from mes.orders.service import pause_job, start_job
from mes.quality.service import report_production
from tests.conftest import Shop
from tests.inspection.test_tablet import Bench
from tests.orders.bakery import Bakery
from tests.quality.workshop import Workshop


def owed(bench: Bench, job: Job) -> Due:
    """What the job owes, or will owe, of the kind that the bench is about."""
    with bench.shop.read() as read:
        [one] = [due for due in due_at(read, get_job(read, job.code), bench.shop.now) if due.kind is bench.kind]
    return one


def inspected(bench: Bench, job: Job, *values: str) -> None:
    """Somebody inspects, with good pieces unless values are given."""
    begun = bench.begin(job=job)
    bench.measure(begun, *values)
    bench.close(begun)


def make(workshop: Workshop, job: Job, good: int) -> None:
    """The operator reports."""
    workshop.shop.do(lambda work: report_production(work, job.code, good=D(good), confirmed=True))


def test_a_job_that_has_not_started_owes_nothing(workshop: Workshop) -> None:
    Bench(workshop, InspectionKind.SELF, triggers=frozenset({"start"}))
    job = workshop.order().jobs[0]
    with workshop.shop.read() as read:
        assert due_at(read, get_job(read, job.code), workshop.shop.now) == []


def test_after_the_start_it_is_due_and_a_quarter_of_an_hour_later_it_is_late(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.SELF, triggers=frozenset({"start"}), act_by="반장")
    job = workshop.pressing()
    assert owed(bench, job)[:2] == (InspectionKind.SELF, DueState.DUE)
    workshop.shop.later(minutes=16)
    assert owed(bench, job).state is DueState.LATE
    assert owed(bench, job).act_by == "반장"
    begun = bench.begin(job=job)
    assert owed(bench, job)[1:5:3] == (DueState.OPEN, begun.code)
    bench.measure(begun)
    bench.close(begun)
    assert owed(bench, job).state is DueState.LATER


def test_every_so_many_pieces(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.SELF, sample_rule=SampleRule.EVERY_PIECES, every=20)
    job = workshop.pressing()
    make(workshop, job, 15)
    assert (owed(bench, job).state, owed(bench, job).why) == (DueState.LATER, "In 5 EA")
    make(workshop, job, 5)
    assert owed(bench, job).state is DueState.DUE
    make(workshop, job, 2)
    assert owed(bench, job).state is DueState.LATE
    inspected(bench, job)
    assert owed(bench, job).why == "In 20 EA"


def test_every_so_many_minutes_of_running_without_the_pauses(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.PATROL, sample_rule=SampleRule.EVERY_MINUTES, every=60)
    job = workshop.pressing()
    workshop.shop.later(minutes=40)
    workshop.shop.do(lambda work: pause_job(work, job.code))
    workshop.shop.later(minutes=90)
    workshop.shop.do(lambda work: start_job(work, job.code))
    assert owed(bench, job).why == "In 20 min"
    workshop.shop.later(minutes=20)
    assert owed(bench, job).state is DueState.DUE
    workshop.shop.later(minutes=6)
    assert owed(bench, job).state is DueState.LATE
    inspected(bench, job)
    assert owed(bench, job).state is DueState.LATER


def test_the_middle_piece_at_half_of_the_plan_and_the_last_at_its_end(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.MIDDLE, sample_rule=SampleRule.FIRST_MIDDLE_LAST)
    job = workshop.pressing(100)
    make(workshop, job, 49)
    assert owed(bench, job).state is DueState.LATER
    make(workshop, job, 1)
    assert owed(bench, job).state is DueState.DUE
    make(workshop, job, 25)
    assert owed(bench, job).state is DueState.LATE
    inspected(bench, job)
    assert owed(bench, job).state is DueState.LATER


def test_the_last_piece_is_due_when_the_plan_is_made(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.LAST, sample_rule=SampleRule.FIRST_MIDDLE_LAST, triggers=frozenset({"end"}))
    job = workshop.pressing(100)
    make(workshop, job, 99)
    assert owed(bench, job).state is DueState.LATER
    make(workshop, job, 1)
    assert owed(bench, job).state is DueState.DUE


def test_a_change_of_shift_asks_for_the_first_piece_again_and_blocks(workshop: Workshop) -> None:
    triggers = frozenset({"start", "shift"})
    bench = Bench(workshop, InspectionKind.FIRST, gate=True, triggers=triggers)
    job = workshop.pressing()
    inspected(bench, job)
    make(workshop, job, 5)
    workshop.shop.later(hours=24)
    assert owed(bench, job).presses
    with pytest.raises(FirstPieceMissing):
        make(workshop, job, 5)
    inspected(bench, job)
    make(workshop, job, 5)


def test_a_first_piece_that_passes_after_the_change_of_shift_is_the_new_shifts(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.FIRST, gate=True, triggers=frozenset({"start", "shift"}))
    job = workshop.pressing()
    with workshop.shop.read() as read:
        settings = plant(read)
    begins = day_began(settings, workshop.shop.now) + timedelta(days=1)
    workshop.shop.now = begins - timedelta(minutes=5)
    begun = bench.begin(job=job, trigger="start")
    workshop.shop.now = begins + timedelta(minutes=5)
    bench.measure(begun)
    bench.close(begun)
    assert not owed(bench, job).presses
    make(workshop, job, 5)


def test_another_material_lot_asks_for_an_inspection(shop: Shop) -> None:
    bakery = Bakery(shop)
    first, second = bakery.receive(bakery.flour, 40)[0], bakery.receive(bakery.flour, 400)[0]
    job = bakery.order(100).jobs[0]
    shop.do(lambda work: receive_lots(work, item=bakery.film, quantities=[D(10)]))

    class Kitchen(Workshop):
        """The bakery, for the bench."""

        def __init__(self) -> None:
            self.shop, self.plate, self.sheet = shop, bakery.cake, bakery.flour

    kitchen = Kitchen()
    bench = Bench(kitchen, InspectionKind.SELF, triggers=frozenset({"start", "material"}))
    bakery.start(job)
    bakery.scan(job, first)
    inspected(bench, job)
    assert owed(bench, job).state is DueState.LATER
    shop.later(minutes=1)
    bakery.scan(job, second)
    assert owed(bench, job)[1:4] == (DueState.DUE, "Another material lot was taken", "material")


def test_a_failure_is_due_again_and_holds_what_was_made_since_the_last_good_check(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.SELF, hold_back=True, triggers=frozenset({"start"}), act_by="품질 1팀")
    press = workshop.pressing(100)
    make(workshop, press, 60)
    job = workshop.deburring_of(press)
    workshop.shop.later(minutes=1)
    inspected(bench, job)
    workshop.shop.later(minutes=5)
    lot = workshop.shop.do(lambda work: report_production(work, job.code, good=D(10))).lot_id
    workshop.shop.later(minutes=5)
    begun = bench.begin(job=job)
    bench.measure(begun, "11")
    bench.close(begun)
    assert owed(bench, job).why == "The last one failed"
    with workshop.shop.read() as read:
        held = get_lot(read, read.get_one(Lot, lot).code)
        assert held.holds == 1
