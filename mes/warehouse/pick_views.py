"""Picking for a work order by scan: what it needs, where the first-out lots lie, and each scan behind the gate."""

from flask import flash, request

from mes.core.access import MATERIALS, Actor
from mes.core.i18n import _, number, own_name
from mes.core.pages import Page, confirmed, go, mes, this_day, this_plant
from mes.core.plant import calendar_day
from mes.core.work import Reader, Work
from mes.equipment.models import Location
from mes.equipment.queries import get_location
from mes.items.counting import decimals_of
from mes.lots.queries import find_lot, get_lot
from mes.orders.queries import get_order
from mes.scan.models import Kind
from mes.warehouse import queries
from mes.warehouse.forms import AmountForm
from mes.warehouse.here import LOTS, exception, lot_code, refuse, room, scanned, shown
from mes.warehouse.moving import Picked, TooBig, pick, take_back_pick

FOR_AN_ORDER = (*LOTS, Kind.SUPPLIER_LOT, Kind.LOCATION, Kind.BADGE, Kind.ORDER, Kind.JOB)


@room.read("/picking", who=MATERIALS)
def picking(read: Reader) -> Page:
    """Orders that need material brought, the most urgent first."""
    return shown("warehouse/picking.html", rows=queries.orders_to_pick(read), today=this_day())


@room.write("/picking/scan", who=MATERIALS, show=picking)
def scan_picking(work: Work) -> Page:
    """An order or a job opens its list."""
    found = scanned(work.session, Kind.ORDER, Kind.JOB).only
    if found.kind not in (Kind.ORDER, Kind.JOB):
        raise refuse(found)
    return go("warehouse.pick_list", code=found.owner if found.kind is Kind.JOB else found.code)


@room.read("/picking/<code>", who=MATERIALS)
def pick_list(read: Reader, code: str) -> Page:
    """What the order needs brought, in the order of the places."""
    return shown(
        "warehouse/pick_list.html",
        found=queries.pick_list(read, code, calendar_day(this_plant(), mes().clock())),
        here=_here(read),
        part=find_lot(read, request.args["made"]) if request.args.get("made") else None,
    )


def _here(read: Reader) -> Location | None:
    """The place at which the handler stands, as he scanned it."""
    at = request.values.get("at", "")
    return get_location(read, at) if at else None


@room.write("/picking/<code>/scan", who=MATERIALS, show=pick_list)
def scan_pick(work: Work, code: str) -> Page:
    """A place says where one stands; a lot is brought; a leader's badge lets the refused one through."""
    found = scanned(work.session, *FOR_AN_ORDER).only if request.form.get("text") else None
    leave = exception(work, found)
    if leave:
        lot, approver, reason = leave
        return _bring(work, code, lot, approver=approver, reason=reason)
    if found is None:
        return go("warehouse.pick_list", code=code)
    if found.kind is Kind.LOCATION:
        return go("warehouse.pick_list", code=code, at=found.code)
    if found.kind in (Kind.ORDER, Kind.JOB):
        return go("warehouse.pick_list", code=found.owner if found.kind is Kind.JOB else found.code)
    lot_scanned = lot_code(found)
    if lot_scanned is None:
        raise refuse(found)
    return _bring(work, code, lot_scanned)


def _bring(work: Work, code: str, lot: str, approver: Actor | None = None, reason: str | None = None) -> Page:
    """Bring a lot; of one with more than is needed a page asks how much."""
    here = _here(work.session)
    done = pick(work, code, lot, here=here, approver=approver, reason=reason, confirmed=confirmed())
    if isinstance(done, TooBig):
        _say_better(work, done)
        at = here.code if here else None
        return go("warehouse.pick_amount", code=code, lot=done.lot.code, need=f"{done.open:f}", at=at)
    if not approver and not reason:  # who allowed it knows
        _say_better(work, done)
    return _brought(work, code, done, here)


def _say_better(work: Work, done: Picked | TooBig) -> None:
    """Where the plant only warns, the lot that should go first is named before the other one is carried away."""
    if done.better is not None:
        first = _("%(first)s goes before %(lot)s.", first=done.better.code, lot=done.lot.code)
        work.after(lambda: flash(first, "warning"))


def _brought(work: Work, code: str, done: Picked | TooBig, here: Location | None) -> Page:
    assert isinstance(done, Picked)
    said = _(
        "%(item)s: %(quantity)s %(unit)s brought to %(place)s (%(lot)s).",
        item=own_name(done.lot.item),
        quantity=number(done.pick.quantity),
        unit=done.lot.item.unit,
        place=own_name(done.place),
        lot=done.lot.code,
    )
    made = done.lot.code if done.rest is not None else None
    return go("warehouse.pick_list", code=code, said=said, at=here.code if here else None, made=made)


def _show_amount(read: Reader, form: AmountForm, code: str, lot: str) -> Page:
    found = get_lot(read, lot)
    return shown(
        "warehouse/pick_amount.html",
        form=form,
        order=get_order(read, code),
        lot=found,
        here=_here(read),
        decimals=decimals_of(found.item),
    )


@room.form("/picking/<code>/lots/<lot>", who=MATERIALS, form=AmountForm, show=_show_amount)
def pick_amount(work: Work, form: AmountForm, code: str, lot: str) -> Page:
    """Bring a part of a lot: it becomes a lot with its own label."""
    here = _here(work.session)
    return _brought(work, code, pick(work, code, lot, form.quantity.data, here=here, confirmed=confirmed()), here)


@room.write("/picking/<code>/undo", who=MATERIALS, show=pick_list)
def undo_pick(work: Work, code: str) -> Page:
    """Bring the last lot back to where it stood."""
    back = take_back_pick(work, code)
    said = _("Lot %(lot)s is taken back.", lot=back.lot.code)
    return go("warehouse.pick_list", code=code, said=said)
