"""Shipping by scan: whose goods, which lots, and everything leaves as one shipment."""

from decimal import Decimal

from flask import flash, request

from mes.core.access import MATERIALS, Actor
from mes.core.i18n import _, number, own_name
from mes.core.pages import Page, confirmed, go
from mes.core.work import Reader, Work
from mes.items.counting import decimals_of
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import find_partner, get_partner, partners_of_kind
from mes.scan.models import Kind
from mes.warehouse import loading as loadings
from mes.warehouse import queries
from mes.warehouse.forms import AmountForm, BeginLoadingForm
from mes.warehouse.here import LOTS, exception, lot_code, refuse, room, scanned, shown
from mes.warehouse.models import LoadedLot
from mes.warehouse.rules import UnknownCustomer

FOR_A_CUSTOMER = (*LOTS, Kind.UNIT, Kind.SUPPLIER_LOT, Kind.ORDER, Kind.BADGE)


def _show_shipping(read: Reader, form: BeginLoadingForm | None = None) -> Page:
    if form is None:
        form = BeginLoadingForm(formdata=None)
        form.fill(read)
    customers = partners_of_kind(read, PartnerKind.CUSTOMER)
    return shown("warehouse/shipping.html", form=form, rows=queries.open_loadings(read), customers=customers)


@room.form("/shipping", who=MATERIALS, form=BeginLoadingForm, show=_show_shipping)
def shipping(work: Work, form: BeginLoadingForm) -> Page:
    """Shipments that are being put together; a new one begins with its customer."""
    customer = get_partner(work.session, str(form.customer.data))
    return go("warehouse.loading", ident=loadings.begin_loading(work, customer, form.reference.data or None).id)


@room.write("/shipping/scan", who=MATERIALS, show=_show_shipping)
def scan_shipping(work: Work) -> Page:
    """A customer's code begins a shipment; a work order begins one for its customer."""
    found = scanned(work.session, Kind.ORDER)
    if found.of(Kind.ORDER):
        return _for_order(work, found.of(Kind.ORDER)[0].code)
    customer = _customer(work, found.scan.code)
    return go("warehouse.loading", ident=loadings.begin_loading(work, customer).id)


def _customer(work: Work, code: str) -> Partner:
    found = find_partner(work.session, code)
    if found is None or PartnerKind.CUSTOMER not in found.kinds or not found.active:
        raise UnknownCustomer(code=code[:60])
    return found


def _for_order(work: Work, code: str) -> Page:
    begun = loadings.begin_for_order(work, code)
    return go("warehouse.loading", ident=begun.id)


@room.read("/shipping/<int:ident>", who=MATERIALS)
def loading(read: Reader, ident: int) -> Page:
    """One shipment before it leaves: its lots, and what is scanned next."""
    found = queries.get_loading(read, ident)
    lines = queries.loaded(read, found.id)
    return shown("warehouse/loading.html", found=found, lines=lines, total=_total(lines))


def _total(lines: list[LoadedLot]) -> dict[str, Decimal]:
    """How much leaves, by unit."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        unit = line.lot.item.unit
        sums[unit] = sums.get(unit, Decimal(0)) + line.quantity
    return sums


@room.write("/shipping/<int:ident>/scan", who=MATERIALS, show=loading)
def scan_loading(work: Work, ident: int) -> Page:
    """A lot is loaded; a work order says whose goods leave; a leader's badge lets the refused lot through."""
    found = scanned(work.session, *FOR_A_CUSTOMER).only if request.form.get("text") else None
    leave = exception(work, found)
    if leave:
        return _load(work, ident, *leave)
    if found is None:
        return go("warehouse.loading", ident=ident)
    if found.kind in (Kind.ORDER, Kind.JOB):
        named = loadings.load_for_order(work, ident, found.owner if found.kind is Kind.JOB else found.code)
        said = _("Only %(item)s is loaded now, for %(order)s.", item=own_name(named.order.item) if named.order else "",
                 order=found.code)  # fmt: skip
        return go("warehouse.loading", ident=ident, said=said)
    if found.kind is Kind.UNIT:
        lots = loadings.load_unit(work, ident, found.code, confirmed=confirmed())
        said = _("%(unit)s is loaded with %(n)s lots.", unit=found.code, n=len(lots))
        return go("warehouse.loading", ident=ident, said=said)
    lot = lot_code(found)
    if lot is None:
        raise refuse(found)
    return _load(work, ident, lot)


def _load(work: Work, ident: int, lot: str, approver: Actor | None = None, reason: str | None = None) -> Page:
    done = loadings.load(work, ident, lot, approver=approver, reason=reason, confirmed=confirmed())
    if done.better is not None:
        first = _("%(first)s should have left before %(lot)s.", first=done.better.code, lot=done.lot.code)
        work.after(lambda: flash(first, "warning"))
    said = _(
        "%(lot)s is loaded: %(quantity)s %(unit)s.",
        lot=done.lot.code,
        quantity=number(done.line.quantity),
        unit=done.lot.item.unit,
    )
    return go("warehouse.loading", ident=ident, said=said)


def _show_line(read: Reader, form: AmountForm, ident: int, line: int) -> Page:
    found = queries.get_loading(read, ident)
    row = next((one for one in queries.loaded(read, ident) if one.id == line), None)
    if row is None:
        return loading(read, ident)
    return shown("warehouse/line.html", form=form, found=found, line=row, decimals=decimals_of(row.lot.item))


@room.form("/shipping/<int:ident>/lines/<int:line>", who=MATERIALS, form=AmountForm, show=_show_line)
def loading_line(work: Work, form: AmountForm, ident: int, line: int) -> Page:
    """Ship another quantity of a lot that is loaded."""
    loadings.change_line(work, ident, line, form.quantity.data, confirmed=confirmed())
    return go("warehouse.loading", ident=ident, said=_("The quantity is changed."))


@room.write("/shipping/<int:ident>/undo", who=MATERIALS, show=loading)
def unload(work: Work, ident: int) -> Page:
    """Take the last lot off the list."""
    lot = loadings.unload(work, ident)
    return go("warehouse.loading", ident=ident, said=_("%(lot)s is taken off the list.", lot=lot.code))


@room.write(
    "/shipping/<int:ident>/lines/<int:line>/remove", who=MATERIALS, show=lambda read, ident, line: loading(read, ident)
)
def remove_line(work: Work, ident: int, line: int) -> Page:
    """Take one lot off the list."""
    lot = loadings.unload(work, ident, line)
    return go("warehouse.loading", ident=ident, said=_("%(lot)s is taken off the list.", lot=lot.code))


@room.write("/shipping/<int:ident>/post", who=MATERIALS, show=loading)
def post_loading(work: Work, ident: int) -> Page:
    """Everything on the list leaves."""
    made = loadings.post_loading(work, ident)
    return go("warehouse.loading", ident=ident, said=_("Shipped as %(code)s.", code=made.code))


@room.write("/shipping/<int:ident>/drop", who=MATERIALS, show=loading)
def drop_loading(work: Work, ident: int) -> Page:
    """Give the shipment up: nothing leaves."""
    loadings.drop_loading(work, ident)
    return go("warehouse.shipping", said=_("The shipment is given up; nothing has left."))
