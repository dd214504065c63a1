"""A trace for programs and for the command line."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from mes.core.i18n import N_, _, own_name, shown
from mes.trace.handles import KIND_NAMES
from mes.trace.queries import Direction
from mes.trace.story import Branch, Story, tell

TITLES = {Direction.UP: N_("Came from"), Direction.DOWN: N_("Went into")}


def trace_as_dict(
    session: Session, text: str, direction: Direction | None = None, only: str | None = None
) -> dict[str, Any]:
    """A trace as plain values: quantities as text, times in ISO 8601 (UTC). Raises NothingToTrace, WhichOne.

    ``edges`` say how much of ``parent`` went into ``child``, in the parent's unit. ``step`` is 0 for the lots asked
    for, negative for what went into them, positive for what they went into.
    """
    story = tell(session, text, direction, only)
    return {
        "of": {"kind": story.handle.kind, "code": story.handle.code, "lots": _codes(story, story.handle.lot_ids)},
        "lots": [_lot(story, step.step, step.lot_id) for step in story.steps()],
        "edges": [
            {"parent": story.lots[parent][1], "child": story.lots[child][1], "quantity": _plain(quantity)}
            for graph in (story.up, story.down)
            if graph
            for parent, child, quantity in graph.flows()
        ],
        "sources": _codes(story, story.sources),
        "finished": _codes(story, story.finished),
        "customers": story.customers,
        "shipments": [_row(one) for one in story.shipped],
        "reports": [_row(one) for one in story.details.done],
        "inspections": [_row(one) for one in story.details.inspected],
        "defects": [_row(one) for one in story.details.flaws],
        "holds": [_row(one) for one in story.details.held],
    }


def _codes(story: Story, lots: Any) -> list[str]:
    return [story.lots[lot][1] for lot in lots]


def _lot(story: Story, step: int, lot_id: int) -> dict[str, Any]:
    fact, item = story.fact(lot_id), story.item(lot_id)
    return {
        "step": step,
        "code": fact.code,
        "item": item.code,
        "item_name": item.name,
        "unit": item.unit,
        "quantity": _plain(story.made(lot_id)),
        "on_hand": _plain(fact.on_hand),
        "status": fact.status.value,
        "holds": fact.holds,
        "place": fact.place,
        "made_on": None if fact.arrived_on else _plain(fact.made_on),
        "arrived_on": _plain(fact.arrived_on),
        "expires_on": _plain(fact.expires_on),
        "supplier": fact.supplier,
        "supplier_lot": fact.supplier_lot,
        "order": fact.order,
        "receipt": fact.receipt,
        "made": [_row(making) for making in story.makings(lot_id)],
    }


def _row(row: Any) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row._asdict().items() if not name.endswith("id")}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def trace_as_text(session: Session, text: str, direction: Direction | None = None, only: str | None = None) -> str:
    """A trace as lines for a terminal, in the reader's language. Raises NothingToTrace, WhichOne."""
    return "\n".join(_lines(tell(session, text, direction, only)))


def _lines(story: Story) -> Iterator[str]:
    yield f"{_(KIND_NAMES[story.handle.kind])} {story.handle.code}  {story.handle.name}".rstrip()
    for way, graph in ((Direction.UP, story.up), (Direction.DOWN, story.down)):
        if graph is None:
            continue
        yield f"\n{_(TITLES[way])}"
        branches, whole = story.tree(way, most=1000)
        yield from _branches(story, branches, 1)
        if not whole:
            yield "  ..."
    if story.shipped:
        yield f"\n{_('Customers')}"
    for one in story.shipped:
        yield f"  {one.shipment}  {shown(one.at)}  {one.customer}  {one.lot}  {shown(one.quantity)}"


def _branches(story: Story, branches: list[Branch], depth: int) -> Iterator[str]:
    for branch in branches:
        fact = story.fact(branch.lot_id)
        much = f"{shown(branch.quantity)} {branch.unit}" if branch.quantity is not None else ""
        made = story.makings(branch.lot_id)[:1]
        parts = [
            fact.code,
            own_name(story.item(branch.lot_id)),
            much,
            fact.supplier_lot or "",
            *(f"{shown(one.at)} {one.who or ''} {one.machine or ''} {one.tool or ''}".strip() for one in made),
            _("(see above)") if branch.again else "",
        ]
        yield "  " * depth + "  ".join(part for part in parts if part)
        yield from _branches(story, branch.children, depth + 1)
