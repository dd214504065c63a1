"""From the finding to the proof: opening, containing, deciding, solving, closing, and what it cost."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import text

from mes.core.errors import ImpossibleValue, NotFound, ReasonNeeded, StaleEdit
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import open_holds
from mes.lots.rules import LotOnHold, NotEnough
from mes.lots.service import hold_lot, ship_lots
from mes.nonconformance import lists, rules, service
from mes.nonconformance.models import Action, ActionKind, CostKind, Decision, LotRole, Nonconformance, Origin, Severity
from mes.quality.models import DefectCause
from tests.nonconformance.trouble import Trouble
from tests.orders.bakery import TODAY

WHOLE = None


def contain(trouble: Trouble, found: Nonconformance, *lots: Lot, reason: str = "버 의심") -> list[Lot]:
    chosen = {lot.code: "Press 1" for lot in lots}
    return trouble.shop.do(lambda work: service.contain_lots(work, found.code, chosen, reason))


def decide(trouble: Trouble, found: Nonconformance, lot: Lot, decision: Decision, quantity: int | None = WHOLE) -> Any:
    amount = None if quantity is None else D(quantity)
    return trouble.shop.do(
        lambda work: service.decide_lot(work, found.code, lot.code, decision, "고객 협의", amount),
        actor=trouble.workshop.inspector,
    )


def action(trouble: Trouble, found: Nonconformance, days: int = 3) -> Action:
    return trouble.shop.do(
        lambda work: service.add_action(
            work,
            found.code,
            kind=ActionKind.CORRECTIVE,
            what="펀치 교체",
            owner=trouble.owner,
            due_on=work.today + timedelta(days=days),
        )
    )


def finish(trouble: Trouble, done: Action) -> None:
    trouble.shop.later(hours=1)
    trouble.shop.do(lambda work: service.finish_action(work, done.id, "교체함"))


def check(trouble: Trouble, found: Nonconformance, *, passed: bool = True) -> None:
    trouble.shop.later(hours=1)
    trouble.shop.do(lambda work: service.check_effect(work, found.code, day=work.today, passed=passed, result="30개"))


def close(trouble: Trouble, found: Nonconformance) -> None:
    trouble.shop.do(lambda work: service.close_nonconformance(work, found.code))


# Opening


def test_from_defects_follow_item_and_lot(trouble: Trouble) -> None:
    found = trouble.open(severity=Severity.MINOR, quantity=D(12))
    seen = trouble.see(found)
    assert seen.nonconformance.code.startswith("N260106-0001")
    assert seen.nonconformance.item.code == "PL"
    assert [(one.lot.code, one.role) for one in seen.lots] == [(trouble.bad.code, LotRole.FOUND)]
    assert [defect.id for defect in seen.defects] == [trouble.burrs.id]
    assert not seen.held


def test_from_a_failed_inspection_follow_its_lot_and_nothing_from_one_that_passed(trouble: Trouble) -> None:
    failed, passed = trouble.inspect("2.5"), trouble.inspect("2")
    found = trouble.open(origin=Origin.INSPECTION, inspection=failed.code)
    [concerned] = trouble.see(found).lots
    assert concerned.lot.id == failed.lot_id
    with pytest.raises(rules.InspectionPassed, match=passed.code):
        trouble.open(origin=Origin.INSPECTION, inspection=passed.code)
    with pytest.raises(rules.AlreadyNonconformance, match=found.code):
        trouble.open(origin=Origin.INSPECTION, inspection=failed.code)


def test_from_a_claim_follow_customer_and_shipped_lots(trouble: Trouble) -> None:
    found = trouble.open(origin=Origin.CLAIM, shipment=trouble.shipment.code, reference="8D-77", quantity=D(4))
    seen = trouble.see(found)
    assert seen.nonconformance.partner is not None
    assert seen.nonconformance.partner.code == "CAR"
    assert [one.lot.code for one in seen.lots] == [trouble.sister.code]


def test_from_defects_at_a_job_the_lots_of_its_order_are_suspect(trouble: Trouble) -> None:
    defect = trouble.defect_at_job()
    found = trouble.open(defects=[defect.id])
    assert [(one.lot.code, one.role) for one in trouble.see(found).lots] == [(trouble.later.code, LotRole.SUSPECT)]


def test_what_it_was_opened_from_must_be_named(trouble: Trouble) -> None:
    for origin, what in (
        (Origin.INSPECTION, "the inspection"),
        (Origin.DEFECT, "the defects"),
        (Origin.CLAIM, "the customer"),
        (Origin.OTHER, "the item"),
    ):
        values: dict[str, Any] = {"item": trouble.workshop.plate} if origin is Origin.CLAIM else {}
        with pytest.raises(rules.SourceMissing, match=what):
            trouble.open(origin=origin, defects=[], **values)
    with pytest.raises(rules.NothingFound):
        trouble.open(what="  ")


def test_one_nonconformance_is_about_one_item(trouble: Trouble) -> None:
    sheets = trouble.workshop.receive_sheets()
    with pytest.raises(rules.AnotherItem, match=sheets.code):
        trouble.open(lots=[sheets.code])


def test_a_defect_is_followed_up_once_and_must_stand(trouble: Trouble) -> None:
    found = trouble.open()
    with pytest.raises(rules.AlreadyNonconformance, match=found.code):
        trouble.open()
    with pytest.raises(NotFound):
        trouble.open(defects=[10_000])


def test_a_correction_knows_who_saved_in_between(trouble: Trouble) -> None:
    found = trouble.open()

    def change(version: int, **values: Any) -> None:
        trouble.shop.do(lambda work: service.change_nonconformance(work, found.code, version, **values))

    change(1, severity=Severity.CRITICAL, check_due_on=TODAY)
    assert trouble.see(found).nonconformance.severity is Severity.CRITICAL
    with pytest.raises(StaleEdit):
        change(1, severity=Severity.MINOR)
    with pytest.raises(rules.NothingFound):
        change(2, what=" ")


# Containment


def test_chosen_lots_are_held_in_one_act_and_named_with_the_reason(trouble: Trouble) -> None:
    found = trouble.open()
    held = contain(trouble, found, trouble.bad, trouble.sister)
    assert {lot.code for lot in held} == {trouble.bad.code, trouble.sister.code}
    with trouble.shop.read() as read:
        reasons = {hold.reason for hold in open_holds(read, [trouble.bad.id, trouble.sister.id])}
    assert reasons == {f"{found.code}: 버 의심"}
    with pytest.raises(LotOnHold, match=found.code):
        trouble.shop.do(lambda work: ship_lots(work, customer=trouble.customer, lines=[(trouble.sister.code, None)]))


def test_all_or_nothing(trouble: Trouble) -> None:
    found = trouble.open()
    with pytest.raises(NotFound):
        trouble.shop.do(
            lambda work: service.contain_lots(work, found.code, {trouble.bad.code: None, "L0-NOPE": None}, "의심")
        )
    assert trouble.lot(trouble.bad).holds == 0
    with pytest.raises(rules.NothingContained):
        contain(trouble, found)
    with pytest.raises(ReasonNeeded):
        contain(trouble, found, trouble.bad, reason=" ")


def test_a_lot_is_not_held_twice_by_the_same_but_beside_other_holds(trouble: Trouble) -> None:
    trouble.shop.do(lambda work: hold_lot(work, trouble.bad.id, "다른 이유"))
    found = trouble.open()
    assert len(contain(trouble, found, trouble.bad)) == 1
    assert contain(trouble, found, trouble.bad) == []
    assert trouble.lot(trouble.bad).holds == 2


def test_a_lot_that_left_is_noted_without_a_hold(trouble: Trouble) -> None:
    trouble.shop.do(lambda work: ship_lots(work, customer=trouble.customer, lines=[(trouble.sister.code, None)]))
    found = trouble.open()
    assert contain(trouble, found, trouble.sister) == []
    noted = trouble.see(found).lots[-1]
    assert (noted.lot.code, noted.held, noted.why) == (trouble.sister.code, False, "Press 1")


def test_the_lot_that_brought_it_in_is_noted_as_the_cause(trouble: Trouble) -> None:
    sheets, found = trouble.workshop.receive_sheets(), trouble.open()
    trouble.shop.do(lambda work: service.note_cause(work, found.code, sheets.code, "두께"))
    trouble.shop.do(lambda work: service.note_cause(work, found.code, trouble.bad.code))
    assert [(one.lot.code, one.role) for one in trouble.see(found).lots] == [
        (trouble.bad.code, LotRole.CAUSE),
        (sheets.code, LotRole.CAUSE),
    ]


# What becomes of contained lots


def test_release_lifts_only_the_hold_of_this_nonconformance(trouble: Trouble) -> None:
    trouble.shop.do(lambda work: hold_lot(work, trouble.bad.id, "다른 이유"))
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    decide(trouble, found, trouble.bad, Decision.RELEASE)
    assert trouble.lot(trouble.bad).holds == 1
    with pytest.raises(rules.NotContained, match=trouble.bad.code):
        decide(trouble, found, trouble.bad, Decision.SCRAP)


def test_a_part_is_released_as_a_lot_of_its_own(trouble: Trouble) -> None:
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    part = decide(trouble, found, trouble.bad, Decision.RELEASE, 40)
    with trouble.shop.read() as read:
        released = read.get_one(Lot, part.lot_id)
    assert (released.on_hand, released.holds) == (D(40), 0)
    assert (trouble.lot(trouble.bad).on_hand, trouble.lot(trouble.bad).holds) == (D(60), 1)
    assert [one.lot.code for one in trouble.see(found).held] == [trouble.bad.code]
    with pytest.raises(NotEnough):
        decide(trouble, found, trouble.bad, Decision.RELEASE, 61)


def test_scrap_takes_pieces_out_and_costs_them_exactly(trouble: Trouble) -> None:
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    decide(trouble, found, trouble.bad, Decision.SCRAP, 12)
    seen = trouble.see(found)
    [line] = seen.costs
    assert (line.kind, line.quantity, line.unit_cost, line.amount) == (CostKind.SCRAP, D(12), D("1250.5"), D(15006))
    assert seen.cost == D(15006)
    assert (trouble.lot(trouble.bad).on_hand, trouble.lot(trouble.bad).holds) == (D(88), 1)
    decide(trouble, found, trouble.bad, Decision.SCRAP)
    assert (trouble.lot(trouble.bad).on_hand, trouble.lot(trouble.bad).holds) == (D(0), 0)
    assert trouble.see(found).cost == D(125050)


def test_material_without_a_unit_cost_is_returned_without_a_line(trouble: Trouble) -> None:
    sheets = trouble.workshop.receive_sheets()
    found = trouble.open(origin=Origin.OTHER, lots=[sheets.code])
    contain(trouble, found, sheets)
    decide(trouble, found, sheets, Decision.RETURN)
    assert trouble.see(found).costs == []
    assert trouble.lot(sheets).on_hand == D(0)


def test_rework_keeps_the_hold_until_the_lot_is_released(trouble: Trouble) -> None:
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    decide(trouble, found, trouble.bad, Decision.REWORK)
    assert trouble.lot(trouble.bad).holds == 1
    decide(trouble, found, trouble.bad, Decision.RELEASE)
    assert trouble.lot(trouble.bad).holds == 0


def test_a_concession_frees_the_lot_when_another_manager_approved_it(trouble: Trouble) -> None:
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    asked = trouble.shop.do(
        lambda work: service.decide_lot(work, found.code, trouble.bad.code, Decision.CONCESSION, "외관만"),
        actor=trouble.manager,
    )
    assert trouble.lot(trouble.bad).holds == 1
    assert trouble.see(found).held[0].waits

    def approve(actor: Any) -> None:
        trouble.shop.do(lambda work: service.approve_concession(work, found.code, asked.id), actor=actor)

    with pytest.raises(rules.ApproverIsTheSame):
        approve(trouble.manager)
    approve(trouble.second_manager)
    assert trouble.lot(trouble.bad).holds == 0
    [decision] = trouble.see(found).decisions
    assert decision.approved_by == trouble.second_manager.name
    with pytest.raises(rules.NothingToApprove):
        approve(trouble.second_manager)


def test_a_concession_frees_a_lot_that_failed_its_incoming_inspection(trouble: Trouble) -> None:
    failed = trouble.inspect("2.5")
    found = trouble.open(origin=Origin.INSPECTION, inspection=failed.code)
    lot = trouble.see(found).lots[0].lot
    assert lot.status is LotStatus.INSPECTION
    contain(trouble, found, lot)
    asked = decide(trouble, found, lot, Decision.CONCESSION)
    trouble.shop.do(lambda work: service.approve_concession(work, found.code, asked.id), actor=trouble.manager)
    freed = trouble.lot(lot)
    assert (freed.status, freed.holds) == (LotStatus.AVAILABLE, 0)


def test_a_concession_of_a_lot_that_nobody_inspected_yet_leaves_its_inspection_to_be_made(trouble: Trouble) -> None:
    lot = trouble.workshop.receive_sheets()
    found = trouble.open(origin=Origin.OTHER, lots=[lot.code])
    contain(trouble, found, lot)
    asked = decide(trouble, found, lot, Decision.CONCESSION)
    trouble.shop.do(lambda work: service.approve_concession(work, found.code, asked.id), actor=trouble.manager)
    freed = trouble.lot(lot)
    assert (freed.status, freed.holds) == (LotStatus.INSPECTION, 0)


def test_a_later_decision_takes_the_place_of_a_concession(trouble: Trouble) -> None:
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    asked = decide(trouble, found, trouble.bad, Decision.CONCESSION)
    decide(trouble, found, trouble.bad, Decision.REWORK)
    with pytest.raises(rules.NothingToApprove):
        trouble.shop.do(lambda work: service.approve_concession(work, found.code, asked.id), actor=trouble.manager)


# The eight steps


def test_a_changed_step_keeps_what_it_said_before(trouble: Trouble) -> None:
    found = trouble.open()
    cause = trouble.wear()

    def write(step: int, said: str, whys: tuple[str, ...] = (), of: DefectCause | None = None) -> None:
        trouble.shop.do(lambda work: service.write_step(work, found.code, step, said, whys=whys, cause=of))

    write(4, "펀치 마모")
    write(4, "펀치 마모, 교체 주기 없음", ("버", "마모", "주기 없음"), cause)
    write(1, "박품질, 이반장", ("왜",), cause)
    seen = trouble.see(found)
    assert seen.steps[4].answers == ["버", "마모", "주기 없음"]
    assert seen.steps[4].cause is not None
    assert seen.steps[4].cause.code == "WEAR"
    assert [one.text for one in seen.earlier(4)] == ["펀치 마모"]
    assert (seen.steps[1].whys, seen.steps[1].cause) == (None, None)
    with pytest.raises(rules.StepUnchanged):
        write(1, " 박품질, 이반장 ")
    with pytest.raises(rules.StepEmpty):
        write(2, "\n ")


def test_the_database_itself_keeps_earlier_words(trouble: Trouble) -> None:
    found = trouble.open()
    trouble.shop.do(lambda work: service.write_step(work, found.code, 2, "버"))
    for act in ("UPDATE nonconformance_steps SET text = 'x'", "DELETE FROM nonconformance_steps"):
        with pytest.raises(ImpossibleValue):
            trouble.shop.do(lambda work, act=act: work.session.execute(text(act)))  # type: ignore[misc]


# Actions, proof, end


def test_actions_belong_to_people_who_work_here_and_lie_ahead(trouble: Trouble) -> None:
    found = trouble.open()
    with pytest.raises(rules.DueBeforeToday):
        action(trouble, found, days=-1)
    trouble.dismiss(trouble.owner)
    with pytest.raises(rules.OwnerGone, match="이반장"):
        action(trouble, found)


def test_an_action_is_done_once_by_its_owner_or_quality(trouble: Trouble) -> None:
    found = trouble.open()
    mine = action(trouble, found)
    with pytest.raises(rules.NotYourAction):
        trouble.shop.do(lambda work: service.finish_action(work, mine.id, "했음"), actor=trouble.workshop.operator)
    finish(trouble, mine)
    with pytest.raises(rules.ActionDone):
        finish(trouble, mine)
    with pytest.raises(NotFound):
        trouble.shop.do(lambda work: service.finish_action(work, 10_000, "했음"))


def test_an_action_moves_to_another_day_with_a_reason(trouble: Trouble) -> None:
    found = trouble.open()
    mine = action(trouble, found)
    later = mine.due_on + timedelta(days=7)
    trouble.shop.do(
        lambda work: service.move_action(work, mine.id, owner=trouble.owner, due_on=later, reason="부품 입고 지연")
    )
    assert trouble.see(found).actions[0].due_on == later


def test_overdue_actions_are_counted_for_all_and_for_each(trouble: Trouble) -> None:
    found = trouble.open()
    action(trouble, found, days=1)
    finish(trouble, action(trouble, found, days=1))
    with trouble.shop.read() as read:
        later = TODAY + timedelta(days=9)
        assert lists.count_open(read, later) == lists.Open(1, 1, 1, 0)
        assert lists.count_open(read, TODAY, trouble.owner.id) == lists.Open(1, 1, 0, 0)
        assert lists.count_open(read, later, 10_000) == lists.Open(1, 0, 0, 0)
        [due] = lists.waiting_actions(read)
        [row] = lists.page_of(read, lists.Wanted(open=True), later).rows
    assert (due.code, due.owner.name) == (found.code, "이반장")
    assert (row.waiting, row.overdue, row.cost) == (1, 1, None)


def test_it_closes_only_after_actions_check_and_decisions(trouble: Trouble) -> None:
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    mine = action(trouble, found)
    with pytest.raises(rules.ActionsOpen):
        check(trouble, found)
    finish(trouble, mine)
    with pytest.raises(rules.EffectNotChecked):
        close(trouble, found)
    check(trouble, found, passed=False)
    with pytest.raises(rules.EffectMissing):
        close(trouble, found)
    check(trouble, found)
    with pytest.raises(rules.LotsStillHeld, match=trouble.bad.code):
        close(trouble, found)
    decide(trouble, found, trouble.bad, Decision.RELEASE)
    close(trouble, found)
    with pytest.raises(rules.NonconformanceClosed):
        action(trouble, found)


def test_a_part_that_somebody_split_off_is_not_forgotten(trouble: Trouble) -> None:
    found = trouble.open()
    contain(trouble, found, trouble.bad)
    part = trouble.split(trouble.bad, 5)
    decide(trouble, found, trouble.bad, Decision.RELEASE)
    check(trouble, found)
    with pytest.raises(rules.LotsStillHeld, match=part.code):
        close(trouble, found)
    assert [one.lot.code for one in trouble.see(found).held] == [part.code]
    decide(trouble, found, part, Decision.RELEASE)
    close(trouble, found)


def test_a_check_is_made_today_or_before(trouble: Trouble) -> None:
    found = trouble.open()
    with pytest.raises(rules.CheckInFuture):
        trouble.shop.do(
            lambda work: service.check_effect(
                work, found.code, day=work.today + timedelta(days=1), passed=True, result="좋음"
            )
        )


def test_reopened_it_must_be_proved_anew(trouble: Trouble) -> None:
    found = trouble.open()
    with pytest.raises(rules.NotClosed):
        trouble.shop.do(lambda work: service.reopen_nonconformance(work, found.code, "다시 발생"))
    check(trouble, found)
    close(trouble, found)
    trouble.shop.later(days=30)
    trouble.shop.do(lambda work: service.reopen_nonconformance(work, found.code, "다시 발생"))
    with pytest.raises(rules.EffectNotChecked):
        close(trouble, found)
    check(trouble, found)
    close(trouble, found)


# Cost


def test_costs_sum_per_nonconformance_and_over_days(trouble: Trouble) -> None:
    found = trouble.open()

    def spend(kind: CostKind, hours: str, each: str) -> int:
        return trouble.shop.do(
            lambda work: service.add_cost(
                work, found.code, kind=kind, quantity=D(hours), unit="h", unit_cost=D(each), what="선별 2명"
            )
        ).id

    wrong = spend(CostKind.SORTING, "3.5", "12000")
    spend(CostKind.SORTING, "2.25", "12000.10")
    spend(CostKind.OTHER, "1", "0.000001")
    trouble.shop.do(lambda work: service.take_back_cost(work, found.code, wrong, "시간 잘못"))
    assert trouble.see(found).cost == D("27000.225001")
    with trouble.shop.read() as read:
        sums = {one.kind: one.amount for one in lists.costs_between(read, TODAY, TODAY + timedelta(days=1))}
        assert sums == {CostKind.SORTING: D("27000.225"), CostKind.OTHER: D("0.000001")}
        assert lists.costs_between(read, None, TODAY) == []
        rows = lists.cost_rows(read, TODAY, None, CostKind.SORTING).rows
    assert [row.cost.amount for row in rows] == [D(-42000), D("27000.225"), D(42000)]
    with pytest.raises(rules.CostTakenBack):
        trouble.shop.do(lambda work: service.take_back_cost(work, found.code, wrong, "또"))
    with pytest.raises(NotFound):
        trouble.shop.do(lambda work: service.take_back_cost(work, found.code, 10_000, "또"))
    with pytest.raises(rules.CostImpossible):
        spend(CostKind.OTHER, "0", "5")
