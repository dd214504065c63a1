"""What every scan reads is read without the ORM's loading, and behaves like any other object of the session."""

from decimal import Decimal as D

import pytest
from sqlalchemy import bindparam, select, text

from mes.core.fetch import Fetch
from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Item
from mes.lots.models import Lot
from tests.conftest import Shop
from tests.core.test_rows import make_lot

LOT = Fetch(
    Lot,
    select(Lot, Item, Location)
    .join(Item, Item.id == Lot.item_id)
    .outerjoin(Location, Location.id == Lot.location_id)
    .where(Lot.id == bindparam("id")),
)


def test_what_is_fetched_is_the_object_of_the_session_with_what_hangs_at_it(shop: Shop) -> None:
    made = shop.do(lambda work: make_lot(work, 5))

    def look(work: Work) -> tuple[Lot, Lot, Lot | None]:
        found = LOT.first(work.session, id=made.id)
        assert found is not None
        return found, work.session.get_one(Lot, made.id), LOT.first(work.session, id=0)

    found, same, nothing = shop.do(look)
    assert found is same
    assert (found.code, found.on_hand, found.item.id) == (made.code, D(5), made.item_id)
    assert found.location is None
    assert nothing is None


def test_what_is_fetched_is_as_it_is_now_and_is_written_when_it_changes(shop: Shop) -> None:
    made = shop.do(lambda work: make_lot(work, 5))

    def change(work: Work) -> list[D]:
        lot = work.session.get_one(Lot, made.id)
        work.session.connection().execute(text("UPDATE lots SET on_hand = 7000000"))
        LOT.first(work.session, id=made.id)
        seen = [lot.on_hand]
        lot.on_hand = D(3)
        with work.session.no_autoflush:
            LOT.first(work.session, id=made.id)
        seen.append(lot.on_hand)
        LOT.first(work.session, id=made.id)
        return [*seen, lot.on_hand]

    assert shop.do(change) == [7, 3, 3]
    with shop.read() as read:
        assert read.get_one(Lot, made.id).on_hand == 3


def test_the_rows_that_become_objects_come_first() -> None:
    with pytest.raises(TypeError, match="first of the rows"):
        Fetch(Item, select(Lot, Item).join(Item, Item.id == Lot.item_id))
