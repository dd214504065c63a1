"""The faults of a layout that can be read: what would come out wrong on paper, one plain sentence each."""

from collections.abc import Callable, Iterator
from itertools import combinations

from mes.core.errors import Refused
from mes.core.i18n import _
from mes.labels.checking_codes import (
    code_name,
    faults_of_codes,
    logo_name,
    overlaps_of_codes,
    shows_plainly,
    together,
)
from mes.labels.fonts import face
from mes.labels.layout import (
    MM_PER_INCH,
    POINTS_PER_INCH,
    SMALLEST_TEXT,
    Area,
    Field,
    Layout,
    mm_to_dots,
    points_to_dots,
)
from mes.labels.typeset import LINE, set_text

#: No label or sheet is wider or higher than this, in mm.
LARGEST = 500
#: Lines may touch the edge of a field by so many mm.
_LINE_SLACK = 0.3


def faults_of(layout: Layout) -> list[str]:
    """Everything wrong with a layout on its stock, its logos apart; empty when it may be printed."""
    found = [sentence for check in (_stock, _places) for sentence in check(layout)]
    checks: tuple[Callable[[Layout], Iterator[str]], ...] = (_sizes, _overlaps, _keys)
    if not found:  # what is set into areas without bounds would take as long
        checks = (_sizes, faults_of_codes, _plain_codes, _overlaps, _keys, _static_words)
    found += [sentence for check in checks for sentence in check(layout)]
    return [f"{layout.name}: {sentence}" for sentence in dict.fromkeys(found)]


def _stock(layout: Layout) -> Iterator[str]:
    stock = layout.stock
    if stock.width <= 0 or stock.height <= 0:
        yield _("The stock needs a width and a height in mm.")
        return
    if not max(*stock.page, stock.width, stock.height) <= LARGEST:
        yield _("A label or sheet is at most %(most)s mm wide and high.", most=LARGEST)
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
        yield field.name, field.area
    for number, line in enumerate(layout.lines, 1):
        yield _("line %(number)s", number=number), line.area
    for number, box in enumerate(layout.boxes, 1):
        yield _("box %(number)s", number=number), box.area
    for code in layout.codes:
        yield code_name(layout, code), code.area
    for logo in layout.logos:
        yield logo_name(logo.file), logo.area


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
            yield _("%(part)s may become smaller than %(points)s points.", part=field.name, points="7")
        if field.smallest > field.size:
            yield _("%(part)s shrinks to a size larger than its own.", part=field.name)
        needed = field.smallest * LINE / POINTS_PER_INCH * MM_PER_INCH
        if field.area.h < needed - 0.05:
            yield _(
                "%(part)s is %(height)s mm high; its text needs %(needed)s mm.",
                part=field.name,
                height=f"{field.area.h:.1f}",
                needed=f"{needed:.1f}",
            )


def _plain_codes(layout: Layout) -> Iterator[str]:
    """What the code holds must also fit into the field that shows it in plain text."""
    for code in layout.codes:
        for field in layout.fields:
            shown = shows_plainly(field.words, code) and not field.cut
            if shown and not _fits(field, code.longest, layout.stock.dpi):
                yield _(
                    "%(part)s has no room for the %(count)s characters of the code.",
                    part=field.name,
                    count=len(code.longest),
                )


def _overlaps(layout: Layout) -> Iterator[str]:
    yield from overlaps_of_codes(layout)
    for one, other in combinations(layout.fields, 2):
        if one.area.overlaps(other.area) and together(one.when, other.when):
            yield _("%(part)s and %(other)s overlap.", part=one.name, other=other.name)
    for field in layout.fields:
        for line in layout.lines:
            if field.area.overlaps(line.area, _line_slack(line.area)) and together(field.when, line.when):
                yield _("A line runs through %(part)s.", part=field.name)
        yield from _on_bands(layout, field)


def _line_slack(area: Area) -> float:
    return min(_LINE_SLACK, min(area.w, area.h) / 2)


def _on_bands(layout: Layout, field: Field) -> Iterator[str]:
    """White text stands on a black band, black text beside it."""
    bands = [box for box in layout.boxes if box.filled and together(box.when, field.when)]
    if field.white and not any(field.area.inside(box.area) for box in bands):
        yield _("%(part)s is white, but not on a filled box.", part=field.name)
    if not field.white and any(field.area.overlaps(box.area) for box in bands):
        yield _("%(part)s is black on a filled box; give it the ink white.", part=field.name)


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
