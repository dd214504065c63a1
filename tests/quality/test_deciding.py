"""What becomes of defective pieces: rework with its genealogy and limit, concession, sorting."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from mes.core.errors import NotFound
from mes.items.counting import WholePieces
from mes.lots.models import Edge, EdgeKind, Lot
from mes.lots.queries import kin
from mes.lots.service import hold_lot, receive_lots
from mes.people.plant import set_up_plant
from mes.quality import rules, service
from mes.quality.models import Defect, Disposition
from tests.factories import make_defect
from tests.quality.workshop import Workshop

D = Decimal


def found(workshop: Workshop, lot: Lot, quantity: int = 3) -> Defect:
    """Somebody finds defective sheets in a lot."""
    return workshop.shop.do(lambda work: make_defect(work, lot.code, quantity, code="BURR"))


def rework(workshop: Workshop, defect: Defect, *, apart: bool = True) -> Defect:
    """Quality sends the pieces back to be put right."""
    return workshop.shop.do(
        lambda work: service.dispose_defect(work, defect.id, Disposition.REWORK, "재가공", apart=apart)
    )


def lot_of(workshop: Workshop, ident: int | None) -> Lot:
    """A lot by its number, as it is now."""
    with workshop.shop.read() as read:
        return read.get_one(Lot, ident)


def test_reworked_pieces_become_a_child_of_their_lot(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    done = rework(workshop, found(workshop, lot))
    child = lot_of(workshop, done.rework_lot_id)
    assert (child.on_hand, workshop.see_lot(lot).on_hand) == (D(3), D(97))
    with workshop.shop.read() as read:
        [edge] = read.scalars(select(Edge).where(Edge.child_id == child.id))
        assert (edge.parent_id, edge.kind, edge.quantity) == (lot.id, EdgeKind.REWORK, D(3))


def test_a_hold_on_the_lot_reaches_its_reworked_pieces(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    done = rework(workshop, found(workshop, lot))
    workshop.shop.do(lambda work: hold_lot(work, lot.id, "의심"))
    with workshop.shop.read() as read:
        assert done.rework_lot_id in {one.id for one in kin(read, [lot.id])}


@pytest.mark.parametrize(("quantity", "apart"), [(3, False), (100, True)])
def test_a_lot_keeps_its_identity_when_it_stays_whole(workshop: Workshop, quantity: int, apart: bool) -> None:
    lot = workshop.receive_sheets(100)
    done = rework(workshop, found(workshop, lot, quantity), apart=apart)
    assert done.rework_lot_id == lot.id
    assert workshop.see_lot(lot).on_hand == 100


def test_the_same_pieces_are_reworked_only_as_often_as_the_plant_allows(workshop: Workshop) -> None:
    workshop.shop.do(lambda work: set_up_plant(work, name="공장", rework_limit=2))
    lot = workshop.receive_sheets(100)
    child = lot_of(workshop, rework(workshop, found(workshop, lot, 5)).rework_lot_id)
    grandchild = lot_of(workshop, rework(workshop, found(workshop, child, 2)).rework_lot_id)
    again = found(workshop, grandchild, 1)
    with pytest.raises(rules.ReworkedOften, match="reworked 2 times"):
        rework(workshop, again)
    assert rework(workshop, found(workshop, lot, 5)).disposition is Disposition.REWORK, "other pieces of the first lot"


def test_without_a_limit_pieces_are_reworked_as_often_as_somebody_decides(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    for _time in range(4):
        assert rework(workshop, found(workshop, lot), apart=False).rework_lot_id == lot.id


def test_pieces_of_a_report_stand_in_no_lot_to_be_parted(workshop: Workshop) -> None:
    job, burrs = workshop.pressing(), [("BURR", D(1))]
    workshop.shop.do(lambda work: service.report_production(work, job.code, good=D(5), defects=burrs))
    [row] = workshop.defects()
    with pytest.raises(rules.NothingInTheLot):
        rework(workshop, row)
    assert rework(workshop, row, apart=False).rework_lot_id is None


def test_a_concession_names_who_approved_it(workshop: Workshop) -> None:
    row = found(workshop, workshop.receive_sheets())

    def accept(approved_by: str | None) -> Defect:
        return workshop.shop.do(
            lambda work: service.dispose_defect(work, row.id, Disposition.CONCESSION, "외관만", approved_by=approved_by)
        )

    with pytest.raises(rules.ApprovalMissing):
        accept("  ")
    assert accept(" 고객 이과장 ").approved_by == "고객 이과장"


def test_after_sorting_only_the_rest_is_decided(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    row = found(workshop, lot, 10)
    decide = service.dispose_defect
    workshop.shop.do(lambda work: decide(work, row.id, Disposition.SORT, "전수 선별"))
    with pytest.raises(rules.SortingNotCounted):
        workshop.shop.do(lambda work: decide(work, row.id, Disposition.SCRAP, "불량"))
    with pytest.raises(rules.SortedBeyond):
        workshop.shop.do(lambda work: service.record_sorting(work, row.id, D(11)))
    assert workshop.shop.do(lambda work: service.record_sorting(work, row.id, D(7))).left == 3
    with pytest.raises(rules.NotSorting):
        workshop.shop.do(lambda work: service.record_sorting(work, row.id, D(6)))
    workshop.shop.do(lambda work: decide(work, row.id, Disposition.SCRAP, "불량", take_out=True))
    assert workshop.see_lot(lot).on_hand == 97


def test_a_defect_that_is_not_there_is_not_sorted(workshop: Workshop) -> None:
    with pytest.raises(NotFound):
        workshop.shop.do(lambda work: service.record_sorting(work, 4711, D(1)))


def test_sorted_pieces_are_counted_whole(workshop: Workshop) -> None:
    [lot] = workshop.shop.do(lambda work: receive_lots(work, item=workshop.bolt, quantities=[D(100)]))
    row = found(workshop, lot, 10)
    workshop.shop.do(lambda work: service.dispose_defect(work, row.id, Disposition.SORT, "전수 선별"))
    with pytest.raises(WholePieces):
        workshop.shop.do(lambda work: service.record_sorting(work, row.id, D("7.5")))


def test_sorting_that_finds_all_good_is_the_end_of_it(workshop: Workshop) -> None:
    row = found(workshop, workshop.receive_sheets(), 4)
    workshop.shop.do(lambda work: service.dispose_defect(work, row.id, Disposition.SORT, "선별"))
    workshop.shop.do(lambda work: service.record_sorting(work, row.id, D(4)))
    with pytest.raises(rules.AlreadyDecided):
        workshop.shop.do(lambda work: service.dispose_defect(work, row.id, Disposition.SCRAP, "불량"))
