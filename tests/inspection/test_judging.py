"""What an inspection may not be talked out of: numbers of its own, nonconformities, and bad readings given up."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.inspection import open_queries, service, tablet_rules
from mes.inspection.models import Inspection, InspectionKind, SampleRule, Verdict
from mes.inspection.sampling_models import SamplingStep
from mes.inspection.service import CharacteristicData, StandardData
from mes.lots.models import LotStatus
from mes.lots.service import split_lot
from tests.factories import make_released_standard
from tests.inspection.test_tablet import DIAMETER, LOOKS, Bench
from tests.quality.workshop import Workshop

OPERATOR = Actor("박작업", frozenset({Role.OPERATOR}))
LEADER = Actor("최반장", frozenset({Role.LEADER}))


class Sampled(Bench):
    """Incoming sheets by a sampling plan."""

    def __init__(self, workshop: Workshop, *rows: CharacteristicData, **plan: object) -> None:
        self.shop, self.workshop, self.kind = workshop.shop, workshop, InspectionKind.INCOMING
        how = StandardData(sample_rule=SampleRule.AQL, **plan)  # type: ignore[arg-type]
        self.standard = self.shop.do(lambda work: make_released_standard(work, workshop.sheet, *rows, data=how))


def refuses(work: Work, code: str) -> Inspection:
    return service.give_up_inspection(work, code, "다시 측정")


def test_ac_belongs_to_the_sample_of_the_plan_not_to_what_is_measured_on_pieces_of_its_own_number(
    workshop: Workshop,
) -> None:
    bench = Sampled(workshop, replace(DIAMETER, sample_size=2), LOOKS, aql="6.5", level="S-4")
    lot = workshop.receive_sheets(500)
    begun = bench.begin(lot=lot)
    assert (begun.pieces, len([slot for slot in bench.slots(begun) if slot.characteristic.name == "외경"])) == (13, 2)
    bench.measure(begun, "11")
    done = bench.close(begun)
    assert done.verdict is Verdict.FAIL
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION
    with bench.shop.read() as read:
        assert [step.accepted for step in read.query(SamplingStep).all()] == [False]


def test_what_the_plan_covers_may_have_as_many_bad_pieces_as_it_says(workshop: Workshop) -> None:
    bench = Sampled(workshop, DIAMETER, LOOKS, aql="6.5", level="S-4")
    begun = bench.begin(lot=workshop.receive_sheets(500))
    bench.measure(begun, "11", "11")
    done = bench.close(begun)
    assert (done.verdict, done.found) == (Verdict.PASS, 2)


@pytest.mark.parametrize(("aql", "verdict", "found"), [("10", Verdict.PASS, 3), ("15", Verdict.FAIL, 6)])
def test_above_aql_10_nonconformities_are_counted_and_not_pieces(
    workshop: Workshop, aql: str, verdict: Verdict, found: int
) -> None:
    """Three pieces with two nonconformities each: three bad pieces (n = 13, Ac = 3), or six of 100 (n = 13, Ac = 5)."""
    width = replace(DIAMETER, name="폭", name_en="Width")
    bench = Sampled(workshop, DIAMETER, width, aql=aql, level="S-4")
    begun = bench.begin(lot=workshop.receive_sheets(500))
    assert begun.pieces == 13
    bench.measure(begun, *["11"] * 6)
    done = bench.close(begun)
    assert (done.verdict, done.found) == (verdict, found)


def test_a_double_plan_counts_nonconformities_of_both_samples(workshop: Workshop) -> None:
    width = replace(DIAMETER, name="폭", name_en="Width")
    bench = Sampled(workshop, DIAMETER, width, aql="15", level="S-4", double_plan=True)
    begun = bench.begin(lot=workshop.receive_sheets(500))
    assert begun.pieces == 8
    bench.measure(begun, *["11"] * 4)  # Ac 2, Re 5
    assert bench.close(begun).more_pieces == 8
    bench.measure(begun, "11", "11", "11")
    done = bench.close(begun)
    assert (done.verdict, done.found, done.found_in_both) == (Verdict.FAIL, 4, 7)


def test_an_operator_does_not_give_up_what_found_something_bad(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    begun = bench.begin(lot=workshop.receive_sheets())
    bench.answer(begun, bench.slots(begun)[0], text="11")
    with pytest.raises(tablet_rules.FoundBad, match="외경"):
        bench.shop.do(lambda work: refuses(work, begun.code), actor=OPERATOR)
    assert bench.shop.do(lambda work: refuses(work, begun.code), actor=LEADER).closed_at is not None


def test_an_operator_gives_up_what_found_nothing_bad(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    begun = bench.begin(lot=workshop.receive_sheets())
    bench.answer(begun, bench.slots(begun)[0], text="10.05")
    given_up = bench.shop.do(lambda work: refuses(work, begun.code), actor=OPERATOR)
    assert (given_up.verdict, given_up.note) == (None, "다시 측정")


def test_a_bad_reading_that_was_corrected_does_not_keep_an_inspection_open(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    begun = bench.begin(lot=workshop.receive_sheets())
    slot = bench.slots(begun)[0]
    bench.answer(begun, slot, text="110.0")
    wrong = bench.slots(begun)[0].reading
    assert wrong is not None
    assert wrong.value == D(110)
    bench.shop.do(lambda work: service.correct_reading(work, begun.code, wrong.id, text="10.0", reason="오타"))
    assert bench.shop.do(lambda work: refuses(work, begun.code), actor=OPERATOR).verdict is None


def test_a_reading_is_corrected_by_who_took_it_and_later_by_a_leader(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    begun = bench.begin(lot=workshop.receive_sheets())
    slot = bench.slots(begun)[0]

    def correct(by: Actor, text: str) -> None:
        with bench.shop.read() as read:
            standing = open_queries.standing_reading(read, begun.id, slot.characteristic.id, 1)
        assert standing is not None
        bench.shop.do(
            lambda work: service.correct_reading(work, begun.code, standing.id, text=text, reason="오타"), actor=by
        )

    bench.shop.do(
        lambda work: service.take_reading(work, begun.code, characteristic=slot.characteristic.id, piece=1, text="11"),
        actor=OPERATOR,
    )
    another = Actor("김작업", frozenset({Role.OPERATOR}))
    with pytest.raises(tablet_rules.NotYoursToCorrect, match="외경 of piece 1 was recorded by 박작업"):
        correct(another, "10.0")
    correct(OPERATOR, "10.1")
    bench.shop.later(minutes=11)
    with pytest.raises(tablet_rules.NotYoursToCorrect):
        correct(OPERATOR, "10.0")
    correct(LEADER, "10.0")
    assert [one.reading.value for one in bench.slots(begun) if one.reading] == [D(10)]


def test_a_lot_that_failed_is_not_freed_by_an_operator_who_measures_again(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    lot = workshop.receive_sheets()

    def close(one: Inspection, by: Actor) -> Verdict | None:
        return bench.shop.do(lambda work: service.close_inspection(work, one.code), actor=by).verdict

    first = bench.begin(lot=lot)
    bench.measure(first, "11")
    assert close(first, OPERATOR) is Verdict.FAIL
    again = bench.begin(lot=lot)
    bench.measure(again)
    with pytest.raises(tablet_rules.FailedBefore, match=lot.code):
        close(again, OPERATOR)
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION
    assert close(again, LEADER) is Verdict.PASS
    assert workshop.see_lot(lot).status is LotStatus.AVAILABLE


def test_a_part_of_a_lot_that_failed_has_failed_too(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    lot = bench.workshop.receive_sheets()
    begun = bench.begin(lot=lot)
    bench.measure(begun, "11")
    bench.close(begun)
    part, other = (bench.shop.do(lambda work: split_lot(work, lot.code, D(5))) for _part in range(2))
    again = bench.begin(lot=part)
    bench.measure(again)
    with pytest.raises(tablet_rules.FailedBefore):
        bench.shop.do(lambda work: service.close_inspection(work, again.code), actor=OPERATOR)
    bench.close(again)
    assert bench.workshop.see_lot(part).status is LotStatus.AVAILABLE
    bench.shop.do(lambda work: service.decide_failed_lot(work, other.code, accept=False, reason="치수"))
    assert bench.workshop.see_lot(other).status is LotStatus.REJECTED
    assert bench.workshop.see_lot(lot).status is LotStatus.INSPECTION


def test_giving_up_keeps_what_was_noted_at_the_beginning(workshop: Workshop) -> None:
    job, shop = workshop.pressing(), workshop.shop
    begun = shop.do(
        lambda work: service.open_inspection(work, kind=InspectionKind.PATROL, job_code=job.code, note="소음")
    )
    assert shop.do(lambda work: refuses(work, begun.code)).note == "소음\n다시 측정"
