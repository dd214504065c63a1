"""Use cases of honest late entries: what had happened is entered afterwards, and said to be.

The ledger stays exact: a late entry is a line like any other, it takes from what is there or puts a count right that
had already taken it off, and no lot ever goes below zero. Its moment (``at``) is when it happened, as with entries
that a tablet kept; the event is of the moment it was entered, names who did and why, and says ``happened_at``.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.plant import plant, production_day, this_production_day
from mes.core.types import NOTHING, SMALLEST
from mes.core.work import Work
from mes.genealogy.counted import put_count_right
from mes.genealogy.models import Gap, How, Note
from mes.genealogy.notes import note
from mes.genealogy.queries import is_there
from mes.genealogy.rules import (
    MadeHere,
    MadeOfItself,
    NothingToSettle,
    NotOfThisOrder,
    OrderNotBegun,
    ReceiptKnown,
    UsedBeforeItCame,
    WorkerNamed,
    check_happened,
    check_in_one,
)
from mes.lots.ledger import consume_lot, link_all, lock_lot, move
from mes.lots.models import EdgeKind, Lot, Movement, MovementKind, Receipt
from mes.lots.rules import check_quantity, check_reason
from mes.lots.walks import downwards
from mes.orders import queries as orders
from mes.orders.crew_models import ReportWorker
from mes.orders.genealogy import take_up
from mes.orders.models import InProcess, Job, OrderMaterial, OrderState, Report, WorkOrder
from mes.orders.service import lock_order
from mes.partners.models import Partner
from mes.people.models import Person

UNBEGUN = (OrderState.DRAFT, OrderState.RELEASED, OrderState.CANCELLED)


def enter_consumption(
    work: Work,
    order_code: str,
    lot_code: str,
    quantity: Decimal,
    *,
    happened_at: datetime,
    reason: str,
    into: str | None = None,
) -> Movement:
    """Enter afterwards what was really used for an order, finished ones too (사후 투입).

    It becomes part of the lot ``into``, else of all lots that the order made, by their quantities: which of them it is
    in nobody wrote down. Of an order that has made nothing yet the next result draws it. What a count took off the lot
    since then is put back for it. No gate: it happened, whatever is on hold now. Raises NotFound, ReasonNeeded,
    StillToCome, UsedBeforeItCame, OrderNotBegun, NotOfThisOrder, WhichMachine, MadeOfItself, NotEnough.
    """
    reason = check_reason(reason)
    check_happened(happened_at, work.now)
    check_quantity(quantity)
    order = lock_order(work, order_code)
    if order.state in UNBEGUN:
        raise OrderNotBegun(order=order.code)
    lot = lock_lot(work, lot_code)
    if happened_at < lot.made_at:
        raise UsedBeforeItCame(field="happened_at", lot=lot.code, came=lot.made_at)
    material = _needed(work, order, lot)
    made = _made(work, order, into)
    check_in_one(order, lot, [one for one, *_rest in made])
    _check_not_of_itself(work, order, lot, made)
    put_count_right(work, lot, quantity, happened_at, reason)
    job = work.session.scalars(select(Job).where(Job.order_id == order.id, Job.sequence == material.operation)).first()
    movement = consume_lot(
        work, lot, quantity, order_id=order.id, job_id=job.id if job else None, material_id=material.id, reason=reason
    )
    movement.at = happened_at
    material.consumed += quantity
    [taken] = take_up(work, [movement])
    _draw(work, taken, made, happened_at)
    codes = [one.code for one, _much, _report in made]
    after = {"order": order.code, "quantity": quantity, "happened_at": happened_at, "into": codes}
    work.record("genealogy.enter_consumption", lot, after=after, reason=reason)
    note(work, Gap.CONSUMPTION, material.id, How.ENTERED, reason, happened_at)
    return movement


def _needed(work: Work, order: WorkOrder, lot: Lot) -> OrderMaterial:
    """The material of the order that the lot is, or stands in for; of several, the one that lacks most."""
    materials = orders.materials_of(work.session, order.id)
    others = orders.substitutes(work.session, materials)
    fitting = [
        one
        for one in materials
        if lot.item_id in {one.item_id, *(item.id for item in others.get(one.bom_line_id or 0, []))}
    ]
    if not fitting:
        wanted = ", ".join(one.item.name for one in materials) or "-"
        raise NotOfThisOrder(field="lot", order=order.code, item=lot.item.name, lot=lot.code, wanted=wanted)
    chosen = max(fitting, key=lambda one: (one.missing, -one.position))
    return work.session.get_one(OrderMaterial, chosen.id, populate_existing=True)


def _made(work: Work, order: WorkOrder, into: str | None) -> list[tuple[Lot, Decimal, int]]:
    """The lots that the order made: each with how much, and the last report that did and stands. Raises NotFound."""
    back = aliased(Movement)
    stands = (Movement.reverses_id.is_(None), ~select(back.id).where(back.reverses_id == Movement.id).exists())
    query = (
        select(Lot, func.sum(Movement.quantity), func.max(Movement.report_id))
        .join(Movement, Movement.lot_id == Lot.id)
        .where(Movement.order_id == order.id, Movement.kind == MovementKind.PRODUCE, Lot.item_id == order.item_id)
        .where(*stands)
        .group_by(Lot.id)
        .having(func.sum(Movement.quantity) > NOTHING)
        .order_by(Lot.id)
    )
    found = [(lot, much, report) for lot, much, report in work.session.execute(query) if report is not None]
    if into is None:
        return found
    chosen = [one for one in found if one[0].code == into.strip().upper()]
    if not chosen:
        raise NotFound(field="into", what=_(N_("lot")), code=into)
    return chosen


def _check_not_of_itself(work: Work, order: WorkOrder, lot: Lot, made: Sequence[tuple[Lot, Decimal, int]]) -> None:
    if not made:
        return
    ids = [one.id for one, *_rest in made]
    below = downwards(select(Lot.id).where(Lot.id.in_(ids)), "below")
    if work.session.scalar(select(below.c.id).where(below.c.id == lot.id).limit(1)) is not None:
        raise MadeOfItself(field="lot", lot=lot.code, order=order.code)


def _draw(work: Work, taken: InProcess, made: Sequence[tuple[Lot, Decimal, int]], happened_at: datetime) -> None:
    """By the quantities made; the last one gets what rounding left."""
    whole, total = taken.undrawn, sum((much for _lot, much, _report in made), Decimal(0))
    edges: list[dict[str, Any]] = []
    for position, (lot, much, report) in enumerate(made, 1):
        share = taken.undrawn if position == len(made) else (whole * much / total).quantize(SMALLEST)
        share = min(share, taken.undrawn)
        taken.undrawn -= share
        edges.append({
            "parent_id": taken.lot_id, "child_id": lot.id, "kind": EdgeKind.CONSUME, "quantity": share,
            "movement_id": taken.movement_id, "report_id": report, "at": happened_at,
        })  # fmt: skip
    if edges:
        link_all(work, edges)


def enter_receipt(
    work: Work,
    lot_code: str,
    *,
    happened_at: datetime,
    reason: str,
    supplier: Partner | None = None,
    supplier_lot: str | None = None,
) -> Lot:
    """Enter afterwards that (and when) a lot was delivered (사후 입고): one that only a count brought, or whose receipt
    was entered after it had been used.

    What the count had opened becomes received by two lines that cancel out to the last decimal. Raises NotFound,
    ReasonNeeded, StillToCome, MadeHere, ReceiptKnown.
    """
    reason = check_reason(reason)
    check_happened(happened_at, work.now)
    lot = lock_lot(work, lot_code)
    origins = _origins(work, lot)
    made = (MovementKind.PRODUCE, MovementKind.SPLIT, MovementKind.MERGE)
    again = (MovementKind.COME_BACK, MovementKind.RECOVER)
    if any(one.kind in made for one in origins) or (origins and origins[0].kind in again):
        raise MadeHere(lot=lot.code)
    received = [one for one in origins if one.kind is MovementKind.RECEIVE]
    if received and happened_at >= lot.made_at:
        number = work.session.scalar(select(Receipt.code).where(Receipt.id == lot.receipt_id))
        raise ReceiptKnown(lot=lot.code, receipt=number or "-", came=lot.made_at)
    before = {"receipt_id": lot.receipt_id, "supplier_lot": lot.supplier_lot, "came": lot.made_at}
    if not received:
        _receive(work, lot, origins, happened_at, reason, supplier)
    if supplier is not None:
        lot.supplier_id = supplier.id
    lot.supplier_lot = supplier_lot or lot.supplier_lot
    lot.made_at = min(lot.made_at, happened_at)
    day = production_day(plant(work.session), happened_at)
    lot.made_on = min(lot.made_on, day)
    lot.arrived_on = day if lot.arrived_on is None or day < lot.arrived_on else lot.arrived_on
    after = {"made_at": lot.made_at, "receipt_id": lot.receipt_id, "supplier_lot": lot.supplier_lot}
    work.record(
        "genealogy.enter_receipt", lot, before=before, after={**after, "happened_at": happened_at}, reason=reason
    )
    note(work, Gap.RECEIPT, lot.id, How.ENTERED, reason, happened_at)
    return lot


def _origins(work: Work, lot: Lot) -> list[Movement]:
    """The standing lines that put something onto the lot, first one first."""
    taken_back = select(Movement.reverses_id).where(Movement.lot_id == lot.id, Movement.reverses_id.is_not(None))
    query = select(Movement).where(Movement.lot_id == lot.id, Movement.quantity > NOTHING)
    query = query.where(Movement.reverses_id.is_(None), Movement.id.not_in(taken_back))
    return list(work.session.scalars(query.order_by(Movement.id)))


def _receive(
    work: Work, lot: Lot, origins: Sequence[Movement], happened_at: datetime, reason: str, supplier: Partner | None
) -> None:
    code = dated_code(work.session, "R", this_production_day(work))
    receipt = Receipt(code=code, supplier_id=supplier.id if supplier else None, at=happened_at, note=reason)
    work.add(receipt, "lots.receipt", reason=reason)
    lot.receipt_id = receipt.id
    for opening in origins[:1]:  # what counts found later stays a count
        pair: list[dict[str, Any]] = [
            {"kind": MovementKind.RECEIVE, "quantity": opening.quantity, "to": lot.location, "receipt_id": receipt.id},
            {"kind": opening.kind, "quantity": -opening.quantity, "reverses_id": opening.id},
        ]
        for values in reversed(pair) if lot.on_hand >= opening.quantity else pair:  # a serial number is there once
            line = move(work, lot, with_unit=True, reason=reason, **values)
            line.at = opening.at if line.reverses_id else happened_at
            work.session.flush()
    work.session.flush()


def enter_worker(work: Work, report_id: int, person: Person, reason: str) -> Report:
    """Name afterwards who worked on a result. Raises NotFound, ReasonNeeded, WorkerNamed."""
    reason = check_reason(reason)
    report = work.session.get(Report, report_id)
    if report is None:
        raise NotFound(what=_(N_("result")), code=str(report_id))
    named = work.session.get(ReportWorker, (report.id, person.id))
    if named is not None or report.person_id == person.id:
        raise WorkerNamed(field="person", person=person.name)
    work.session.add(ReportWorker(report_id=report.id, person_id=person.id))
    work.session.flush()
    job = work.session.get_one(Job, report.job_id)
    work.record("genealogy.enter_worker", report, after={"person": person.name}, reason=reason, code=job.code)
    note(work, Gap.OPERATOR, report.id, How.ENTERED, reason, report.at)
    return report


def explain(work: Work, gap: Gap, thing: int, reason: str) -> Note:
    """Say why a gap is none (a sample batch, an item that is made of water): it leaves the list with its reason.

    Raises ReasonNeeded, NothingToSettle.
    """
    reason = check_reason(reason)
    if not is_there(work.session, gap, thing):
        raise NothingToSettle
    made = note(work, gap, thing, How.EXPLAINED, reason, None)
    work.session.flush()
    work.record("genealogy.explain", made, after={"gap": gap, "thing": thing}, reason=reason, code=gap.value)
    return made
