"""Two people at the revisions of one item at the same time."""

from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.service import add_work_centre
from mes.items.boms import copy_bom
from mes.items.models import Bom, Item, Revision, Routing
from mes.items.service import OperationData, make_routing, release_routing
from tests.conftest import Shop
from tests.factories import make_item
from tests.racing import race


def two_drafts(work: Work) -> tuple[int, int]:
    """Two drafts of one item's routing."""
    item, centre = make_item(work, code="CAKE"), add_work_centre(work, code="KT", name="증숙")
    step = OperationData(sequence=10, name="증숙", work_centre=centre)
    return make_routing(work, item, [step]).id, make_routing(work, item, [step]).id


def test_of_two_drafts_released_at_once_the_second_takes_the_place_of_the_first(shop: Shop) -> None:
    first, second = shop.do(two_drafts)
    race(shop, lambda work: release_routing(work, first), lambda work: release_routing(work, second))
    with shop.read() as read:
        states = {routing.id: routing.state for routing in read.scalars(select(Routing))}
    assert states == {first: Revision.OBSOLETE, second: Revision.RELEASED}


def test_two_presses_on_copy_make_one_draft(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, code="CAKE"))

    def press(work: Work) -> Bom:
        return copy_bom(work, work.session.get_one(Item, item.id))

    race(shop, press, press)
    with shop.read() as read:
        assert len(read.scalars(select(Bom)).all()) == 1
