"""The faults of a layout that can be read: what would come out wrong on paper, one plain sentence each."""

from collections.abc import Iterator
from itertools import combinations

from mes.core.errors import Refused
from mes.core.i18n import _
from mes.core.qr import QUIET, encode
from mes.labels.codes import narrowest_module, widest_module
from mes.labels.fonts import face
from mes.labels.layout import (
    MM_PER_INCH,
    POINTS_PER_INCH,
    SMALLEST_TEXT,
    Area,
    CodeSquare,
    Field,
    Layout,
    When,
    mm_to_dots,
    points_to_dots,
)
from mes.labels.typeset import LINE, set_text

#: Lines may touch the edge of a field by so many mm.
_LINE_SLACK = 0.3


def faults_of(layout: Layout) -> list[str]:
    """Everything wrong with a layout on its stock; empty when it may be printed."""
    found: list[str] = []
    for check in (_stock, _places, _sizes, _codes, _plain_codes, _overlaps, _keys, _static_words):
        found += [f"{layout.name}: {sentence}" for sentence in check(layout)]
    return found


def _stock(layout: Layout) -> Iterator[str]:
    stock = layout.stock
    if stock.width <= 0 or stock.height <= 0:
        yield _("The stock needs a width and a height in mm.")
        return
    left, top = stock.place(stock.places - 1)
    page = Area(0, 0, *stock.page)
    if not Area(left, top, stock.width, stock.height).inside(page):
        yield _("The last label of the sheet lies outside the page.")
    across = stock.columns > 1 and stock.pitch_x < stock.width - 0.05
    down = stock.rows > 1 and stock.pitch_y < stock.height - 0.05
    if across or down:
        yield _("The labels of the sheet overlap: the pitch is smaller than the label.")


def _named(layout: Layout) -> Iterator[tuple[str, Area]]:
    for field in layout.fields:
        yield _name(field), field.area
    for number, line in enumerate(layout.lines, 1):
        yield _("line %(number)s", number=number), line.area
    for number, box in enumerate(layout.boxes, 1):
        yield _("box %(number)s", number=number), box.area
    for code in layout.codes:
        yield _("the code"), code.area


def _places(layout: Layout) -> Iterator[str]:
    for name, area in _named(layout):
        if area.w <= 0 or area.h <= 0:
            yield _("%(part)s has no width or no height.", part=name)
        elif not area.inside(layout.stock.label):
            yield _(
                "%(part)s lies outside the label of %(width)s x %(height)s mm.",
                part=name,
                width=f"{layout.stock.width:g}",
                height=f"{layout.stock.height:g}",
            )


def _sizes(layout: Layout) -> Iterator[str]:
    for field in layout.fields:
        if field.smallest < SMALLEST_TEXT:
            yield _("%(part)s may become smaller than %(points)s points.", part=_name(field), points="7")
        if field.smallest > field.size:
            yield _("%(part)s shrinks to a size larger than its own.", part=_name(field))
        needed = field.smallest * LINE / POINTS_PER_INCH * MM_PER_INCH
        if field.area.h < needed - 0.05:
            yield _(
                "%(part)s is %(height)s mm high; its text needs %(needed)s mm.",
                part=_name(field),
                height=f"{field.area.h:.1f}",
                needed=f"{needed:.1f}",
            )


def _codes(layout: Layout) -> Iterator[str]:
    dpi = layout.stock.dpi
    for code in layout.codes:
        symbol = encode(_longest(code), code.kind)
        if widest_module(symbol.size, mm_to_dots(code.area.w, dpi)) < narrowest_module(dpi):
            needed = (symbol.size + 2 * QUIET) * narrowest_module(dpi) * MM_PER_INCH / dpi
            yield _(
                "A code of %(count)s characters needs %(needed)s mm with its white rim; it has %(size)s mm.",
                count=code.holds,
                needed=f"{needed:.1f}",
                size=f"{code.area.w:.1f}",
            )


def _plain_codes(layout: Layout) -> Iterator[str]:
    """What the code holds must also fit into the field that shows it in plain text."""
    for code in layout.codes:
        for field in layout.fields:
            if field.words == code.words and not field.cut and not _fits(field, _longest(code), layout.stock.dpi):
                yield _(
                    "%(part)s has no room for the %(count)s characters of the code.",
                    part=_name(field),
                    count=code.holds,
                )


def _longest(code: CodeSquare) -> str:
    """A text as long as the code must hold: capitals and digits for our own codes, small letters in addresses."""
    return (("a" if code.kind == "url" else "A0") * code.holds)[: code.holds]


def _overlaps(layout: Layout) -> Iterator[str]:
    for code in layout.codes:
        yield from _over_code(layout, code)
    for one, other in combinations(layout.fields, 2):
        if one.area.overlaps(other.area) and _together(one.when, other.when):
            yield _("%(part)s and %(other)s overlap.", part=_name(one), other=_name(other))
    for field in layout.fields:
        for line in layout.lines:
            if field.area.overlaps(line.area, _line_slack(line.area)) and _together(field.when, line.when):
                yield _("A line runs through %(part)s.", part=_name(field))
        yield from _on_bands(layout, field)


def _line_slack(area: Area) -> float:
    return min(_LINE_SLACK, min(area.w, area.h) / 2)


def _over_code(layout: Layout, code: CodeSquare) -> Iterator[str]:
    for field in layout.fields:
        if field.area.overlaps(code.area) and _together(field.when, code.when):
            yield _("%(part)s overlaps the code or its white rim.", part=_name(field))
    for number, line in enumerate(layout.lines, 1):
        if line.area.overlaps(code.area) and _together(line.when, code.when):
            yield _("Line %(number)s runs through the code or its white rim.", number=number)
    for number, box in enumerate(layout.boxes, 1):
        inner = Area(
            box.area.x + box.thickness,
            box.area.y + box.thickness,
            box.area.w - 2 * box.thickness,
            box.area.h - 2 * box.thickness,
        )
        around = not box.filled and code.area.inside(inner)
        if box.area.overlaps(code.area) and not around and _together(box.when, code.when):
            yield _("Box %(number)s overlaps the code or its white rim.", number=number)


def _on_bands(layout: Layout, field: Field) -> Iterator[str]:
    """White text stands on a black band, black text beside it."""
    bands = [box for box in layout.boxes if box.filled and _together(box.when, field.when)]
    if field.white and not any(field.area.inside(box.area) for box in bands):
        yield _("%(part)s is white, but not on a filled box.", part=_name(field))
    if not field.white and any(field.area.overlaps(box.area) for box in bands):
        yield _("%(part)s is black on a filled box; give it the ink white.", part=_name(field))


def _together(one: When | None, other: When | None) -> bool:
    return one is None or not one.excludes(other)


def _keys(layout: Layout) -> Iterator[str]:
    used = set(_used(layout))
    for key in sorted(used - layout.keys):
        yield _("The data “%(key)s” is used but not listed under “keys”.", key=key)
    for key in sorted(layout.keys - used):
        yield _("The data “%(key)s” is listed under “keys” but not used.", key=key)


def _used(layout: Layout) -> Iterator[str]:
    for shown in (layout.fields, layout.codes):
        for part in shown:
            yield from part.words.keys
    for when in layout.conditions:
        yield from (condition.key for condition in when.all_of)


def _static_words(layout: Layout) -> Iterator[str]:
    """Words of the layout itself must be printable and must not be cut."""
    for field in layout.fields:
        if field.words.keys:
            continue
        for pieces in field.words.pieces.values():
            try:
                if not _fits(field, pieces[0], layout.stock.dpi):
                    yield _("The words “%(words)s” do not fit into their field.", words=pieces[0])
            except Refused as refusal:
                yield refusal.sentence


def _fits(field: Field, words: str, dpi: int) -> bool:
    text = face(field.weight).printable(words, field.boxes)
    if not text or field.area.w <= 0 or field.smallest <= 0:
        return True
    return not set_text(
        field.weight,
        text,
        mm_to_dots(field.area.w, dpi),
        mm_to_dots(field.area.h, dpi),
        points_to_dots(field.size, dpi),
        points_to_dots(field.smallest, dpi),
        field.most_lines,
    ).cut


def _name(field: Field) -> str:
    pieces = field.words.pieces.get("ko") or next(iter(field.words.pieces.values()))
    return "“" + "".join(f"{{{part}}}" if n % 2 else part for n, part in enumerate(pieces)) + "”"
