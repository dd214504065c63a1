"""What the import page says about a row beside its verdict, and the refused rows to take away."""

import io

import pytest
from flask import Flask

from mes.core.access import SYSTEM, Role, actor_name
from mes.core.i18n import speaking
from mes.exchange import cell_errors
from mes.exchange.models import Verdict
from mes.exchange.parsing import NOT_CALCULATED, parse_name
from mes.exchange.reading import read_table
from mes.exchange.rules import is_usual_unit
from mes.exchange.service import import_file
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.files import with_part, workbook
from tests.exchange.importing import bring, csv, look, refused, why
from tests.factories import make_item

SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B2"><f>A2&amp;"x"</f></c>',
        b'<c r="B2" s="0"><f>SUM(A1:A2)</f><v></v></c>',
        b'<c r="B2"><f t="shared" si="0"/><v/></c>',
    ],
)
def test_a_formula_without_its_result_is_named_as_one(cell: bytes) -> None:
    data = with_part(
        workbook([["품목코드", "품명", "규격"], ["A", "", "x"]]),
        SHEET,
        lambda xml: xml.replace(b'<c r="C2"', cell + b'<c r="C2"'),
    )
    assert read_table("items.xlsx", data).rows == [(2, ["A", NOT_CALCULATED, "x"])]
    with pytest.raises(cell_errors.CellIsNotCalculated):
        parse_name(NOT_CALCULATED)


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell() -> None:
    cell = b'<c r="B2" t="str"><f>IF(1,"")</f><v></v></c>'
    data = with_part(
        workbook([["품목코드", "품명", "규격"], ["A", "", "x"]]),
        SHEET,
        lambda xml: xml.replace(b'<c r="C2"', cell + b'<c r="C2"'),
    )
    assert read_table("items.xlsx", data).rows == [(2, ["A", "", "x"])]


def test_a_unit_that_no_item_has_yet_is_worth_a_second_look(shop: Shop) -> None:
    heads = "품목코드|품명|단위"
    found = look(shop, "items", heads, "A|가|상자자", "B|나|kg", "C|다|봉")
    assert [(row.verdict, bool(row.doubt)) for row in found.rows] == [
        (Verdict.NEW, True), (Verdict.NEW, False), (Verdict.NEW, False),
    ]  # fmt: skip
    assert found.doubts == 1
    assert "상자자" in found.rows[0].doubt
    bring(shop, "items", heads, "A|가|상자자")
    assert look(shop, "items", heads, "D|라|상자자").doubts == 0


def test_usual_units_are_known_however_they_are_written() -> None:
    assert all(is_usual_unit(unit) for unit in ("EA", "개", "㎏", "KG", "m", "t", "박스", "포대"))
    assert not is_usual_unit("상자자")


def test_the_refused_rows_come_back_as_a_workbook_with_their_reasons(app: Flask, shop: Shop) -> None:
    manager = Desk(app, shop, Role.MANAGER)
    rows = ["품목코드|품명|안전재고", "A|가|-1", "B|나|5", "=1+1|다|x"]
    address = manager.press("/import", 303, file=(io.BytesIO(csv(*rows)), "items.csv"))
    assert f"{address}/refused.xlsx" in manager.see(address)
    sent = manager.client.get(f"{address}/refused.xlsx")
    assert sent.status_code == 200
    table = read_table("refused.xlsx", sent.data)
    assert table.headings == ["품목코드", "품명", "안전재고", "Row in the file", "Cell", "Why it is refused"]
    assert [row[:5] for _number, row in table.rows] == [["A", "가", "-1", "2", "C2"], ["=1+1", "다", "x", "4", "C4"]]
    assert "is below zero" in table.rows[0][1][5]


def test_a_refused_row_keeps_its_reason_and_has_no_doubt_beside_it(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="Z"))
    rows = refused(shop, "items", "품목코드|품명|단위", "A||상자자")
    assert why(rows) == [("B2", "CellIsMissing")]
    assert rows[0].doubt == ""


def test_what_nobody_in_particular_did_has_a_word_in_the_readers_language(app: Flask, shop: Shop) -> None:
    data = csv("품목코드|품명", "A|가")
    shop.do(lambda work: import_file(work, "items", "items.csv", data), actor=SYSTEM)
    assert "System" in Desk(app, shop, Role.MANAGER).see("/import")
    assert [actor_name(name) for name in ("system", "Visitor", "방문자", "김미숙")] == [
        "System", "Visitor", "Visitor", "김미숙",
    ]  # fmt: skip
    with speaking("ko"):
        assert actor_name("Visitor") == "방문자"


def test_badges_stand_among_the_pages_about_people(app: Flask, shop: Shop) -> None:
    seen = Desk(app, shop, Role.MANAGER).see("/labels/badges")
    tabs = seen.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    assert "/people" in tabs
    assert "/lots" not in tabs
