"""What a scanned text means: the plant's own codes, suppliers' numbers, retail numbers."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from mes.core.commands import COMMANDS
from mes.core.errors import Refused
from mes.core.gs1 import WrongCheckDigit
from mes.core.keyboards import Layout, typed_on
from mes.core.numbering import with_check
from mes.core.strangers import FileCode, NetworkCode, NotOurAddress, StrangersPage
from mes.core.voided import VoidedLabel
from mes.core.work import Work
from mes.items.models import Item, Tracking
from mes.items.queries import get_item
from mes.lots.models import Lot
from mes.lots.packing import make_unit
from mes.lots.service import receive_lots, scrap_lot, ship_lots
from mes.lots.unit_models import HandlingUnit, UnitKind
from mes.partners.models import PartnerKind
from mes.scan.models import KIND_NAMES, Kind
from mes.scan.rules import (
    MisreadNear,
    MisreadScan,
    NoiseScan,
    OtherPlant,
    SeveralMeanings,
    UnknownGtin,
    UnknownPallet,
    UnknownScan,
    VoidedScan,
)
from mes.scan.service import resolve
from tests.conftest import Shop
from tests.core.hangul_keyboard import typed
from tests.factories import (
    make_customer_part,
    make_item,
    make_location,
    make_machine,
    make_partner,
    make_person,
)
from tests.statements import statements

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


def test_a_scan_asks_the_database_for_the_code_and_for_voided_labels_only(shop: Shop) -> None:
    (lot,) = received(shop)
    asked: list[str] = []
    with shop.read() as read:
        connection = read.connection()
        event.listen(connection, "before_cursor_execute", lambda *a: asked.append(a[2]))
        resolve(read, lot.code)
    assert len(asked) == 2


@settings(max_examples=60)
@given(text=st.text(max_size=5000))
def test_no_text_whatever_makes_the_look_up_stumble(shop: Shop, text: str) -> None:
    with shop.read() as read:
        try:
            found = resolve(read, text)
        except NotOurAddress:
            return
    assert all(one.kind is Kind.COMMAND for one in found.meanings), "nothing is in this plant yet"


def test_a_misread_code_proposes_the_one_that_is_here(shop: Shop) -> None:
    (lot,) = received(shop)
    wrong = lot.code.replace("0001", "0007")
    with shop.read() as read:
        found = resolve(read, wrong)
        with pytest.raises(MisreadNear, match=lot.code):
            _ = found.only
    assert [near.code for near in found.near] == [lot.code]


def test_a_misread_that_is_near_nothing_is_asked_for_again(shop: Shop) -> None:
    (lot,) = received(shop)
    with shop.read() as read, pytest.raises(MisreadScan) as refused:
        _ = resolve(read, lot.code.replace("0001", "4444")).only
    assert not isinstance(refused.value, MisreadNear)


def test_a_label_of_another_plant_is_told_from_a_misread(shop: Shop) -> None:
    received(shop)
    with shop.read() as read, pytest.raises(OtherPlant):
        _ = resolve(read, with_check("L250311-0417")).only


def test_a_consumed_lot_is_still_known(shop: Shop) -> None:
    (lot,) = received(shop)
    shop.do(lambda work: scrap_lot(work, lot.code, Decimal(5), "다 썼음"))
    assert meaning(shop, lot.code) == (Kind.LOT, lot.code)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("x#" * 2500, NoiseScan),
        ("https://id.gs1.org/01/08801234567890/10/A", WrongCheckDigit),
        ("https://shop.example/rice/12", StrangersPage),
        (f"01{GTIN}10A7", UnknownGtin),
        ("(00)106141412345678908", UnknownPallet),
        ("WIFI:S:office;;", NetworkCode),
        ("file:///etc/passwd", FileCode),
    ],
)
def test_each_bad_input_gets_a_sentence_of_its_own(shop: Shop, text: str, refusal: type[Refused]) -> None:
    with shop.read() as read, pytest.raises(refusal) as refused:
        _ = resolve(read, text).only
    assert type(refused.value) is refusal
    assert len(str(refused.value)) > 30


def void(work: Work, code: str, copy: int) -> VoidedLabel:
    values = {"subject": "lot", "code": code, "copy": copy, "reason": "번짐", "person": "박정호", "at": work.now}
    voided = VoidedLabel(**values)
    work.session.add(voided)
    return voided


def test_a_voided_label_is_refused_and_the_one_that_took_its_place_is_not(shop: Shop) -> None:
    (lot,) = received(shop)
    shop.do(lambda work: void(work, lot.code, 1))
    with shop.read() as read, pytest.raises(VoidedScan, match="박정호") as refused:
        _ = resolve(read, lot.code).only
    assert "번짐" in str(refused.value)
    with shop.read() as read:
        found = resolve(read, f"{lot.code}.2")
    assert (found.only.code, found.scan.copy) == (lot.code, 2)


def test_a_voided_label_is_refused_as_well_when_it_was_nearly_read_and_chosen(shop: Shop) -> None:
    (lot,) = received(shop)
    shop.do(lambda work: void(work, lot.code, 1))
    misread = lot.code[:-1] + ("0" if lot.code[-1] != "0" else "1")
    with shop.read() as read, pytest.raises(VoidedScan, match="박정호"):
        _ = resolve(read, misread, meant=f"lot:{lot.code}").only


def test_a_code_for_another_keyboard_finds_its_lot(shop: Shop) -> None:
    (lot,) = received(shop)
    assert meaning(shop, typed_on(lot.code, Layout.US, Layout.FRENCH)) == (Kind.LOT, lot.code)


def test_looking_up_a_scan_takes_a_few_statements_however_much_is_in_the_books(shop: Shop) -> None:
    lots = received(shop, count=50)
    most = {lots[0].code: 2, typed(lots[1].code): 2, lots[2].code.replace("0003", "0008"): 3, "unknown-1": 3}
    for text, few in most.items():
        with shop.read() as read, statements(shop.database) as seen:
            resolve(read, text)
        assert len(seen) <= few, (text, seen)


def test_the_number_of_a_pallet_means_the_pallet(shop: Shop) -> None:
    unit = shop.do(lambda work: make_unit(work, kind=UnitKind.PALLET))
    assert meaning(shop, unit.code) == (Kind.UNIT, unit.code)
    sscc = "106141412345678908"
    shop.do(lambda work: setattr(work.lock(HandlingUnit, unit.id), "code", sscc))
    for text in (f"(00){sscc}", f"]C100{sscc}02{GTIN}3710", sscc):
        assert meaning(shop, text) == (Kind.UNIT, sscc)


def test_what_a_customer_calls_an_item_means_the_item(shop: Shop) -> None:
    item = shop.do(make_item)
    shop.do(lambda work: make_customer_part(work, get_item(work.session, item.code), code="HM-4711"))
    assert meaning(shop, "hm-4711") == (Kind.ITEM, item.code)
