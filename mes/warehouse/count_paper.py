"""The report of a stock count (재고실사표): every lot with book, found and difference; on paper and as a list."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from mes.core.i18n import N_, _, number, own_name, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Sheet, Words, render
from mes.lots.code_words import with_former
from mes.warehouse.count_models import StockCount
from mes.warehouse.count_queries import Progress, Row
from mes.warehouse.forms import SCOPES

#: Words over the places to sign.
APPROVAL = (N_("Counted"), N_("Reviewed"), N_("Approved"))
#: How a lot of a count stands, in words.
STATES = {
    "open": N_("not counted"),
    "equal": N_("as in the books"),
    "different": N_("different"),
    "missing": N_("not found"),
    "elsewhere": N_("at another place"),
}


def facts_of(count: StockCount, progress: Progress, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """What was counted, when, by whom, and what came of it."""
    differing = [row for row in rows if row.difference]
    accurate = sum(1 for row in rows if row.state == "equal")
    share = f"{Decimal(accurate * 100) / progress.counted:.1f} %" if progress.counted else "-"
    return [
        (_("Name of the count"), count.name),
        (_("What is counted"), _(SCOPES[count.scope])),
        (_("Stock frozen"), stamp(count.frozen_at)),
        (_("Begun by"), count.begun_by),
        (_("Lots counted"), f"{number(progress.counted)} / {number(progress.lots)}"),
        (_("Lots as in the books"), f"{number(accurate)} / {number(progress.counted)} = {share}"),
        (_("Stock differences"), number(len(differing))),
        (_("Approved by"), count.approved_by or "-"),
        (_("Posted"), stamp(count.posted_at) if count.posted_at else "-"),
        (_("Note"), count.note or "-"),
    ]


def columns() -> list[Column]:
    """The columns of the report."""
    return [
        Column(_("Lot"), 18),
        Column(_("Item"), 18),
        Column(_("Place"), 14),
        Column(_("Books"), 9, number=True),
        Column(_("Quantity found"), 9, number=True),
        Column(_("Difference"), 8, number=True),
        Column(_("Unit"), 5),
        Column(_("Count result"), 12),
        Column(_("Reason, counted by"), 16),
    ]


def cells_of(row: Row) -> list[str]:
    """A lot as a line of the report."""
    lot, entry = row.line.lot, row.finding.entry if row.finding else None
    place = own_name(row.place) if row.place else "-"
    if row.found_at is not None and row.state == "elsewhere":
        place = f"{place} → {own_name(row.found_at)}"
    return [
        with_former(lot.code, lot.formerly),
        own_name(lot.item),
        place,
        number(entry.book if entry is not None else row.line.expected),
        number(entry.quantity) if entry is not None else "-",
        number(row.difference) if entry is not None else "-",
        lot.item.unit,
        _(STATES[row.state]),
        "\n".join(text for text in (row.line.reason, entry.person if entry is not None else None) if text),
    ]


def count_pdf(count: StockCount, progress: Progress, rows: Sequence[Row], company: str, now: datetime) -> bytes:
    """The report as PDF, in the reader's language."""
    head = Head(
        company=company,
        title=_("Stock count"),
        number=count.code,
        code=count.code,
        approval=[_(name) for name in APPROVAL],
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )
    lots = Grid(columns(), [cells_of(row) for row in rows]) if rows else Words(_("No lot was expected or found."))
    return render([Sheet(head, [Facts(facts_of(count, progress, rows)), Heading(_("Lots")), lots])], count.code)


def list_of(rows: Sequence[Row]) -> tuple[list[str], list[list[str | Decimal | None]]]:
    """All lots for a spreadsheet: headings and rows, quantities as numbers."""
    headings = [
        _("Lot"),
        _("Item code"),
        _("Item"),
        _("Place"),
        _("Found at"),
        _("Expected at the beginning"),
        _("Books"),
        _("Quantity found"),
        _("Difference"),
        _("Unit"),
        _("Count result"),
        _("Reason"),
        _("Counted by"),
        _("Counted at"),
    ]
    return headings, [_listed(row) for row in rows]


def _listed(row: Row) -> list[str | Decimal | None]:
    lot, entry = row.line.lot, row.finding.entry if row.finding else None
    return [
        lot.code,
        lot.item.code,
        own_name(lot.item),
        row.place.code if row.place else "",
        row.found_at.code if row.found_at else "",
        row.line.expected,
        entry.book if entry is not None else None,
        entry.quantity if entry is not None else None,
        row.difference if entry is not None else None,
        lot.item.unit,
        _(STATES[row.state]),
        row.line.reason or "",
        entry.person if entry is not None else "",
        stamp(entry.at) if entry is not None else "",
    ]
