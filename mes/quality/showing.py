"""How quality's pages say things: words for values of fixed lists, and the usual ranges of days."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from jinja2 import pass_context

from mes.core.i18n import _, own_name
from mes.quality.rules import disposition_name


def in_words(say: Callable[[Any], str]) -> Callable[[object, Any], str]:
    """A template filter in the reader's language: asking for the context keeps constants from being said only once."""
    return pass_context(lambda _context, value: say(value))


FILTERS = {
    "disposition_name": in_words(disposition_name),
}


def ranges(today: date) -> list[tuple[str, str]]:
    """First days of the usual ranges that end today, as an address carries them, with their words."""
    words = [(0, _("Today")), (6, _("7 days")), (29, _("30 days")), (364, _("1 year"))]
    return [((today - timedelta(days=back)).isoformat(), name) for back, name in words]


def name_of(thing: object | None) -> str:
    """What stands under a bar; defects at no machine have a bar too."""
    return own_name(thing) if thing is not None else _("No machine")
