"""Lots at a desk: stock, receiving, one lot and what may be done with it, shipping."""

from datetime import date

from flask import g, make_response, request

from mes.core.access import EVERYONE, INSPECTORS, LEADERS, MATERIALS, OFFICE, QUALITY_ONLY
from mes.core.forms import Form
from mes.core.i18n import N_, _, number, own_name, stamp
from mes.core.pages import Page, Room, confirmed, go, mes, page, this_plant
from mes.core.plant import calendar_day
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.items.queries import find_item, get_named_item
from mes.lots import delivery, queries, service
from mes.lots.code_queries import as_written, code_now
from mes.lots.count_rules import QuantityMoved
from mes.lots.forms import (
    AdjustForm,
    DisposeForm,
    HoldForm,
    LiftForm,
    MergeForm,
    MoveForm,
    QuantityForm,
    ReceiveForm,
    ShipForm,
    TakeBackForm,
)
from mes.lots.models import Lot
from mes.lots.page_parts import parts_of, rows_of
from mes.lots.return_queries import back_of_shipment
from mes.lots.search import page_of_lots
from mes.lots.stock import page_of_stock
from mes.lots.unit_models import HandlingUnit
from mes.partners.queries import get_partner

room = Room("lots", __name__)
room.entry("lots.index", N_("Lots"), "boxes", "material", OFFICE)
room.entry("lots.stock", N_("Stock"), "warehouse", "material", OFFICE)
room.entry("lots.receive", N_("Receive"), "package-plus", "material", MATERIALS)
room.entry("lots.shipments", N_("Shipments"), "truck", "material", OFFICE)


def _today() -> date:
    return calendar_day(this_plant(), mes().clock())


@room.context_processor
def who_may() -> dict[str, object]:
    """Whom the pages ask for before they offer an act."""
    return {"INSPECTORS": INSPECTORS, "MATERIALS": MATERIALS, "OFFICE": OFFICE, "QUALITY_ONLY": QUALITY_ONLY}


@room.read("/lots", who=OFFICE)
def index(read: Reader) -> Page:
    """Lots, newest first, with what narrows them down kept in the address."""
    asked = request.args
    item = find_item(read, asked["item"]) if asked.get("item") else None
    lots = page_of_lots(
        read,
        text=asked.get("q", "")[:100],
        item_id=item.id if item else None,
        show=asked.get("show", "stock"),
        after=asked.get("after"),
        today=_today(),
    )
    return page("lots/index.html", lots=lots, item=item)


@room.read("/stock", who=OFFICE)
def stock(read: Reader) -> Page:
    """What is there of each item."""
    asked = request.args
    rows = page_of_stock(read, _today(), text=asked.get("q", ""), kind=asked.get("kind"), after=asked.get("after"))
    return page("lots/stock.html", rows=rows)


@room.form("/lots/receive", who=MATERIALS, form=ReceiveForm, show="lots/receive.html")
def receive(work: Work, form: ReceiveForm) -> Page:
    """Receive material: one lot for each container."""
    lots = service.receive_lots(
        work,
        item=get_named_item(work.session, str(form.item.data)),
        quantities=form.quantities(),
        supplier=get_partner(work.session, form.supplier.data) if form.supplier.data else None,
        supplier_lot=form.supplier_lot.data or None,
        trace_number=form.trace_number.data or None,
        expires_on=form.expires_on.data,
        made_on=form.made_on.data,
        location=get_location(work.session, form.location.data) if form.location.data else None,
        note=form.note.data or None,
        confirmed=confirmed(),
    )
    if len(lots) == 1:
        return go("lots.show", code=lots[0].code, said=_("Received as lot %(lot)s.", lot=lots[0].code))
    said = _("Received as %(count)s lots.", count=len(lots))
    return go("lots.receipt", code=queries.receipt_code(work.session, lots[0].receipt_id), said=said)


@room.read("/receipts/<code>", who=OFFICE)
def receipt(read: Reader, code: str) -> Page:
    """Lots that came in together, to print their labels."""
    found = queries.get_receipt(read, code)
    return page("lots/receipt.html", receipt=found, lots=queries.lots_of_receipt(read, found.id))


@room.read("/lots/<code>", who=EVERYONE)
def show(read: Reader, code: str) -> Page:
    """One lot: what it is, where, how much, and everything that happened to it."""
    lot = queries.get_lot(read, code)
    if lot.code != as_written(code):  # the address on an old label
        return go("lots.show", code=lot.code)
    holds = queries.holds_of(read, lot.id)
    forms = {
        "move": MoveForm(formdata=None),
        "split": QuantityForm(formdata=None),
        "adjust": AdjustForm(formdata=None, data={"seen": lot.on_hand}),
        "scrap": DisposeForm(formdata=None),
        "send_back": DisposeForm(formdata=None),
        "hold": HoldForm(formdata=None),
    }
    forms["move"].fill(read)
    forms["hold"].fill(read, code=lot.code)
    return page(
        "lots/show.html",
        lot=lot,
        forms=forms,
        holds=holds,
        lifts={hold.id: LiftForm(formdata=None, data={"hold": hold.id}) for hold in holds if hold.lifted_at is None},
        kin=queries.kin(read, [lot.id]) if lot.holds else [],
        places=queries.place_names(read),
        today=_today(),
        packed_on=read.get(HandlingUnit, lot.unit_id) if lot.unit_id else None,
        **rows_of(read, lot.id, whole=bool(request.args.get("all"))),
        **parts_of(read, lot),
    )


def act_page(read: Reader, form: Form, code: str) -> Page:
    """One act on one lot by itself: refused, with everything that was typed. Raises NotFound."""
    lot = queries.get_lot(read, code)
    if isinstance(form, AdjustForm) and isinstance(g.get("refused"), QuantityMoved):
        form.show_left(lot.on_hand)
    return page("lots/act.html", form=form, lot=lot)


@room.form("/lots/<code>/move", who=MATERIALS, form=MoveForm, show=act_page)
def move(work: Work, form: MoveForm, code: str) -> Page:
    """Put a lot, or a part of it, somewhere else."""
    place = get_location(work.session, form.location.data)
    moved = service.move_lot(work, code, place, form.quantity.data)
    said = _("%(lot)s is now at %(place)s.", lot=moved.code, place=own_name(place))
    if moved.code != code_now(work.session, code):
        return _new_part(work, code, moved, said)
    return go("lots.show", code=moved.code, said=said)


def _new_part(work: Work, code: str, part: Lot, said: str) -> Page:
    """What a new lot is told with: how much it holds, what stays in the other, and that it needs a label."""
    rest = queries.get_lot(work.session, code)
    names = {"lot": part.code, "much": number(part.on_hand), "unit": part.item.unit}
    about = _("%(much)s %(unit)s became the new lot %(lot)s; %(left)s %(unit)s stay in %(from_lot)s.",
              left=number(rest.on_hand), from_lot=rest.code, **names)  # fmt: skip
    label = _("Print its label now.")
    return go("lots.show", code=part.code, said=" ".join(one for one in (about, said, label) if one))


@room.form("/lots/<code>/split", who=MATERIALS, form=QuantityForm, show=act_page)
def split(work: Work, form: QuantityForm, code: str) -> Page:
    """Take a part off a lot; it gets its own label."""
    return _new_part(work, code, service.split_lot(work, code, form.quantity.data), "")


@room.form("/lots/<code>/adjust", who=MATERIALS, form=AdjustForm, show=act_page)
def adjust(work: Work, form: AdjustForm, code: str) -> Page:
    """Set a lot to what was counted."""
    service.adjust_lot(work, code, form.counted.data, str(form.reason.data), seen=form.seen.data)
    return go("lots.show", code=code, said=_("The count is recorded."))


@room.form("/lots/<code>/scrap", who=LEADERS | QUALITY_ONLY, form=DisposeForm, show=act_page)
def scrap(work: Work, form: DisposeForm, code: str) -> Page:
    """Throw away some or all of a lot."""
    service.scrap_lot(work, code, form.quantity.data, str(form.reason.data))
    return go("lots.show", code=code, said=_("Scrapped."))


@room.form("/lots/<code>/return", who=MATERIALS, form=DisposeForm, show=act_page)
def send_back(work: Work, form: DisposeForm, code: str) -> Page:
    """Send some or all of a lot back to its supplier."""
    service.return_lot(work, code, form.quantity.data, str(form.reason.data))
    return go("lots.show", code=code, said=_("Sent back to the supplier."))


@room.form("/lots/<code>/hold", who=OFFICE, form=HoldForm, show=act_page)
def hold(work: Work, form: HoldForm, code: str) -> Page:
    """Put a lot aside, and with it the lots that were one with it."""
    lot = queries.get_lot(work.session, code)
    also = form.also.data or []
    service.hold_lot(work, lot.id, str(form.reason.data), also=also)
    return go("lots.show", code=lot.code, said=_on_hold([lot.code, *also]))


@room.write("/lots/<code>/hold-kin", who=OFFICE, show=show)
def hold_kin(work: Work, code: str) -> Page:
    """Put aside, in one press, what was one with a held lot."""
    held = service.hold_kin(work, code)
    return go("lots.show", code=code, said=_on_hold([lot.code for lot in held]))


def _on_hold(codes: list[str]) -> str:
    return _("On hold: %(lots)s.", lots=", ".join(codes))


@room.form("/lots/<code>/lift", who=QUALITY_ONLY, form=LiftForm, show=act_page)
def lift(work: Work, form: LiftForm, code: str) -> Page:
    """Lift one hold with a reason."""
    service.lift_hold(work, queries.get_hold(work.session, code, form.hold.data or "").id, str(form.reason.data))
    return go("lots.show", code=code, said=_("The hold is lifted."))


@room.form("/lots/merge", who=MATERIALS, form=MergeForm, show="lots/merge.html")
def merge(work: Work, form: MergeForm) -> Page:
    """Pour lots together."""
    merged = service.merge_lots(work, form.lot_codes())
    return go("lots.show", code=merged.code, said=_("Merged into lot %(lot)s.", lot=merged.code))


@room.read("/shipments", who=OFFICE)
def shipments(read: Reader) -> Page:
    """What left for whom, newest first."""
    return page("lots/shipments.html", shipments=queries.page_of_shipments(read, after=request.args.get("after")))


@room.form("/shipments/new", who=MATERIALS, form=ShipForm, show="lots/ship.html")
def ship(work: Work, form: ShipForm) -> Page:
    """Ship lots to a customer, all or nothing."""
    made = service.ship_lots(
        work,
        customer=get_partner(work.session, form.customer.data),
        lines=form.shipped,
        reference=form.reference.data or None,
        note=form.note.data or None,
    )
    return go("lots.shipment", code=made.code, said=_("Shipped as %(code)s.", code=made.code))


@room.read("/shipments/<code>", who=OFFICE)
def shipment(read: Reader, code: str) -> Page:
    """One shipment with its lots."""
    found = queries.get_shipment(read, code)
    back = back_of_shipment(read, found.id)
    return page("lots/shipment.html", shipment=found, lines=queries.shipped_lots(read, found.id), back=back)


def take_back_page(read: Reader, form: TakeBackForm, code: str) -> Page:
    """The question why a shipment, or one lot of it, is taken back."""
    found = queries.get_shipment(read, code)
    lines = [
        line
        for line in queries.shipped_lots(read, found.id)
        if not line.undone and (not form.lot.data or line.lot.code == code_now(read, form.lot.data))
    ]
    return page("lots/take_back.html", form=form, shipment=found, lines=lines)


@room.form("/shipments/<code>/undo", who=MATERIALS, form=TakeBackForm, show=take_back_page)
def take_back(work: Work, form: TakeBackForm, code: str) -> Page:
    """Take a shipment, or one lot of it, back: it did not leave after all."""
    lots = service.take_back_shipment(work, code, str(form.reason.data), lot=form.lot.data or None)
    said = _("Taken back into stock: %(lots)s.", lots=", ".join(lot.code for lot in lots))
    return go("lots.shipment", code=code, said=said)


@room.read("/shipments/<code>/note", who=OFFICE)
def delivery_note(read: Reader, code: str) -> Page:
    """The delivery note, to print."""
    found = queries.get_shipment(read, code)
    return page(
        "lots/delivery_note.html",
        shipment=found,
        facts=delivery.delivery_facts(found),
        names=delivery.APPROVAL,
        lines=delivery.delivered(queries.shipped_lots(read, found.id)),
        printed_at=stamp(mes().clock()),
    )


@room.read("/shipments/<code>/note.pdf", who=OFFICE)
def delivery_note_pdf(read: Reader, code: str) -> Page:
    """The delivery note as a file."""
    found = queries.get_shipment(read, code)
    lines = queries.shipped_lots(read, found.id)
    response = make_response(delivery.delivery_pdf(found, lines, this_plant().name or "MES", mes().clock()))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{found.code}.pdf"'
    return response
