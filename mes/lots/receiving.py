"""Use case of material that arrives."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from mes.core.i18n import zone
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Item
from mes.lots.code_queries import as_written, is_taken
from mes.lots.code_rules import CodeTaken
from mes.lots.ledger import move, new_codes, new_lot, shelf_end
from mes.lots.models import Lot, LotStatus, MovementKind, Receipt
from mes.lots.receiving_rules import check_dates, check_receipt
from mes.lots.rules import check_new_lot
from mes.partners.models import Partner


def receive_lots(
    work: Work,
    *,
    item: Item,
    quantities: Sequence[Decimal],
    supplier: Partner | None = None,
    supplier_lot: str | None = None,
    trace_number: str | None = None,
    expires_on: date | None = None,
    made_on: date | None = None,
    location: Location | None = None,
    note: str | None = None,
    codes: Sequence[str] = (),
    came_on: date | None = None,
    confirmed: bool = False,
) -> list[Lot]:
    """Receive material (입고): one lot for each quantity, as each container gets its own label.

    ``trace_number`` is the one under which an authority follows food or livestock.

    Without a use-by date the item's shelf life counts from the day it was made (or came). An item with incoming
    inspection waits for it. ``codes`` are the plant's own lot numbers for opening stock, ``came_on`` the day on which
    that came: its receipt bears that day. ``confirmed`` answers ExpiredOnArrival. Raises NothingReceived,
    TooManyContainers, MadeLater, CameLater, CameBeforeMade, DatesReversed, CodeTaken and what check_new_lot refuses.
    """
    check_receipt(quantities)
    for quantity in quantities:
        check_new_lot(item, quantity)
    today = this_production_day(work)
    came = came_on or today
    expires = expires_on or shelf_end(item, made_on or came)
    check_dates(made_on, expires, work.today, confirmed=confirmed, came=came_on)
    for code in codes:
        if is_taken(work.session, as_written(code)):
            raise CodeTaken(field="lot", code=as_written(code))
    receipt = Receipt(
        code=dated_code(work.session, "R", today),
        supplier_id=supplier.id if supplier else None,
        at=_noon(came_on) if came_on else work.now,
        note=note,
    )
    work.add(receipt, "lots.receipt")
    status = LotStatus.INSPECTION if item.inspect_incoming else LotStatus.AVAILABLE
    values = {
        "supplier_id": supplier.id if supplier else None,
        "supplier_lot": supplier_lot,
        "trace_number": trace_number,
        "expires_on": expires,
        "receipt_id": receipt.id,
        "status": status,
        "note": note,
    }
    dates = {"made_on": made_on or came, "arrived_on": None if made_on else came}
    lots = [
        new_lot(work, item, location, code=code, **dates, **values)
        for code in [as_written(code) for code in codes] or new_codes(work, item, len(quantities))
    ]
    work.session.add_all(lots)
    work.session.flush()
    for lot, quantity in zip(lots, quantities, strict=True):
        move(work, lot, MovementKind.RECEIVE, quantity, to=location, receipt_id=receipt.id)
        work.record("lots.receive", lot, after={"quantity": quantity, "item": item.code, "made_on": made_on, **values})
    return lots


def _noon(day: date) -> datetime:
    """A day without an hour: its middle, which is that day in every shift."""
    return datetime.combine(day, time(12), zone()).astimezone(UTC)
