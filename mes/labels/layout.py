"""A label layout as it stands in its file: stock, fields, lines, boxes, logos and codes, measured in mm.

A file may serve several stocks; each becomes a ``Layout`` of its own, with every measure resolved.
``mes/labels/reading.py`` reads the files, ``checking.py`` finds their faults.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

Row = Mapping[str, str]

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72
#: Nothing on a label is set smaller than this, in points.
SMALLEST_TEXT = 7.0


class Area(NamedTuple):
    """A rectangle in mm from the top left corner of the label."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The far edge in mm from the left."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The lower edge in mm from the top."""
        return self.y + self.h

    def overlaps(self, other: "Area", slack: float = 0.05) -> bool:
        """Whether the two share more than ``slack`` mm in both directions."""
        return (
            self.x < other.right - slack
            and other.x < self.right - slack
            and self.y < other.bottom - slack
            and other.y < self.bottom - slack
        )

    def inside(self, other: "Area", slack: float = 0.05) -> bool:
        """Whether no side sticks out of the other by more than ``slack`` mm."""
        return (
            self.x >= other.x - slack
            and self.y >= other.y - slack
            and self.right <= other.right + slack
            and self.bottom <= other.bottom + slack
        )


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What is printed on: one label's size in mm, the printer's dots per inch, and the sheet it lies on, if any."""

    name: str
    width: float
    height: float
    dpi: int = 203
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    pitch_x: float = 0.0
    pitch_y: float = 0.0
    page_width: float = 0.0
    page_height: float = 0.0

    @property
    def label(self) -> Area:
        """The label itself."""
        return Area(0.0, 0.0, self.width, self.height)

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the page in mm: the sheet, or the label alone."""
        return (self.page_width or self.width, self.page_height or self.height)

    @property
    def places(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """Left and top in mm of the label ``number`` (from 0, row by row) on its page."""
        row, column = divmod(number, self.columns)
        return (self.left + column * self.pitch_x, self.top + row * self.pitch_y)


@dataclass(frozen=True)
class Words:
    """A text with gaps for data, per language: ``소비기한 {expiry}``. ``pieces`` alternate words and keys."""

    pieces: Mapping[str, tuple[str, ...]]

    @property
    def keys(self) -> frozenset[str]:
        """The data it shows, over all languages."""
        return frozenset(key for pieces in self.pieces.values() for key in pieces[1::2])

    @property
    def shown(self) -> str:
        """The text as it stands in the file, in Korean where there is one."""
        pieces = self.pieces.get("ko") or next(iter(self.pieces.values()))
        return "".join(f"{{{part}}}" if number % 2 else part for number, part in enumerate(pieces))

    def pieces_in(self, language: str) -> tuple[str, ...]:
        """Words and keys in turn, in this language, else in English."""
        return self.pieces.get(language) or self.pieces.get("en") or next(iter(self.pieces.values()))

    def filled(self, row: Row, language: str) -> str:
        """The text for a row; empty when it has gaps and nothing to fill them with."""
        pieces = self.pieces_in(language)
        if len(pieces) == 1:
            return pieces[0]
        data = [row.get(key, "") for key in pieces[1::2]]
        if not any(data):
            return ""
        text = list(pieces)
        text[1::2] = data
        return "".join(text)


class Condition(NamedTuple):
    """One condition on the data: ``expiry`` (there is one), ``not expiry``, ``kind = 원자재``."""

    key: str
    value: str | None = None
    negated: bool = False

    def holds(self, row: Row) -> bool:
        """Whether the row meets it."""
        found = row.get(self.key, "")
        met = bool(found) if self.value is None else found == self.value
        return met != self.negated

    def excludes(self, other: "Condition") -> bool:
        """Whether the two can never hold together."""
        if other.key != self.key:
            return False
        if self.value == other.value:
            return self.negated != other.negated
        return not self.negated and not other.negated and None not in (self.value, other.value)


@dataclass(frozen=True)
class When:
    """When a part is printed: all of its conditions hold (``expiry and not work_order``)."""

    all_of: tuple[Condition, ...]

    def holds(self, row: Row) -> bool:
        """Whether the part is printed for this row."""
        return all(one.holds(row) for one in self.all_of)

    def excludes(self, other: "When | None") -> bool:
        """Whether the two can never hold together, so that their parts may share a place."""
        return other is not None and any(one.excludes(two) for one in self.all_of for two in other.all_of)


@dataclass(frozen=True, kw_only=True)
class Field:
    """A text in its area; sizes in points.

    ``boxes``: pictographs which the font lacks become visible boxes. Without ``cut`` a text too long for its area is
    refused: half a code, date or quantity is worse than no label.
    """

    area: Area
    words: Words
    size: float
    smallest: float
    weight: str = "regular"
    align: str = "left"
    valign: str = "middle"
    most_lines: int = 1
    white: bool = False
    boxes: bool = False
    cut: bool = True
    when: When | None = None

    @property
    def name(self) -> str:
        """How a fault names it: by its words."""
        return f"“{self.words.shown}”"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A straight line; its area is what it blackens."""

    area: Area
    when: When | None = None


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle: its rim inside its area, or all of it when filled."""

    area: Area
    thickness: float
    filled: bool = False
    when: When | None = None


@dataclass(frozen=True, kw_only=True)
class Logo:
    """A picture file from the folder of the layout, as large as its area allows."""

    area: Area
    file: str
    align: str = "center"
    when: When | None = None


@dataclass(frozen=True, kw_only=True)
class CodeField:
    """A code with its white rim in an area, a square one unless the code is linear; ``longest`` must fit."""

    area: Area
    words: Words
    kind: str = "qr"
    longest: str = "A0A0A0A0A0A0A0A0"
    when: When | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One label on one stock."""

    name: str
    content: str
    stock: Stock
    keys: frozenset[str]
    fields: tuple[Field, ...] = ()
    lines: tuple[Line, ...] = ()
    boxes: tuple[Box, ...] = ()
    codes: tuple[CodeField, ...] = ()
    logos: tuple[Logo, ...] = ()
    title: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = field(default=None, compare=False)

    @property
    def conditions(self) -> tuple[When, ...]:
        """The conditions on which its parts depend, each once."""
        groups: tuple[Iterable[Field | Line | Box | CodeField | Logo], ...]
        groups = (self.fields, self.lines, self.boxes, self.codes, self.logos)
        return tuple(dict.fromkeys(part.when for group in groups for part in group if part.when is not None))

    @property
    def folder(self) -> Path:
        """Where its file and its logos lie."""
        return self.file.parent if self.file else Path()

    def title_in(self, language: str) -> str:
        """What people call this label, with its size: 로트 식별표 60x40."""
        word = self.title.get(language) or self.title.get("en") or self.content
        return f"{word} {self.stock.name}"


def mm_to_dots(mm: float, dpi: int) -> int:
    """Whole dots for a length in mm."""
    return round(mm * dpi / MM_PER_INCH)


def points_to_dots(points: float, dpi: int) -> int:
    """Whole dots for a size of type."""
    return round(points * dpi / POINTS_PER_INCH)
