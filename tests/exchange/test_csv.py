"""CSV files in the encodings and shapes in which plants save them."""

import pytest

from mes.exchange.reading import read_table
from tests.exchange.files import DATA

LIST = '품목코드,품명,안전재고\r\n00123,박스테이프,20\r\n1E5,"떡, 국",3\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be"])
def test_korean_lists_come_through_in_every_encoding(encoding: str) -> None:
    table = read_table("items.csv", LIST.encode(encoding))
    assert table.headings == ["품목코드", "품명", "안전재고"]
    assert table.rows == [(2, ["00123", "박스테이프", "20"]), (3, ["1E5", "떡, 국", "3"])]


def test_utf16_with_the_big_end_first_is_told_by_its_mark() -> None:
    assert read_table("items.csv", b"\xfe\xff" + LIST.encode("utf-16-be")).rows[0][1][0] == "00123"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = f"code{delimiter}name\nA-1{delimiter}bolt\nA-2{delimiter}nut\n"
    assert read_table("items.csv", text.encode()).rows == [(2, ["A-1", "bolt"]), (3, ["A-2", "nut"])]


def test_a_comma_in_the_text_does_not_win_over_the_real_delimiter() -> None:
    text = "IPN;Description;Qty\nSCR-1;screw, #4, long;4\nSCR-2;screw, #6, short;2\n"
    assert read_table("bom.csv", text.encode()).headings == ["IPN", "Description", "Qty"]


def test_the_line_with_which_excel_names_its_delimiter_is_obeyed_and_keeps_the_row_numbers() -> None:
    table = read_table("items.csv", b"sep=;\ncode;name\nA;1,5 mm\n")
    assert table.rows == [(3, ["A", "1,5 mm"])]


def test_line_breaks_inside_quotes_stay_in_the_cell_and_count_as_one_row() -> None:
    table = read_table("items.csv", b'code,name\nA,"two\nlines"\nB,one\n')
    assert table.rows == [(2, ["A", "two\nlines"]), (3, ["B", "one"])]


def test_blank_rows_are_left_out_and_row_numbers_stay_those_of_excel() -> None:
    table = read_table("items.csv", b"code,name\n\nA,x\n , \nB,y\n")
    assert [number for number, _ in table.rows] == [3, 5]


def test_short_rows_are_filled_and_long_rows_lose_nothing() -> None:
    table = read_table("items.csv", b"code,name\nA\nB,b,left over\n")
    assert table.headings == ["code", "name", ""]
    assert table.rows == [(2, ["A", "", ""]), (3, ["B", "b", "left over"])]


def test_trailing_delimiters_make_no_columns() -> None:
    assert read_table("items.csv", b"code,name,,,\nA,a,,,\n").headings == ["code", "name"]


def test_a_list_of_one_column_can_be_read() -> None:
    assert read_table("codes.csv", "품목코드\n00123\n".encode()).rows == [(2, ["00123"])]


def test_a_part_number_of_digits_only_stays_text() -> None:
    table = read_table("test_423.csv", (DATA / "kicost" / "test_423.csv").read_bytes())
    assert table.rows == [(2, ["9551667812741", "J6"])]


def test_titles_above_the_headings_are_kept_apart() -> None:
    table = read_table("items.csv", "품목 대장\n작성일,2026-01-05\n\n품목코드,품명\nA,a\n".encode("cp949"))
    assert table.heading_row == 4
    assert table.above == [(1, ["품목 대장"]), (2, ["작성일", "2026-01-05"])]
    assert table.rows == [(5, ["A", "a"])]


def test_headings_nobody_knows_are_still_headings() -> None:
    assert read_table("x.csv", b"alpha,beta\n1,2\n").headings == ["alpha", "beta"]
