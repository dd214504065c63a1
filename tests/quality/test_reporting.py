"""Reporting good and defective pieces together, and taking it back."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

import pytest

from mes.core.chain import walk
from mes.core.events import history
from mes.core.files import NotAPicture, SentFile, StoredFile
from mes.items.models import Tracking
from mes.orders.models import Job, Report
from mes.orders.rules import OverPlan
from mes.quality import rules, service
from mes.quality.finding import Finding
from mes.quality.models import Disposition
from tests.conftest import Shop
from tests.quality.workshop import Workshop, snapshot

D = Decimal


def report(
    workshop: Workshop, job: Job, good: int, *defects: tuple[str, int], photos: Sequence[SentFile] = ()
) -> Report:
    """The operator reports good pieces and defects by code."""
    found, told = [(code, D(quantity)) for code, quantity in defects], Finding(photos=photos)
    return workshop.shop.do(
        lambda work: service.report_production(work, job.code, good=D(good), defects=found, finding=told),
        actor=workshop.operator,
    )


def undo(workshop: Workshop, report_id: int) -> Report:
    """The operator undoes a report."""
    return workshop.shop.do(lambda work: service.undo_report(work, report_id), actor=workshop.operator)


def test_defects_by_code_add_up_to_the_defective_pieces_of_the_report(workshop: Workshop) -> None:
    job = workshop.pressing()
    made = report(workshop, job, 40, ("BURR", 3), ("CRACK", 2))
    assert (made.good, made.defective) == (D(40), D(5))
    assert workshop.see_job(job).defective == 5
    assert [row.quantity for row in workshop.defects()] == [3, 2]
    row = workshop.defects()[0]
    assert (row.report_id, row.job_id, row.machine_id) == (made.id, job.id, workshop.machine.id)
    assert (row.item_id, row.person, row.day) == (workshop.plate.id, "김작업", made.day)


def test_a_report_without_defects_leaves_no_defect(workshop: Workshop) -> None:
    report(workshop, workshop.pressing(), 40)
    assert workshop.defects() == []


def test_defects_of_the_last_operation_belong_to_the_lot_that_was_made(workshop: Workshop) -> None:
    job = workshop.pressing()
    report(workshop, job, 50, ("BURR", 1))
    made = report(workshop, workshop.deburring_of(job), 45, ("CRACK", 5))
    assert [row.lot_id for row in workshop.defects()] == [None, made.lot_id]


def test_a_defective_piece_is_none_of_the_serial_numbers_made(shop: Shop) -> None:
    workshop = Workshop(shop, tracking=Tracking.SERIAL)
    job = workshop.pressing(3)
    report(workshop, job, 3)
    made = report(workshop, workshop.deburring_of(job), 2, ("CRACK", 1))
    assert made.lot_id is not None
    assert workshop.defects()[0].lot_id is None


def test_a_report_that_is_refused_leaves_no_defect(workshop: Workshop) -> None:
    job = workshop.pressing(10)
    with pytest.raises(OverPlan):
        report(workshop, job, 11, ("BURR", 1))
    assert workshop.defects() == []


def test_a_code_out_of_use_takes_no_new_defects(workshop: Workshop) -> None:
    job = workshop.pressing()
    workshop.shop.do(lambda work: service.change_defect_code(work, "BURR", active=False))
    with pytest.raises(rules.DefectCodeEnded, match="BURR"):
        report(workshop, job, 10, ("BURR", 1))


def test_a_defect_of_nothing_or_less_is_refused(workshop: Workshop) -> None:
    job = workshop.pressing()
    for quantity in (0, -3):
        with pytest.raises(rules.DefectWithoutQuantity):
            report(workshop, job, 10, ("BURR", quantity))


def test_the_photo_of_a_report_belongs_to_its_defects(workshop: Workshop) -> None:
    report(workshop, workshop.pressing(), 10, ("BURR", 1), ("CRACK", 1), photos=[SentFile("a.jpg", snapshot())])
    first, second = workshop.defects()
    assert first.photo_id == second.photo_id is not None


def test_a_photo_without_a_defect_is_refused_rather_than_dropped(workshop: Workshop) -> None:
    job = workshop.pressing()
    with pytest.raises(rules.PhotoWithoutDefect):
        report(workshop, job, 10, photos=[SentFile("a.jpg", snapshot())])


def test_a_bad_photo_is_refused_before_anything_is_recorded(workshop: Workshop) -> None:
    job = workshop.pressing()
    with pytest.raises(NotAPicture):
        report(workshop, job, 10, ("BURR", 1), photos=[SentFile("a.svg", b"<svg onload=alert(1)>")])
    assert workshop.see_job(job).good == 0
    with workshop.shop.read() as read:
        assert read.query(StoredFile).count() == 0


def test_undoing_a_report_takes_its_defects_back_and_keeps_both_visible(workshop: Workshop) -> None:
    job = workshop.pressing()
    made = report(workshop, job, 40, ("BURR", 3), ("CRACK", 2))
    back = undo(workshop, made.id)
    rows = workshop.defects()
    assert [row.quantity for row in rows] == [3, 2, -3, -2]
    assert [row.reverses_id for row in rows] == [None, None, rows[0].id, rows[1].id]
    assert {row.report_id for row in rows[2:]} == {back.id}
    assert {row.day for row in rows} == {made.day}
    assert workshop.see_job(job).defective == 0


def test_a_report_whose_defects_are_decided_cannot_be_undone(workshop: Workshop) -> None:
    job = workshop.pressing()
    made = report(workshop, job, 40, ("BURR", 3), ("CRACK", 2))
    defect = workshop.defects()[0]
    workshop.shop.do(lambda work: service.dispose_defect(work, defect.id, Disposition.SCRAP, "버 과다"))
    with pytest.raises(rules.DefectsDecided, match="버"):
        undo(workshop, made.id)
    assert workshop.see_job(job).good == 40
    assert len(workshop.defects()) == 2


def test_a_defect_that_was_taken_back_is_not_decided_any_more(workshop: Workshop) -> None:
    made = report(workshop, workshop.pressing(), 40, ("BURR", 3))
    undo(workshop, made.id)
    both = [row.id for row in workshop.defects()]
    assert len(both) == 2
    for ident in both:
        with pytest.raises(rules.DefectTakenBack):
            workshop.shop.do(
                partial(service.dispose_defect, defect_id=ident, disposition=Disposition.SCRAP, reason="버")
            )


def test_every_defect_and_its_return_leave_an_event(workshop: Workshop) -> None:
    made = report(workshop, workshop.pressing(), 40, ("BURR", 3))
    undo(workshop, made.id)
    with workshop.shop.read() as read:
        verbs = [history(read, "defects", row.id)[0].verb for row in workshop.defects()]
        assert walk(read).breaks == []
    assert verbs == ["quality.defect", "quality.take_back_defect"]
