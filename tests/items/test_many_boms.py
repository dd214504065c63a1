"""Many lists at once: each is checked like one from the desk, and together they may not go round in a circle."""

from decimal import Decimal

import pytest

from mes.core.work import Work
from mes.items.boms import BomLineData
from mes.items.explosion import BomLoop
from mes.items.many_boms import BomList, make_boms
from mes.items.models import Bom, Revision
from mes.items.queries import get_item, list_boms, released_bom
from mes.items.rules import EmptyBom, OwnComponent
from tests.conftest import Shop
from tests.factories import make_item


def given(work: Work, *lists: str, release: bool = True) -> list[Bom]:
    """Lists such as "A: B C/D" (of B and of C, which D may replace)."""

    def line(text: str) -> BomLineData:
        code, *others = (get_item(work.session, one) for one in text.split("/"))
        return BomLineData(component=code, quantity=Decimal(1), substitutes=others)

    parted = [text.split(":") for text in lists]
    data = [BomList(get_item(work.session, product), [line(one) for one in rest.split()]) for product, rest in parted]
    return make_boms(work, data, release=release)


@pytest.fixture
def plant(shop: Shop) -> Shop:
    """Items from A to D."""
    shop.do(lambda work: [make_item(work, code=code) for code in "ABCD"])
    return shop


def test_the_lists_come_in_force_and_those_before_are_obsolete(plant: Shop) -> None:
    plant.do(lambda work: given(work, "A: B", "C: D"))
    plant.do(lambda work: given(work, "A: C/B", "B: D"))
    with plant.read() as read:
        first = get_item(read, "A").id
        bom = released_bom(read, first)
        states = [(one.revision, one.state) for one in list_boms(read, first)]
    assert bom is not None
    assert [(x.component.code, [s.item.code for s in x.substitutes]) for x in bom.lines] == [("C", ["B"])]
    assert (bom.valid_from, bom.released_at) == (plant.now.date(), plant.now)
    assert states == [(2, Revision.RELEASED), (1, Revision.OBSOLETE)]


def test_drafts_leave_what_is_in_force(plant: Shop) -> None:
    plant.do(lambda work: given(work, "A: B"))
    [draft] = plant.do(lambda work: given(work, "A: C", release=False))
    with plant.read() as read:
        bom = released_bom(read, get_item(read, "A").id)
    assert bom is not None
    assert (bom.revision, draft.state) == (1, Revision.DRAFT)


def test_a_circle_that_lists_close_together_is_refused_and_nothing_is_in_force(plant: Shop) -> None:
    plant.do(lambda work: given(work, "C: D/A"))
    with pytest.raises(BomLoop, match=r"B > C > A > B|A > B > C > A|C > A > B > C"):
        plant.do(lambda work: given(work, "A: B", "B: C"))
    with plant.read() as read:
        assert released_bom(read, get_item(read, "A").id) is None
    plant.do(lambda work: given(work, "A: B", "B: C", "C: D"))


def test_an_empty_list_and_an_item_in_its_own_list_are_refused(plant: Shop) -> None:
    with pytest.raises(EmptyBom):
        plant.do(lambda work: given(work, "A: B", "B:"))
    with pytest.raises(OwnComponent):
        plant.do(lambda work: given(work, "A: A"))
