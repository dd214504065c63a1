"""Boxes and pallets: a lot is on one as a whole, stands where it stands, and leaves with it."""

from decimal import Decimal as D

import pytest
from sqlalchemy import select, update

from mes.core.errors import NotFound
from mes.core.events import Event
from mes.core.gs1 import is_sscc
from mes.core.numbering import is_checked, next_number
from mes.lots import service, unit_queries
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.packing_rules import (
    EmptyLotPacked,
    HalfAUnit,
    NothingToPack,
    NotOnUnit,
    NumbersUsedUp,
    TooManyToPack,
    UnitClosed,
    UnitEnded,
    UnitIsEmpty,
    UnitShipped,
    WrongNesting,
)
from mes.lots.rules import LotOnHold
from mes.lots.shipping_rules import LotTwice
from mes.lots.unit_models import HandlingUnit, UnitKind
from mes.orders.consuming import consume
from mes.people.plant import set_up_plant
from mes.web.check import in_records
from tests.conftest import Shop
from tests.orders.bakery import Bakery
from tests.racing import race


class Packer:
    """Somebody who packs lots of flour in the bakery's store."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.bakery = Bakery(shop)

    def lots(self, *quantities: int) -> list[str]:
        return [lot.code for lot in self.bakery.receive(self.bakery.flour, *quantities, at=self.bakery.store)]

    def box(self, *lots: str, kind: UnitKind = UnitKind.BOX, boxes: tuple[str, ...] = ()) -> str:
        return self.shop.do(lambda work: service.make_unit(work, kind, lots=lots, boxes=boxes)).code

    def pallet(self, *boxes: str, lots: tuple[str, ...] = ()) -> str:
        return self.box(*lots, kind=UnitKind.PALLET, boxes=boxes)

    def unit(self, code: str) -> HandlingUnit:
        with self.shop.read() as read:
            return unit_queries.get_unit(read, code)

    def on(self, code: str) -> list[str]:
        with self.shop.read() as read:
            content = unit_queries.content_of(read, unit_queries.get_unit(read, code))
            return [packed.lot.code for packed in content.all_lots]

    def lot(self, code: str) -> Lot:
        with self.shop.read() as read:
            return read.scalars(select(Lot).where(Lot.code == code)).one()

    def faults(self) -> list[str]:
        with self.shop.read() as read:
            return [fault.sentence for fault in in_records(read)]

    def said(self, verb: str) -> int:
        with self.shop.read() as read:
            return len(list(read.scalars(select(Event.id).where(Event.verb == verb))))


@pytest.fixture
def packer(shop: Shop) -> Packer:
    return Packer(shop)


def test_lots_on_a_box_stand_where_it_stands_and_move_with_it(packer: Packer) -> None:
    a, b = packer.lots(10, 20)
    shop, floor = packer.shop, packer.bakery.floor
    box = packer.box(a, b)
    assert packer.unit(box).location_id == packer.bakery.store.id
    shop.do(lambda work: service.move_unit(work, box, floor))
    assert {packer.lot(code).location_id for code in (a, b)} == {floor.id}
    with shop.read() as read:
        moves = list(read.scalars(select(Movement).where(Movement.kind == MovementKind.MOVE)))
    assert [(move.to_location_id, move.quantity) for move in moves] == [(floor.id, D(0))] * 2
    assert packer.on(box) == [a, b]
    assert not packer.faults()


def test_a_box_has_an_sscc_where_the_plant_has_a_prefix_else_a_code_of_ours(packer: Packer) -> None:
    [a, b] = packer.lots(10, 20)
    own = packer.box(a)
    assert own.startswith("U260105-")
    assert is_checked(own)
    packer.shop.do(lambda work: set_up_plant(work, name="공장", gs1_prefix="8801234567", sscc_digit=3))
    sscc = packer.box(b)
    assert is_sscc(sscc)
    assert sscc.startswith("38801234567")
    assert packer.unit(f"(00){sscc}").code == packer.unit(f"00{sscc}").code == sscc
    packer.shop.do(lambda work: next_number(work.session, "SSCC38801234567", 999_998))
    with pytest.raises(NumbersUsedUp):
        packer.box()
    with pytest.raises(NotFound):
        packer.unit("U260105-9999X")


def test_a_lot_is_packed_from_another_place_by_a_movement(packer: Packer) -> None:
    [a, b] = packer.lots(10, 20)
    shop = packer.shop
    box = packer.box(a)
    shop.do(lambda work: service.move_lot(work, b, packer.bakery.floor))
    shop.do(lambda work: service.pack(work, box, [b]))
    assert packer.lot(b).location_id == packer.bakery.store.id
    assert packer.on(box) == [a, b]
    shop.do(lambda work: service.pack(work, box, [b]))
    assert packer.said("units.pack") == 2, "what is on it already stays, and nothing is said"
    assert not packer.faults()


def test_a_lot_that_goes_its_own_way_leaves_its_box_which_is_open_from_then_on(packer: Packer) -> None:
    shop, bakery = packer.shop, packer.bakery
    a, b, c, d = packer.lots(10, 20, 30, 40)
    box = packer.box(a, b, c, d)
    shop.do(lambda work: service.close_unit(work, box))
    kettle = bakery.order(80).jobs[0]
    bakery.start(kettle)
    shop.do(lambda work: consume(work, kettle.code, a, D(4)), actor=bakery.operator)
    assert packer.on(box) == [a, b, c, d], "a part that is taken leaves the rest where it is"
    shop.do(lambda work: consume(work, kettle.code, a, D(6)), actor=bakery.operator)
    shop.do(lambda work: service.move_lot(work, b, bakery.floor))
    shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=[(c, None)]))
    assert packer.on(box) == [d]
    assert packer.unit(box).closed_at is None
    assert packer.said("units.leave") == 3
    part = shop.do(lambda work: service.split_lot(work, d, D(5)))
    assert packer.on(box) == [d]
    assert packer.lot(part.code).unit_id is None
    assert not packer.faults()


def test_a_closed_box_is_opened_before_anything_is_put_on_or_taken_off(packer: Packer) -> None:
    shop = packer.shop
    a, b = packer.lots(10, 20)
    box = packer.box(a)
    pallet = packer.pallet(box)
    shop.do(lambda work: service.close_unit(work, pallet))
    assert packer.unit(box).closed_at is not None
    for act in (
        lambda work: service.pack(work, box, [b]),
        lambda work: service.unpack(work, box, [a]),
        lambda work: service.take_off(work, pallet, [box]),
    ):
        with pytest.raises(UnitClosed):
            shop.do(act)
    shop.do(lambda work: service.open_unit(work, box))
    assert packer.unit(pallet).closed_at is None
    shop.do(lambda work: service.pack(work, box, [b]))
    shop.do(lambda work: service.unpack(work, box, [a]))
    assert packer.on(pallet) == [b]
    with pytest.raises(NotOnUnit):
        shop.do(lambda work: service.unpack(work, box, [a]))


def test_a_box_closed_on_an_open_pallet_stays_closed_when_the_pallet_takes_more(packer: Packer) -> None:
    a, b = packer.lots(10, 20)
    box, other = packer.box(a), packer.box(b)
    packer.shop.do(lambda work: service.close_unit(work, box))
    pallet = packer.pallet(box)
    packer.shop.do(lambda work: service.put_on(work, pallet, [other]))
    assert packer.unit(box).closed_at is not None
    assert packer.on(pallet) == [a, b]


def test_boxes_stand_on_pallets_and_nothing_else_on_anything(packer: Packer) -> None:
    shop = packer.shop
    a, b, c = packer.lots(10, 20, 30)
    box, other = packer.box(a), packer.box(b)
    pallet = packer.pallet(box, lots=(c,))
    for below, above in ((box, other), (box, pallet), (pallet, pallet), (packer.pallet(), pallet)):
        with pytest.raises(WrongNesting):
            shop.do(lambda work, below=below, above=above: service.put_on(work, below, [above]))  # type: ignore[misc]
    shop.do(lambda work: service.move_unit(work, other, packer.bakery.floor))
    shop.do(lambda work: service.put_on(work, pallet, [other]))
    assert packer.lot(b).location_id == packer.bakery.store.id
    assert sorted(packer.on(pallet)) == sorted([a, b, c])
    shop.do(lambda work: service.move_unit(work, box, packer.bakery.floor))
    assert packer.unit(box).parent_id is None, "a box that is moved alone leaves its pallet"
    shop.do(lambda work: service.take_off(work, pallet, [other]))
    with pytest.raises(NotOnUnit):
        shop.do(lambda work: service.take_off(work, pallet, [other]))
    assert packer.on(pallet) == [c]
    assert not packer.faults()


def test_a_box_without_a_place_stands_where_the_first_thing_put_on_it_stands(packer: Packer) -> None:
    shop, bakery = packer.shop, packer.bakery
    [nowhere] = [
        lot.code
        for lot in shop.do(
            lambda work: service.receive_lots(work, item=bakery.flour, quantities=[D(5)], confirmed=True)
        )
    ]
    [here] = packer.lots(10)
    box = packer.box(nowhere)
    pallet = packer.pallet(box)
    assert packer.unit(pallet).location_id is None
    shop.do(lambda work: service.pack(work, box, [here]))
    assert {packer.unit(code).location_id for code in (box, pallet)} == {bakery.store.id}
    assert packer.lot(nowhere).location_id == bakery.store.id
    assert not packer.faults()


def test_what_stands_nowhere_joins_what_stands_somewhere_in_whatever_order_it_is_packed(packer: Packer) -> None:
    shop, flour = packer.shop, packer.bakery.flour
    [nowhere] = [lot.code for lot in shop.do(lambda work: service.receive_lots(work, item=flour, quantities=[D(5)]))]
    [here, other] = packer.lots(10, 20)
    box = packer.box(nowhere, here)
    assert {packer.lot(code).location_id for code in (nowhere, here)} == {packer.bakery.store.id}
    empty, full = packer.box(), packer.box(other)
    pallet = packer.pallet(empty, full)
    assert {packer.unit(code).location_id for code in (box, empty, full, pallet)} == {packer.bakery.store.id}
    assert not packer.faults()


def test_nothing_empty_and_nothing_unmeant_is_packed(packer: Packer) -> None:
    shop = packer.shop
    [a] = packer.lots(10)
    box = packer.box()
    shop.do(lambda work: service.scrap_lot(work, a, D(10), "파손"))
    with pytest.raises(EmptyLotPacked):
        shop.do(lambda work: service.pack(work, box, [a]))
    for act in (
        lambda work: service.pack(work, box, []),
        lambda work: service.put_on(work, box, []),
        lambda work: service.unpack(work, box, []),
        lambda work: service.take_off(work, box, []),
    ):
        with pytest.raises(NothingToPack):
            shop.do(act)
    for act in (
        lambda work: service.pack(work, box, ["X"] * 2001),
        lambda work: service.put_on(work, box, ["X"] * 2001),
    ):
        with pytest.raises(TooManyToPack):
            shop.do(act)
    with pytest.raises(UnitIsEmpty):
        shop.do(lambda work: service.close_unit(work, box))
    with pytest.raises(UnitIsEmpty):
        shop.do(lambda work: service.ship_lots(work, customer=packer.bakery.market, lines=[(box, None)]))


def test_a_pallet_leaves_with_all_its_lots_and_comes_back_with_them(packer: Packer) -> None:
    shop, market = packer.shop, packer.bakery.market
    a, b, c, alone = packer.lots(10, 20, 30, 40)
    box = packer.box(a, b)
    pallet = packer.pallet(box, lots=(c,))
    with pytest.raises(HalfAUnit):
        shop.do(lambda work: service.ship_lots(work, customer=market, lines=[(pallet, D(3))]))
    with pytest.raises(LotTwice):
        shop.do(lambda work: service.ship_lots(work, customer=market, lines=[(pallet, None), (a, None)]))
    lines = [(pallet, None), (box, None), (alone, D(15))]
    made = shop.do(lambda work: service.ship_lots(work, customer=market, lines=lines))
    assert [packer.lot(code).on_hand for code in (a, b, c, alone)] == [D(0), D(0), D(0), D(25)]
    assert packer.unit(pallet).shipment_id == packer.unit(box).shipment_id == made.id
    with shop.read() as read:
        content = unit_queries.content_of(read, unit_queries.get_unit(read, pallet))
        assert [(packed.lot.code, packed.quantity) for packed in content.all_lots] == [
            (c, D(30)), (a, D(10)), (b, D(20)),
        ]  # fmt: skip
    assert not packer.faults()
    with pytest.raises(UnitShipped, match=made.code):
        shop.do(lambda work: service.pack(work, box, [alone]))
    shop.do(lambda work: service.take_back_shipment(work, made.code, "차량 고장"))
    assert packer.unit(pallet).shipment_id is None
    assert sorted(packer.on(pallet)) == sorted([a, b, c])
    assert packer.lot(a).on_hand == D(10)
    assert not packer.faults()


def test_one_lot_of_a_pallet_that_comes_back_is_off_it(packer: Packer) -> None:
    shop, market = packer.shop, packer.bakery.market
    a, b, c = packer.lots(10, 20, 30)
    box, other = packer.box(a), packer.box(b)
    pallet = packer.pallet(box, other, lots=(c,))
    made = shop.do(lambda work: service.ship_lots(work, customer=market, lines=[(pallet, None)]))
    shop.do(lambda work: service.take_back_shipment(work, made.code, "파손", lot=a))
    assert (packer.unit(box).shipment_id, packer.unit(box).parent_id) == (None, None)
    assert packer.unit(pallet).shipment_id == made.id
    assert packer.on(pallet) == [c, b]
    assert not packer.faults()
    for lot in (b, c):
        shop.do(lambda work, lot=lot: service.take_back_shipment(work, made.code, "파손", lot=lot))  # type: ignore[misc]
    assert packer.unit(pallet).shipment_id is None
    assert not packer.faults()


def test_a_pallet_with_a_held_lot_does_not_leave(packer: Packer) -> None:
    shop = packer.shop
    a, b = packer.lots(10, 20)
    pallet = packer.pallet(packer.box(a), lots=(b,))
    shop.do(lambda work: service.hold_lot(work, packer.lot(a).id, "이물 의심"))
    with pytest.raises(LotOnHold, match=a):
        shop.do(lambda work: service.ship_lots(work, customer=packer.bakery.market, lines=[(pallet, None)]))
    assert packer.lot(b).on_hand == D(20)
    assert packer.unit(pallet).shipment_id is None


def test_a_box_that_leaves_alone_leaves_its_pallet(packer: Packer) -> None:
    a, b = packer.lots(10, 20)
    box, other = packer.box(a), packer.box(b)
    pallet = packer.pallet(box, other)
    packer.shop.do(lambda work: service.ship_lots(work, customer=packer.bakery.market, lines=[(box, None)]))
    assert packer.on(pallet) == [b]
    assert packer.on(box) == [a]
    assert not packer.faults()


def test_a_box_scanned_twice_is_taken_off_once(packer: Packer) -> None:
    [a] = packer.lots(10)
    box = packer.box(a)
    pallet = packer.pallet(box, box)
    packer.shop.do(lambda work: service.take_off(work, pallet, [box, box]))
    assert packer.unit(box).parent_id is None
    assert not packer.faults()


def test_a_pallet_taken_apart_leaves_everything_where_it_stands_and_its_number_is_over(packer: Packer) -> None:
    shop = packer.shop
    a, b = packer.lots(10, 20)
    box = packer.box(a)
    pallet = packer.pallet(box, lots=(b,))
    shop.do(lambda work: service.take_apart(work, pallet))
    assert packer.on(box) == [a]
    assert packer.unit(box).parent_id is None
    assert packer.lot(b).unit_id is None
    with pytest.raises(UnitEnded):
        shop.do(lambda work: service.pack(work, pallet, [b]))
    assert not packer.faults()


def test_what_is_wrong_with_packing_is_found(packer: Packer) -> None:
    a, b, c = packer.lots(10, 20, 30)
    box = packer.box(a)
    pallet = packer.pallet(box, lots=(b, c))
    floor = packer.bakery.floor.id
    packer.shop.do(lambda work: work.session.execute(update(Lot).where(Lot.code == a).values(location_id=floor)))
    packer.shop.do(
        lambda work: work.session.execute(
            update(HandlingUnit).where(HandlingUnit.code == pallet).values(kind=UnitKind.BOX)
        )
    )
    assert packer.faults() == [
        f"Lot {a} is packed on {box}, but stands somewhere else.",
        f"{box} is recorded on {pallet}, but cannot stand there.",
    ]
    packer.shop.do(lambda work: work.session.execute(update(Lot).where(Lot.code == b).values(on_hand=0)))
    assert f"Lot {b} is packed on {pallet}, but nothing of it is left." in packer.faults()


def test_a_lot_that_is_moved_while_its_pallet_is_moved_ends_in_one_place(packer: Packer) -> None:
    a, b = packer.lots(10, 20)
    pallet = packer.pallet(packer.box(a), lots=(b,))
    race(
        packer.shop,
        lambda work: service.move_lot(work, a, packer.bakery.floor),
        lambda work: service.move_unit(work, pallet, packer.bakery.floor),
    )
    assert packer.lot(a).location_id == packer.bakery.floor.id
    assert not packer.faults()


def test_two_people_pack_the_same_lot_at_the_same_time(packer: Packer) -> None:
    a, b, c = packer.lots(10, 20, 30)
    box, other = packer.box(b), packer.box(c)
    race(
        packer.shop,
        lambda work: service.pack(work, box, [a]),
        lambda work: service.pack(work, other, [a]),
    )
    assert [a in packer.on(code) for code in (box, other)].count(True) == 1
    assert not packer.faults()


def test_a_count_that_finds_more_opens_the_pallet_and_one_that_finds_less_leaves_it_closed(packer: Packer) -> None:
    [flour] = packer.lots(10)
    box = packer.box(flour)
    pallet = packer.pallet(box)
    packer.shop.do(lambda work: service.close_unit(work, pallet))
    packer.shop.do(lambda work: service.adjust_lot(work, flour, D(8), "실사"))
    assert all(packer.unit(code).closed_at for code in (box, pallet))
    packer.shop.do(lambda work: service.adjust_lot(work, flour, D(9), "실사"))
    assert [packer.unit(code).closed_at for code in (box, pallet)] == [None, None]
    assert packer.on(box) == [flour]
    with packer.shop.read() as read:
        assert list(in_records(read)) == []
