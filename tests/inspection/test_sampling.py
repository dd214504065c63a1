"""Sampling in use: plans by lot size, and how hard the lots of a supplier are looked at."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.core.errors import NotFound, ReasonNeeded
from mes.core.work import Work
from mes.inspection import sampling, sampling_rules
from mes.inspection.models import (
    InspectionKind,
    InspectionStandard,
    SampleRule,
    Severity,
    Verdict,
)
from mes.inspection.sampling_models import SamplingState, SamplingStep
from mes.inspection.service import StandardData, approve_standard, change_standard, open_inspection, revise_standard
from mes.inspection.standard_queries import get_standard
from mes.lots.models import Lot
from mes.lots.queries import get_lot
from mes.lots.service import receive_lots, split_lot
from mes.partners.models import Partner
from mes.statistics import sampling_switching as switching
from mes.statistics.sampling import Sample, find_plan
from tests.conftest import Shop
from tests.factories import length_of_ten, make_item, make_partner, make_released_standard

D = Decimal
AQL = StandardData(sample_rule=SampleRule.AQL, aql="1.0", level="II")


class Gate:
    """The gate where bolts arrive from a supplier and are sampled by AQL 1.0, level II."""

    def __init__(self, shop: Shop, data: StandardData = AQL) -> None:
        self.shop = shop
        shop.do(lambda work: self._build(work, data))

    def _build(self, work: Work, data: StandardData) -> None:
        self.bolt = make_item(work, name="볼트")
        self.supplier: Partner = make_partner(work)
        self.other: Partner = make_partner(work)
        self.standard: InspectionStandard = make_released_standard(work, self.bolt, length_of_ten(), data=data)

    def arrive(self, quantity: int = 500, supplier: Partner | None = None) -> Lot:
        """A lot of bolts."""
        return self.shop.do(
            lambda work: receive_lots(
                work, item=self.bolt, quantities=[D(quantity)], supplier=supplier or self.supplier
            )
        )[0]

    def plan(self, lot: Lot) -> sampling.Sampling:
        """How the inspector is told to sample a lot."""
        with self.shop.read() as read:
            standard = get_standard(read, self.standard.id)
            return sampling.sampling_for(read, standard, get_lot(read, lot.code))

    def inspect(
        self, lot: Lot, found: int, both: int | None = None, severity: Severity | None = None
    ) -> SamplingStep | None:
        """The inspector found so many bad ones in the sample (and in both)."""

        def deed(work: Work) -> SamplingStep | None:
            standard = get_standard(work.session, self.standard.id)
            drawn = sampling.sampling_for(work.session, standard, get_lot(work.session, lot.code))
            inspection = open_inspection(work, kind=InspectionKind.INCOMING, lot_code=lot.code)
            inspection.closed_at = work.now
            inspection.lot_size, inspection.severity = drawn.lot_size, severity or drawn.severity
            inspection.found, inspection.found_in_both = found, both
            work.session.flush()
            return sampling.note_outcome(work, inspection)

        return self.shop.do(deed)

    def lots(self, found: Sequence[int]) -> None:
        """Lot after lot with so many bad ones."""
        for count in found:
            self.inspect(self.arrive(), count)

    def state(self) -> SamplingState:
        """Where the supplier's lots stand."""
        with self.shop.read() as read:
            return read.query(SamplingState).filter_by(supplier_id=self.supplier.id).one()


@pytest.fixture
def gate(shop: Shop) -> Gate:
    """Single plans, normal inspection."""
    return Gate(shop)


# Plans


def test_a_lot_of_500_at_level_two_and_aql_one_takes_50_pieces_and_one_bad_one(gate: Gate) -> None:
    drawn = gate.plan(gate.arrive(500))
    assert (drawn.letter, drawn.severity) == ("H", Severity.NORMAL)
    assert drawn.samples == (Sample(50, 1, 2),)
    assert not drawn.everything


def test_an_arrow_leads_to_another_letter(shop: Shop) -> None:
    gate = Gate(shop, StandardData(sample_rule=SampleRule.AQL, aql="0.65", level="II"))
    drawn = gate.plan(gate.arrive(200))
    assert drawn.plan is not None
    assert (drawn.plan.letter, drawn.letter, drawn.plan.arrow) == ("G", "F", "up")
    assert drawn.samples == (Sample(20, 0, 1),)


def test_a_double_plan_draws_two_samples(shop: Shop) -> None:
    gate = Gate(shop, StandardData(sample_rule=SampleRule.AQL, aql="1.0", level="II", double_plan=True))
    assert gate.plan(gate.arrive(500)).samples == (Sample(32, 0, 2), Sample(32, 1, 2))


def test_a_single_piece_and_every_piece_need_no_plan(gate: Gate, shop: Shop) -> None:
    one = gate.plan(gate.arrive(1))
    assert (one.plan, one.samples, one.everything) == (None, (Sample(1, 0, 1),), True)
    every = Gate(shop, StandardData(sample_rule=SampleRule.ALL))
    assert every.plan(every.arrive(80)).samples == (Sample(80, 0, 1),)
    fixed = Gate(shop, StandardData(sample_rule=SampleRule.FIXED, sample_size=5))
    assert fixed.plan(fixed.arrive(80)).samples == (Sample(5, 0, 1),)
    assert fixed.plan(fixed.arrive(3)).samples == (Sample(3, 0, 1),)


def test_begun_units_of_what_is_weighed_count_whole() -> None:
    assert [sampling.size_of(D(text)) for text in ("0.2", "1", "20.5", "80")] == [1, 1, 21, 80]


def test_the_count_decides_and_a_second_sample_is_asked_for() -> None:
    single, double = (Sample(50, 1, 2),), (Sample(32, 0, 2), Sample(32, 1, 2))
    assert [sampling.decide(single, found) for found in (0, 1, 2)] == [Verdict.PASS, Verdict.PASS, Verdict.FAIL]
    assert [sampling.decide(double, found) for found in (0, 1, 2)] == [Verdict.PASS, None, Verdict.FAIL]
    assert [sampling.decide(double, 1, both) for both in (1, 2)] == [Verdict.PASS, Verdict.FAIL]


def test_more_bad_pieces_than_were_inspected_are_refused() -> None:
    for found, both in ((51, None), (-1, None), (2, 1), (0, 51)):
        with pytest.raises(sampling_rules.FoundTooMany):
            sampling.decide((Sample(50, 1, 2),), found, both)


# Switching


def test_two_of_five_lots_refused_tighten_the_next_one(gate: Gate) -> None:
    gate.lots([0, 2, 1, 5])
    assert gate.state().severity is Severity.TIGHTENED
    drawn = gate.plan(gate.arrive(500))
    assert (drawn.severity, drawn.samples) == (Severity.TIGHTENED, (Sample(80, 1, 2),))
    assert gate.state().reason == switching.TWO_OF_FIVE


def test_another_supplier_of_the_same_item_stays_on_normal_inspection(gate: Gate) -> None:
    gate.lots([5, 5])
    assert gate.plan(gate.arrive(500, gate.other)).severity is Severity.NORMAL


def test_five_lots_accepted_in_a_row_bring_it_back_to_normal(gate: Gate) -> None:
    gate.lots([5, 5, 0, 0, 0, 0])
    assert gate.state().severity is Severity.TIGHTENED
    gate.lots([0])
    assert gate.state().severity is Severity.NORMAL


def test_after_five_refused_lots_on_tightened_every_piece_is_inspected_until_quality_restarts(gate: Gate) -> None:
    gate.lots([5] * 7)
    assert gate.state().severity is Severity.DISCONTINUED
    drawn = gate.plan(gate.arrive(500))
    assert (drawn.samples, drawn.everything) == ((Sample(500, 0, 1),), True)
    gate.lots([0])
    assert gate.state().severity is Severity.DISCONTINUED
    with pytest.raises(ReasonNeeded):
        gate.shop.do(lambda work: sampling.restart(work, gate.state().id, " "))
    gate.shop.do(lambda work: sampling.restart(work, gate.state().id, "공급사 금형 수리 확인"))
    assert gate.state().severity is Severity.TIGHTENED
    with pytest.raises(sampling_rules.NotDiscontinued, match="tightened"):
        gate.shop.do(lambda work: sampling.restart(work, gate.state().id, "다시"))


def test_reduced_inspection_begins_only_when_quality_allows_it(gate: Gate) -> None:
    gate.lots([0] * 15)
    assert (gate.state().severity, gate.state().score) == (Severity.NORMAL, 30)
    gate.shop.do(lambda work: sampling.allow_reduced(work, gate.state().id, "안정된 공정"))
    assert gate.state().severity is Severity.REDUCED
    assert gate.plan(gate.arrive(500)).samples == (Sample(32, 1, 2),)
    gate.lots([2])
    assert (gate.state().severity, gate.state().reason) == (Severity.NORMAL, switching.REDUCED_ENDED)


def test_reduced_inspection_that_was_allowed_early_begins_when_the_score_is_reached(gate: Gate) -> None:
    gate.lots([0])
    gate.shop.do(lambda work: sampling.allow_reduced(work, gate.state().id, "장기 거래"))
    gate.lots([0] * 13)
    assert gate.state().severity is Severity.NORMAL
    gate.lots([0])
    assert gate.state().severity is Severity.REDUCED
    with pytest.raises(sampling_rules.ReducedAlreadyAllowed):
        gate.shop.do(lambda work: sampling.allow_reduced(work, gate.state().id, "또"))
    gate.shop.do(lambda work: sampling.end_reduced(work, gate.state().id, "생산 불규칙"))
    assert (gate.state().severity, gate.state().reduced_by) == (Severity.NORMAL, None)
    with pytest.raises(sampling_rules.ReducedNotAllowed):
        gate.shop.do(lambda work: sampling.end_reduced(work, gate.state().id, "또"))


def test_reduced_inspection_is_not_allowed_while_it_is_tightened(gate: Gate) -> None:
    gate.lots([5, 5])
    with pytest.raises(sampling_rules.NotForReduced, match="tightened"):
        gate.shop.do(lambda work: sampling.allow_reduced(work, gate.state().id, "급함"))
    with pytest.raises(NotFound):
        gate.shop.do(lambda work: sampling.allow_reduced(work, 999999999, "급함"))


def test_a_lot_presented_again_and_a_part_of_it_do_not_count(gate: Gate) -> None:
    lot = gate.arrive()
    assert gate.inspect(lot, 5) is not None
    assert gate.inspect(lot, 5) is None
    part = gate.shop.do(lambda work: split_lot(work, lot.code, D(100)))
    assert gate.inspect(part, 5) is None
    assert gate.state().severity is Severity.NORMAL


def test_a_lot_begun_on_normal_does_not_count_after_the_switch(gate: Gate) -> None:
    gate.lots([5, 5])
    step = gate.inspect(gate.arrive(), 5, severity=Severity.NORMAL)
    assert step is not None
    assert (step.severity, step.severity_after) == (Severity.NORMAL, Severity.TIGHTENED)
    assert gate.state().refused == 0


def test_nothing_is_noted_before_the_second_sample(shop: Shop) -> None:
    gate = Gate(shop, StandardData(sample_rule=SampleRule.AQL, aql="1.0", level="II", double_plan=True))
    lot = gate.arrive()
    assert gate.inspect(lot, 1) is None
    step = gate.inspect(lot, 1, 1)
    assert step is not None
    assert (step.accepted, step.pieces, step.score_after) == (True, 64, 0)


def test_a_standard_without_aql_notes_nothing(shop: Shop) -> None:
    gate = Gate(shop, StandardData())
    assert gate.inspect(gate.arrive(), 0) is None


def test_the_state_goes_on_over_a_new_revision(gate: Gate) -> None:
    gate.lots([5])

    def revise(work: Work) -> InspectionStandard:
        draft = revise_standard(work, gate.standard.id)
        data = StandardData(sample_rule=SampleRule.AQL, aql="0.65", level="II")
        change_standard(work, draft.id, data)
        return approve_standard(work, draft.id, confirmed=True)

    gate.standard = gate.shop.do(revise)
    gate.lots([5])
    assert gate.state().severity is Severity.TIGHTENED


@settings(max_examples=12)
@given(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=1, max_size=14), st.booleans())
def test_what_is_kept_over_lots_is_what_the_rules_say(shop: Shop, found: list[int], double: bool) -> None:
    gate = Gate(shop, StandardData(sample_rule=SampleRule.AQL, aql="1.0", level="II", double_plan=double))
    expected = switching.Switching()
    for count in found:
        lot = gate.arrive(500)
        kind = expected.kind
        assert gate.plan(lot).severity.value == kind
        both = None
        if kind != switching.DISCONTINUED:
            plan = find_plan(500, "1.0", kind=kind, double=double)
            both = count if double and plan.samples[0].accept < count < plan.samples[0].reject else None
            expected = switching.after(expected, switching.outcome(plan, count, found_in_both=both))
        gate.inspect(lot, count, both)
        kept = gate.state()
        assert (kept.severity.value, kept.score, kept.refused) == (expected.kind, expected.score, expected.refused)
        assert [mark == "1" for mark in kept.recent] == list(expected.recent)
