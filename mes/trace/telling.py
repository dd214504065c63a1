"""A trace for programs and for the command line."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy.orm import Session

from mes.core.i18n import N_, _, own_name, shown
from mes.core.types import ONE, PLACES
from mes.epcis.beyond import beyond
from mes.trace.beginnings import BEGINNING_NAMES
from mes.trace.exactness import Sure
from mes.trace.queries import Direction, Trace
from mes.trace.reads import moment
from mes.trace.shapes import (
    Made,
    TracedCondition,
    TracedDefect,
    TracedEdge,
    TracedEvent,
    TracedHold,
    TracedInspection,
    TracedLot,
    TracedOf,
    TracedReading,
    TracedReport,
    TracedShare,
    TracedShipment,
    TraceOut,
)  # fmt: skip
from mes.trace.sharing import Reached, StoryShares, share_words, shares_of
from mes.trace.story import Branch, Story, tell

Shape = TypeVar("Shape", bound=msgspec.Struct)
TITLES = {Direction.UP: N_("Came from"), Direction.DOWN: N_("Went into")}


def trace_as_dict(
    session: Session, text: str, direction: Direction | None = None, only: str | None = None, *, shares: bool = False
) -> dict[str, Any]:
    """A trace as plain values. Raises NothingToTrace, WhichOne."""
    told: dict[str, Any] = msgspec.to_builtins(traced(session, tell(session, text, direction, only), shares=shares))
    return told


def traced(session: Session, story: Story, *, shares: bool = False) -> TraceOut:
    """A trace for programs: quantities as text, times in ISO 8601 (UTC).

    ``edges`` say how much of ``parent`` went into ``child``, in the parent's unit. ``step`` is 0 for the lots asked
    for, negative for what went into them, positive for what they went into. ``shares``: also how much
    of what is in what.
    """
    across, details = beyond(session, list(story.lots)), story.details
    shipments = list(_shipments(story))
    return TraceOut(
        of=TracedOf(story.handle.kind, story.handle.code, _codes(story, story.handle.lot_ids)),
        lots=list(_lots(story)),
        edges=[*_edges(story.up, story.sures_up), *_edges(story.down, story.sures_down)],
        sources=_codes(story, story.sources),
        finished=_codes(story, story.finished),
        customers=list(dict.fromkeys(one.customer for one in shipments)),
        shipments=shipments,
        reports=list(_reports(story)),
        inspections=[
            TracedInspection(
                one.code, one.kind, one.verdict, one.at, one.who, one.lot, one.order,
                _shaped(details.measured.get(one.id, ()), TracedReading),
            )
            for one in details.inspected
        ],
        defects=_shaped(details.flaws, TracedDefect),
        holds=_shaped([*details.held, *details.freed], TracedHold),
        conditions=_shaped(details.conditions, TracedCondition),
        before=_shaped(across.before, TracedEvent),
        after=_shaped(across.after, TracedEvent),
        shares=list(_shares(session, story)) if shares else [],
    )  # fmt: skip


def _shaped(rows: Sequence[Any], shape: type[Shape]) -> list[Shape]:
    """The same with the fields that programs are told."""
    told = attrgetter(*shape.__struct_fields__)
    return [shape(*told(row)) for row in rows]


def _codes(story: Story, lots: Any) -> list[str]:
    return [story.lots[lot][1] for lot in lots]


def _edges(graph: Trace | None, sures: Sequence[Sure]) -> Iterator[TracedEdge]:
    if graph is None:
        return
    codes = {lot: row[1] for lot, row in graph.lots.items()}
    up = graph.direction is Direction.UP
    for (near, far, much), sure in sorted(zip(graph.edges, sures, strict=True)):  # a database has no order of its own
        parent, child = (far, near) if up else (near, far)
        yield TracedEdge(codes[parent], codes[child], in_units(much), sure)


def _shares(session: Session, story: Story) -> Iterator[TracedShare]:
    found = shares_of(session, story)
    for step, lot, _much in story.line():
        for one in found.at(step, lot):
            yield TracedShare(
                step, story.lots[lot][1], one.item.code, one.item.unit, f"{one.about:f}", f"{one.at_most:f}", one.sure,
                one.is_exact,
            )  # fmt: skip


def in_units(millionths: int) -> str:
    """A quantity as the database keeps it, as text: 20500000 is 20.5."""
    if not millionths % ONE:
        return str(millionths // ONE)
    text = str(millionths).zfill(PLACES + 1)
    return f"{text[:-PLACES]}.{text[-PLACES:].rstrip('0')}"


def _lots(story: Story) -> Iterator[TracedLot]:
    """Each lot as it was read: a long trace has ten thousand of them."""
    rows, items = story.details.rows, story.items
    for step, lot_id, much in story.line():
        (
            _id, code, item_id, on_hand, status, holds, made_on, arrived_on, expires_on, supplier_lot, number, formerly,
            supplier, place, order, receipt,
        ) = rows.facts[lot_id]  # fmt: skip
        item, all_of_it = items[item_id], in_units(much)
        yield TracedLot(
            step, code, item.code, item.name, item.unit, all_of_it, in_units(on_hand), status, holds, place,
            None if arrived_on else made_on, arrived_on, expires_on, supplier, supplier_lot, number, formerly,
            rows.orders.get(order), rows.receipts.get(receipt),
            [
                Made(kind, all_of_it if part == much else in_units(part), moment(at), who, machine, tool)
                for kind, part, at, who, machine, tool in rows.makings.get(lot_id, ())
            ],
        )  # fmt: skip


def _shipments(story: Story) -> Iterator[TracedShipment]:
    """What left of the lots asked for and of what was made of them."""
    touched = story.down.lots if story.down else set(story.handle.lot_ids)
    for lot_id, much, back, (_id, code, customer, at, reference) in story.details.rows.shipped:
        if lot_id in touched:
            lot = story.lots[lot_id][1]
            yield TracedShipment(lot, code, customer, moment(at), reference, in_units(much), in_units(back))


def _reports(story: Story) -> Iterator[TracedReport]:
    orders = story.details.rows.orders
    for _id, _back, who, machine, tool, *counts, at, job, operation, order in story.details.rows.results:
        good, defective, scrap, rework = (in_units(much) if much else "0" for much in counts)
        yield TracedReport(
            orders[order], job, operation, moment(at), who, machine, tool, good, defective, scrap, rework
        )


def trace_as_text(session: Session, text: str, direction: Direction | None = None, only: str | None = None) -> str:
    """A trace as lines for a terminal, in the reader's language. Raises NothingToTrace, WhichOne."""
    story = tell(session, text, direction, only)
    return "\n".join(_lines(story, shares_of(session, story)))


def _lines(story: Story, shares: StoryShares) -> Iterator[str]:
    yield f"{_(BEGINNING_NAMES[story.handle.kind])} {story.handle.code}  {story.handle.name}".rstrip()
    for way, graph in ((Direction.UP, story.up), (Direction.DOWN, story.down)):
        if graph is None:
            continue
        yield f"\n{_(TITLES[way])}"
        branches, whole = story.tree(way, most=1000)
        yield from _branches(story, branches, 1, shares.above if way is Direction.UP else shares.below)
        if not whole:
            yield "  ..."
    if story.shipped:
        yield f"\n{_('Customers')}"
    for one in story.shipped:
        held = share_words(shares.below.of_a_part(one.lot_id, one.quantity))
        yield f"  {one.shipment}  {shown(one.at)}  {one.customer}  {one.lot}  {shown(one.quantity)}  {held}".rstrip()


def _branches(story: Story, branches: list[Branch], depth: int, held: Reached) -> Iterator[str]:
    for branch in branches:
        fact = story.fact(branch.lot_id)
        much = f"{shown(branch.quantity)} {branch.unit}" if branch.quantity is not None else ""
        made = story.makings(branch.lot_id)[:1]
        share = share_words(held.of(branch.lot_id)) if depth > 1 and not branch.again else ""
        parts = [
            fact.code,
            _("formerly %(codes)s", codes=fact.formerly) if fact.formerly else "",
            own_name(story.item(branch.lot_id)),
            much,
            fact.supplier_lot or "",
            *(f"{shown(one.at)} {one.who or ''} {one.machine or ''} {one.tool or ''}".strip() for one in made),
            _("(of it in there: %(much)s)", much=share) if share else "",
            _("(see above)") if branch.again else "",
        ]
        yield "  " * depth + "  ".join(part for part in parts if part)
        yield from _branches(story, branch.children, depth + 1, held)
