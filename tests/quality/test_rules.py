"""Decisions about defects, without a database."""

from decimal import Decimal

import pytest

from mes.core.errors import ReasonNeeded
from mes.quality import rules
from mes.quality.models import Defect, Disposition
from mes.quality.rules import check_decision

D = Decimal


def decided(disposition: Disposition, **values: object) -> Defect:
    return Defect(**{"disposition": disposition, "disposed_by": "박품질", "quantity": D(5), **values})


def test_an_undecided_defect_may_become_anything() -> None:
    for decision in set(Disposition) - {Disposition.OPEN}:
        check_decision(decided(Disposition.OPEN), decision, "외관", taken_back=False)


def test_after_sorting_the_pieces_are_decided_for_good() -> None:
    check_decision(decided(Disposition.SORT, sorted_good=D(2)), Disposition.SCRAP, "선별 결과", taken_back=False)
    with pytest.raises(rules.AlreadyDecided):
        check_decision(decided(Disposition.SORT), Disposition.SORT, "다시", taken_back=False)


def test_a_final_decision_stays_and_names_who_made_it() -> None:
    with pytest.raises(rules.AlreadyDecided, match="박품질"):
        check_decision(decided(Disposition.SCRAP), Disposition.CONCESSION, "아까움", taken_back=False)


def test_undecided_is_no_decision() -> None:
    with pytest.raises(rules.DecisionMissing):
        check_decision(decided(Disposition.OPEN), Disposition.OPEN, "나중에", taken_back=False)


def test_a_decision_says_why() -> None:
    with pytest.raises(ReasonNeeded):
        check_decision(decided(Disposition.OPEN), Disposition.SCRAP, "  ", taken_back=False)


def test_a_defect_that_was_taken_back_is_not_decided() -> None:
    with pytest.raises(rules.DefectTakenBack):
        check_decision(decided(Disposition.OPEN), Disposition.SCRAP, "외관", taken_back=True)
    with pytest.raises(rules.DefectTakenBack):
        check_decision(decided(Disposition.OPEN, reverses_id=1), Disposition.SCRAP, "외관", taken_back=False)
