"""What an icon, a status, a quantity, a bar and a cell of a table look like in HTML.

A list asks for these hundreds of times a page, and a macro of a template takes ten times as long as a function:
``templates/ui`` hands them out under the same import as its macros. Everything that is not ``Markup`` is escaped.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from mes.core.config import asset
from mes.core.i18n import _, language, number

#: The shape that tells a kind of status from the others without its colour.
SHAPES = {
    "running": "play",
    "waiting": "circle-dashed",
    "held": "pause",
    "stopped": "square",
    "done": "check",
    "person": "hand",
}
NOTHING = Decimal(0)
#: A picture among those that were packed into one file.
DRAWING = re.compile(r'<symbol id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>')
#: A bar is as wide as its place, and its parts are counted in percent.
STRETCHED = 'preserveAspectRatio="none" viewBox="0 0 100 1"'


# typed: a text and the same characters as Markup are equal, but only one of them is escaped
@lru_cache(2048, typed=True)
def icon(name: str, label: str | None = None, look: str = "") -> Markup:
    """A small picture; a word stands beside it, or it is its ``label`` for readers. ``look``: a class of its own.

    Names come from mes/static/icons.txt (add a line there for a new one). It is drawn into the page: a file of all
    pictures beside it would be read and laid out by the tablet as a second page before anything is shown.
    """
    spoken = f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    classes = f"icon {escape(look)}" if look else "icon"
    return _is_html(f'<svg class="{classes}" viewBox="0 0 24 24"{spoken}>{_drawings().get(name, "")}</svg>')


@cache
def _drawings() -> dict[str, str]:
    """The lines of each picture, by its name. Without the file (the program is installed by halves) pages have none."""
    file = asset("icons.svg")
    packed = file.read_text("utf-8") if file.is_file() else ""
    return {name: lines.strip() for name, lines in DRAWING.findall(packed)}


def status(kind: str, word: str, large: bool = False) -> Markup:
    """Colour, shape and word. Kinds: running waiting held stopped done person."""
    return _status(str(kind), word, bool(large))


@lru_cache(2048, typed=True)
def _status(kind: str, word: str, large: bool) -> Markup:
    look = f"status is-{escape(kind)}" + (" large" if large else "")
    return _is_html(f'<span class="{look}">{icon(SHAPES[kind])}{escape(word)}</span>')


def quantity(value: Decimal | int | None, unit: str = "") -> Markup:
    """An exact number and its unit; nothing is "-" and has no unit."""
    counted = f'<span class="unit">{escape(unit)}</span>' if unit and value is not None else ""
    return _is_html(f'<span class="quantity">{number(value)}{counted}</span>')


def bars(parts: Iterable[tuple[Any, str | None]], whole: Any, thick: bool = False) -> Markup:
    """A bar of several ``(part, tone)``, each in its share of the whole; what goes beyond is cut off."""
    drawn, x = "", NOTHING
    for part, tone in parts:
        if whole and part:
            wide = max(min(100 * Decimal(part) / Decimal(whole), 100 - x), NOTHING)
            drawn += _piece(tone, x, wide)
            x += wide
    look = "bar thick" if thick else "bar"
    return _is_html(f'<svg class="{look}" aria-hidden="true" {STRETCHED}>{drawn}</svg>')


def _piece(tone: str | None, x: Decimal, wide: Decimal) -> str:
    look = f' class="is-{escape(tone)}"' if tone else ""
    return f'<rect{look} x="{number(round(x, 2))}" width="{number(round(wide, 2))}" height="1"/>'


def bar(part: Any, whole: Any, tone: str | None = None, thick: bool = False) -> Markup:
    """A bar of one part."""
    return bars([(part, tone)], whole, thick)


def td(
    column: Mapping[str, Any],
    value: Any = None,
    href: str | None = None,
    note: Any = None,
    caller: Callable[[], str] | None = None,
) -> Markup:
    """A cell of the column ``{"label", "unit", "number"}``; one with ``href`` is the head of its row and opens it."""
    in_figures = column.get("number", False)
    if caller:
        shown = caller()
    elif href:
        shown = f'<a href="{escape(href)}" data-row>{_safe(value)}</a>'
    elif in_figures and not isinstance(value, str):
        shown = number(value)
    else:
        shown = "" if value is None else _safe(value)
    beside = f' <small class="soft">{_safe(note)}</small>' if note else ""
    return _is_html(
        f"{_cell(column.get('label', ''), column.get('unit'), bool(in_figures), bool(href))}{shown}{beside}</td>"
    )


@lru_cache(2048, typed=True)
def _cell(label: str, unit: str | None, in_figures: bool, head: bool) -> str:
    look = " ".join(name for name, so in (("number", in_figures), ("head", head)) if so)
    called = f"{escape(label)} ({escape(unit)})" if label and unit else escape(label)
    attributes = {"class": look, "data-label": called}
    return "<td" + "".join(f' {name}="{value}"' for name, value in attributes.items() if value) + ">"


def pick(name: str, code: str) -> Markup:
    """A cell with a box to tick its row."""
    return _pick(language(), name, code)


@lru_cache(2048)
def _pick(_language: str, name: str, code: str) -> Markup:
    said = escape(_("Select %(code)s", code=code))
    box = f'<input type="checkbox" name="{escape(name)}" value="{escape(code)}" aria-label="{said}">'
    return _is_html(f'<td class="pick">{box}</td>')


def _safe(value: object) -> str:
    return value if type(value) is Markup else escape(value)


def _is_html(text: str) -> Markup:
    """Every value in it has been escaped."""
    return Markup(text)  # noqa: S704  the one place where this module says so
