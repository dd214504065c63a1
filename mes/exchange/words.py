"""Values of lists as a spreadsheet shows them: headings, fixed choices, yes and no, numbers and dates."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from mes.core import i18n
from mes.exchange.choices import CHOICES
from mes.exchange.headings import SYNONYMS

#: Fields whose cells hold one of a fixed list of words, by kind of list.
CHOICE_FIELDS = {
    ("items", "kind"): "item_kind",
    ("items", "tracking"): "tracking",
    ("items", "sample_from"): "sample_from",
    ("partners", "kind"): "partner_kind",
    ("people", "roles"): "role",
    ("people", "language"): "language",
    ("boms", "consumption"): "consumption",
    ("steps", "kind"): "step_kind",
    ("check_sheets", "every"): "every",
    ("check_sheets", "on_failure"): "on_failure",
    ("check_sheets", "kind"): "answer_kind",
    ("locations", "kind"): "location_kind",
    ("standards", "kind"): "inspection_kind",
    ("standards", "sample_rule"): "sample_rule",
}
Cell = str | int | Decimal | None


def heading(kind: str, name: str) -> str:
    """The heading of a field in the reader's language: one that the importer understands."""
    if i18n.language() == "ko":
        return SYNONYMS[kind][name].split()[0]
    return name.replace("_", " ").capitalize()


def cell(kind: str, name: str, value: object) -> Cell:
    """A value as it stands in a list: fixed choices as words, yes and no as Y and N, dates as 2026-01-05."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    choice = CHOICE_FIELDS.get((kind, name))
    if isinstance(value, frozenset | set | list | tuple):
        return ", ".join(str(cell(kind, name, one)) for one in sorted(value))
    if isinstance(value, Enum) or (choice and isinstance(value, str)):
        return _word(choice, str(value))
    return plain(value)


def _word(choice: str | None, value: str) -> str:
    if choice is None or i18n.language() != "ko":
        return value
    return CHOICES[choice].get(value, value).split()[0]


def plain(value: object) -> Cell:
    """Any value as a cell holds it."""
    if value is None or isinstance(value, int | Decimal):
        return value
    if isinstance(value, datetime):
        return i18n.stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def said(kind: str, name: str, value: object) -> str:
    """A value in a sentence; nothing is "-"."""
    shown = cell(kind, name, value)
    return i18n.shown(shown) if shown not in (None, "") else "-"


def headings(kind: str, names: Iterable[str]) -> list[str]:
    """The headings of several fields."""
    return [heading(kind, name) for name in names]
