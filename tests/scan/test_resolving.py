"""What a scanned text means: the plant's own codes, suppliers' numbers, retail numbers."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from mes.core.scanning import COMMANDS, NotOurAddress
from mes.core.work import Work
from mes.items.models import Item, Tracking
from mes.lots.models import Lot
from mes.lots.service import receive_lots, ship_lots
from mes.partners.models import PartnerKind
from mes.scan.models import KIND_NAMES, Kind
from mes.scan.rules import MisreadScan, SeveralMeanings, UnknownScan
from mes.scan.service import resolve
from tests.conftest import Shop
from tests.core.hangul_keyboard import typed
from tests.factories import make_item, make_location, make_machine, make_partner, make_person

GTIN = "08801234567893"


def received(shop: Shop, *, supplier_lot: str | None = None, count: int = 1, **item: object) -> list[Lot]:
    """Containers of one item that came in together."""

    def deed(work: Work) -> list[Lot]:
        return receive_lots(
            work, item=make_item(work, **item), quantities=[Decimal(5)] * count, supplier_lot=supplier_lot
        )

    return shop.do(deed)


def meaning(shop: Shop, text: str, *expected: Kind) -> tuple[Kind, str]:
    with shop.read() as read:
        only = resolve(read, text, expected).only
    return only.kind, only.code


def test_a_lot_label_means_its_lot_in_every_dress(shop: Shop) -> None:
    (lot,) = received(shop)
    for text in (lot.code, lot.code.lower(), typed(lot.code), f"]Q3{lot.code}\r", f"https://mes.example/l/{lot.code}"):
        assert meaning(shop, text) == (Kind.LOT, lot.code)


def test_a_serial_number_is_told_from_a_lot(shop: Shop) -> None:
    def deed(work: Work) -> Lot:
        item = make_item(work, tracking=Tracking.SERIAL)
        return receive_lots(work, item=item, quantities=[Decimal(1)])[0]

    lot = shop.do(deed)
    assert meaning(shop, lot.code) == (Kind.SERIAL, lot.code)


def test_things_with_a_tag_are_found_by_tag_and_by_code(shop: Shop) -> None:
    machine = shop.do(make_machine)
    place = shop.do(make_location)
    assert meaning(shop, machine.tag) == meaning(shop, machine.code) == (Kind.MACHINE, machine.code)
    assert meaning(shop, place.tag) == meaning(shop, typed(place.code)) == (Kind.LOCATION, place.code)


def test_a_badge_means_its_person_while_that_one_works_here(shop: Shop) -> None:
    person = shop.do(make_person)
    with shop.read() as read:
        found = resolve(read, person.badge).only
    assert (found.kind, found.name, found.owner) == (Kind.BADGE, person.name, person.code)


def test_papers_are_found(shop: Shop) -> None:
    (lot,) = received(shop)

    def deed(work: Work) -> str:
        customer = make_partner(work, PartnerKind.CUSTOMER)
        return ship_lots(work, customer=customer, lines=[(lot.code, None)]).code

    shipment = shop.do(deed)
    assert meaning(shop, shipment) == (Kind.SHIPMENT, shipment)


def test_containers_of_one_supplier_lot_are_one_meaning(shop: Shop) -> None:
    received(shop, supplier_lot="HB-2512-88", count=3)
    with shop.read() as read:
        only = resolve(read, "HB-2512-88").only
    assert (only.kind, only.code, only.owner) == (Kind.SUPPLIER_LOT, "HB-2512-88", "")


def test_a_supplier_lot_in_one_container_names_that_lot(shop: Shop) -> None:
    (lot,) = received(shop, supplier_lot="국내산-12")
    with shop.read() as read:
        assert resolve(read, "국내산-12").only.owner == lot.code


def test_our_own_code_goes_before_a_supplier_who_uses_the_same(shop: Shop) -> None:
    (lot,) = received(shop)
    received(shop, supplier_lot=lot.code)
    assert meaning(shop, lot.code) == (Kind.LOT, lot.code)


def test_what_the_screen_waits_for_goes_before_what_else_has_the_code(shop: Shop) -> None:
    shop.do(lambda work: make_location(work, code="A-1"))
    shop.do(lambda work: make_item(work, code="A-1"))
    with shop.read() as read:
        assert [m.kind for m in resolve(read, "a-1").meanings] == [Kind.LOCATION, Kind.ITEM]
        with pytest.raises(SeveralMeanings, match=r"Location A-1, Item A-1"):
            _ = resolve(read, "a-1").only
    assert meaning(shop, "a-1", Kind.ITEM) == (Kind.ITEM, "A-1")


def gs1_item(shop: Shop) -> Item:
    return shop.do(lambda work: make_item(work, gtin="8801234567893"))


def test_a_retail_number_means_the_item_however_many_zeros_it_has(shop: Shop) -> None:
    item = gs1_item(shop)
    for text in ("8801234567893", GTIN, f"01{GTIN}17261231"):
        assert meaning(shop, text) == (Kind.ITEM, item.code)


def test_a_gs1_code_means_the_lot_of_its_item_and_not_another_of_that_number(shop: Shop) -> None:
    item = gs1_item(shop)

    def receive(work: Work, which: Item) -> Lot:
        return receive_lots(work, item=which, quantities=[Decimal(1)], supplier_lot="A7")[0]

    mine = shop.do(lambda work: receive(work, item))
    shop.do(lambda work: receive(work, make_item(work)))
    for text in (f"]C101{GTIN}10A7", f"(01){GTIN}(10)A7", f"https://id.maker.example/01/{GTIN}/10/A7"):
        assert meaning(shop, text) == (Kind.LOT, mine.code)


def test_lost_separators_are_guessed_from_the_lots_that_are_here(shop: Shop) -> None:
    item = gs1_item(shop)
    lot = shop.do(lambda work: receive_lots(work, item=item, quantities=[Decimal(1)], supplier_lot="A7"))[0]
    assert meaning(shop, f"01{GTIN}10A717261231") == (Kind.LOT, lot.code)


def test_a_command_code_is_a_command(shop: Shop) -> None:
    for code, command in COMMANDS.items():
        assert meaning(shop, code) == (Kind.COMMAND, command.value)


def test_an_unknown_code_is_named_with_what_can_be_scanned(shop: Shop) -> None:
    with pytest.raises(UnknownScan) as refused:
        meaning(shop, "nowhere-1")
    assert "NOWHERE-1" in str(refused.value)
    assert all(name in str(refused.value) for name in KIND_NAMES.values())


def test_a_misread_code_is_told_from_an_unknown_one(shop: Shop) -> None:
    (lot,) = received(shop)
    with pytest.raises(MisreadScan):
        meaning(shop, lot.code[:-1] + ("A" if lot.code[-1] != "A" else "B"))


def test_an_address_that_is_no_web_address_is_refused(shop: Shop) -> None:
    with pytest.raises(NotOurAddress):
        meaning(shop, "javascript:alert(1)")


def test_a_scan_asks_the_database_once(shop: Shop) -> None:
    (lot,) = received(shop)
    asked: list[str] = []
    with shop.read() as read:
        connection = read.connection()
        event.listen(connection, "before_cursor_execute", lambda *a: asked.append(a[2]))
        resolve(read, lot.code)
    assert len(asked) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=5000))
def test_no_text_whatever_makes_the_look_up_stumble(shop: Shop, text: str) -> None:
    with shop.read() as read:
        try:
            resolve(read, text)
        except NotOurAddress:
            return
