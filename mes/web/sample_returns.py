"""What customers bring back in a sample factory: a part of a shipment, or a machine; quality looks at it."""

from decimal import Decimal

from sqlalchemy import select

from mes.core.work import Work
from mes.items.models import Item
from mes.lots.dismantle_models import PartOutcome
from mes.lots.dismantle_queries import inside_of
from mes.lots.dismantle_rules import TakenOut
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.queries import open_holds
from mes.lots.return_models import CustomerReturn, ReturnCondition
from mes.lots.return_queries import lines_of, still_away
from mes.lots.return_rules import Goods
from mes.lots.service import dismantle, lift_hold, make_unit, scrap_lot, ship_lots, take_returns
from mes.lots.unit_models import UnitKind
from mes.partners.queries import get_partner
from mes.web.sample_stage import DAYS, Stage, Story

#: What becomes of the parts of the tiller that leaked; the rest could not be recovered.
TILLER: dict[str, tuple[PartOutcome, str]] = {
    "ASM-ENG": (PartOutcome.HOLD, "시동 점검 필요"),
    "ASM-GBX": (PartOutcome.SCRAP, "하우징 균열"),
    "WHL-600": (PartOutcome.STOCK, "외관 양호"),
}


def ship_on_a_pallet(floor: Stage, person: str, lots: list[str], customer: str, reference: str) -> str:
    """Lots leave on a pallet of their own."""

    def deed(work: Work) -> str:
        buyer = get_partner(work.session, customer)
        pallet = make_unit(work, UnitKind.PALLET, lots=lots)
        return ship_lots(work, customer=buyer, lines=[(pallet.code, None)], reference=reference).code

    return floor.do(person, deed)


def leaking_tiller(floor: Stage, person: str, leader: str) -> Story:
    """One of the tillers comes back from the dealer; the next morning it is taken apart for its engine."""
    why = "시동 불량, 기어박스 누유"
    code = yield from brought_back(floor, person, "TL-7", 1, why, ReturnCondition.DEFECTIVE, "AS-0308")
    yield (DAYS, 45)

    def deed(work: Work) -> None:
        header = work.session.scalars(select(CustomerReturn).where(CustomerReturn.code == code)).one()
        [one] = lines_of(work.session, header.id)
        parts = [
            TakenOut(inside.lot.code, inside.quantity, *TILLER[inside.lot.item.code])
            for inside in inside_of(work.session, one.line.back)
            if inside.lot.item.code in TILLER
        ]
        dismantle(work, one.line.back.code, parts, reason="기어박스 균열, 수리 불가")

    if code:
        floor.do(leader, deed)


def brought_back(
    floor: Stage, person: str, item: str, quantity: int, reason: str, condition: ReturnCondition, reference: str
) -> Story:
    """A customer brings some of the newest shipped lot of an item back; it waits on hold."""

    def deed(work: Work) -> str | None:
        gone = select(Lot).join(Movement, Movement.lot_id == Lot.id).join(Item, Item.id == Lot.item_id)
        gone = gone.where(Item.code == item, Movement.kind == MovementKind.SHIP).order_by(Movement.id.desc())
        lot = work.session.scalars(gone.limit(1)).first()
        if lot is None or still_away(work.session, lot.id) < quantity:
            return None
        goods = [Goods(lot.code, Decimal(quantity), condition=condition)]
        return take_returns(work, goods, reason=reason, reference=reference).code

    return floor.do(person, deed)
    yield


def looked_at(floor: Stage, quality: str, code: str, *, bad: int, words: str) -> Story:
    """Quality looks at a return: what is bad is thrown away, the rest is free again."""

    def deed(work: Work) -> None:
        header = work.session.scalars(select(CustomerReturn).where(CustomerReturn.code == code)).one()
        [one] = lines_of(work.session, header.id)
        if bad:
            scrap_lot(work, one.line.back.code, Decimal(bad), words)
        for hold in open_holds(work.session, [one.line.back_id]):
            lift_hold(work, hold.id, words)

    floor.do(quality, deed)
    yield 1
