"""Inspections: computed verdicts, and what they do to lots, jobs and orders."""

from decimal import Decimal

import pytest

from mes.core.errors import NotFound, ReasonNeeded
from mes.core.work import Work
from mes.inspection import api, queries, rules, service, standard_queries
from mes.inspection.models import Characteristic, Inspection, InspectionKind, Verdict
from mes.inspection.queries import InspectionFilter
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import open_holds
from mes.lots.rules import LotRejected
from mes.lots.service import reject_lot, return_lot, split_lot
from mes.orders.models import Job, OrderState
from mes.orders.queries import get_order
from mes.orders.rules import FirstPieceMissing, OrderHeld
from mes.quality.service import report_production
from mes.spc.api import record_inspection as record_by_program
from tests.conftest import Shop
from tests.factories import make_characteristic, revise_characteristic
from tests.quality.workshop import Workshop

D = Decimal


def inspect_sheets(workshop: Workshop, lot: Lot, thickness: str | None, width: str | None = "100") -> Inspection:
    """The inspector measures thickness and width of arrived sheets; None is not measured."""
    given = {workshop.thickness.id: thickness, workshop.width.id: width}
    readings = {ident: D(value) for ident, value in given.items() if value is not None}
    return workshop.shop.do(
        lambda work: service.record_inspection(
            work, kind=InspectionKind.INCOMING, lot_code=lot.code, readings=readings
        ),
        actor=workshop.inspector,
    )


def inspect_at(workshop: Workshop, job: Job, kind: InspectionKind, of: Characteristic, value: str) -> Inspection:
    """The inspector measures a piece at a job."""
    return workshop.shop.do(
        lambda work: service.record_inspection(work, kind=kind, job_code=job.code, readings={of.id: D(value)}),
        actor=workshop.inspector,
    )


def final(workshop: Workshop, lot: Lot, value: str) -> Inspection:
    """The inspector counts faulty pieces of a finished lot."""
    return workshop.shop.do(
        lambda work: service.record_inspection(
            work, kind=InspectionKind.FINAL, lot_code=lot.code, readings={workshop.looks.id: D(value)}
        )
    )


def make(workshop: Workshop, job: Job, good: int) -> int | None:
    """The operator reports good pieces; gives the lot."""
    made = workshop.shop.do(lambda work: report_production(work, job.code, good=D(good)), actor=workshop.operator)
    return made.lot_id


def hold_reasons(workshop: Workshop, lot: Lot) -> list[str]:
    with workshop.shop.read() as read:
        return [hold.reason for hold in open_holds(read, [lot.id]) if hold.source == "inspection"]


# Incoming goods


def test_a_lot_that_passes_its_incoming_inspection_is_released(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    inspection = inspect_sheets(workshop, lot, "2.05")
    assert inspection.verdict is Verdict.PASS
    assert workshop.see_lot(lot).status is LotStatus.AVAILABLE


def test_a_lot_that_fails_is_held_and_the_hold_names_what_failed(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    inspection = inspect_sheets(workshop, lot, "2.051")
    assert inspection.verdict is Verdict.FAIL
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION
    [reason] = hold_reasons(workshop, lot)
    assert inspection.code in reason
    assert "두께" in reason
    assert "폭" not in reason


def test_each_reading_keeps_its_verdict_and_the_limits_it_was_judged_by(workshop: Workshop) -> None:
    code = inspect_sheets(workshop, workshop.receive_sheets(), "2.06").code
    workshop.shop.do(lambda work: revise_characteristic(work, workshop.thickness, upper=D("2.1")))
    with workshop.shop.read() as read:
        thickness, width = queries.get_inspection(read, code).inspection.readings
    assert (thickness.upper, thickness.verdict) == (D("2.05"), Verdict.FAIL)
    assert (width.upper, width.verdict) == (None, Verdict.PASS)


def test_an_inspection_with_a_reading_missing_is_refused_and_names_it(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    with pytest.raises(rules.ReadingMissing, match="폭"):
        inspect_sheets(workshop, lot, "2.0", None)
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION
    with workshop.shop.read() as read:
        assert read.query(Inspection).count() == 0


def test_a_reading_of_something_else_is_refused(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    readings = {workshop.thickness.id: D(2), workshop.width.id: D(100), workshop.hole.id: D(10)}
    with pytest.raises(rules.ReadingUnknown):
        workshop.shop.do(
            lambda work: service.record_inspection(
                work, kind=InspectionKind.INCOMING, lot_code=lot.code, readings=readings
            )
        )


def test_an_item_without_a_standard_is_not_inspected_by_looking_away(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    with pytest.raises(rules.NothingToMeasure, match="강판"):
        workshop.shop.do(
            lambda work: service.record_inspection(work, kind=InspectionKind.OUTGOING, lot_code=lot.code, readings={})
        )


def test_a_characteristic_out_of_use_is_not_asked_for(workshop: Workshop) -> None:
    def leave_out(work: Work) -> None:
        draft = service.revise_standard(work, workshop.width.standard_id)
        [_thickness, width] = standard_queries.get_standard(work.session, draft.id).characteristics
        service.remove_characteristic(work, width.id)
        service.approve_standard(work, draft.id, confirmed=True)
        workshop.thickness = standard_queries.get_standard(work.session, draft.id).characteristics[0]

    workshop.shop.do(leave_out)
    lot = workshop.receive_sheets()
    readings = {workshop.thickness.id: D(2)}
    passed = workshop.shop.do(
        lambda work: service.record_inspection(work, kind=InspectionKind.INCOMING, lot_code=lot.code, readings=readings)
    )
    assert passed.verdict is Verdict.PASS


def test_a_lot_that_passes_again_after_sorting_is_free(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    inspect_sheets(workshop, lot, "3")
    inspect_sheets(workshop, lot, "3")
    assert workshop.see_lot(lot).holds == 2
    inspect_sheets(workshop, lot, "2")
    free = workshop.see_lot(lot)
    assert (free.status, free.holds) == (LotStatus.AVAILABLE, 0)


def test_a_rejected_lot_is_not_inspected_again(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    workshop.shop.do(lambda work: reject_lot(work, lot.id))
    with pytest.raises(LotRejected):
        inspect_sheets(workshop, lot, "2")


def decide(workshop: Workshop, lot: Lot, reason: str = "고객 승인", *, accept: bool) -> Lot:
    return workshop.shop.do(
        lambda work: service.decide_failed_lot(work, lot.code, accept=accept, reason=reason), actor=workshop.inspector
    )


def test_a_failed_lot_is_accepted_by_concession(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    inspect_sheets(workshop, lot, "3")
    decide(workshop, lot, accept=True)
    assert (workshop.see_lot(lot).status, workshop.see_lot(lot).holds) == (LotStatus.AVAILABLE, 0)


def test_a_failed_lot_is_rejected_and_goes_back_to_the_supplier(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    inspect_sheets(workshop, lot, "3")
    decide(workshop, lot, accept=False)
    assert workshop.see_lot(lot).status is LotStatus.REJECTED
    workshop.shop.do(lambda work: return_lot(work, lot.code, D(100), "두께 불량"))


def test_a_lot_that_did_not_fail_waits_for_no_decision(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    with pytest.raises(rules.NotWaitingForDecision):
        decide(workshop, lot, accept=True)
    inspect_sheets(workshop, lot, "3")
    with pytest.raises(ReasonNeeded):
        decide(workshop, lot, " ", accept=True)


# At a job


def test_a_job_reports_only_after_its_first_piece_has_passed(shop: Shop) -> None:
    workshop = Workshop(shop, first_piece=True)
    job = workshop.pressing()
    with pytest.raises(FirstPieceMissing):
        make(workshop, job, 1)
    inspect_at(workshop, job, InspectionKind.FIRST, workshop.hole, "10.06")
    with pytest.raises(FirstPieceMissing):
        make(workshop, job, 1)
    inspect_at(workshop, job, InspectionKind.FIRST, workshop.hole, "10.05")
    make(workshop, job, 1)
    assert workshop.see_job(job).good == 1


def test_a_first_piece_that_fails_later_closes_the_job_again(shop: Shop) -> None:
    workshop = Workshop(shop, first_piece=True)
    job = workshop.pressing()
    inspect_at(workshop, job, InspectionKind.FIRST, workshop.hole, "10")
    inspect_at(workshop, job, InspectionKind.FIRST, workshop.hole, "11")
    with pytest.raises(FirstPieceMissing):
        make(workshop, job, 1)


def test_a_first_piece_is_one_of_a_job(workshop: Workshop) -> None:
    with pytest.raises(rules.InspectionNeedsJob):
        workshop.shop.do(
            lambda work: service.record_inspection(
                work, kind=InspectionKind.FIRST, lot_code=workshop.receive_sheets().code, readings={}
            )
        )
    with pytest.raises(rules.InspectionNeedsLot):
        workshop.shop.do(lambda work: service.record_inspection(work, kind=InspectionKind.PATROL, readings={}))


def test_a_failed_patrol_holds_what_the_order_has_made(workshop: Workshop) -> None:
    job = workshop.pressing()
    make(workshop, job, 50)
    last = workshop.deburring_of(job)
    lot_id = make(workshop, last, 20)
    inspect_at(workshop, last, InspectionKind.PATROL, workshop.pitch, "51")
    with workshop.shop.read() as read:
        lot = read.get_one(Lot, lot_id)
        assert lot.holds == 1
        assert get_order(read, workshop.see_job(job).order.code).state is OrderState.RUNNING


def test_a_failed_patrol_with_nothing_made_yet_holds_the_order(workshop: Workshop) -> None:
    job = workshop.pressing()
    inspect_at(workshop, job, InspectionKind.PATROL, workshop.pitch, "51")
    with pytest.raises(OrderHeld, match="피치"):
        make(workshop, job, 1)
    inspect_at(workshop, job, InspectionKind.PATROL, workshop.pitch, "51")


def test_a_patrol_that_passes_holds_nothing(workshop: Workshop) -> None:
    job = workshop.pressing()
    inspect_at(workshop, job, InspectionKind.PATROL, workshop.pitch, "50.1")
    make(workshop, job, 1)
    assert workshop.see_job(job).good == 1


def test_a_pass_of_one_kind_does_not_lift_the_hold_of_another(workshop: Workshop) -> None:
    workshop.shop.do(lambda work: make_characteristic(work, workshop.plate, kind=InspectionKind.OUTGOING, name="길이"))
    job = workshop.pressing()
    make(workshop, job, 50)
    lot_id = make(workshop, workshop.deburring_of(job), 20)
    with workshop.shop.read() as read:
        lot = read.get_one(Lot, lot_id)
        length = standard_queries.characteristics_of(read, workshop.plate.id, InspectionKind.OUTGOING)[0]
    final(workshop, lot, "1")
    workshop.shop.do(
        lambda work: service.record_inspection(
            work, kind=InspectionKind.OUTGOING, lot_code=lot.code, readings={length.id: D(10)}
        )
    )
    assert len(hold_reasons(workshop, lot)) == 1
    final(workshop, lot, "0")
    assert hold_reasons(workshop, lot) == []


def test_a_pass_of_a_lot_does_not_lift_what_a_failure_at_its_job_holds(workshop: Workshop) -> None:
    job = workshop.pressing()
    make(workshop, job, 50)
    last = workshop.deburring_of(job)
    lot_id = make(workshop, last, 20)
    inspect_at(workshop, last, InspectionKind.PATROL, workshop.pitch, "51")
    with workshop.shop.read() as read:
        lot = read.get_one(Lot, lot_id)
    part = workshop.shop.do(lambda work: split_lot(work, lot.code, D(5)))
    for each in (lot, part):
        final(workshop, each, "1")
        final(workshop, each, "0")
        [reason] = hold_reasons(workshop, each)
        assert "피치" in reason


# Standards and lists


def test_reversed_limits_are_refused_when_entered_and_when_changed(workshop: Workshop) -> None:
    with pytest.raises(rules.LimitsReversed):
        workshop.shop.do(lambda work: make_characteristic(work, workshop.sheet, lower=D(3), upper=D(2), nominal=None))
    with pytest.raises(rules.LimitsReversed):
        workshop.shop.do(lambda work: revise_characteristic(work, workshop.thickness, lower=D(9)))


def test_an_unknown_characteristic_or_inspection_is_named(workshop: Workshop) -> None:
    with workshop.shop.read() as read:
        for ask in (
            lambda: standard_queries.get_characteristic(read, 999999999),
            lambda: queries.get_inspection(read, "I999999999"),
        ):
            with pytest.raises(NotFound, match="999999999"):
                ask()


def test_inspections_are_found_by_lot_verdict_and_kind(workshop: Workshop) -> None:
    bad, good = workshop.receive_sheets(), workshop.receive_sheets()
    failed, passed = inspect_sheets(workshop, bad, "3"), inspect_sheets(workshop, good, "2")

    def codes(**chosen: object) -> list[str]:
        with workshop.shop.read() as read:
            found = queries.page_of_inspections(read, InspectionFilter(**chosen))  # type: ignore[arg-type]
            return [row.inspection.code for row in found.rows]

    assert codes() == [passed.code, failed.code]
    assert codes(verdict=Verdict.FAIL) == codes(lot=bad.code.lower()) == [failed.code]
    assert codes(kind=InspectionKind.FINAL) == codes(item="PL") == []
    assert codes(since=failed.day, until=failed.day, item="SH") == [passed.code, failed.code]


def test_what_waits_for_an_inspection_is_listed(shop: Shop) -> None:
    workshop = Workshop(shop, first_piece=True)
    job, lot = workshop.pressing(), workshop.receive_sheets()
    with shop.read() as read:
        assert [one.code for one in queries.waiting_jobs(read, shop.now.date())] == [job.code]
        assert [one.code for one in queries.waiting_lots(read)] == [lot.code]
    inspect_at(workshop, job, InspectionKind.FIRST, workshop.hole, "10")
    inspect_sheets(workshop, lot, "2")
    with shop.read() as read:
        assert [*queries.waiting_jobs(read, shop.now.date()), *queries.waiting_lots(read)] == []


def test_a_lot_that_the_job_did_not_make_does_not_open_the_job(shop: Shop) -> None:
    workshop = Workshop(shop, first_piece=True)
    job, sheets = workshop.pressing(), workshop.receive_sheets()
    shop.do(lambda work: make_characteristic(work, workshop.sheet, kind=InspectionKind.FIRST))
    with shop.read() as read:
        [measured] = standard_queries.characteristics_of(read, workshop.sheet.id, InspectionKind.FIRST)
    with pytest.raises(rules.LotOfAnotherOrder, match=sheets.code):
        shop.do(
            lambda work: service.record_inspection(
                work,
                kind=InspectionKind.FIRST,
                lot_code=sheets.code,
                job_code=job.code,
                readings={measured.id: D(10)},
            )
        )
    assert not workshop.see_job(job).first_piece_passed


def test_two_readings_of_one_thing_are_refused(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    readings = [api.ReadingIn(workshop.thickness.id, D(value)) for value in (99, 2)]
    body = api.NewInspection(kind=InspectionKind.INCOMING, lot=lot.code, readings=readings)
    with pytest.raises(rules.ReadingTwice):
        workshop.shop.do(lambda work: record_by_program(work, body))
