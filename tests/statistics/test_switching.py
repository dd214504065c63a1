"""Switching rules of ISO 2859-1, lot by lot."""

import pytest

from mes.statistics.sampling import find_plan
from mes.statistics.sampling_switching import (
    DISCONTINUED,
    FIVE_ACCEPTED,
    NORMAL,
    REDUCED,
    TIGHTENED,
    TWO_OF_FIVE,
    Lot,
    Switching,
    after,
    outcome,
    resumed,
)

GOOD, BAD = Lot(True), Lot(False, passes_tighter=False)


def run(lots: list[Lot], state: Switching | None = None, *, steady: bool = True, wanted: bool = True) -> Switching:
    state = state or Switching()
    for lot in lots:
        state = after(state, lot, steady=steady, reduced_wanted=wanted)
    return state


def test_two_of_five_lead_to_tightened_inspection() -> None:
    assert run([BAD, GOOD, GOOD, GOOD, BAD]).kind == TIGHTENED
    assert run([BAD, BAD]).reason == TWO_OF_FIVE
    assert run([BAD, GOOD, GOOD, GOOD, GOOD, BAD]).kind == NORMAL


def test_five_accepted_in_a_row_lead_back_to_normal() -> None:
    tightened = Switching(TIGHTENED)
    assert run([GOOD] * 4, tightened).kind == TIGHTENED
    assert run([GOOD] * 5, tightened).kind == NORMAL
    assert run([GOOD] * 5, tightened).reason == FIVE_ACCEPTED
    assert run([GOOD] * 4 + [BAD] + [GOOD] * 4, tightened).kind == TIGHTENED
    assert run([BAD, *[GOOD] * 5], tightened).kind == NORMAL


def test_five_refused_on_tightened_end_the_inspection() -> None:
    tightened = Switching(TIGHTENED)
    mixed = [BAD, GOOD, GOOD, BAD, GOOD, BAD, GOOD, BAD, GOOD]
    assert run(mixed, tightened).kind == TIGHTENED
    stopped = run([*mixed, BAD], tightened)
    assert stopped.kind == DISCONTINUED
    assert run([GOOD] * 20, stopped).kind == DISCONTINUED
    again = resumed(stopped)
    assert (again.kind, again.refused) == (TIGHTENED, 0)
    assert resumed(Switching()).kind == NORMAL


def test_the_refused_are_counted_anew_after_normal_inspection() -> None:
    back = run([BAD] * 3 + [GOOD] * 5, Switching(TIGHTENED))
    assert run([BAD, BAD, BAD, BAD], back).kind == TIGHTENED  # two lead to tightened, two more are counted there


def test_a_score_of_30_leads_to_reduced_inspection() -> None:
    assert run([GOOD] * 14).score == 28
    assert run([GOOD] * 15).kind == REDUCED
    three = Lot(True, True, 3)
    assert run([three] * 9).kind == NORMAL
    assert run([three] * 10).kind == REDUCED


def test_the_score_begins_anew_after_a_refused_or_barely_accepted_lot() -> None:
    assert run([GOOD] * 14 + [BAD]).score == 0
    assert run([GOOD] * 14 + [Lot(True, passes_tighter=False, score=3)]).score == 0


@pytest.mark.parametrize(("steady", "wanted"), [(False, True), (True, False)])
def test_reduced_inspection_needs_steady_production_and_the_plants_wish(steady: bool, wanted: bool) -> None:
    waiting = run([GOOD] * 20, steady=steady, wanted=wanted)
    assert (waiting.kind, waiting.score) == (NORMAL, 40)
    assert run([GOOD], waiting).kind == REDUCED


def test_one_refused_lot_or_unsteady_production_ends_reduced_inspection() -> None:
    reduced = Switching(REDUCED)
    assert run([GOOD] * 50, reduced).kind == REDUCED
    assert run([BAD], reduced).kind == NORMAL
    assert run([GOOD], reduced, steady=False).kind == NORMAL


def test_a_lot_that_would_pass_one_step_tighter_earns_3() -> None:
    plan = find_plan(1500, "1.0")  # n 125, Ac 3; one step tighter Ac 2
    assert outcome(plan, 2) == Lot(True, True, 3)
    assert outcome(plan, 3) == Lot(True, False, 3)
    assert outcome(plan, 4) == Lot(False, False, 3)


def test_acceptance_is_enough_where_ac_is_0_or_1() -> None:
    plan = find_plan(1500, "0.10")
    assert outcome(plan, 0) == Lot(True, True, 2)
    assert outcome(plan, 1) == Lot(False, False, 2)
    assert outcome(find_plan(1500, "0.40"), 1) == Lot(True, True, 2)


def test_a_double_plan_earns_3_when_the_first_sample_accepts() -> None:
    plan = find_plan(1500, "1.0", double=True)  # 80: 1 3, 160: 4 5
    assert outcome(plan, 1) == Lot(True, True, 3)
    assert outcome(plan, 2, found_in_both=4) == Lot(True, False, 3)
    assert outcome(plan, 2, found_in_both=5) == Lot(False, False, 3)
    assert outcome(plan, 3) == Lot(False, False, 3)
