"""Use cases: a shipment is put together by scanning its lots, and posted as one (출하)."""

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from mes.core.access import Actor
from mes.core.plant import Strictness, plant
from mes.core.work import Work
from mes.lots.ledger import check_usable, lock_lot, lock_lots
from mes.lots.models import Lot, Shipment
from mes.lots.rules import Use, WrongPlace, check_first_out, check_part, goes_before
from mes.lots.service import ship_lots
from mes.lots.shelves import ASIDE, Shelved, shelved
from mes.orders.override_rules import override
from mes.orders.queries import get_order
from mes.partners.models import Partner
from mes.warehouse import queries
from mes.warehouse.models import LoadedLot, Loading, LoadingState
from mes.warehouse.rules import (
    LoadedAlready,
    LoadingClosed,
    MoreThanOrdered,
    NoCustomer,
    NothingLoaded,
    NothingToTakeBack,
    NotThisCustomers,
)
from mes.warehouse.units import lots_on, whole


class Loaded(NamedTuple):
    """A lot that is on the list now; ``better`` should have left first, where the plant only warns."""

    line: LoadedLot
    lot: Lot
    better: Shelved | None


def begin_loading(work: Work, customer: Partner, reference: str | None = None) -> Loading:
    """Begin a shipment for a customer; it is kept until it leaves or is given up."""
    loading = Loading(customer_id=customer.id, reference=reference, begun_at=work.now, begun_by=work.actor.name)
    return work.add(loading, "warehouse.begin_loading", code=customer.code)


def begin_for_order(work: Work, order_code: str) -> Loading:
    """Begin a shipment of a work order's goods for its customer. Raises NoCustomer."""
    order = get_order(work.session, order_code)
    if order.customer is None:
        raise NoCustomer(order=order.code)
    return load_for_order(work, begin_loading(work, order.customer).id, order.code)


def lock_loading(work: Work, ident: int) -> Loading:
    """An open shipment, locked, with its customer and order. Raises NotFound, LoadingClosed."""
    queries.get_loading(work.session, ident)
    work.lock(Loading, ident)
    loading = queries.get_loading(work.session, ident)
    if loading.state is not LoadingState.OPEN:
        raise LoadingClosed
    return loading


def load_for_order(work: Work, ident: int, order_code: str) -> Loading:
    """Say which work order's goods leave: from now on only its item is taken. Raises NotThisCustomers."""
    loading = lock_loading(work, ident)
    order = get_order(work.session, order_code)
    if order.customer_id not in (None, loading.customer_id):
        whose = order.customer.name if order.customer else "-"
        raise NotThisCustomers(order=order.code, whose=whose, customer=loading.customer.name)
    with work.change(loading, "warehouse.load_for_order", reason=None):
        loading.order_id = order.id
        work.session.flush()
    return queries.get_loading(work.session, ident)


def load(
    work: Work,
    ident: int,
    lot_code: str,
    quantity: Decimal | None = None,
    *,
    approver: Actor | None = None,
    reason: str | None = None,
    confirmed: bool = False,
) -> Loaded:
    """Put a lot on the list of a shipment: it passes the gate or is refused. No quantity means the whole lot.

    The gate: right item where a work order is named, status, use-by with the customer's days left, first out, quantity.
    ``confirmed`` answers MoreThanOrdered. The stock changes when the shipment is posted.
    """
    allowed = override(work.actor, approver, reason)
    loading = lock_loading(work, ident)
    lot = lock_lot(work, lot_code)
    lines = queries.loaded(work.session, loading.id)
    before = next((line for line in lines if line.lot_id == lot.id), None)
    if before is not None:
        raise LoadedAlready(lot=lot.code, quantity=before.quantity, unit=lot.item.unit)
    better = _gate(work, loading, lot, [line.lot_id for line in lines], allowed)
    amount = lot.on_hand if quantity is None else quantity
    check_part(lot, amount)
    if not confirmed:
        _check_ordered(loading, lot, sum((line.quantity for line in lines), amount))
    line = LoadedLot(
        loading_id=loading.id,
        lot_id=lot.id,
        quantity=amount,
        at=work.now,
        person=work.actor.name,
        approved_by=(approver or work.actor).name if allowed else None,
        reason=reason if allowed else None,
    )
    line.lot = lot
    work.session.add(line)
    after = {"to": loading.customer.code, "quantity": amount, "approved_by": line.approved_by}
    work.record("warehouse.load", lot, after=after, reason=line.reason)
    return Loaded(line, lot, better)


def load_unit(work: Work, ident: int, unit_code: str, *, confirmed: bool = False) -> list[Lot]:
    """Put all lots of a box or pallet on the list: each passes the gate, or none is loaded. It leaves as a whole.

    ``confirmed`` answers MoreThanOrdered. Raises NothingLoaded for an empty one, LoadedAlready, and what the gate
    refuses.
    """
    loading = lock_loading(work, ident)
    lots = lock_lots(work, [lot.code for lot in lots_on(work.session, unit_code)])
    if not lots:
        raise NothingLoaded
    lines = queries.loaded(work.session, loading.id)
    listed = {line.lot_id: line.quantity for line in lines}
    together = [*listed, *(lot.id for lot in lots)]
    total = sum(listed.values(), Decimal(0))
    for lot in lots:
        if lot.id in listed:
            raise LoadedAlready(lot=lot.code, quantity=listed[lot.id], unit=lot.item.unit)
        _gate(work, loading, lot, together, allowed=False)
        total += lot.on_hand
        if not confirmed:
            _check_ordered(loading, lot, total)
        line = LoadedLot(
            loading_id=loading.id, lot_id=lot.id, quantity=lot.on_hand, at=work.now, person=work.actor.name
        )
        work.session.add(line)
        work.record("warehouse.load", lot, after={"to": loading.customer.code, "quantity": lot.on_hand})
    return lots


def _gate(work: Work, loading: Loading, lot: Lot, on_list: list[int], allowed: bool) -> Shelved | None:
    settings, customer = plant(work.session), loading.customer
    until = queries.free_until(work.today, customer)
    use = Use(
        today=work.today,
        items=[loading.order.item] if loading.order else (),
        keeps_until=until,
        customer=customer.name,
        days_left=customer.shelf_days or 0,
        first_out=Strictness.OFF if allowed else settings.first_out,
    )
    check_usable(work, lot, use)
    if not allowed and lot.location is not None and lot.location.kind in ASIDE:
        raise WrongPlace(lot=lot.code, place=lot.location.name)
    if settings.first_out is Strictness.OFF:
        return None
    found = shelved(work.session, [lot.item_id], until, left_out=on_list)
    first = found[0] if found else None
    check_first_out(lot, Use(today=work.today, first_out=use.first_out, first=first))
    return first if goes_before(first, lot) else None


def _check_ordered(loading: Loading, lot: Lot, total: Decimal) -> None:
    order = loading.order
    if order is not None and total > order.quantity:
        raise MoreThanOrdered(lot=lot.code, sum=total, ordered=order.quantity, unit=lot.item.unit)


def change_line(work: Work, ident: int, line_id: int, quantity: Decimal, *, confirmed: bool = False) -> LoadedLot:
    """Ship another quantity of a lot that is on the list. ``confirmed`` answers MoreThanOrdered.

    Raises NothingToTakeBack, NotEnough.
    """
    loading = lock_loading(work, ident)
    line = work.session.scalar(select(LoadedLot).where(LoadedLot.id == line_id, LoadedLot.loading_id == loading.id))
    if line is None:
        raise NothingToTakeBack
    lines = queries.loaded(work.session, loading.id)
    lot = next(one.lot for one in lines if one.id == line.id)
    check_part(lot, quantity)
    if quantity > line.quantity and not confirmed:
        _check_ordered(loading, lot, sum((one.quantity for one in lines if one.id != line.id), quantity))
    with work.change(line, "warehouse.change_line"):
        line.quantity = quantity
        work.session.flush()
    return line


def unload(work: Work, ident: int, line_id: int | None = None) -> Lot:
    """Take a lot off the list: the named line, or the last one. Raises NothingToTakeBack."""
    loading = lock_loading(work, ident)
    lines = queries.loaded(work.session, loading.id)
    line = next((one for one in reversed(lines) if line_id in (None, one.id)), None)
    if line is None:
        raise NothingToTakeBack
    work.record("warehouse.unload", line.lot, before={"to": loading.customer.code, "quantity": line.quantity})
    work.session.delete(line)
    return line.lot


def post_loading(work: Work, ident: int) -> Shipment:
    """Everything on the list leaves as one shipment; each lot passes the gate once more. Raises NothingLoaded."""
    loading = lock_loading(work, ident)
    lines = queries.loaded(work.session, loading.id)
    if not lines:
        raise NothingLoaded
    shipment = ship_lots(
        work,
        customer=loading.customer,
        lines=whole(work.session, lines),
        reference=loading.reference or (loading.order.code if loading.order else None),
    )
    with work.change(loading, "warehouse.post_loading"):
        loading.state, loading.shipment_id = LoadingState.SHIPPED, shipment.id
        work.session.flush()
    return shipment


def drop_loading(work: Work, ident: int) -> Loading:
    """Give a shipment up before it left: nothing of it has left the stock."""
    loading = lock_loading(work, ident)
    with work.change(loading, "warehouse.drop_loading"):
        loading.state = LoadingState.DROPPED
        work.session.flush()
    return loading
