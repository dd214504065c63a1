"""XLSX archives, checked before anything reads them.

Every part is unpacked under a limit, and a sheet is measured: two cells in opposite corners of a sheet would
make its reader reserve memory for all cells between them.
"""

import io
import re
import string
import zipfile
import zlib
from xml.etree import ElementTree

from mes.exchange.errors import (
    TableTooLarge,
    TooManyColumns,
    WorkbookHasPassword,
    WorkbookIsDamaged,
    WorkbookTooLarge,
    WrongKindOfFile,
)

MEGABYTE = 1 << 20
UNPACKED_LIMIT = 400 * MEGABYTE
TREE_LIMIT = 20 * MEGABYTE
PARTS_LIMIT = 5_000
CELLS_LIMIT = 6_000_000
COLUMNS_LIMIT = 200

#: The column letters of a cell's place; from row 100 000 on with the row.
_PLACE = re.compile(rb"""r\s*=\s*["']([A-Za-z]+(?:[0-9]{6,}|(?=[0-9])))""")
_FULL_PLACE = re.compile(rb"""r\s*=\s*["']([A-Za-z]+[0-9]+)""")
_ROWS_WITHOUT_NUMBER = 99_999
_LETTERS = string.ascii_letters.encode()
_DIGITS = string.digits.encode()
_BLANK_CELL = re.compile(rb"""<(?:\w+:)?c(?:\s+[\w:]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?:/>|>\s*</(?:\w+:)?c\s*>)""")


def checked_parts(name: str, data: bytes) -> dict[str, bytes]:
    """All XML parts of a workbook, unpacked with an eye on what they really grow to."""
    parts: dict[str, bytes] = {}
    room = UNPACKED_LIMIT
    too_large = WorkbookTooLarge(name=name, limit=UNPACKED_LIMIT // MEGABYTE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > PARTS_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
                raise too_large
            _check_is_workbook(name, {entry.filename for entry in entries})
            for entry in entries:
                if entry.flag_bits & 1:
                    raise WorkbookHasPassword(name=name)
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        content = part.read(room + 1)
                    room -= len(content)
                    if room < 0:
                        raise too_large
                    parts[entry.filename] = content
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as fault:
        raise WorkbookIsDamaged(name=name) from fault
    return parts


def _check_is_workbook(name: str, entries: set[str]) -> None:
    for part, found in (
        ("xl/workbook.bin", "XLSB"),
        ("content.xml", "ODS / ODT"),
        ("word/document.xml", "DOCX"),
        ("ppt/presentation.xml", "PPTX"),
        ("Contents/content.hpf", "HWPX"),
    ):
        if part in entries:
            raise WrongKindOfFile(name=name, found=found)
    if "xl/workbook.xml" not in entries:
        raise WrongKindOfFile(name=name, found="ZIP")


def xml_tree(name: str, content: bytes) -> ElementTree.Element:
    """A small part as a tree; a part that is none, or that declares entities of its own, means a damaged file."""
    if len(content) > TREE_LIMIT or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise WorkbookIsDamaged(name=name)
    try:
        return ElementTree.fromstring(content)  # noqa: S314 no DTD, and bounded above
    except (ElementTree.ParseError, LookupError, ValueError) as fault:
        raise WorkbookIsDamaged(name=name) from fault


def sheet_parts(name: str, parts: dict[str, bytes]) -> dict[str, str]:
    """Visible worksheets in their order, each with the part that holds it."""
    book = xml_tree(name, parts["xl/workbook.xml"])
    links = xml_tree(name, parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found: dict[str, str] = {}
    for entry in book.iter():
        if not entry.tag.endswith("}sheet") or entry.get("state", "visible") != "visible":
            continue
        key = next((value for attribute, value in entry.attrib.items() if attribute.endswith("}id")), None)
        target = targets.get(key, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in parts and "chartsheets/" not in part:
            found[entry.get("name", "")] = part
    if not found:
        raise WorkbookIsDamaged(name=name)
    return found


def check_extent(name: str, xml: bytes) -> None:
    """Refuse a sheet whose cells lie so far apart that the table between them would not fit into memory."""
    if _extent_fits(xml):
        return
    if b"<!" not in xml and _extent_fits(_BLANK_CELL.sub(b"", xml)):
        return
    if _extent(xml)[1] > COLUMNS_LIMIT:
        raise TooManyColumns(name=name, limit=COLUMNS_LIMIT)
    raise TableTooLarge(name=name, limit=CELLS_LIMIT)


def _extent_fits(xml: bytes) -> bool:
    rows, columns = _extent(xml)
    return columns <= COLUMNS_LIMIT and rows * columns <= CELLS_LIMIT


def _extent(xml: bytes) -> tuple[int, int]:
    """The last row and column that any cell claims; rows below 100 000 are told apart only in a wide sheet."""
    rows, columns = _furthest(set(_PLACE.findall(xml)))
    if rows == _ROWS_WITHOUT_NUMBER and rows * columns > CELLS_LIMIT:
        return _furthest(set(_FULL_PLACE.findall(xml)))
    return rows, columns


def _furthest(places: set[bytes]) -> tuple[int, int]:
    rows = (row_number(place.lstrip(_LETTERS)) for place in places if not place.isalpha())
    columns = (column_number(place.rstrip(_DIGITS)) for place in places)
    return max(rows, default=_ROWS_WITHOUT_NUMBER), max(columns, default=0)


def column_number(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def row_number(digits: bytes) -> int:
    """A row as a number; one that no sheet can have is beyond every limit."""
    return int(digits) if len(digits) <= 7 else CELLS_LIMIT + 1
