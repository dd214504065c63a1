"""Defects with a face: pictures of types, causes, several photos, a finger's mark on the part."""

from decimal import Decimal

import pytest

from mes.core.coded import SimilarCode
from mes.core.errors import NotFound
from mes.core.files import HeicPicture, SentFile, clean_photo
from mes.core.work import Work
from mes.items.service import set_picture
from mes.lots.models import Lot
from mes.orders.models import Job
from mes.partners.models import PartnerKind
from mes.quality import catalogue, rules, service
from mes.quality.finding import MOST_PHOTOS, Finding, Mark
from mes.quality.marks import item_of, marked_items, marks
from mes.quality.pareto import Grouping, Measure, pareto
from mes.quality.queries import NONE, DefectFilter, page_of_defects
from tests.factories import make_defect, make_defect_cause, make_defect_code, make_partner
from tests.quality.workshop import Workshop, snapshot

D = Decimal


def photo(colour: int = 0) -> SentFile:
    """A small photo, each number another one."""
    return SentFile(f"IMG_{colour}.jpg", snapshot((40 + colour, 30)))


def test_a_defect_keeps_all_its_photos_in_order(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    row = workshop.shop.do(lambda work: make_defect(work, lot.code, 1, photos=[photo(1), photo(2), photo(3)]))
    with workshop.shop.read() as read:
        assert len(catalogue.photos_of(read, row)) == 3
        third = catalogue.get_photo(read, row.id, 3)
        assert clean_photo("3", snapshot((43, 30))) == third.content
        with pytest.raises(NotFound):
            catalogue.get_photo(read, row.id, 4)


def test_the_same_picture_twice_is_one_photo(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    row = workshop.shop.do(lambda work: make_defect(work, lot.code, 1, photos=[photo(1), photo(1)]))
    with workshop.shop.read() as read:
        assert len(catalogue.photos_of(read, row)) == 1


def test_more_photos_than_anybody_looks_at_are_refused(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    with pytest.raises(rules.TooManyPhotos):
        workshop.shop.do(lambda work: make_defect(work, lot.code, 1, photos=[photo()] * (MOST_PHOTOS + 1)))


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_a_heic_photo_is_refused_by_its_name(brand: bytes) -> None:
    with pytest.raises(HeicPicture, match=r"IMG_7\.HEIC"):
        clean_photo("IMG_7.HEIC", b"\x00\x00\x00\x18ftyp" + brand + b"\x00" * 100)


def test_a_finger_marks_the_place_on_the_part(workshop: Workshop) -> None:
    job = workshop.pressing()
    told = Finding(mark=Mark(420, 610), tool=" m-01 ", cavity="3")
    found = [("BURR", D(2))]
    workshop.shop.do(lambda work: set_picture(work, "PL", "part.jpg", snapshot((60, 40))))
    workshop.shop.do(lambda work: service.report_production(work, job.code, good=D(5), defects=found, finding=told))
    [row] = workshop.defects()
    assert (row.mark_x, row.mark_y, row.tool, row.cavity) == (420, 610, "M-01", "3")
    with workshop.shop.read() as read:
        everything = DefectFilter()
        items = marked_items(read, everything)
        assert [(one.item.code, one.records) for one in items] == [("PL", 1)]
        assert item_of(items, None) is items[0].item
        assert item_of(items, "SH") is None
        assert [(one.x, one.y, one.type.code) for one in marks(read, everything)] == [(420, 610, "BURR")]
        assert marks(read, DefectFilter(tool="M-02")) == []


def test_a_mark_outside_the_picture_is_refused(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    with pytest.raises(rules.MarkOffThePicture):
        workshop.shop.do(lambda work: make_defect(work, lot.code, 1, mark=Mark(1001, 5)))


def test_marks_that_were_taken_back_are_not_shown(workshop: Workshop) -> None:
    job, found = workshop.pressing(), [("BURR", D(2))]
    told = Finding(mark=Mark(1, 2), photos=[photo(1), photo(2)])
    report = workshop.shop.do(
        lambda work: service.report_production(work, job.code, good=D(5), defects=found, finding=told)
    )
    workshop.shop.do(lambda work: service.undo_report(work, report.id))
    with workshop.shop.read() as read:
        assert marks(read, DefectFilter()) == []


def test_causes_come_from_the_plants_own_list(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    cause = workshop.shop.do(lambda work: make_defect_cause(work, code="WORN", name="금형 마모", group="금형"))
    row = workshop.shop.do(lambda work: make_defect(work, lot.code, 1, cause_code="worn"))
    assert row.cause_id == cause.id
    with pytest.raises(SimilarCode):
        workshop.shop.do(lambda work: make_defect_cause(work, code="worn"))
    workshop.shop.do(lambda work: service.change_defect_cause(work, "WORN", active=False))
    with pytest.raises(rules.DefectCauseEnded):
        workshop.shop.do(lambda work: make_defect(work, lot.code, 1, cause_code="WORN"))
    with pytest.raises(NotFound):
        workshop.shop.do(lambda work: make_defect(work, lot.code, 1, cause_code="NONE"))


def test_a_code_in_use_is_ended_and_never_removed(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    workshop.shop.do(lambda work: make_defect_cause(work, code="WORN"))
    workshop.shop.do(lambda work: make_defect(work, lot.code, 1, code="BURR", cause_code="WORN"))
    with pytest.raises(rules.CodeInUse, match="1 defects"):
        workshop.shop.do(lambda work: service.remove_defect_code(work, "BURR"))
    with pytest.raises(rules.CodeInUse):
        workshop.shop.do(lambda work: service.remove_defect_cause(work, "WORN"))


def test_a_code_entered_by_mistake_is_removed(workshop: Workshop) -> None:
    workshop.shop.do(lambda work: make_defect_code(work, code="TYPO"))
    workshop.shop.do(lambda work: make_defect_cause(work, code="TYPO"))
    workshop.shop.do(lambda work: service.remove_defect_code(work, "TYPO"))
    workshop.shop.do(lambda work: service.remove_defect_cause(work, "TYPO"))
    with workshop.shop.read() as read:
        assert catalogue.find_defect_code(read, "TYPO") is None
        assert catalogue.list_defect_causes(read) == []


def test_a_type_of_defect_gets_its_picture(workshop: Workshop) -> None:
    with workshop.shop.read() as read, pytest.raises(NotFound):
        catalogue.get_code_picture(read, "BURR")
    workshop.shop.do(lambda work: service.set_code_picture(work, "BURR", "burr.jpg", snapshot((50, 50))))
    with workshop.shop.read() as read:
        assert catalogue.get_code_picture(read, "BURR").content[:2] == b"\xff\xd8"


def test_a_defect_on_a_lot_knows_the_machine_that_made_it(workshop: Workshop) -> None:
    job = workshop.pressing()
    workshop.shop.do(lambda work: service.report_production(work, job.code, good=D(10)))
    after = workshop.deburring_of(job)
    workshop.shop.do(lambda work: set_machine(work, after.id, workshop.machine.id))
    report = workshop.shop.do(lambda work: service.report_production(work, after.code, good=D(10)))
    with workshop.shop.read() as read:
        code = read.get_one(Lot, report.lot_id).code
    made = workshop.shop.do(lambda work: make_defect(work, code, 1, code="BURR"))
    assert made.machine_id == report.machine_id == workshop.machine.id
    assert made.job_id is None


def set_machine(work: Work, job_id: int, machine_id: int) -> None:
    work.lock(Job, job_id).machine_id = machine_id


def test_defects_are_found_and_ranked_by_supplier_cause_mould_and_finder(workshop: Workshop) -> None:
    mill = workshop.shop.do(lambda work: make_partner(work, PartnerKind.SUPPLIER, code="MILL"))
    lot, other = workshop.receive_sheets(supplier=mill), workshop.receive_sheets()
    workshop.shop.do(lambda work: make_defect_cause(work, code="WORN"))
    workshop.shop.do(lambda work: make_defect(work, lot.code, 4, code="BURR", cause_code="WORN", tool="M-01"))
    workshop.shop.do(lambda work: make_defect(work, other.code, 1, code="DIM", cavity="2"))
    with workshop.shop.read() as read:
        for chosen in (DefectFilter(supplier="MILL"), DefectFilter(cause="WORN"), DefectFilter(tool="M-01")):
            assert [row.defect.quantity for row in page_of_defects(read, chosen).rows] == [4]
        assert [row.defect.quantity for row in page_of_defects(read, DefectFilter(cause=NONE)).rows] == [1]
        assert len(page_of_defects(read, DefectFilter(person=workshop.shop.actor.name)).rows) == 2
        for by, address in [(Grouping.SUPPLIER, "MILL"), (Grouping.CAUSE, "WORN"), (Grouping.TOOL, "M-01")]:
            bars = pareto(read, DefectFilter(), by, Measure.QUANTITY).bars
            assert [(bar.address, bar.value, bar.made) for bar in bars] == [(address, D(4), None), (NONE, D(1), None)]
