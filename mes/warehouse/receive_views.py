"""Receiving by scan: the item's code or the supplier's label, then how much in how many containers."""

from flask import request

from mes.core.access import MATERIALS
from mes.core.i18n import _, own_name
from mes.core.pages import Page, confirmed, go
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.items.counting import decimals_of
from mes.items.queries import get_item
from mes.lots.queries import get_receipt, lots_of_receipt, receipt_code
from mes.lots.service import receive_lots
from mes.partners.queries import get_partner
from mes.scan.models import Kind
from mes.scan.rules import Resolution
from mes.warehouse.forms import ArrivalForm
from mes.warehouse.here import LOTS, refuse, room, scanned, shown


@room.read("/receive", who=MATERIALS)
def receive(read: Reader) -> Page:
    """Scan what has arrived. What was received just now stands here to be labelled and put away."""
    code = request.args.get("receipt", "")
    receipt = get_receipt(read, code) if code else None
    lots = lots_of_receipt(read, receipt.id) if receipt else []
    return shown("warehouse/receive.html", receipt=receipt, lots=lots)


@room.write("/receive/scan", who=MATERIALS, show=receive)
def scan_receive(work: Work) -> Page:
    """An item's code, a retail code, or a supplier's label with lot and use-by date."""
    found = scanned(work.session, Kind.ITEM)
    return arrival_of(found) or _refused(found)


def _refused(found: Resolution) -> Page:
    raise refuse(found.only)


def arrival_of(found: Resolution) -> Page | None:
    """The page that receives what was scanned, with what the label says; None for what does not arrive."""
    first = found.scan.first
    named = {"lot": first.lot or first.serial, "expires": first.expires}
    if found.delivered and found.delivered.item:  # the supplier's own barcode, as it was taught
        cut = found.delivered.cut
        told = {
            "lot": cut.lot,
            "expires": f"{cut.use_by:%y%m%d}" if cut.use_by else None,
            "supplier": found.delivered.supplier,
            "quantity": f"{cut.quantity:f}" if cut.quantity else None,
        }
        said = {name: text for name, text in told.items() if text}
        return go("warehouse.arrival", item=found.delivered.item, **said)
    meant = found.only
    if meant.kind is Kind.ITEM:
        return go("warehouse.arrival", item=meant.code, **{name: text for name, text in named.items() if text})
    if meant.kind in LOTS and first.gtin:  # the same supplier's lot came before
        return go("warehouse.arrival", item=meant.owner, **{name: text for name, text in named.items() if text})
    return None


def _show_arrival(read: Reader, form: ArrivalForm, item: str) -> Page:
    found = get_item(read, item)
    return shown("warehouse/arrival.html", form=form, item=found, decimals=decimals_of(found))


@room.form("/receive/<path:item>", who=MATERIALS, form=ArrivalForm, show=_show_arrival)
def arrival(work: Work, form: ArrivalForm, item: str) -> Page:
    """So much in so many containers: one lot, and one label, for each."""
    lots = receive_lots(
        work,
        item=get_item(work.session, item),
        quantities=form.quantities(),
        supplier=get_partner(work.session, form.supplier.data) if form.supplier.data else None,
        supplier_lot=form.supplier_lot.data or None,
        trace_number=form.trace_number.data or None,
        expires_on=form.expires_on.data,
        location=get_location(work.session, form.location.data) if form.location.data else None,
        confirmed=confirmed(),
    )
    said = _("%(item)s: %(count)s lots received.", item=own_name(lots[0].item), count=len(lots))
    return go("warehouse.receive", receipt=receipt_code(work.session, lots[0].receipt_id), said=said)
