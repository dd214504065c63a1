"""The ledger of lots: receive, split, merge, move, adjust, hold, ship."""

from datetime import date
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from mes.core.errors import NotFound, ReasonNeeded
from mes.core.plant import Strictness
from mes.core.work import Work
from mes.equipment.service import add_location
from mes.items.counting import WholePieces
from mes.items.models import Item, ItemKind, Tracking
from mes.items.service import add_item
from mes.lots import ledger, parting, rules, service, shipping_rules
from mes.lots.models import Edge, Lot, LotStatus, Movement
from mes.lots.queries import find_lot, first_out, open_holds
from mes.lots.rules import Use, check_lot, first_out_key
from mes.partners.models import Partner, PartnerKind
from mes.partners.service import add_partner
from tests.conftest import Shop


def rice(shop: Shop, **values: object) -> Item:
    given = {"code": "RICE", "name": "쌀", "kind": ItemKind.RAW, "unit": "kg", **values}
    return shop.do(lambda work: add_item(work, **given))  # type: ignore[arg-type]


def customer(shop: Shop) -> Partner:
    return shop.do(lambda work: add_partner(work, code="C1", name="급식센터", kinds=[PartnerKind.CUSTOMER]))


def receive(shop: Shop, item: Item, *quantities: int | str | D, **values: object) -> list[Lot]:
    return shop.do(
        lambda work: service.receive_lots(work, item=item, quantities=[D(q) for q in quantities], **values)  # type: ignore[arg-type]
    )


def now(shop: Shop, lot: Lot) -> Lot:
    with shop.read() as read:
        return read.get_one(Lot, lot.id)


def test_three_pallets_of_one_delivery_are_three_lots(shop: Shop) -> None:
    lots = receive(shop, rice(shop, shelf_life_days=10), 500, 500, 320, supplier_lot="S-1")
    assert len({lot.code for lot in lots}) == 3
    assert {lot.receipt_id for lot in lots} == {lots[0].receipt_id}
    assert {lot.expires_on for lot in lots} == {date(2026, 1, 15)}


def test_a_lot_is_found_without_case(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 5)
    with shop.read() as read:
        assert find_lot(read, lot.code.lower()) is not None


def test_a_split_keeps_history_dates_and_holds(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 100, supplier_lot="S-1", expires_on=date(2026, 3, 1))
    shop.do(lambda work: service.hold_lot(work, lot.id, "곰팡이 의심"))
    part = shop.do(lambda work: service.split_lot(work, lot.code, D(30)))
    assert (now(shop, lot).on_hand, now(shop, part).on_hand) == (D(70), D(30))
    assert (part.supplier_lot, part.expires_on, now(shop, part).holds) == ("S-1", date(2026, 3, 1), 1)
    with shop.read() as read:
        edge = read.scalars(select(Edge)).one()
    assert (edge.parent_id, edge.child_id, edge.quantity) == (lot.id, part.id, D(30))


def test_merged_lots_take_the_earliest_use_by_date(shop: Shop) -> None:
    item = rice(shop)
    [a] = receive(shop, item, 10, expires_on=date(2026, 3, 1))
    [b] = receive(shop, item, 20, expires_on=date(2026, 2, 1))
    merged = shop.do(lambda work: service.merge_lots(work, [a.code, b.code]))
    assert (now(shop, merged).on_hand, merged.expires_on) == (D(30), date(2026, 2, 1))
    assert now(shop, a).on_hand == now(shop, b).on_hand == 0


def test_lots_that_do_not_belong_together_are_not_merged(shop: Shop) -> None:
    [a] = receive(shop, rice(shop), 10)
    [b] = receive(shop, rice(shop, code="SALT", name="소금"), 10)
    with pytest.raises(parting.CannotMerge):
        shop.do(lambda work: service.merge_lots(work, [a.code, b.code]))
    with pytest.raises(parting.NothingToMerge):
        shop.do(lambda work: service.merge_lots(work, [a.code, a.code]))


def test_moving_a_part_makes_a_lot_with_its_own_label(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 100)
    store = shop.do(lambda work: add_location(work, code="A-01", name="랙 1"))
    part = shop.do(lambda work: service.move_lot(work, lot.code, store, D(40)))
    assert part.code != lot.code
    assert (now(shop, part).location_id, now(shop, lot).location_id) == (store.id, None)
    whole = shop.do(lambda work: service.move_lot(work, lot.code, store))
    assert (whole.code, now(shop, lot).location_id) == (lot.code, store.id)


def test_a_count_that_differs_is_recorded_with_its_reason(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 100)
    shop.do(lambda work: service.adjust_lot(work, lot.code, D("97.5"), "실사 차이"))
    assert now(shop, lot).on_hand == D("97.5")
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.adjust_lot(work, lot.code, D(1), "  "))


def test_a_hold_is_lifted_once_by_a_named_person(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 10)
    hold = shop.do(lambda work: service.hold_lot(work, lot.id, "이물"))
    other = shop.do(lambda work: service.hold_lot(work, lot.id, "검사", source="inspection"))
    shop.do(lambda work: service.lift_hold(work, hold.id, "확인 완료"))
    assert now(shop, lot).holds == 1
    with pytest.raises(rules.HoldLifted):
        shop.do(lambda work: service.lift_hold(work, hold.id, "다시"))
    shop.do(lambda work: service.lift_holds_of(work, lot.id, "inspection", "재검사 합격"))
    with shop.read() as read:
        assert open_holds(read, [lot.id]) == []
    assert other.source == "inspection"


def test_nothing_held_or_uninspected_is_shipped(shop: Shop) -> None:
    mart, item = customer(shop), rice(shop, inspect_incoming=True)
    [waiting] = receive(shop, item, 10)
    assert waiting.status is LotStatus.INSPECTION

    def ship(lot: Lot, quantity: int | None = None) -> None:
        amount = None if quantity is None else D(quantity)
        shop.do(lambda work: service.ship_lots(work, customer=mart, lines=[(lot.code, amount)]))

    with pytest.raises(rules.LotNotInspected):
        ship(waiting)
    shop.do(lambda work: service.reject_lot(work, waiting.id))
    with pytest.raises(rules.LotRejected):
        ship(waiting)
    shop.do(lambda work: service.release_inspected(work, waiting.id))
    with pytest.raises(rules.NotEnough):
        ship(waiting, 11)
    ship(waiting, 4)
    ship(waiting)
    assert now(shop, waiting).on_hand == 0
    with pytest.raises(rules.LotEmpty):
        ship(waiting)


def test_a_shipment_leaves_whole_or_not_at_all(shop: Shop) -> None:
    mart, item = customer(shop), rice(shop)
    good, held = receive(shop, item, 10, 10)
    shop.do(lambda work: service.hold_lot(work, held.id, "보류"))
    with pytest.raises(rules.LotOnHold):
        shop.do(lambda work: service.ship_lots(work, customer=mart, lines=[(good.code, None), (held.code, None)]))
    assert now(shop, good).on_hand == D(10)
    with pytest.raises(shipping_rules.NothingToShip):
        shop.do(lambda work: service.ship_lots(work, customer=mart, lines=[]))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.ship_lots(work, customer=mart, lines=[("L000000-0000", None)]))


def test_scrap_and_return_need_a_reason_and_enough(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 10)
    shop.do(lambda work: service.scrap_lot(work, lot.code, D(3), "쏟음"))
    shop.do(lambda work: service.return_lot(work, lot.code, D(2), "불량"))
    assert now(shop, lot).on_hand == D(5)
    with pytest.raises(rules.NotEnough):
        shop.do(lambda work: service.scrap_lot(work, lot.code, D(6), "쏟음"))
    with pytest.raises(rules.NothingToMove):
        shop.do(lambda work: service.scrap_lot(work, lot.code, D(0), "쏟음"))


def test_a_piece_with_a_serial_number_is_one_and_stays_whole(shop: Shop) -> None:
    engine = rice(shop, code="ENG", name="엔진", unit="EA", tracking=Tracking.SERIAL)
    with pytest.raises(rules.SerialIsOne):
        receive(shop, engine, 2)
    piece, other = receive(shop, engine, 1, 1)
    assert piece.code.startswith("S")
    with pytest.raises(rules.NotWholePieces):
        shop.do(lambda work: service.scrap_lot(work, piece.code, D("0.5"), "깨짐"))
    with pytest.raises(parting.StaysOnePiece):
        shop.do(lambda work: service.split_lot(work, piece.code, D(1)))
    with pytest.raises(parting.StaysOnePiece):
        shop.do(lambda work: service.merge_lots(work, [piece.code, other.code]))


def test_what_is_counted_comes_goes_and_is_counted_in_whole_pieces(shop: Shop) -> None:
    bottle = rice(shop, code="BTL", name="병", unit="EA")
    with pytest.raises(WholePieces):
        receive(shop, bottle, "10.5")
    [lot] = receive(shop, bottle, 10)
    half = D("1.5")
    shop_there = customer(shop)
    for deed in (
        lambda work: service.split_lot(work, lot.code, half),
        lambda work: service.adjust_lot(work, lot.code, half, "재고실사"),
        lambda work: service.scrap_lot(work, lot.code, half, "깨짐"),
        lambda work: service.ship_lots(work, customer=shop_there, lines=[(lot.code, half)]),
    ):
        with pytest.raises(WholePieces):
            shop.do(deed)
    assert now(shop, lot).on_hand == 10


def test_a_container_in_use_and_what_is_left_of_a_piece_are_counted_as_they_are(shop: Shop) -> None:
    [roll] = receive(shop, rice(shop, code="FILM", unit="roll"), "2.5")
    assert shop.do(lambda work: service.adjust_lot(work, roll.code, D("2.25"), "재고실사")).on_hand == D("2.25")
    [sheets] = receive(shop, rice(shop, code="BTL", unit="EA"), 3)
    shop.do(lambda work: ledger.consume_lot(work, ledger.lock_lot(work, sheets.code), D("0.5")))
    assert shop.do(lambda work: service.scrap_lot(work, sheets.code, D("0.5"), "자투리")).on_hand == 2


def test_what_is_not_tracked_has_no_lots(shop: Shop) -> None:
    with pytest.raises(rules.NotTracked):
        receive(shop, rice(shop, code="TAPE", name="테이프", tracking=Tracking.NONE), 5)


def test_huge_quantities_are_typing_errors(shop: Shop) -> None:
    with pytest.raises(rules.TooMuch):
        receive(shop, rice(shop), D(10) ** 12)


def test_first_out_goes_by_use_by_date_and_then_by_age(shop: Shop) -> None:
    item = rice(shop)
    [none] = receive(shop, item, 1)
    [late] = receive(shop, item, 1, expires_on=date(2026, 9, 1))
    [early] = receive(shop, item, 1, expires_on=date(2026, 2, 1))
    [gone] = receive(shop, item, 1, expires_on=date(2026, 1, 1), confirmed=True)
    with shop.read() as read:
        order = [lot.id for lot in first_out(read, [item.id], date(2026, 1, 5))]
    assert order == [early.id, late.id, none.id]
    assert first_out_key(gone) < first_out_key(early)


def test_a_lot_elsewhere_is_refused_where_places_matter() -> None:
    item = Item(id=1, code="R", name="쌀", unit="kg")
    lot = Lot(code="L1", item_id=1, on_hand=D(1), holds=0, status=LotStatus.AVAILABLE, location_id=7)
    lot.item, lot.location = item, None
    check_lot(lot, Use(today=date(2026, 1, 5), places=[7], right_place=Strictness.REFUSE))
    with pytest.raises(rules.WrongPlace):
        check_lot(lot, Use(today=date(2026, 1, 5), places=[8], right_place=Strictness.REFUSE))
    with pytest.raises(rules.WrongItem):
        check_lot(lot, Use(today=date(2026, 1, 5), items=[Item(id=2, code="S", name="소금", unit="kg")]))


def test_every_lot_is_the_sum_of_its_movements(shop: Shop) -> None:
    item = rice(shop)
    a, b = receive(shop, item, "10.000001", 20)
    shop.do(lambda work: service.split_lot(work, a.code, D("0.000001")))
    shop.do(lambda work: service.merge_lots(work, [a.code, b.code]))
    with shop.read() as read:
        lots = read.scalars(select(Lot)).all()
        for lot in lots:
            assert sum(read.scalars(select(Movement.quantity).where(Movement.lot_id == lot.id))) == lot.on_hand
    assert {lot.on_hand for lot in lots} == {D(0), D("0.000001"), D(30)}


def test_a_reversal_happens_once(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 10)

    def take_back(work: Work) -> None:
        locked = ledger.lock_lot(work, lot.code)
        line = work.session.scalars(select(Movement).where(Movement.lot_id == lot.id)).first()
        assert line is not None
        ledger.take_back(work, line, locked)

    shop.do(take_back)
    assert now(shop, lot).on_hand == 0
    with pytest.raises(rules.AlreadyTakenBack):
        shop.do(take_back)
