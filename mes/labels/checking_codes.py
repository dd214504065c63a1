"""The faults of a layout's codes and logos: too small, without room around them, or without sense."""

from collections.abc import Iterator
from itertools import combinations

from mes.core.errors import Refused
from mes.core.gs1 import element_string, parse_readable
from mes.core.i18n import _
from mes.labels.codes import LOWEST_BARS, data_of, fitted, is_linear, narrowest_module, scanned, span, symbol_of
from mes.labels.content import example
from mes.labels.layout import MM_PER_INCH, Area, Box, CodeField, Layout, When, Words, mm_to_dots
from mes.labels.logo import logo_bits

#: Codes must come out on printers of these resolutions: 300 dpi rounds bars up further than 203.
_FINER = 300
_PLAIN_KINDS = ("qr", "datamatrix", "code128")


def code_name(layout: Layout, code: CodeField) -> str:
    """How a fault names a code."""
    if len(layout.codes) == 1:
        return _("the code")
    return _("code %(number)s", number=layout.codes.index(code) + 1)


def longest_of(code: CodeField) -> str:
    """The longest content that must fit. Raises what mes.core.gs1 refuses, where it is given with brackets."""
    if code.kind.startswith("gs1") and code.longest.startswith("("):
        return element_string(parse_readable(code.longest), as_given=True)
    return code.longest


def faults_of_codes(layout: Layout) -> Iterator[str]:
    """Codes that are too small for what they hold, or hold what no code can."""
    for code in layout.codes:
        try:
            yield from _too_small(layout, code)
            for language in ("ko", "en"):
                data = data_of(code, scanned(example(layout.content, language)), language)
                if data:
                    area = [mm_to_dots(side, layout.stock.dpi) for side in (code.area.w, code.area.h)]
                    fitted(code.kind, data, area[0], area[1], layout.stock.dpi)
        except Refused as refusal:
            yield _("%(part)s: %(fault)s", part=code_name(layout, code), fault=refusal.sentence)


def _too_small(layout: Layout, code: CodeField) -> Iterator[str]:
    longest = longest_of(code)
    modules = span(symbol_of(code.kind, longest))
    own = layout.stock.dpi
    needed = max(modules * narrowest_module(dpi, code.kind) / dpi * MM_PER_INCH for dpi in {own, max(own, _FINER)})
    if code.area.w < needed - 0.05:
        yield _(
            "A code of %(count)s characters needs %(needed)s mm with its white rim; it has %(size)s mm.",
            count=len(longest),
            needed=f"{needed:.1f}",
            size=f"{code.area.w:.1f}",
        )
    if is_linear(code.kind) and code.area.h < LOWEST_BARS:
        yield _("The bars of %(part)s must be at least 5 mm high.", part=code_name(layout, code))


def shows_plainly(words: Words, code: CodeField) -> bool:
    """Whether a field shows in plain text what the code holds; a reprint's number may be missing."""
    if code.kind not in _PLAIN_KINDS:
        return False
    return words == code.words or (words.keys == {"code"} and code.words.keys == {"scan"} and _is_bare(words))


def _is_bare(words: Words) -> bool:
    return all(not any(pieces[::2]) for pieces in words.pieces.values())


def faults_of_logos(layout: Layout) -> Iterator[str]:
    """Logos that are not there, cannot be printed, or run and fetch something."""
    for logo in layout.logos:
        width, height = (mm_to_dots(side, layout.stock.dpi) for side in (logo.area.w, logo.area.h))
        if width <= 0 or height <= 0 or not logo.area.inside(layout.stock.label):
            continue  # its place is the fault, and named as such
        try:
            logo_bits(layout.folder, logo.file, width, height)
        except Refused as refusal:
            yield refusal.sentence


def overlaps_of_codes(layout: Layout) -> Iterator[str]:
    """What runs into a code or its white rim, or into a logo."""
    for code in layout.codes:
        yield from _over_code(layout, code)
    for one, other in combinations(layout.codes, 2):
        if one.area.overlaps(other.area) and together(one.when, other.when):
            names = code_name(layout, one), code_name(layout, other)
            yield _("%(part)s and %(other)s overlap.", part=names[0], other=names[1])
    for logo in layout.logos:
        for field in layout.fields:
            if field.area.overlaps(logo.area) and together(field.when, logo.when):
                yield _("%(part)s and %(other)s overlap.", part=field.name, other=logo_name(logo.file))
        for part, area, when in _drawn(layout):
            if area.overlaps(logo.area) and together(when, logo.when):
                yield _("%(part)s and %(other)s overlap.", part=part, other=logo_name(logo.file))


def logo_name(file: str) -> str:
    """How a fault names a logo."""
    return _("the logo “%(file)s”", file=file)


def _drawn(layout: Layout) -> Iterator[tuple[str, Area, When | None]]:
    """Lines and filled boxes: a logo may stand inside a frame, not on a band."""
    for number, line in enumerate(layout.lines, 1):
        yield _("line %(number)s", number=number), line.area, line.when
    for number, box in enumerate(layout.boxes, 1):
        if box.filled:
            yield _("box %(number)s", number=number), box.area, box.when


def _over_code(layout: Layout, code: CodeField) -> Iterator[str]:
    for field in layout.fields:
        if field.area.overlaps(code.area) and together(field.when, code.when):
            yield _("%(part)s overlaps the code or its white rim.", part=field.name)
    for logo in layout.logos:
        if logo.area.overlaps(code.area) and together(logo.when, code.when):
            yield _("%(part)s overlaps the code or its white rim.", part=logo_name(logo.file))
    for number, line in enumerate(layout.lines, 1):
        if line.area.overlaps(code.area) and together(line.when, code.when):
            yield _("Line %(number)s runs through the code or its white rim.", number=number)
    for number, box in enumerate(layout.boxes, 1):
        around = not box.filled and code.area.inside(_within(box))
        if box.area.overlaps(code.area) and not around and together(box.when, code.when):
            yield _("Box %(number)s overlaps the code or its white rim.", number=number)


def _within(box: Box) -> Area:
    """What the rim of a box leaves free."""
    rim = box.thickness
    return Area(box.area.x + rim, box.area.y + rim, box.area.w - 2 * rim, box.area.h - 2 * rim)


def together(one: When | None, other: When | None) -> bool:
    """Whether two parts may be printed on one label."""
    return one is None or not one.excludes(other)
