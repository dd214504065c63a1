"""Suppliers' own barcodes: learned from one example, then found, and never taken for ours."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.core.numbering import with_check
from mes.core.work import Work
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.scan.models import Kind
from mes.scan.patterns import Cut, Pattern, Piece, PieceOutside, PieceUnreadable, marked, our_codes
from mes.scan.rules import NotReceived, UnknownGtin
from mes.scan.service import resolve
from mes.scan.supplier_queries import barcodes
from mes.scan.teaching import (
    NothingMarked,
    OtherBeginning,
    OwnLabel,
    PiecesOverlap,
    SameForm,
    SelfExplaining,
    WouldSwallow,
    correct,
)
from tests.conftest import Shop
from tests.core.hangul_keyboard import typed
from tests.factories import make_item, make_partner, make_supplier_barcode

EXAMPLE = "HB2512A0880120"


def receive(shop: Shop, supplier_lot: str, count: int = 1, **item: object) -> list[Lot]:
    def deed(work: Work) -> list[Lot]:
        made = make_item(work, **item)
        return receive_lots(work, item=made, quantities=[Decimal(5)] * count, supplier_lot=supplier_lot)

    return shop.do(deed)


def test_pieces_by_place() -> None:
    at = {Piece.ITEM: "1-4", Piece.LOT: "5-12", Piece.QUANTITY: "13-17", Piece.USE_BY: "18-"}
    pattern = Pattern("RICEA123456700125261231", at=at, places=2)
    assert pattern.cut("RICEA123456700125261231") == Cut("RICE", "A1234567", Decimal("1.25"), date(2026, 12, 31), None)
    assert pattern.cut("RICEA123456700125269931") is None
    assert pattern.cut("RICE") is None


def test_pieces_between_signs() -> None:
    at = {Piece.ITEM: "1", Piece.LOT: "3", Piece.QUANTITY: "2", Piece.MADE_ON: "4"}
    pattern = Pattern("RICE;12.5;A1;2026-01-05", ";", at=at, day_form="YYYY-MM-DD")
    assert pattern.cut("SALT;3;B22;2026-02-01") == Cut("SALT", "B22", Decimal(3), None, date(2026, 2, 1))
    assert pattern.cut("SALT;3;B22") is None


def test_parts_that_say_what_they_are_stand_in_any_order() -> None:
    pattern = Pattern("P123\x1dQ50\x1d1TAB7", "GS", at={Piece.ITEM: "P", Piece.LOT: "1T", Piece.QUANTITY: "Q"})
    assert pattern.cut("1TXY9\x1dP77\x1dQ8") == Cut("77", "XY9", Decimal(8))
    assert pattern.cut("1TXY9|P77|Q8") == Cut("77", "XY9", Decimal(8))
    assert pattern.cut("P77\x1dQ8") is None


def test_the_marked_characters_are_shown() -> None:
    pattern = Pattern("AB12", at={Piece.LOT: "3-"})
    assert marked(pattern, "AB12") == [("A", None), ("B", None), ("1", Piece.LOT), ("2", Piece.LOT)]


@given(
    st.text(max_size=60),
    st.sampled_from(["", ";", "GS", "-"]),
    st.text("0123456789-QT", max_size=6),
    st.text(max_size=60),
)
def test_no_pattern_and_no_text_make_the_cutting_stumble(example: str, delimiter: str, at: str, text: str) -> None:
    pattern = Pattern(example, delimiter, at={Piece.LOT: at or "1", Piece.USE_BY: "2-7"})
    found = pattern.cut(text)
    assert found is None or (found.lot or "").upper() in text.upper()
    assert "".join(letter for letter, _piece in marked(pattern, text)) == text


def test_a_taught_code_finds_its_lot(shop: Shop) -> None:
    shop.do(lambda work: make_supplier_barcode(work))
    (lot,) = receive(shop, "2512A088")
    for text in (EXAMPLE, typed(EXAMPLE), EXAMPLE.lower()):
        with shop.read() as read:
            only = resolve(read, text).only
        assert (only.kind, only.code) == (Kind.LOT, lot.code)


def test_containers_of_one_lot_are_one_meaning(shop: Shop) -> None:
    shop.do(lambda work: make_supplier_barcode(work))
    receive(shop, "2512A088", count=3)
    with shop.read() as read:
        only = resolve(read, EXAMPLE).only
    assert (only.kind, only.code) == (Kind.SUPPLIER_LOT, "2512A088")


def test_the_lot_of_another_item_is_not_meant(shop: Shop) -> None:
    receive(shop, "2512A088", code="SALT")
    rice = shop.do(lambda work: make_item(work, code="RICE"))
    shop.do(lambda work: make_supplier_barcode(work, item_id=rice.id))
    with shop.read() as read:
        assert resolve(read, EXAMPLE).meanings == ()


def test_a_taught_code_that_has_not_been_received_names_its_supplier(shop: Shop) -> None:
    shop.do(lambda work: make_supplier_barcode(work, make_partner(work, name="한빛제분")))
    with shop.read() as read, pytest.raises(NotReceived, match="한빛제분; its lot 2512A088"):
        _ = resolve(read, EXAMPLE).only


def test_a_supplier_code_that_is_not_used_any_more_is_not_cut(shop: Shop) -> None:
    learned = shop.do(lambda work: make_supplier_barcode(work))
    receive(shop, "2512A088")
    shop.do(lambda work: correct(work, learned.id, learned.version, active=False))
    with shop.read() as read:
        assert resolve(read, EXAMPLE).meanings == ()
        assert barcodes(read) == []


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"lot_at": None, "quantity_at": "3-4"}, NothingMarked),
        ({"prefix": "XX"}, OtherBeginning),
        ({"lot_at": "40-44"}, PieceOutside),
        ({"lot_at": "eight"}, PieceOutside),
        ({"quantity_at": "1-4"}, PieceUnreadable),
        ({"use_by_at": "3-8"}, PieceUnreadable),
        ({"lot_at": "3-12"}, PiecesOverlap),
        ({"example": with_check("L260105-0001"), "prefix": "", "quantity_at": None}, OwnLabel),
        ({"example": "010880123456789310AB", "prefix": "01", "quantity_at": None}, SelfExplaining),
        ({"example": "A1B2C3-000001Z", "prefix": "", "lot_at": "3-10", "quantity_at": None}, WouldSwallow),
        ({"example": "SOMETHING-LONG", "prefix": "", "lot_at": "1-", "quantity_at": None}, WouldSwallow),
    ],
)
def test_a_form_that_cannot_work_is_refused(shop: Shop, values: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        shop.do(lambda work: make_supplier_barcode(work, **values))  # type: ignore[arg-type]


def test_two_suppliers_cannot_have_one_form(shop: Shop) -> None:
    shop.do(lambda work: make_supplier_barcode(work))
    with pytest.raises(SameForm):
        shop.do(lambda work: make_supplier_barcode(work, example="HB9999B0010030"))
    shop.do(lambda work: make_supplier_barcode(work, example="KX9999B0010030", prefix="KX"))


def test_what_was_taught_can_be_corrected(shop: Shop) -> None:
    learned = shop.do(lambda work: make_supplier_barcode(work))
    shop.do(lambda work: correct(work, learned.id, learned.version, lot_at="3-8", quantity_at="9-14"))
    (lot,) = receive(shop, "2512A0")
    with shop.read() as read:
        assert resolve(read, EXAMPLE).only.code == lot.code


def test_a_taught_form_never_answers_for_a_label_of_ours(shop: Shop) -> None:
    shop.do(lambda work: make_supplier_barcode(work))
    for code in our_codes():
        with shop.read() as read:
            assert resolve(read, code).delivered is None


def test_a_taught_form_reads_no_pieces_out_of_a_gs1_code_that_says_its_own(shop: Shop) -> None:
    digits: dict[str, object] = {"example": "0120123456789012", "prefix": "", "quantity_at": "1-4", "lot_at": "5-"}
    shop.do(lambda work: make_supplier_barcode(work, None, **digits))
    gs1 = "01095060001343521726013110A77"
    with shop.read() as read:
        assert resolve(read, "01204711").delivered is not None
        found = resolve(read, gs1)
    assert found.delivered is None
    assert isinstance(found.refusal, UnknownGtin)


@pytest.mark.parametrize("where", ["²", "①", "１", "½", "٣"])
def test_a_part_has_a_plain_number(where: str) -> None:
    pattern = Pattern("AB;12;Q5", ";", at={Piece.LOT: where})
    assert pattern.cut("AB;12;Q5") is None
    assert all(piece is None for _letter, piece in marked(pattern, "AB;12;Q5"))
