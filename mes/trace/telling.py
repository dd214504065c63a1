"""A trace for programs and for the command line."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from mes.core.i18n import N_, _, own_name, shown
from mes.core.types import ONE
from mes.epcis.beyond import beyond
from mes.trace.beginnings import BEGINNING_NAMES
from mes.trace.queries import Direction, Trace
from mes.trace.shapes import Made, TracedEdge, TracedLot, TracedOf, TraceOut
from mes.trace.story import Branch, Story, tell

TITLES = {Direction.UP: N_("Came from"), Direction.DOWN: N_("Went into")}


def trace_as_dict(
    session: Session, text: str, direction: Direction | None = None, only: str | None = None
) -> dict[str, Any]:
    """A trace as plain values. Raises NothingToTrace, WhichOne."""
    told: dict[str, Any] = msgspec.to_builtins(traced(session, tell(session, text, direction, only)))
    return told


def traced(session: Session, story: Story) -> TraceOut:
    """A trace for programs: quantities as text, times in ISO 8601 (UTC).

    ``edges`` say how much of ``parent`` went into ``child``, in the parent's unit. ``step`` is 0 for the lots asked
    for, negative for what went into them, positive for what they went into.
    """
    across = beyond(session, list(story.lots))
    return TraceOut(
        of=TracedOf(story.handle.kind, story.handle.code, _codes(story, story.handle.lot_ids)),
        lots=[_lot(story, step.step, step.lot_id) for step in story.steps()],
        edges=[edge for graph in (story.up, story.down) if graph for edge in _edges(story, graph)],
        sources=_codes(story, story.sources),
        finished=_codes(story, story.finished),
        customers=story.customers,
        shipments=[_row(one) for one in story.shipped],
        reports=[_row(one) for one in story.details.done],
        inspections=[
            {**_row(one), "readings": [_row(each) for each in story.details.measured.get(one.id, ())]}
            for one in story.details.inspected
        ],
        defects=[_row(one) for one in story.details.flaws],
        holds=[_row(one) for one in (*story.details.held, *story.details.freed)],
        conditions=[_row(one) for one in story.details.conditions],
        before=[_row(step) for step in across.before],
        after=[_row(step) for step in across.after],
    )


def _codes(story: Story, lots: Any) -> list[str]:
    return [story.lots[lot][1] for lot in lots]


def _edges(story: Story, graph: Trace) -> Iterator[TracedEdge]:
    lots, sure = graph.lots, story.sure
    up = graph.direction is Direction.UP
    for near, far, millionths in graph.edges:
        parent, child = (far, near) if up else (near, far)
        yield TracedEdge(lots[parent][1], lots[child][1], in_units(millionths), sure[parent, child])


def in_units(millionths: int) -> str:
    """A quantity as the database keeps it, as text: 20500000 is 20.5."""
    whole, rest = divmod(millionths, ONE)
    return f"{whole}.{rest:06d}".rstrip("0") if rest else str(whole)


def _lot(story: Story, step: int, lot_id: int) -> TracedLot:
    fact, item = story.details.facts[lot_id], story.item(lot_id)
    return TracedLot(
        step,
        fact.code,
        item.code,
        item.name,
        item.unit,
        f"{story.made(lot_id):f}",
        f"{fact.on_hand:f}",
        fact.status.value,
        fact.holds,
        fact.place,
        None if fact.arrived_on else fact.made_on.isoformat(),
        fact.arrived_on.isoformat() if fact.arrived_on else None,
        fact.expires_on.isoformat() if fact.expires_on else None,
        fact.supplier,
        fact.supplier_lot,
        fact.trace_number,
        fact.order,
        fact.receipt,
        [
            Made(one.kind.value, f"{one.quantity:f}", one.at.isoformat(), one.who, one.machine, one.tool)
            for one in story.makings(lot_id)
        ],
    )


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
    yield f"{_(BEGINNING_NAMES[story.handle.kind])} {story.handle.code}  {story.handle.name}".rstrip()
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
