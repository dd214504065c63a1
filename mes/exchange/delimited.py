"""CSV as plants save it: four encodings, three delimiters, quoted line breaks."""

import codecs
import csv
import io
from collections import Counter
from itertools import islice

from mes.core.cells import looks_like_formula
from mes.exchange.errors import LettersDamaged, LettersNotReadable, QuotationMarkWrong, TooManyRows
from mes.exchange.headings import heading_score

DELIMITERS = ",;\t"
_SAMPLE_LETTERS = 64_000
_SAMPLE_ROWS = 60
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(name: str, data: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding: UTF-8, CP949 (Korean Excel) or UTF-16."""
    encoding = next((known for mark, known in _MARKS if data.startswith(mark)), None) or _utf16_without_mark(data)
    if encoding is not None:
        try:
            return _no_binary(name, data.decode(encoding)), encoding
        except UnicodeDecodeError as fault:
            if encoding == "utf-8-sig":
                raise LettersDamaged(name=name, line=_line(data, fault)) from fault
            raise LettersNotReadable(name=name) from fault
    try:
        return _no_binary(name, data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as fault:
        if _is_mostly_utf8(data):
            raise LettersDamaged(name=name, line=_line(data, fault)) from fault
    try:
        return _no_binary(name, data.decode("cp949")), "cp949"
    except UnicodeDecodeError as fault:
        raise LettersNotReadable(name=name) from fault


def _line(data: bytes, fault: UnicodeDecodeError) -> str:
    return str(data.count(b"\n", 0, fault.start) + 1)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 tables without a mark show by the zero half of every comma, digit and line end."""
    head = data[:4096]
    if len(data) % 2 or b"\0" not in head:
        return None
    low, high = head[0::2].count(0), head[1::2].count(0)
    if high > low and not low:
        return "utf-16-le"
    return "utf-16-be" if low > high and not high else None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether a few broken bytes stand in what is otherwise UTF-8; such a file might pass for CP949."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    return sum(not letter.isascii() for letter in text[:200_000]) > 20 * broken


def _no_binary(name: str, text: str) -> str:
    if "\0" in text:
        raise LettersNotReadable(name=name)
    return text


def parse_rows(name: str, text: str, limit: int) -> list[list[str]]:
    """The cells of at most ``limit`` rows, with blank ones; a row's place in the list is its row in Excel less one.

    An apostrophe that keeps a text from being run as a formula, as in our own lists, is no part of it.
    """
    text, delimiter = _announced_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _likely_delimiter(text), strict=True)
    rows: list[list[str]] = [[]] if delimiter else []
    is_guarded = "'" in text
    try:
        for row in reader:
            rows.append([_unguarded(cell) for cell in row] if is_guarded else row)
            if len(rows) > limit:
                raise TooManyRows(name=name, limit=limit)
    except csv.Error as fault:
        raise QuotationMarkWrong(name=name, row=str(len(rows) + 1)) from fault
    return rows


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and looks_like_formula(cell) else cell


def _announced_delimiter(text: str) -> tuple[str, str | None]:
    """Excel's own first line ``sep=;`` names the delimiter."""
    line, _, rest = text.partition("\n")
    word = line.strip().lower()
    if (word.startswith("sep=") and len(word) == 5) or line.rstrip("\r").lower() == "sep=\t":
        return rest, line.rstrip("\r")[4]
    return text, None


def _likely_delimiter(text: str) -> str:
    """The delimiter that gives the most known headings, then the most rows of equal width."""
    sample = text[:_SAMPLE_LETTERS]
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: str, delimiter: str) -> tuple[int, int, int]:
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return 0, 0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, times = widths.most_common(1)[0] if widths else (0, 0)
    return max((heading_score(row) for row in rows), default=0), times, width
