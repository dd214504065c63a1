"""What may have it too, and where each lot is now."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.plant import DEFAULT
from mes.inspection.models import InspectionKind
from mes.inspection.service import record_inspection
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.service import receive_lots, split_lot
from mes.nonconformance.containment import Containment, Narrowed, containment
from mes.nonconformance.models import Nonconformance, Origin, Share
from mes.nonconformance.spots import Spots, spots_of
from mes.orders.service import pause_job, start_job
from mes.quality.models import Defect
from mes.quality.service import record_defect, report_production, undo_report
from tests.desk import Desk
from tests.nonconformance.trouble import Trouble
from tests.orders.bakery import TODAY
from tests.statements import statements


def searched(trouble: Trouble, *seeds: Lot, **narrowed: object) -> Containment:
    with trouble.shop.read() as read:
        return containment(read, {lot.id for lot in seeds}, Narrowed(**narrowed), DEFAULT)  # type: ignore[arg-type]


def codes(found: Containment) -> set[str]:
    return {one.facts.code for one in found.suspects}


def test_the_same_machine_on_the_same_day(trouble: Trouble) -> None:
    found = searched(trouble, trouble.bad, shares=frozenset({Share.MACHINE}))
    assert codes(found) == {trouble.bad.code, trouble.sister.code}
    assert (found.since, found.until) == (TODAY, TODAY)


def test_a_longer_time_finds_what_the_machine_made_later(trouble: Trouble) -> None:
    found = searched(trouble, trouble.bad, shares=frozenset({Share.MACHINE}), until=TODAY + timedelta(days=1))
    assert codes(found) == {trouble.bad.code, trouble.sister.code, trouble.later.code}


def test_the_machine_on_which_a_job_began_counts_and_what_was_taken_back_does_not(trouble: Trouble) -> None:
    shop, workshop = trouble.shop, trouble.workshop
    job = workshop.pressing()
    shop.later(hours=1)
    shop.do(lambda work: pause_job(work, job.code))
    shop.do(lambda work: start_job(work, job.code, "PR-2"))
    shop.later(hours=1)
    wrong = shop.do(lambda work: report_production(work, job.code, good=D(10), confirmed=True))
    shop.do(lambda work: undo_report(work, wrong.id, "잘못 셈"))
    shop.later(hours=1)
    machine = frozenset({Share.MACHINE})
    nothing = searched(trouble, trouble.later, shares=machine)
    assert codes(nothing) == {trouble.later.code}
    shop.do(lambda work: report_production(work, job.code, good=D(10), confirmed=True))
    after = workshop.deburring_of(job)
    moved = shop.do(lambda work: report_production(work, after.code, good=D(10), confirmed=True)).lot_id
    found = searched(trouble, trouble.later, shares=machine)
    assert {one.facts.id for one in found.suspects} == {trouble.later.id, moved}


def test_the_same_raw_lot_whenever_it_was_used(trouble: Trouble) -> None:
    found = searched(trouble, trouble.bad, shares=frozenset({Share.RAW}))
    [bolts] = [one for one in found.common if one.share is Share.RAW]
    made = {trouble.bad.code, trouble.sister.code, trouble.other.code, trouble.later.code}
    assert codes(found) == {bolts.code, *made}


def test_the_same_time_whatever_the_machine(trouble: Trouble) -> None:
    found = searched(trouble, trouble.bad, shares=frozenset({Share.TIME}))
    assert codes(found) == {trouble.bad.code, trouble.sister.code, trouble.other.code}


def test_the_same_mould_by_what_the_defect_log_says(trouble: Trouble) -> None:
    def note(lot: Lot) -> None:
        trouble.shop.do(
            lambda work: work.add(
                Defect(
                    code_id=trouble.burrs.code_id,
                    quantity=D(1),
                    day=TODAY,
                    at=work.now,
                    item_id=lot.item_id,
                    lot_id=lot.id,
                    person="박품질",
                    tool="T-7",
                ),
                "quality.defect",
            )
        )

    note(trouble.bad)
    note(trouble.other)
    found = searched(trouble, trouble.bad, shares=frozenset({Share.MOULD}))
    assert codes(found) == {trouble.bad.code, trouble.other.code}
    assert [one.code for one in found.common if one.share is Share.MOULD] == ["T-7"]


def test_one_of_several_machines_is_chosen_by_its_code(trouble: Trouble) -> None:
    machine = frozenset({Share.MACHINE})
    both = searched(trouble, trouble.bad, trouble.other, shares=machine)
    assert {one.code for one in both.common if one.share is Share.MACHINE} == {"PR-1", "PR-2"}
    one = searched(trouble, trouble.bad, trouble.other, shares=machine, codes=frozenset({"machine:PR-2"}))
    assert codes(one) == {trouble.other.code}


def test_what_was_split_off_and_made_of_it_is_found_with_the_reason(trouble: Trouble) -> None:
    part = trouble.shop.do(lambda work: split_lot(work, trouble.bad.code, D(10)))
    found = searched(trouble, trouble.bad, shares=frozenset({Share.KIN}))
    assert codes(found) == {trouble.bad.code, part.code}
    both = {one.facts.code: {common.share for common in one.common} for one in searched(trouble, trouble.bad).suspects}
    assert both[trouble.sister.code] == {Share.RAW, Share.MACHINE, Share.TIME}
    assert both[trouble.bad.code] == {Share.KIN, Share.RAW, Share.MACHINE, Share.TIME}


def test_each_lot_says_where_it_is_now(trouble: Trouble) -> None:
    by_code = {one.facts.code: one for one in searched(trouble, trouble.bad).suspects}
    sister = by_code[trouble.sister.code]
    assert sister.facts.on_hand == D(70)
    [gone] = sister.shipped
    assert (gone.customer, gone.quantity, gone.shipment) == ("Carmaker", D(30), trouble.shipment.code)
    assert by_code[trouble.bad.code].shipped == []
    assert "Press 1" in sister.why


def test_bought_lots_under_one_number_of_the_supplier_are_one(trouble: Trouble) -> None:
    def arrive(number: str) -> list[Lot]:
        return trouble.shop.do(
            lambda work: receive_lots(work, item=trouble.workshop.sheet, quantities=[D(10), D(10)], supplier_lot=number)
        )

    first, second = arrive("HEAT-9")
    [stranger, _other] = arrive("HEAT-8")
    found = searched(trouble, first, shares=frozenset({Share.RAW}))
    assert codes(found) == {first.code, second.code}
    assert stranger.code not in codes(found)


def test_the_number_of_statements_is_fixed(trouble: Trouble) -> None:
    with statements(trouble.shop.database) as few:
        searched(trouble, trouble.bad)
    for _ in range(3):
        trouble.shop.do(lambda work: split_lot(work, trouble.other.code, D(2)))
    with statements(trouble.shop.database) as more:
        assert len(searched(trouble, trouble.bad, trouble.other).suspects) > 6
    assert len(more) == len(few) <= 26


@pytest.mark.parametrize("most", [1, 2])
def test_what_a_page_cannot_show_is_counted(trouble: Trouble, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mes.nonconformance.containment.MOST", most)
    found = searched(trouble, trouble.bad, shares=frozenset({Share.TIME}))
    assert (len(found.suspects), found.more) == (most, 3 - most)


def test_a_first_piece_that_failed_is_contained_from_its_job_while_it_has_made_no_lot(trouble: Trouble) -> None:
    workshop, shop = trouble.workshop, trouble.shop
    job = workshop.pressing()
    shop.do(lambda work: report_production(work, job.code, good=D(10)), actor=workshop.operator)
    readings = {workshop.hole.id: D(11)}
    failed = shop.do(
        lambda work: record_inspection(work, kind=InspectionKind.FIRST, job_code=job.code, readings=readings),
        actor=workshop.inspector,
    )
    found = trouble.open(origin=Origin.INSPECTION, what="구멍 큼", inspection=failed.code)
    with trouble.shop.read() as read:
        spots = spots_of(read, read.query(Nonconformance).filter_by(id=found.id).one())
        everything = containment(read, (), Narrowed(), DEFAULT, spots)
        machine = containment(read, (), Narrowed(shares=frozenset({Share.MACHINE})), DEFAULT, spots)
    assert {one.share for one in everything.common} == {Share.RAW, Share.MACHINE}
    assert (codes(machine), machine.since) == ({trouble.later.code}, TODAY + timedelta(days=1))
    assert codes(everything) >= {trouble.bad.code, trouble.sister.code, trouble.other.code}


def test_material_that_such_a_job_has_taken_leads_to_everything_made_of_it(trouble: Trouble) -> None:
    with trouble.shop.read() as read:
        [bolts] = {move.lot_id for move in read.query(Movement).filter_by(kind=MovementKind.CONSUME)}
        found = containment(read, (), Narrowed(shares=frozenset({Share.RAW})), DEFAULT, Spots(taken=frozenset({bolts})))
    made = {trouble.bad.code, trouble.sister.code, trouble.other.code, trouble.later.code}
    assert codes(found) > made


def test_the_page_of_containment_begins_at_the_job_too(app: Flask, trouble: Trouble) -> None:
    job = trouble.workshop.pressing()
    noticed = trouble.shop.do(lambda work: record_defect(work, code="BURR", quantity=D(2), job_code=job.code))
    found = trouble.open(defects=[noticed.id])
    page = Desk(app, trouble.shop, Role.QUALITY).see(f"/nonconformances/{found.code}/containment")
    assert trouble.later.code in page
    assert trouble.bad.code not in page
