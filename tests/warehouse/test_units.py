"""Boxes and pallets are put away and loaded with one scan and leave as a whole."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.lots.models import Lot, LotStatus
from mes.lots.packing import make_unit, pack
from mes.lots.place_rules import NotForThisPlace
from mes.lots.service import hold_lot
from mes.lots.unit_models import HandlingUnit, UnitKind
from mes.warehouse import queries
from mes.warehouse.loading import begin_loading, load_unit, post_loading, unload
from mes.warehouse.moving import put_away
from mes.warehouse.rules import LoadedAlready, NothingLoaded
from tests.warehouse.storeroom import Storeroom
from tests.warehouse.test_pages import Scanner


@pytest.fixture
def lots(store: Storeroom) -> list[Lot]:
    """Two lots of cakes."""
    return store.receive(store.cake, 30, 40, at=store.dock, days=20)


@pytest.fixture
def pallet(store: Storeroom, lots: list[Lot]) -> HandlingUnit:
    """Both on one pallet."""
    made = store.shop.do(lambda work: make_unit(work, UnitKind.PALLET))
    store.shop.do(lambda work: pack(work, made.code, [lot.code for lot in lots]))
    return made


def test_a_pallet_is_put_away_with_all_that_is_on_it(store: Storeroom, lots: list[Lot], pallet: HandlingUnit) -> None:
    store.shop.do(lambda work: put_away(work, [pallet.code], store.shelf), actor=store.handler)
    assert {store.lot(lot).location_id for lot in lots} == {store.shelf.id}
    assert {store.lot(lot).unit_id for lot in lots} == {pallet.id}


def test_one_held_lot_keeps_the_pallet_off_the_shelf(store: Storeroom, lots: list[Lot], pallet: HandlingUnit) -> None:
    store.shop.do(lambda work: hold_lot(work, lots[0].id, "이물"))
    with pytest.raises(NotForThisPlace):
        store.shop.do(lambda work: put_away(work, [pallet.code], store.shelf))


def test_a_pallet_is_loaded_with_one_scan_and_leaves_as_one(
    store: Storeroom, lots: list[Lot], pallet: HandlingUnit
) -> None:
    begun = store.shop.do(lambda work: begin_loading(work, store.market))
    store.shop.do(lambda work: load_unit(work, begun.id, pallet.code), actor=store.handler)
    with pytest.raises(LoadedAlready):
        store.shop.do(lambda work: load_unit(work, begun.id, pallet.code))
    shipment = store.shop.do(lambda work: post_loading(work, begun.id))
    assert [store.lot(lot).on_hand for lot in lots] == [0, 0]
    with store.shop.read() as read:
        assert read.get_one(HandlingUnit, pallet.id).shipment_id == shipment.id


def test_of_a_pallet_that_lost_a_lot_the_others_leave_alone(
    store: Storeroom, lots: list[Lot], pallet: HandlingUnit
) -> None:
    begun = store.shop.do(lambda work: begin_loading(work, store.market))
    store.shop.do(lambda work: load_unit(work, begun.id, pallet.code))
    store.shop.do(lambda work: unload(work, begun.id))
    store.shop.do(lambda work: post_loading(work, begun.id))
    assert [store.lot(lot).on_hand for lot in lots] == [0, 40]


def test_an_empty_pallet_is_not_loaded(store: Storeroom) -> None:
    empty = store.shop.do(lambda work: make_unit(work, UnitKind.PALLET))
    begun = store.shop.do(lambda work: begin_loading(work, store.market))
    with pytest.raises(NothingLoaded):
        store.shop.do(lambda work: load_unit(work, begun.id, empty.code))


def test_both_by_scan(app: Flask, store: Storeroom, lots: list[Lot], pallet: HandlingUnit) -> None:
    song = Scanner(app, store.shop, Role.MATERIAL)
    page = song.scan("/warehouse/scan", pallet.code)
    assert pallet.code in page
    song.scan("/warehouse/put-away/scan", store.shelf.tag, lots=pallet.code)
    assert store.lot(lots[0]).location_id == store.shelf.id
    song.scan("/warehouse/shipping/scan", "MART")
    ident = int(song.path.rsplit("/", 1)[1])
    assert "2 lots" in song.scan(f"/warehouse/shipping/{ident}/scan", pallet.code)
    with store.shop.read() as read:
        assert len(queries.loaded(read, ident)) == 2
    assert store.lot(lots[0]).status is LotStatus.AVAILABLE
