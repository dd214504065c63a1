"""Files that are no table: each gets one sentence, whatever its bytes are."""

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.exchange import archives, errors, reading
from mes.exchange.reading import read_table
from tests.exchange.files import with_part, workbook

BOOK = workbook([["품목코드", "품명"], ["A", "a"]])
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"  \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", b",,,\n,,\n", workbook([])])
def test_an_empty_file_is_named_as_empty(data: bytes) -> None:
    with pytest.raises(errors.FileIsEmpty):
        read_table("items.csv", data)


@pytest.mark.parametrize(
    ("found", "data"),
    [
        ("HTML", b"<!DOCTYPE html><html><body><table><tr><td>code</td></tr></table></body></html>"),
        ("HTML", b"\n\n  <html xmlns:x='urn:schemas-microsoft-com:office:excel'>"),
        ("HTML", b"\xef\xbb\xbf<table><tr><td>1</td></tr></table>"),
        ("SVG", b"<svg onload='alert(1)'/>"),
        ("XML", b"<?xml version='1.0'?><Workbook/>"),
        ("PNG", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("JPEG", b"\xff\xd8\xff\xe0" + bytes(40)),
        ("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"),
        ("XLS", OLE + "Workbook".encode("utf-16-le")),
        ("HWP", OLE + "HwpSummaryInformation".encode("utf-16-le")),
        ("ZIP", archive(readme_xml=b"<a/>")),
        ("DOCX", archive(word__document_xml=b"<a/>")),
        ("ODS / ODT", archive(content_xml=b"<a/>", xl__workbook_xml=b"<a/>")),
    ],
)
def test_other_formats_are_named_whatever_the_file_is_called(found: str, data: bytes) -> None:
    with pytest.raises(errors.WrongKindOfFile) as refused:
        read_table("items.xlsx", data)
    assert f"is {found}, not" in refused.value.sentence


def test_what_only_excel_can_open_is_called_locked_or_old() -> None:
    with pytest.raises(errors.WorkbookIsOldOrLocked):
        read_table("items.xlsx", OLE)


def test_a_workbook_with_a_password_is_refused() -> None:
    with pytest.raises(errors.WorkbookHasPassword):
        read_table("items.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"))


def test_a_packed_part_with_a_password_is_refused() -> None:
    locked = bytearray(BOOK)
    with zipfile.ZipFile(io.BytesIO(BOOK)) as file:
        for entry in file.infolist():
            locked[entry.header_offset + 6] |= 1
    at = 0
    while (at := BOOK.find(b"PK\x01\x02", at)) >= 0:
        locked[at + 8] |= 1
        at += 4
    with pytest.raises(errors.WorkbookHasPassword):
        read_table("items.xlsx", bytes(locked))


def test_a_file_of_more_than_50_megabytes_is_refused_unread() -> None:
    with pytest.raises(errors.FileTooLarge) as refused:
        read_table("items.csv", b"a" * (reading.BYTES_LIMIT + 1))
    assert "50 MB" in refused.value.sentence


def test_a_zip_bomb_is_refused_by_what_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "UNPACKED_LIMIT", archives.MEGABYTE)
    bomb = with_part(BOOK, SHEET, lambda xml: xml + b" " * (2 * archives.MEGABYTE))
    assert len(bomb) < 20_000
    with pytest.raises(errors.WorkbookTooLarge):
        read_table("items.xlsx", bomb)


def test_a_zip_bomb_that_lies_about_its_size_is_refused_as_damaged() -> None:
    bomb = bytearray(with_part(BOOK, SHEET, lambda xml: xml + b" " * (2 * archives.MEGABYTE)))
    at = bomb.find(b"PK\x01\x02", bomb.rfind(SHEET.encode()) - 60)
    bomb[at + 24 : at + 28] = (500).to_bytes(4, "little")
    with pytest.raises(errors.WorkbookIsDamaged):
        read_table("items.xlsx", bytes(bomb))


@pytest.mark.parametrize("place", [b"A1048576", b"XFD1", b"ZZZ99999999999999999999", b"CV199999"])
def test_cells_far_apart_are_refused_before_memory_is_reserved_for_all_between(place: bytes) -> None:
    def add(xml: bytes) -> bytes:
        cells = b"".join(b"<c r = '%s'><v>1</v></c>" % cell for cell in (b"GR1", place))
        return xml.replace(b"</sheetData>", b"<row>" + cells + b"</row></sheetData>")

    with pytest.raises((errors.TableTooLarge, errors.TooManyColumns)):
        read_table("items.xlsx", with_part(BOOK, SHEET, add))


def test_a_cut_off_workbook_is_refused_as_damaged() -> None:
    with pytest.raises(errors.WorkbookIsDamaged):
        read_table("items.xlsx", BOOK[: len(BOOK) // 2])


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (SHEET, b"<worksheet><sheetData><row><c t='s'><v>99</v></c></row></sheetData></worksheet>"),
        (SHEET, b"no xml"),
        ("xl/workbook.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook/>"),
        ("xl/workbook.xml", b"<workbook>"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships/>"),
    ],
)
def test_a_workbook_that_does_not_hold_together_is_refused(part: str, content: bytes) -> None:
    with pytest.raises(errors.FileRefused):
        read_table("items.xlsx", with_part(BOOK, part, lambda _: content))


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(errors.SheetNotFound) as refused:
        read_table("items.xlsx", BOOK, sheet="BOM")
    assert refused.value.advice == "Its sheets are: 품목."


@pytest.mark.parametrize("data", [b"code,name\n\x81\x00\xff\xff\xff", b"\xff\xfea\xd8", b"code,name\nA\x00,b\n"])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(errors.LettersNotReadable):
        read_table("items.csv", data)


def test_a_cut_off_utf8_file_is_named_with_the_line_and_not_read_as_something_else() -> None:
    text = "품목코드,품명\n" + "\n".join(f"A-{n},떡국떡 {n}" for n in range(30)) + "\nB-1,떡볶이"
    with pytest.raises(errors.LettersDamaged) as refused:
        read_table("items.csv", text.encode()[:-1])
    assert "line 32" in refused.value.sentence


@pytest.mark.parametrize(("text", "row"), [('code,name\nA,"open\nB,b\n', 2), ('code,name\nA,a\nB,"b"x\n', 3)])
def test_a_quotation_mark_left_open_is_named_with_its_row(text: str, row: int) -> None:
    with pytest.raises(errors.QuotationMarkWrong) as refused:
        read_table("items.csv", text.encode())
    assert f"row {row} " in refused.value.sentence


def test_numbers_without_headings_are_refused() -> None:
    with pytest.raises(errors.HeadingsNotFound):
        read_table("items.csv", b"1,2,3\n4,5,6\n")


def test_headings_without_rows_are_refused() -> None:
    with pytest.raises(errors.NoRowsBelow):
        read_table("items.csv", "품목코드,품명\n\n".encode())


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROWS_LIMIT", 3)
    for rows in (b"A,a\n" * 4, b"A,a\n" + b"\n" * 40 + b"B,b\n"):
        with pytest.raises(errors.TooManyRows):
            read_table("items.csv", b"code,name\n" + rows)
    with pytest.raises(errors.TooManyRows):
        read_table("items.xlsx", workbook([["code", "name"], *[["A", "a"]] * 4]))


def test_merged_cells_without_end_are_refused() -> None:
    def add(xml: bytes) -> bytes:
        merged = b"<mergeCells>" + b'<mergeCell ref="A1:A1048576"/>' * 8 + b"</mergeCells>"
        return xml.replace(b"</sheetData>", b"</sheetData>" + merged)

    with pytest.raises(errors.TableTooLarge):
        read_table("items.xlsx", with_part(BOOK, SHEET, add))


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(errors.TooManyColumns):
        read_table("items.csv", ("code,name" + ",x" * 300 + "\nA,a\n").encode())


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_sentence(data: bytes) -> None:
    assert _reads_or_refuses(data)


@settings(max_examples=300)
@given(
    st.text(alphabet="품a1,;\t\"'\r\n =-#", max_size=200),
    st.sampled_from(["utf-8", "cp949", "utf-16", "utf-16-be"]),
)
def test_any_text_gives_a_table_or_a_sentence(text: str, encoding: str) -> None:
    assert _reads_or_refuses(text.encode(encoding))


@settings(max_examples=200)
@given(st.integers(0, 2**32))
def test_any_damage_to_a_sheet_gives_a_table_or_a_sentence(seed: int) -> None:
    luck = random.Random(seed)

    def damage(xml: bytes) -> bytes:
        broken = bytearray(xml)
        for _ in range(luck.randrange(1, 6)):
            at = luck.randrange(len(broken))
            broken[at : at + luck.randrange(3)] = luck.choice([b"", b'"', b"<", b"99999999999", b"t='e'", b"\0", b"-"])
        return bytes(broken)

    assert _reads_or_refuses(with_part(BOOK, luck.choice([SHEET, "xl/workbook.xml", "xl/styles.xml"]), damage))


def _reads_or_refuses(data: bytes) -> bool:
    """Whether a file gives a table with as many cells in each row as it has headings, or one sentence; never both."""
    sentence, rows, width = "", [], 0
    try:
        table = read_table("any.csv", data)
    except errors.FileRefused as refused:
        sentence = str(refused)
    else:
        rows, width = table.rows, len(table.headings)
    assert bool(sentence) != bool(rows)
    return all(len(cells) == width for _, cells in rows)
