"""When a nonconformance may be closed, and what a line of its cost amounts to: without a database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from mes.core.access import Actor, Role
from mes.nonconformance import rules

NOON = datetime(2026, 1, 5, 3, tzinfo=UTC)
DAY = date(2026, 1, 5)


@dataclass
class Done:
    """An action: done some hours after noon, or not at all."""

    hours: int | None

    @property
    def done_at(self) -> datetime | None:
        return None if self.hours is None else NOON + timedelta(hours=self.hours)


@dataclass
class Check:
    """An effect check some hours after noon."""

    hours: int
    passed: bool = True
    day: date = DAY

    @property
    def at(self) -> datetime:
        return NOON + timedelta(hours=self.hours)


def close(*, actions: list[Done], checks: list[Check], reopened: int | None = None, held: tuple[str, ...] = ()) -> None:
    since = None if reopened is None else NOON + timedelta(hours=reopened)
    rules.check_closing("N1", actions, checks, since, held)


def test_it_closes_when_all_is_done_and_the_effect_is_proved() -> None:
    close(actions=[Done(1), Done(2)], checks=[Check(3)])
    with pytest.raises(rules.EffectNotChecked):
        close(actions=[Done(1), Done(2)], checks=[])


def test_it_closes_without_actions_but_never_without_a_check() -> None:
    close(actions=[], checks=[Check(0)])
    with pytest.raises(rules.EffectNotChecked):
        close(actions=[], checks=[])


def test_it_stays_open_while_an_action_waits() -> None:
    with pytest.raises(rules.ActionsOpen, match=r"1 action\(s\) of N1"):
        close(actions=[Done(1), Done(None)], checks=[Check(3)])


def test_a_check_from_before_the_last_action_proves_nothing() -> None:
    with pytest.raises(rules.EffectNotChecked):
        close(actions=[Done(1), Done(4)], checks=[Check(3)])


def test_the_newest_check_counts() -> None:
    with pytest.raises(rules.EffectMissing, match="2026-01-05"):
        close(actions=[Done(1)], checks=[Check(2), Check(3, passed=False)])
    close(actions=[Done(1)], checks=[Check(2, passed=False), Check(3)])


def test_a_check_from_before_the_reopening_counts_no_more() -> None:
    with pytest.raises(rules.EffectNotChecked):
        close(actions=[Done(1)], checks=[Check(2)], reopened=5)
    close(actions=[Done(1)], checks=[Check(2), Check(6)], reopened=5)


def test_it_stays_open_while_it_holds_lots() -> None:
    with pytest.raises(rules.LotsStillHeld, match="L-1, L-2"):
        close(actions=[], checks=[Check(0)], held=("L-1", "L-2"))


def test_a_line_of_cost_is_exact() -> None:
    assert rules.amount_of(D(3), D("1250.5")) == D("3751.5")
    assert rules.amount_of(D("0.1"), D("0.3")) == D("0.03")
    assert rules.amount_of(D("12.345678"), D("2350.5")) == D("29018.516139")


@pytest.mark.parametrize(
    ("quantity", "unit_cost"), [("0", "5"), ("-1", "5"), ("5", "0"), ("5", "-1"), ("1000000", "1000000")]
)
def test_a_line_that_is_no_cost_is_refused(quantity: str, unit_cost: str) -> None:
    with pytest.raises(rules.CostImpossible):
        rules.amount_of(D(quantity), D(unit_cost))


def test_an_action_is_finished_by_its_owner_or_by_quality() -> None:
    owner = Actor("이반장", frozenset({Role.LEADER}), 7)
    quality = Actor("박품질", frozenset({Role.QUALITY}), 8)
    rules.check_finisher(7, "이반장", owner)
    rules.check_finisher(7, "이반장", quality)
    with pytest.raises(rules.NotYourAction, match="이반장"):
        rules.check_finisher(7, "이반장", Actor("김자재", frozenset({Role.MATERIAL}), 9))


def test_nobody_approves_a_concession_asked_for_by_himself() -> None:
    manager = Actor("정부장", frozenset({Role.MANAGER}), 7)
    rules.check_approver(8, "박품질", manager)
    with pytest.raises(rules.ApproverIsTheSame, match="정부장"):
        rules.check_approver(7, "정부장", manager)
    with pytest.raises(rules.ApproverIsTheSame):
        rules.check_approver(None, "erp", Actor("erp", frozenset({Role.MANAGER})))


def test_answers_to_why_are_lines_and_empty_ones_are_none() -> None:
    assert rules.whys_of(["마모됨", "  ", "교체 주기\n없음"]) == "마모됨\n교체 주기 없음"
    assert rules.whys_of(["", " "]) is None
