"""Reads for labels of goods on their way: to the next job, to customers, on boxes and pallets; and cards of codes."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.commands import all_commands
from mes.core.errors import Refused
from mes.core.i18n import N_, _, own_name
from mes.core.plant import plant
from mes.core.qr import is_scannable
from mes.items.customer_parts import parts_for
from mes.items.models import CustomerPart, Item
from mes.labels.lot_reads import in_order, lots_of
from mes.labels.things import CardThing, GoodsThing, LotThing, Maker, MoveThing, UnitThing
from mes.lots.models import Lot, Movement, MovementKind, Shipment
from mes.lots.unit_models import HandlingUnit
from mes.lots.unit_queries import UNIT_WITH_NAMES, code_of_unit, contents_of
from mes.orders.models import Job, OrderMaterial, OrderState, WorkOrder
from mes.partners.models import Partner
from mes.quality.models import DefectCode

#: Codes on one page of a card.
ON_A_CARD = 18


class SeveralCustomers(Refused):
    """A lot that any of several customers may get: whose number stands on its label?"""

    message = N_("It is not known for which customer lot %(lot)s is: %(customers)s have numbers for its item.")
    hint = N_("Ship it first, or let its work order name the customer; then print.")


def maker_of(session: Session) -> Maker:
    """The plant as its goods name it."""
    settings = plant(session)
    return Maker(settings.name, settings.address or "", settings.phone or "", settings.link_host)


def _goods(session: Session, subject: str, codes: Sequence[str]) -> list[GoodsThing]:
    maker = maker_of(session)
    things = lots_of(session, codes)
    left = _left(session, [one.lot.id for one in things])
    return [
        GoodsThing(subject, one, maker, one.lot.on_hand or (left[one.lot.id][0] if one.lot.id in left else Decimal(0)))
        for one in things
    ]


def _for_customers(session: Session, codes: Sequence[str]) -> list[GoodsThing]:
    maker = maker_of(session)
    things = lots_of(session, codes)
    left = _left(session, [one.lot.id for one in things])
    known: dict[int, list[CustomerPart]] = {}
    for part in parts_for(session, {one.lot.item_id for one in things}):
        known.setdefault(part.item_id, []).append(part)
    return [_for_customer(one, maker, left.get(one.lot.id), known.get(one.lot.item_id, [])) for one in things]


def _for_customer(
    thing: LotThing, maker: Maker, left: tuple[Decimal, Shipment] | None, parts: Sequence[CustomerPart]
) -> GoodsThing:
    """The customer to whom it left, with what left for him, else the one of its work order, else the only one who has
    a number for it, with what is there."""
    quantity = thing.lot.on_hand
    reference = ""
    customer: Partner | None = thing.order.customer if thing.order else None
    if left is not None:
        quantity, customer, reference = left[0], left[1].customer, left[1].reference or ""
    if customer is None and len(parts) > 1:
        raise SeveralCustomers(lot=thing.lot.code, customers=", ".join(own_name(one.partner) for one in parts))
    if customer is None and parts:
        customer = parts[0].partner
    part = next((one for one in parts if customer is not None and one.partner_id == customer.id), None)
    return GoodsThing("customer", thing, maker, quantity, customer, reference, part)


def _left(session: Session, lot_ids: Sequence[int]) -> dict[int, tuple[Decimal, Shipment]]:
    """How much of each lot left with its newest shipment that was not taken back."""
    back = aliased(Movement)
    query = (
        select(Movement, Shipment)
        .join(Shipment, Shipment.id == Movement.shipment_id)
        .outerjoin(back, back.reverses_id == Movement.id)
        .options(joinedload(Shipment.customer))
        .where(Movement.lot_id.in_(lot_ids), Movement.kind == MovementKind.SHIP)
        .where(Movement.reverses_id.is_(None), back.id.is_(None))
        .order_by(Movement.id)
    )
    return {movement.lot_id: (-movement.quantity, shipment) for movement, shipment in session.execute(query)}


def _moves(session: Session, codes: Sequence[str]) -> list[MoveThing]:
    """Each lot with the job of the open order that is due first and still needs its item."""
    things = lots_of(session, codes)
    query = (
        select(OrderMaterial.item_id, Job)
        .join(WorkOrder, WorkOrder.id == OrderMaterial.order_id)
        .join(Job, (Job.order_id == WorkOrder.id) & (Job.sequence == OrderMaterial.operation))
        .options(joinedload(Job.work_centre), joinedload(Job.order))
        .where(WorkOrder.state.in_((OrderState.RELEASED, OrderState.RUNNING)))
        .where(OrderMaterial.item_id.in_({one.lot.item_id for one in things}))
        .where(OrderMaterial.consumed < OrderMaterial.required)
        .order_by(WorkOrder.due_on.desc(), WorkOrder.id.desc())
    )
    needs = dict(session.execute(query).all())
    return [MoveThing(one, needs.get(one.lot.item_id)) for one in things]


def _units(session: Session, codes: Sequence[str]) -> list[UnitThing]:
    plain = {code: code_of_unit(code) for code in codes}
    to = joinedload(HandlingUnit.shipment).joinedload(Shipment.customer)
    query = select(HandlingUnit).options(*UNIT_WITH_NAMES, to).where(HandlingUnit.code.in_(set(plain.values())))
    found = {unit.code: unit for unit in session.scalars(query)}
    units = in_order({code: found.get(own) for code, own in plain.items()}, _(N_("box or pallet")))
    contents = contents_of(session, units)
    maker = maker_of(session)
    return [UnitThing(contents[unit.id], maker) for unit in units]


def _commands(session: Session, codes: Sequence[str]) -> list[CardThing]:
    """Actions on the first page, digits on the second."""
    commands = all_commands()
    pages = {
        "COMMANDS-1": [one for one in commands if one.command.digit is None],
        "COMMANDS-2": [one for one in commands if one.command.digit is not None],
    }
    cards = {
        code: CardThing(code, tuple((one.name, one.code) for one in page)) for code, page in pages.items()
    }  # fmt: skip
    return in_order({code: cards.get(code.upper()) for code in codes}, _(N_("card")))


def _defects(session: Session, codes: Sequence[str]) -> list[CardThing]:
    """All defect codes in use that a scanner can type, a page at a time."""
    return in_order({code: _defect_pages(session).get(code.upper()) for code in codes}, _(N_("card")))


def _defect_pages(session: Session) -> dict[str, CardThing]:
    found = session.scalars(select(DefectCode).where(DefectCode.active).order_by(DefectCode.code)).all()
    entries = [(one, one.code) for one in found if is_scannable(one.code) and one.code == one.code.upper()]
    pages = [entries[begin : begin + ON_A_CARD] for begin in range(0, len(entries), ON_A_CARD)]
    return {f"DEFECTS-{n}": CardThing(f"DEFECTS-{n}", tuple(page)) for n, page in enumerate(pages, 1)}


def all_cards(session: Session, subject: str) -> list[str]:
    """The pages of a card."""
    return ["COMMANDS-1", "COMMANDS-2"] if subject == "commands" else list(_defect_pages(session))


def newest_goods(session: Session, subject: str) -> str | None:
    """The code of the newest box or card page, to look at a layout with."""
    if subject in CARDS:
        return next(iter(all_cards(session, subject)), None)
    if subject == "unit":
        return session.scalar(select(func.max(HandlingUnit.code)).where(HandlingUnit.ended_at.is_(None)))
    query = select(Lot.code).join(Item, Item.id == Lot.item_id).where(Lot.on_hand > 0)
    if subject == "food":
        query = query.where(Item.net_content.is_not(None), Lot.expires_on.is_not(None))
    if subject == "udi":
        query = query.where(Item.gtin.is_not(None), Lot.expires_on.is_not(None))
    if subject == "customer":
        certain = select(CustomerPart.item_id).group_by(CustomerPart.item_id).having(func.count() == 1)
        query = query.where(Lot.item_id.in_(certain))
    code: str | None = session.scalar(query.order_by(Lot.id.desc()).limit(1))
    return code


CARDS = ("commands", "defects")
GOODS: Mapping[str, Callable[[Session, Sequence[str]], list[Any]]] = {
    "move": _moves,
    "customer": _for_customers,
    "food": lambda session, codes: _goods(session, "food", codes),
    "udi": lambda session, codes: _goods(session, "udi", codes),
    "unit": _units,
    "commands": _commands,
    "defects": _defects,
}
