"""Events of goods that come, go, are held, looked at and thrown away."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from mes.core.events import Event
from mes.epcis.making import Goods, Made, Told, tells
from mes.inspection.models import Inspection, Verdict
from mes.lots.models import Lot, Movement, MovementKind, Receipt, Shipment
from mes.lots.unit_models import HandlingUnit
from mes.partners.models import Partner

LISTS = ("epcList", "quantityList")


@tells("lots.receipt")
def received(told: Told) -> list[Made]:
    """Material came: receiving, from its supplier."""
    receipt = told.session.get_one(Receipt, told.entry.thing_id)
    its = select(Lot.id).where(Lot.receipt_id == receipt.id)  # by the lot, which has an index
    query = select(Movement).where(
        Movement.lot_id.in_(its), Movement.receipt_id == receipt.id, Movement.kind == MovementKind.RECEIVE
    )
    lines = [line for line in told.session.scalars(query.order_by(Movement.id)) if line.quantity > 0]
    goods, lots = _goods(told, lines)
    if not goods:
        return []
    return [
        told.event(
            "ObjectEvent",
            action="OBSERVE",
            **goods.as_fields(*LISTS),
            bizStep="receiving",
            disposition="in_progress",
            **told.where(lots[lines[0].lot_id]),
            bizTransactionList=[_paper(told, "recadv", "receipt", receipt.code)],
            **_between(told, receipt.supplier_id, None),
        )
    ]


@tells("lots.shipment")
def shipped(told: Told) -> list[Made]:
    """Goods left for a customer: boxes and pallets by their number, loose lots by their own. Where the customer's
    order was named, a second event ties the goods to it."""
    shipment = told.session.get_one(Shipment, told.entry.thing_id)
    query = select(Movement).where(Movement.shipment_id == shipment.id, Movement.kind == MovementKind.SHIP)
    lines = [line for line in told.session.scalars(query.order_by(Movement.id)) if line.reverses_id is None]
    units = _units_that_left(told, shipment.code)
    inside = _inside(told, [unit.id for unit in units])
    goods, _lots = _goods(told, [line for line in lines if line.lot_id not in inside])
    goods.pieces += [told.names.unit(unit.code) for unit in units]
    if not goods:
        return []
    papers = [_paper(told, "desadv", "shipment", shipment.code)]
    common = {**told.where(None), **_between(told, None, shipment.customer_id)}
    events = [
        told.event(
            "ObjectEvent",
            action="OBSERVE",
            **goods.as_fields(*LISTS),
            bizStep="shipping",
            disposition="in_transit",
            bizTransactionList=papers,
            **common,
        )
    ]
    if shipment.reference:
        customer = told.session.get_one(Partner, shipment.customer_id)
        order = {"type": "po", "bizTransaction": told.names.own("po", customer.code, shipment.reference)}
        events.append(
            told.event(
                "TransactionEvent",
                action="ADD",
                **goods.as_fields(*LISTS),
                bizTransactionList=[order, *papers],
                **common,
            )
        )
    return events


@tells("lots.take_back_shipment")
def not_shipped(told: Told) -> list[Made]:
    """It did not leave after all."""
    said = _after(told.entry)
    lots = told.lots([told.entry.thing_id])
    goods = Goods()
    for lot in lots.values():
        goods.put(told.names, lot, Decimal(str(said["quantity"])))
    return [
        told.event(
            "ObjectEvent",
            action="OBSERVE",
            **goods.as_fields(*LISTS),
            bizStep="void_shipping",
            disposition="available",
            **told.where(lots.get(told.entry.thing_id)),
            bizTransactionList=[_paper(told, "desadv", "shipment", str(said["shipment"]))],
        )
    ]


@tells("lots.come_back")
def came_back(told: Told) -> list[Made]:
    """A customer brought it back: received again, and where it now has a number of its own, under that number."""
    said = _after(told.entry)
    shipment = told.session.scalars(select(Shipment).where(Shipment.code == str(said["shipment"]))).one()
    back = told.lots([told.entry.thing_id])[told.entry.thing_id]
    [left] = told.lots_by_code([str(said["from"])])
    went, came = Goods(), Goods()
    went.put(told.names, left, Decimal(str(said["quantity"])))
    came.put(told.names, back, Decimal(str(said["quantity"])))
    papers = [_paper(told, "rma", "return", str(said["return"])), _paper(told, "desadv", "shipment", shipment.code)]
    where = told.where(back)
    events = [
        told.event(
            "ObjectEvent",
            action="OBSERVE",
            **went.as_fields(*LISTS),
            bizStep="receiving",
            disposition="returned",
            bizTransactionList=papers,
            **where,
            **_between(told, shipment.customer_id, None),
        )
    ]
    if went != came:
        both = {**went.as_fields("inputEPCList", "inputQuantityList")}
        both |= came.as_fields("outputEPCList", "outputQuantityList")
        events.append(told.event("TransformationEvent", **both, bizStep="repackaging", **where))
    return events


@tells("lots.retain")
def retained(told: Told) -> list[Made]:
    """Kept as a sample: what CBV calls sampling. It has no word for what is retained; it is not available to anybody.
    Under which number it is kept, the split that made it tells."""
    return _part(told, action="OBSERVE", bizStep="sampling", disposition="unavailable")


@tells("lots.test_sample")
def tested(told: Told) -> list[Made]:
    """Taken of a sample for a test: used up by it."""
    return _part(told, action="DELETE", bizStep="sampling", disposition="destroyed")


@tells("lots.scrap", "lots.dispose_sample")
def scrapped(told: Told) -> list[Made]:
    """Thrown away: it is gone for good."""
    return _part(told, action="DELETE", bizStep="destroying", disposition="destroyed")


@tells("lots.return")
def returned(told: Told) -> list[Made]:
    """Sent back to its supplier."""
    lot = told.session.get_one(Lot, told.entry.thing_id)
    between = _between(told, None, lot.supplier_id)
    return _part(told, action="OBSERVE", bizStep="shipping", disposition="returned", **between)


@tells("lots.hold", "lots.lift_hold")
def held(told: Told) -> list[Made]:
    """Put aside, or free again. A hold of a recall says so."""
    recalled = str(_after(told.entry).get("source", "")).startswith("recall")
    lots = told.lots([told.entry.thing_id])
    goods = told.then(list(lots.values()))
    if told.entry.verb == "lots.hold":
        said = {"bizStep": "holding", "disposition": "recalled" if recalled else "unavailable"}
    elif next(iter(lots.values())).holds:
        return []  # another hold is still on it
    else:
        said = {"disposition": "available"}
    where = told.where(lots.get(told.entry.thing_id))
    return [told.event("ObjectEvent", action="OBSERVE", **goods.as_fields(*LISTS), **said, **where)]


@tells("quality.inspect", "inspection.close")
def inspected(told: Told) -> list[Made]:
    """A lot was looked at, and passed or failed."""
    inspection = told.session.get_one(Inspection, told.entry.thing_id)
    if inspection.lot_id is None or inspection.verdict is None:
        return []
    lots = told.lots([inspection.lot_id])
    return [
        told.event(
            "ObjectEvent",
            action="OBSERVE",
            **told.then(list(lots.values())).as_fields(*LISTS),
            bizStep="inspecting",
            disposition="conformant" if inspection.verdict is Verdict.PASS else "non_conformant",
            **told.where(lots[inspection.lot_id]),
            bizTransactionList=[_paper(told, "testres", "inspection", inspection.code)],
        )
    ]


def _part(told: Told, **said: Any) -> list[Made]:
    """What happened to some or all of one lot."""
    lots = told.lots([told.entry.thing_id])
    goods = Goods()
    for lot in lots.values():
        goods.put(told.names, lot, Decimal(str(_after(told.entry)["quantity"])))
    where = told.where(None)
    return [told.event("ObjectEvent", **goods.as_fields(*LISTS), **said, **where)]


def _goods(told: Told, lines: list[Movement]) -> tuple[Goods, dict[int, Lot]]:
    lots = told.lots(line.lot_id for line in lines)
    goods = Goods()
    for line in lines:
        goods.put(told.names, lots[line.lot_id], abs(line.quantity))
    return goods, lots


def _paper(told: Told, kind: str, ours: str, code: str) -> Made:
    return {"type": kind, "bizTransaction": told.names.paper(ours, code)}


def _between(told: Told, source: int | None, destination: int | None) -> Made:
    """Who had it and who gets it; the one of the two that is not named is this plant."""
    if source is None and destination is None:
        return {}
    partner = told.session.get_one(Partner, source or destination)
    ours, theirs = told.names.party, told.names.partner(partner)
    giver, taker = (theirs, ours) if source else (ours, theirs)
    return {
        "sourceList": [{"type": "owning_party", "source": giver}],
        "destinationList": [{"type": "owning_party", "destination": taker}],
    }


def _units_that_left(told: Told, shipment: str) -> list[HandlingUnit]:
    """The boxes and pallets that left as a whole, as the event log says."""
    logged = select(Event.thing_id, Event.after).where(
        Event.at == told.entry.at, Event.verb == "units.ship", Event.id > told.entry.id
    )
    ids = [
        ident for ident, after in told.session.execute(logged) if json.loads(after or "{}").get("shipment") == shipment
    ]
    query = select(HandlingUnit).where(HandlingUnit.id.in_(ids)).order_by(HandlingUnit.id)
    return list(told.session.scalars(query)) if ids else []


def _inside(told: Told, units: list[int]) -> set[int]:
    if not units:
        return set()
    box = aliased(HandlingUnit)
    boxes = select(box.id).where(box.parent_id.in_(units))
    return set(told.session.scalars(select(Lot.id).where(Lot.unit_id.in_(units) | Lot.unit_id.in_(boxes))))


def _after(entry: Event) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(entry.after) if entry.after else {}
    return said
