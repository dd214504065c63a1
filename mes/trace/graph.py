"""A trace as the drawing module of the page takes it: lots, how much went from which into which, who got some of it."""

from typing import Any

from mes.core.i18n import _, own_name
from mes.core.types import PLACES
from mes.trace.exactness import SURE_NAMES, Sure
from mes.trace.story import Story


def graph_of(story: Story) -> dict[str, Any]:
    """Items, lots, edges and customers, by their place in the lists. Quantities are whole numbers of millionths.

    ``lots``: code, place of the item, all that ever came in, what is there now, mark, step (0 was asked for).
    ``edges``: parent, child, quantity, place of how exact it is. ``ends``: customer, and each lot with how much left.
    ``formerly``: in words what the labels of lots said before, by the lot's place.
    """
    steps = list(dict.fromkeys((step.lot_id, step.step) for step in story.steps()))
    place = {lot: number for number, (lot, _step) in enumerate(steps)}
    items = {ident: number for number, ident in enumerate(story.items)}
    sures = list(Sure)
    went: dict[tuple[int, int], int] = {}
    for graph in (story.up, story.down):
        for parent, child, quantity in graph.flows() if graph else ():
            went[parent, child] = went.get((parent, child), 0) + _millionths(quantity)
    return {
        "items": [[one.code, own_name(one), one.unit, one.kind] for one in story.items.values()],
        "lots": [
            [
                story.lots[lot][1], items[story.lots[lot][2]], _millionths(story.made(lot)),
                _millionths(story.fact(lot).on_hand), _mark(story, lot), step,
            ]
            for lot, step in steps
        ],
        "edges": [
            [place[parent], place[child], much, sures.index(story.sure.get((parent, child), Sure.RECORDED))]
            for (parent, child), much in went.items()
        ],
        "ends": [[customer, lots] for customer, lots in _customers(story, place).items()],
        "formerly": {
            place[lot]: _("formerly %(codes)s", codes=story.fact(lot).formerly)
            for lot, _step in steps
            if story.fact(lot).formerly
        },
        "sure": [_(SURE_NAMES[one]) for one in sures],
    }  # fmt: skip


def _millionths(quantity: Any) -> int:
    return int(quantity.scaleb(PLACES))


def _mark(story: Story, lot: int) -> str:
    """What somebody should see at once: held, failed, rejected, a defect."""
    fact = story.fact(lot)
    if fact.holds:
        return "held"
    if fact.status.value == "rejected" or any(one.verdict.value == "fail" for one in story.inspected(lot)):
        return "failed"
    return "flawed" if story.flaws(lot) else ""


def _customers(story: Story, place: dict[int, int]) -> dict[str, list[list[int]]]:
    found: dict[str, dict[int, int]] = {}
    for one in story.shipped:
        lots = found.setdefault(one.customer, {})
        lots[place[one.lot_id]] = lots.get(place[one.lot_id], 0) + _millionths(one.quantity)
    return {customer: [[lot, much] for lot, much in lots.items()] for customer, lots in found.items()}
