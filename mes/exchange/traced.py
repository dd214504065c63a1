"""A trace as a list: every lot on the way with what is known of it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from mes.core.i18n import _, number, own_name, stamp
from mes.exchange.words import Cell
from mes.lots.models import LotStatus
from mes.trace.exactness import sure_word
from mes.trace.facts import LotFacts
from mes.trace.sharing import Share, StoryShares
from mes.trace.sorting import sorted_steps
from mes.trace.story import Step, Story


def headings() -> list[str]:
    """Over the columns, in the reader's language."""
    return [
        _("Level"), _("Lot"), _("Item code"), _("Item"), _("Quantity"), _("Unit"), _("How exact"), _("In stock"),
        _("Status"), _("Place"), _("Supplier"), _("Supplier's lot number"), _("Trace number of food"), _("Receipt"),
        _("Work order"), _("Made"), _("Use by"), _("Who"), _("Machine"), _("Inspections"), _("Failed"), _("Defects"),
        _("Customers"), _("Formerly"), _("Of it in there, about"), _("Of it in there, at most"), _("Unit of that"),
        _("Least exact step"),
    ]  # fmt: skip


def rows(story: Story, shares: StoryShares, sort: str | None = None) -> Iterator[list[Cell]]:
    """One line for each lot, in the order of the page's table. ``shares``: how much of what is where in it."""
    customers: dict[int, list[str]] = {}
    for one in story.shipped:
        customers.setdefault(one.lot_id, []).append(one.customer)
    for step in sorted_steps(story, sort):
        yield [*_row(story, step, customers.get(step.lot_id, [])), *_held(shares.at(step.step, step.lot_id))]


def _held(shares: Sequence[Share]) -> list[Cell]:
    """Numbers; of several items asked for as text, each with its item."""
    if len(shares) == 1:
        [one] = shares
        return [one.about, one.at_most, one.item.unit, sure_word(one.sure) if one.sure else ""]
    known = [(one, own_name(one.item)) for one in shares]
    return [
        "; ".join(f"{name} {number(one.about)}" for one, name in known),
        "; ".join(f"{name} {number(one.at_most)}" for one, name in known),
        "; ".join(one.item.unit for one in shares),
        "; ".join(sure_word(one.sure) for one in shares if one.sure),
    ]


def _state(fact: LotFacts) -> str:
    """How a lot stands, as its page says it."""
    if fact.holds:
        return _("On hold")
    if fact.status is LotStatus.RETAINED and fact.on_hand:
        return _("Kept as a sample")
    if fact.status is LotStatus.REJECTED:
        return _("Rejected")
    if fact.status is LotStatus.INSPECTION:
        return _("Awaits inspection")
    return _("Free to use") if fact.on_hand else _("Used up")


def _row(story: Story, step: Step, customers: list[str]) -> list[Cell]:
    fact, item, makings = story.fact(step.lot_id), story.item(step.lot_id), story.makings(step.lot_id)
    checks, flaws = story.inspected(step.lot_id), story.flaws(step.lot_id)
    return [
        step.step, fact.code, item.code, own_name(item), step.quantity, item.unit,
        story.how_sure(step.sure) if step.sure else "", fact.on_hand, _state(fact), fact.place,
        fact.supplier, fact.supplier_lot, fact.trace_number, fact.receipt, fact.order,
        stamp(makings[0].at) if makings else "", fact.expires_on.isoformat() if fact.expires_on else None,
        ", ".join(dict.fromkeys(one.who for one in makings if one.who)),
        ", ".join(dict.fromkeys(one.machine for one in makings if one.machine)),
        len(checks), sum(one.verdict.value == "fail" for one in checks),
        sum((one.quantity for one in flaws), Decimal(0)),
        ", ".join(dict.fromkeys(customers)), fact.formerly,
    ]  # fmt: skip
