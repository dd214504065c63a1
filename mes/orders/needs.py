"""What an order needs: from the released BOM and routing to its jobs and materials."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from mes.core.i18n import own_name
from mes.core.numbering import dated_codes
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.items.explosion import gross, rounded
from mes.items.models import Bom, BomLine, Item, Routing, Tracking
from mes.items.queries import released_bom, released_routing
from mes.orders import queries
from mes.orders.by_products import mark_by_products
from mes.orders.models import Job, OrderMaterial, WorkOrder
from mes.orders.rules import NoBom, NoRouting, ShortOfMaterial
from mes.orders.step_gate import mark_steps


class Need(NamedTuple):
    """A BOM line after phantoms were taken apart: per one piece of the order's item."""

    line: BomLine
    per_piece: Decimal
    with_loss: Decimal
    operation: int


def frozen(session: Session, item: Item) -> tuple[Bom, Routing]:
    """The revisions an order of this item works by from its release on. Raises NoBom, NoRouting."""
    bom, routing = released_bom(session, item.id), released_routing(session, item.id)
    if bom is None:
        raise NoBom(item=item.name)
    if routing is None or not routing.operations:
        raise NoRouting(item=item.name)
    return bom, routing


def make_jobs(work: Work, order: WorkOrder, bom: Bom, routing: Routing) -> list[Job]:
    """One job for each operation."""
    day = this_production_day(work)
    codes = dated_codes(work.session, "J", day, len(routing.operations))
    last = routing.operations[-1]
    jobs = [
        Job(
            code=code,
            order_id=order.id,
            sequence=step.sequence,
            name=step.name,
            name_en=step.name_en,
            work_centre_id=step.work_centre_id,
            setup_minutes=step.setup_minutes,
            cycle_seconds=step.cycle_seconds,
            outsourced=step.outsourced,
            inspected=step.inspected,
            instruction=step.instruction,
            is_first=step is routing.operations[0],
            is_last=step is last,
        )
        for code, step in zip(codes, routing.operations, strict=True)
    ]
    mark_by_products(work, jobs, bom.id)
    mark_steps(work.session, jobs, routing.id)
    return jobs


def needs_of(session: Session, bom: Bom, routing: Routing) -> list[Need]:
    """Lines of a BOM that are taken from stock, each at its operation (by default the first one)."""
    steps = [step.sequence for step in routing.operations]
    return _needs(session, bom, (Decimal(1), Decimal(1)), steps[0], set(steps))


def _needs(session: Session, bom: Bom, pieces: tuple[Decimal, Decimal], operation: int, steps: set[int]) -> list[Need]:
    """A phantom's own lines take its place, at the operation that would have consumed it; what is lost of the phantom
    was lost of them. ``pieces`` of the BOM's product are in one piece of the order's: net, and with the losses so far.
    """
    needs: list[Need] = []
    for line in bom.lines:
        at = line.operation if line.operation in steps else operation
        net, with_loss = line.quantity * pieces[0], gross(line, pieces[1])
        if line.phantom:
            inner = released_bom(session, line.component_id)
            if inner is None:
                raise NoBom(item=line.component.name)
            needs += _needs(session, inner, (net, with_loss), at, set())
        elif line.component.tracking is not Tracking.NONE:
            needs.append(Need(line, net, with_loss, at))
    return needs


def make_materials(order: WorkOrder, needs: Sequence[Need]) -> list[OrderMaterial]:
    """The needs of an order, as they are frozen at its release."""
    return [
        OrderMaterial(
            order_id=order.id,
            position=position,
            item_id=need.line.component_id,
            per_piece=rounded(need.per_piece),
            required=_required(order, need),
            operation=need.operation,
            consumption=need.line.consumption,
            bom_line_id=need.line.id,
        )
        for position, need in enumerate(needs, 1)
    ]


def _required(order: WorkOrder, need: Need) -> Decimal:
    """Rounded as the explosion of the bill is, so that the two tell one number."""
    return rounded(need.with_loss * order.quantity)


def wanted(orders: Iterable[tuple[WorkOrder, Sequence[Need]]]) -> list[tuple[Item, Decimal]]:
    """What orders need together, by item."""
    sums: dict[int, tuple[Item, Decimal]] = {}
    for order, needs in orders:
        for need in needs:
            item = need.line.component
            sums[item.id] = (item, sums.get(item.id, (item, Decimal(0)))[1] + _required(order, need))
    return list(sums.values())


def check_stock(work: Work, orders: Sequence[tuple[WorkOrder, Sequence[Need]]]) -> None:
    """Whether the usable stock is enough for all these orders together. Raises ShortOfMaterial (a question)."""
    short = queries.shortages(work.session, wanted(orders), work.today)
    if short:
        codes = ", ".join(order.code for order, _needs_of_it in orders)
        raise ShortOfMaterial(code=codes, items=", ".join(own_name(lack.item) for lack in short))
