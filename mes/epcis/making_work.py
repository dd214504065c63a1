"""Events of work: what was made of what, divided, poured together, packed and unpacked."""

import json
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select

from mes.epcis.making import Goods, Made, Told, tells
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.lots.unit_models import HandlingUnit
from mes.orders.models import Job, Report, WorkOrder

INPUT, OUTPUT = ("inputEPCList", "inputQuantityList"), ("outputEPCList", "outputQuantityList")
#: What comes off, and what is put on.
OFF = ("units.unpack", "units.leave", "units.take_off", "units.take_apart")


@tells("orders.report")
def made(told: Told) -> list[Made]:
    """Lots were made: from which lots, with how much of each. A report before the last operation makes none."""
    report = told.session.get_one(Report, told.entry.thing_id)
    outputs = list(
        told.session.scalars(
            select(Movement)
            .where(Movement.report_id == report.id, Movement.kind == MovementKind.PRODUCE)
            .order_by(Movement.id)
        )
    )
    outputs = [line for line in outputs if line.reverses_id is None and line.quantity > 0]
    if not outputs:
        return []
    edges = told.session.execute(
        select(Edge.parent_id, Edge.quantity).where(Edge.report_id == report.id).order_by(Edge.id)
    ).all()
    lots = told.lots([*(line.lot_id for line in outputs), *(parent for parent, _quantity in edges)])
    came, went = Goods(), Goods()
    for parent, quantity in edges:
        came.put(told.names, lots[parent], quantity)
    for line in outputs:
        went.put(told.names, lots[line.lot_id], line.quantity)
    job = told.session.get_one(Job, report.job_id)
    order = told.session.get_one(WorkOrder, job.order_id)
    papers = [{"type": "prodorder", "bizTransaction": told.names.paper("order", order.code)}]
    where = told.where(lots[outputs[0].lot_id])
    if not came:  # nothing was drawn into it (parts that are not kept in stock): it came into being
        step = "commissioning" if went.pieces else "creating_class_instance"
        lists = went.as_fields("epcList", "quantityList")
        return [
            told.event(
                "ObjectEvent",
                action="ADD",
                **lists,
                bizStep=step,
                disposition="active",
                **where,
                bizTransactionList=papers,
            )
        ]
    return [
        told.event(
            "TransformationEvent",
            **came.as_fields(*INPUT),
            **went.as_fields(*OUTPUT),
            transformationID=told.names.order(order.code),
            bizStep="commissioning" if went.pieces else "creating_class_instance",
            disposition="active",
            **where,
            bizTransactionList=papers,
        )
    ]


@tells("lots.split", "lots.merge")
def parted(told: Told) -> list[Made]:
    """A lot became a lot with a number of its own, or several became one. Where all are called alike outside (parts of
    one supplier's lot), nobody outside sees a difference, and nothing is told."""
    kinds = (EdgeKind.SPLIT, EdgeKind.MERGE, EdgeKind.REWORK)
    query = select(Edge).where(Edge.child_id == told.entry.thing_id, Edge.kind.in_(kinds), Edge.report_id.is_(None))
    edges = [edge for edge in told.session.scalars(query.order_by(Edge.id)) if edge.at == told.entry.at]
    lots = told.lots([told.entry.thing_id, *(edge.parent_id for edge in edges)])
    child = lots.get(told.entry.thing_id)
    if child is None or not edges:
        return []
    came, went = Goods(), Goods()
    for edge in edges:
        came.put(told.names, lots[edge.parent_id], edge.quantity)
        went.put(told.names, child, edge.quantity)
    if came == went:
        return []
    step = "repairing" if any(edge.kind is EdgeKind.REWORK for edge in edges) else "repackaging"
    where = told.where(child)
    return [
        told.event("TransformationEvent", **came.as_fields(*INPUT), **went.as_fields(*OUTPUT), bizStep=step, **where)
    ]


@tells("lots.relabel")
def labelled_anew(told: Told) -> list[Made]:
    """A lot got another code, a piece another number: what goes on under the new name is what was there under the old
    one.

    CBV has no word for it. Its way to say that one identifier ends and another begins for the same goods is the
    transformation: a client that walks events from the old name (as it stands on papers and in earlier events, which
    stay as they were) comes to the new one, and back. Two events, decommissioning and commissioning, would say the
    same to a reader and nothing to a program that follows goods. Where all is called alike outside (a supplier's lot),
    nothing is told.
    """
    lot = told.lots([told.entry.thing_id])[told.entry.thing_id]
    there = told.session.scalar(
        select(func.sum(Movement.quantity)).where(Movement.lot_id == lot.id, Movement.at <= told.entry.at)
    ) or Decimal(0)  # fmt: skip
    came, went = Goods(), Goods()
    came.put(told.names.as_of(told.entry.id - 1), lot, there)
    went.put(told.names, lot, there)
    if came == went:
        return []
    step = "commissioning" if went.pieces else "creating_class_instance"
    lists = came.as_fields(*INPUT) | went.as_fields(*OUTPUT)
    return [told.event("TransformationEvent", **lists, bizStep=step, **told.where(lot))]


@tells("lots.dismantle")
def dismantled(told: Told) -> list[Made]:
    """A machine was taken apart: its parts are there again, each under a number of its own."""
    said = json.loads(told.entry.after) if told.entry.after else {}
    parts, machine = told.lots_by_code(said.get("parts", ())), told.lots([told.entry.thing_id])[told.entry.thing_id]
    recovered = select(Movement.lot_id, Movement.quantity).where(
        Movement.lot_id.in_([lot.id for lot in parts]), Movement.kind == MovementKind.RECOVER, Movement.quantity > 0
    )
    much = dict(told.session.execute(recovered).all())
    came, went = Goods(), Goods()
    came.put(told.names, machine, Decimal(1))
    for lot in parts:
        went.put(told.names, lot, much[lot.id])
    where = told.where(machine)
    if not went:  # nothing could be recovered
        lists = came.as_fields("epcList", "quantityList")
        return [
            told.event("ObjectEvent", action="DELETE", **lists, bizStep="destroying", disposition="destroyed", **where)
        ]
    return [
        told.event(
            "TransformationEvent",
            **came.as_fields(*INPUT),
            **went.as_fields(*OUTPUT),
            bizStep="disassembling",
            disposition="active",
            **where,
        )
    ]


@tells("units.pack", "units.put_on", *OFF)
def packed(told: Told) -> list[Made]:
    """Lots and boxes were put on a box or pallet, or taken off."""
    unit = told.session.get_one(HandlingUnit, told.entry.thing_id)
    said = json.loads(told.entry.after) if told.entry.after else {}
    lots = told.lots_by_code([*said.get("lots", ()), *([said["lot"]] if "lot" in said else ())])
    off = told.entry.verb in OFF
    goods = told.then(lots)
    goods.pieces += [told.names.unit(code) for code in said.get("boxes", ())]
    if not goods:
        return []
    return [
        told.event(
            "AggregationEvent",
            parentID=told.names.unit(unit.code),
            **goods.as_fields("childEPCs", "childQuantityList"),
            action="DELETE" if off else "ADD",
            bizStep="unpacking" if off else "packing",
            disposition="in_progress",
            **_place(told, lots),
        )
    ]


def _place(told: Told, lots: Sequence[Lot]) -> Made:
    return told.where(lots[0] if lots else None)
