"""Lots are put where they may stand."""

import pytest

from mes.equipment.rules import NotInUse
from mes.equipment.service import change_location
from mes.lots.models import Lot, LotStatus
from mes.lots.place_rules import FreeIntoQuarantine, NotForThisPlace, PlaceOutside
from mes.lots.rules import LotEmpty
from mes.lots.service import hold_lot, scrap_lot
from mes.warehouse.moving import put_away
from mes.warehouse.rules import NoLotScanned
from tests.warehouse.storeroom import Storeroom


@pytest.fixture
def flour(store: Storeroom) -> Lot:
    """A pallet on the floor."""
    return store.receive(store.flour, 100)[0]


def test_lots_in_hand_stand_at_the_place_that_was_scanned(store: Storeroom) -> None:
    lots = store.receive(store.flour, 100, 50)
    store.shop.do(lambda work: put_away(work, [lot.code for lot in lots], store.shelf), actor=store.handler)
    assert {store.lot(lot).location_id for lot in lots} == {store.shelf.id}


def test_a_place_without_lots_is_refused(store: Storeroom) -> None:
    with pytest.raises(NoLotScanned):
        store.shop.do(lambda work: put_away(work, [], store.shelf))


def test_a_held_lot_goes_into_quarantine_only(store: Storeroom, flour: Lot) -> None:
    store.shop.do(lambda work: hold_lot(work, flour.id, "이물"))
    with pytest.raises(NotForThisPlace):
        store.shop.do(lambda work: put_away(work, [flour.code], store.shelf))
    store.shop.do(lambda work: put_away(work, [flour.code], store.cage))
    assert store.lot(flour).location_id == store.cage.id


def test_a_plant_without_quarantine_keeps_a_held_lot_in_the_store(store: Storeroom, flour: Lot) -> None:
    store.shop.do(lambda work: change_location(work, "Q", active=False))
    store.shop.do(lambda work: hold_lot(work, flour.id, "이물"))
    store.shop.do(lambda work: put_away(work, [flour.code], store.shelf))
    with pytest.raises(NotForThisPlace):
        store.shop.do(lambda work: put_away(work, [flour.code], store.dock))


def test_a_lot_that_waits_for_inspection_stays_in_the_store(store: Storeroom, flour: Lot) -> None:
    store.shop.do(lambda work: setattr(work.session.get_one(Lot, flour.id), "status", LotStatus.INSPECTION))
    store.shop.do(lambda work: put_away(work, [flour.code], store.shelf))
    with pytest.raises(NotForThisPlace):
        store.shop.do(lambda work: put_away(work, [flour.code], store.floor))


def test_a_free_lot_is_asked_about_before_it_goes_into_quarantine(store: Storeroom, flour: Lot) -> None:
    with pytest.raises(FreeIntoQuarantine):
        store.shop.do(lambda work: put_away(work, [flour.code], store.cage))
    store.shop.do(lambda work: put_away(work, [flour.code], store.cage, confirmed=True))
    assert store.lot(flour).location_id == store.cage.id


def test_nothing_is_put_away_outside_the_plant_or_where_nothing_stands_any_more(store: Storeroom, flour: Lot) -> None:
    with pytest.raises(PlaceOutside):
        store.shop.do(lambda work: put_away(work, [flour.code], store.outside))
    gone = store.shop.do(lambda work: change_location(work, "A-02", active=False))
    with pytest.raises(NotInUse):
        store.shop.do(lambda work: put_away(work, [flour.code], gone))


def test_one_lot_that_may_not_stand_there_stops_all_of_them(store: Storeroom, flour: Lot) -> None:
    [other] = store.receive(store.flour, 20)
    store.shop.do(lambda work: scrap_lot(work, other.code, other.on_hand, "쏟음"))
    with pytest.raises(LotEmpty):
        store.shop.do(lambda work: put_away(work, [flour.code, other.code], store.shelf))
    assert store.lot(flour).location_id == store.floor.id
