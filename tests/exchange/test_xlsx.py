"""XLSX workbooks as real plants format them."""

import datetime as dt

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from mes.exchange.reading import read_table
from mes.exchange.service import prepare, preview
from mes.exchange.workbooks import as_text
from tests.conftest import Shop
from tests.exchange.files import with_part, workbook
from tests.exchange.importing import why
from tests.factories import make_item

HEAD = ["품목코드", "품명"]


def test_a_code_typed_as_a_number_keeps_its_digits() -> None:
    table = read_table("items.xlsx", workbook([HEAD, [9551667812741, "a"], [12, "b"]]))
    assert [cells[0] for _, cells in table.rows] == ["9551667812741", "12"]


@pytest.mark.parametrize("code", ["00123", "1E5", "3-4", "09551667812741", " A 1 ", "=1+1", "가-1"])
def test_a_code_typed_as_text_is_unchanged(code: str) -> None:
    def more(_: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write_string(1, 0, code)

    assert read_table("items.xlsx", workbook([HEAD, ["", "a"]], more)).rows == [(2, [code, "a"])]


def test_a_number_shown_with_leading_zeros_is_read_as_it_shows() -> None:
    def more(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write_number(1, 0, 235, book.add_format({"num_format": "00000"}))

    assert read_table("items.xlsx", workbook([HEAD, ["", "a"]], more)).rows == [(2, ["00235", "a"])]


def test_a_share_shown_as_percent_is_read_as_percent() -> None:
    def more(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write_number(1, 1, 0.07, book.add_format({"num_format": "0.0%"}))
        sheet.write_number(2, 1, 0.5, book.add_format({"num_format": 9}))
        sheet.write_number(3, 1, 2.5)

    table = read_table("bom.xlsx", workbook([["품목코드", "로스율(%)"], ["A"], ["B"], ["C"]], more))
    assert [cells[1] for _, cells in table.rows] == ["7%", "50%", "2.5"]


def test_dates_become_iso_dates() -> None:
    def more(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        korean = book.add_format({"num_format": 'yyyy"년" m"월" d"일"'})
        sheet.write_datetime(1, 1, dt.date(2026, 1, 5), korean)
        sheet.write_number(2, 1, 46027 + (13 * 60 + 5) / 1440, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    table = read_table("lots.xlsx", workbook([["품목코드", "소비기한"], ["A"], ["B"]], more))
    assert [cells[1] for _, cells in table.rows] == ["2026-01-05", "2026-01-05 13:05:00"]


def test_a_failed_formula_is_named_and_not_taken_for_a_blank_cell() -> None:
    def more(_: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write_formula(1, 1, "=VLOOKUP(1,A:A,2)", None, "#N/A")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 1, "=1+1", None, 2)

    table = read_table("items.xlsx", workbook([HEAD, ["A"], ["B"], ["C"]], more))
    assert [cells[1] for _, cells in table.rows] == ["#N/A", "#DIV/0!", "2"]


def test_a_merged_title_and_merged_headings_over_two_rows_are_understood() -> None:
    def more(_: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.merge_range(0, 0, 0, 3, "품목 등록 대장")
        sheet.merge_range(1, 0, 2, 0, "품목코드")
        sheet.merge_range(1, 1, 2, 1, "품명")
        sheet.merge_range(1, 2, 1, 3, "재고 관리")
        sheet.write_row(2, 2, ["안전재고", "단위"])
        sheet.write_row(3, 0, ["A", "가래떡", 5, "kg"])

    table = read_table("items.xlsx", workbook([], more))
    assert table.headings == ["품목코드", "품명", "안전재고", "단위"]
    assert table.heading_row == 3
    assert table.rows == [(4, ["A", "가래떡", "5", "kg"])]


def test_a_parent_merged_over_its_components_stands_in_each_row() -> None:
    def more(_: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.merge_range(1, 0, 3, 0, "FG-1")

    rows: list[list[object]] = [["모품목", "자품목", "소요량"], ["", "A", 1], ["", "B", 2], ["", "C", 3]]
    table = read_table("bom.xlsx", workbook(rows, more))
    assert [cells[0] for _, cells in table.rows] == ["FG-1", "FG-1", "FG-1"]


def test_a_quantity_merged_over_several_rows_is_not_multiplied(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A", unit="kg"))

    def more(_: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.merge_range(1, 1, 3, 1, 90)
        sheet.merge_range(1, 3, 3, 3, "같은 팔레트")

    rows: list[list[object]] = [["품목코드", "수량", "공급처로트", "비고"], ["A", "", "S-1"], ["A"], ["A"], ["A", 5]]
    with shop.read() as read:
        found = preview(read, prepare("opening_lots", "stock.xlsx", workbook(rows, more)))
    assert why(found.refused) == [("B3", "CellIsMerged"), ("B4", "CellIsMerged")]


def test_the_first_sheet_with_known_headings_is_read_and_hidden_ones_are_not_offered() -> None:
    def more(book: xlsxwriter.Workbook, _: Worksheet) -> None:
        book.add_worksheet("숨김").hide()
        book.add_worksheet("자료").write_column(0, 0, ["품목코드", "X"])
        second = book.get_worksheet_by_name("자료")
        assert second is not None
        second.write_column(0, 1, ["품명", "엑스"])

    data = workbook([["표지"], ["2026년 기준정보"]], more)
    table = read_table("book.xlsx", data)
    assert table.sheet == "자료"
    assert table.sheets == ("품목", "자료")
    assert table.rows == [(2, ["X", "엑스"])]


def test_a_sheet_formatted_down_to_the_last_row_of_excel_is_read() -> None:
    def more(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"border": 1}))

    assert read_table("items.xlsx", workbook([HEAD, ["A", "a"]], more)).rows == [(2, ["A", "a"])]


def test_a_table_that_does_not_begin_in_the_corner_keeps_its_row_numbers() -> None:
    def more(_: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write_row(6, 3, HEAD)
        sheet.write_row(7, 3, ["A", "a"])

    table = read_table("items.xlsx", workbook([], more))
    assert table.heading_row == 7
    assert table.rows == [(8, ["", "", "", "A", "a"])]


def test_a_workbook_named_csv_is_read_as_what_it_is() -> None:
    assert read_table("items.csv", workbook([HEAD, ["A", "a"]])).encoding == "xlsx"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1e-05, "0.00001"),
        (-3.0, "-3"),
        (True, "TRUE"),
        (123456789012345678.0, "1.23456789012346E+17"),
        (dt.time(12, 30), "12:30:00"),
        (dt.timedelta(days=1, hours=12), "36:00:00"),
    ],
)
def test_values_are_written_as_excel_shows_them(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_formula_error_far_outside_the_table_changes_nothing() -> None:
    def add(xml: bytes) -> bytes:
        return xml.replace(b"</sheetData>", b'<row r="9"><c r="C9" t="e"><v>#REF!</v></c></row></sheetData>')

    data = with_part(workbook([HEAD, ["A", "a"]]), "xl/worksheets/sheet1.xml", add)
    assert read_table("items.xlsx", data).rows == [(2, ["A", "a", ""]), (9, ["", "", "#REF!"])]


def test_a_wide_sheet_of_few_rows_is_read() -> None:
    wide = [f"열 {number}" for number in range(120)]
    table = read_table("items.xlsx", workbook([[*HEAD, *wide], ["A", "a", *wide]]))
    assert len(table.headings) == 122
