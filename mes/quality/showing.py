"""How quality's pages say things: words for values of fixed lists, and the usual ranges of days."""

from datetime import date, timedelta

from mes.core.i18n import _, own_name
from mes.core.templates import in_words
from mes.quality.rules import disposition_name

FILTERS = {
    "disposition_name": in_words(disposition_name),
}


def ranges(today: date) -> list[tuple[str, str]]:
    """First days of the usual ranges that end today, as an address carries them, with their words."""
    words = [(0, _("Today")), (6, _("7 days")), (29, _("30 days")), (364, _("1 year"))]
    return [((today - timedelta(days=back)).isoformat(), name) for back, name in words]


def name_of(thing: object | None) -> str:
    """What stands under a bar; defects of which it was not said have a bar too."""
    return _("Not said") if thing is None else thing if isinstance(thing, str) else own_name(thing)
