"""The words on labels of goods: move tickets, customers', food and medical labels, boxes and pallets, cards."""

from datetime import date
from decimal import Decimal

from mes.core.gs1 import day_text, gtin14, is_gtin, is_sscc
from mes.core.gs1_link import digital_link
from mes.core.i18n import _, number
from mes.core.qr import is_scannable
from mes.items.models import Item, Tracking
from mes.labels.naming import named, person_named
from mes.labels.things import CardThing, GoodsThing, Maker, MoveThing, UnitThing
from mes.lots.models import Lot
from mes.lots.packing_rules import UNIT_NAMES
from mes.lots.unit_models import HandlingUnit
from mes.lots.unit_queries import Packed

#: Lots that a pallet's label lists; of more it says how many.
LISTED = 12


def goods_row(thing: GoodsThing | MoveThing | UnitThing | CardThing, today: date, again: str) -> dict[str, str]:
    """The words of a label of goods; ``again``: how often it was printed before."""
    if isinstance(thing, CardThing):
        return _card(thing)
    if isinstance(thing, MoveThing):
        row = _move(thing, today)
    elif isinstance(thing, UnitThing):
        row = _unit(thing)
    else:
        row = {"customer": _customer, "food": _food, "udi": _udi}[thing.subject](thing)
    return row | {"reprint": again}


def gtin_of(item: Item) -> str:
    """The item's GTIN with 14 digits, as GS1 codes hold it."""
    return gtin14(item.gtin) if item.gtin and is_gtin(item.gtin) else ""


def link_of(lot: Lot, host: str) -> str:
    """The lot as a GS1 Digital Link; none without a GTIN."""
    gtin = gtin_of(lot.item)
    if not gtin:
        return ""
    return digital_link({"01": gtin, **_numbered(lot), **_days(lot)}, host)


def _numbered(lot: Lot) -> dict[str, str]:
    return {"21" if lot.item.tracking is Tracking.SERIAL else "10": lot.code}


def _days(lot: Lot) -> dict[str, str]:
    return {"17": day_text(lot.expires_on)} if lot.expires_on else {}


def _item(item: Item) -> dict[str, str]:
    return {"item_name": named(item), "item_code": item.code, "spec": item.spec or ""}


def _dates(lot: Lot) -> dict[str, str]:
    return {
        "made_on": "" if lot.arrived_on else lot.made_on.isoformat(),
        "expiry": lot.expires_on.isoformat() if lot.expires_on else "",
    }


def _maker(maker: Maker) -> dict[str, str]:
    return {"maker": maker.name, "address": maker.address, "phone": maker.phone}


def _move(thing: MoveThing, today: date) -> dict[str, str]:
    lot, job = thing.of.lot, thing.job
    row = {
        "code": lot.code,
        **_item(lot.item),
        "quantity": number(lot.on_hand),
        "unit": lot.item.unit,
        "expiry": lot.expires_on.isoformat() if lot.expires_on else "",
        "from_place": named(lot.location) if lot.location else "",
        "day": today.isoformat(),
        "who": person_named(thing.of.maker) if thing.of.maker else "",
    }
    if job is not None:
        step = f"{job.sequence} {named(job)}"
        row |= {"to_place": named(job.work_centre), "next_step": step, "work_order": job.order.code}
    return row


def _customer(thing: GoodsThing) -> dict[str, str]:
    lot, part = thing.of.lot, thing.part
    row = {
        "code": lot.code,
        **_item(lot.item),
        **_dates(lot),
        **_maker(thing.maker),
        "quantity": number(thing.quantity),
        "unit": lot.item.unit,
        "reference": thing.reference,
        "customer": named(thing.customer) if thing.customer else "",
        "gtin": gtin_of(lot.item),
    }
    if part is not None:
        packs = thing.quantity / part.pack_size if part.pack_size else Decimal(0)
        row |= {
            "part_no": part.code,
            "part_scan": part.code if is_scannable(part.code) else "",
            "part_name": part.name or named(lot.item),
            "packs": f"{number(packs)} x {number(part.pack_size)}" if packs and not packs % 1 else "",
        }
    return row


def _food(thing: GoodsThing) -> dict[str, str]:
    lot, item = thing.of.lot, thing.of.lot.item
    return {
        "code": lot.code,
        **_item(item),
        **_dates(lot),
        **_maker(thing.maker),
        "gtin": gtin_of(item),
        "link": link_of(lot, thing.maker.link_host),
        "net_content": item.net_content or "",
        "storage": item.storage or "",
        "allergens": item.allergens or "",
        "ingredients": item.ingredients or "",
        "origin": item.origin or "",
        "licence": item.licence or "",
    }


def _udi(thing: GoodsThing) -> dict[str, str]:
    lot, item = thing.of.lot, thing.of.lot.item
    serial = item.tracking is Tracking.SERIAL
    return {
        "code": lot.code,
        **_item(item),
        **_dates(lot),
        **_maker(thing.maker),
        "gtin": gtin_of(item),
        "made6": "" if lot.arrived_on else day_text(lot.made_on),
        "expiry6": day_text(lot.expires_on) if lot.expires_on else "",
        "lot_no": "" if serial else lot.code,
        "serial_no": lot.code if serial else "",
        "net_content": item.net_content or "",
        "storage": item.storage or "",
        "licence": item.licence or "",
    }


def _unit(thing: UnitThing) -> dict[str, str]:
    unit, lots = thing.content.unit, thing.content.all_lots
    items = {packed.lot.item_id: packed.lot.item for packed in lots}
    days = [packed.lot.expires_on for packed in lots if packed.lot.expires_on]
    row = {
        "code": unit.code,
        "sscc": unit.code if is_sscc(unit.code) else "",
        "kind": _(UNIT_NAMES[unit.kind]),
        "boxes": number(len(thing.content.boxes)) if thing.content.boxes else "",
        "count": number(len(lots)),
        "lots": _listed(lots),
        "expiry": min(days).isoformat() if days else "",
        "location": named(unit.location) if unit.location else "",
        "note": unit.note or "",
        **_maker(thing.maker),
        **_destination(unit),
    }
    if len(items) == 1:
        [item] = items.values()
        total = sum((packed.quantity for packed in lots), Decimal(0))
        return row | _item(item) | {"gtin": gtin_of(item), "quantity": number(total), "unit": item.unit}
    return row | {"item_name": _("Several items") if items else ""}


def _destination(unit: HandlingUnit) -> dict[str, str]:
    shipment = unit.shipment
    return {"customer": named(shipment.customer), "reference": shipment.reference or ""} if shipment else {}


def _listed(lots: list[Packed]) -> str:
    several = len({packed.lot.item_id for packed in lots}) > 1
    words = []
    for packed in lots[:LISTED]:
        amount = f"{number(packed.quantity)} {packed.lot.item.unit}"
        words.append(f"{packed.lot.code} {packed.lot.item.code if several else ''} {amount}".replace("  ", " "))
    if len(lots) > LISTED:
        words.append(_("and %(count)s more", count=len(lots) - LISTED))
    return " · ".join(word.replace(" ", "\u00a0") for word in words)


def _card(thing: CardThing) -> dict[str, str]:
    row = {"code": thing.code, "number": thing.code.rpartition("-")[2]}
    for place, (means, code) in enumerate(thing.entries, 1):
        row[f"code{place}"] = code
        row[f"name{place}"] = _(means) if isinstance(means, str) else named(means)
    return row
