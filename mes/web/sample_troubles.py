"""What went wrong in a sample factory: a customer's claim that is being worked on, and a delivery that failed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from mes.core.work import Work
from mes.inspection.models import Inspection, Verdict
from mes.items.models import Item, ItemKind
from mes.items.service import change_item
from mes.lots.models import Lot, Shipment
from mes.lots.queries import get_lot, shipped_lots
from mes.nonconformance.models import ActionKind, CostKind, Nonconformance, Origin, Severity
from mes.nonconformance.service import (
    add_action,
    add_cost,
    check_effect,
    close_nonconformance,
    contain_lots,
    finish_action,
    open_nonconformance,
    write_step,
)
from mes.people.queries import get_person
from mes.web.sample_floor import Floor
from mes.web.sample_stage import Story

#: What one unit costs, by kind of item, in won; each item a little more than the one before.
COSTS = {ItemKind.RAW: 2400, ItemKind.SEMI: 3200, ItemKind.FINISHED: 2150, ItemKind.PACKAGING: 120, ItemKind.SUB: 640}


@dataclass(frozen=True)
class Claim:
    """What a customer complains about, and what people think and do about it."""

    quality: str
    leader: str
    manager: str
    what: str
    whys: tuple[str, ...]
    steps: tuple[str, ...]
    repair: str
    prevention: str


def costs(floor: Floor, manager: str, own: Mapping[str, int]) -> Story:
    """The manager enters what one unit of each item costs: its ``own`` cost, or what its kind costs."""

    def deed(work: Work) -> None:
        for place, item in enumerate(work.session.scalars(select(Item).order_by(Item.code)).all()):
            if item.kind in COSTS:
                cost = own.get(item.code, COSTS[item.kind] + 5 * place)
                change_item(work, item.code, unit_cost=Decimal(cost))

    floor.do(manager, deed)
    yield 1


def claimed(floor: Floor, claim: Claim) -> Story:
    """A customer complains about the newest shipment; what is left of it is held, the actions are not done yet."""

    def opened(work: Work) -> Nonconformance:
        shipment = work.session.scalars(select(Shipment).order_by(Shipment.id.desc()).limit(1)).one()
        [first, *_] = shipped_lots(work.session, shipment.id)
        return open_nonconformance(
            work, origin=Origin.CLAIM, shipment=shipment.code, item=first.lot.item, what=claim.what,
            severity=Severity.MAJOR, quantity=Decimal(2), reference=f"QC-{work.today:%m%d}",
        )  # fmt: skip

    code = floor.do(claim.quality, opened).code
    yield 20

    def held(work: Work) -> None:
        found = work.session.scalars(select(Nonconformance).where(Nonconformance.code == code)).one()
        same = select(Lot.code).where(Lot.item_id == found.item_id, Lot.on_hand > 0).order_by(Lot.id.desc())
        lots = list(work.session.scalars(same.limit(2)))
        if lots:
            contain_lots(work, code, dict.fromkeys(lots), "고객 클레임, 같은 품목 재고 확인")

    floor.do(claim.quality, held)
    for place, text in enumerate(claim.steps, 1):
        floor.do(claim.quality, _written(code, place, text, claim.whys if place == 4 else ()))
    yield 30

    def given(work: Work) -> None:
        leader, manager = (get_person(work.session, who) for who in (claim.leader, claim.manager))
        today, later = work.today, work.today + timedelta(days=7)
        add_action(work, code, kind=ActionKind.CORRECTIVE, what=claim.repair, owner=leader, due_on=today)
        add_action(work, code, kind=ActionKind.PREVENTIVE, what=claim.prevention, owner=manager, due_on=later)
        add_cost(
            work, code, kind=CostKind.SORTING, quantity=Decimal("3.5"), unit="h", unit_cost=Decimal(18000),
            what="재고 선별 2명",
        )  # fmt: skip

    floor.do(claim.quality, given)


def _written(code: str, place: int, text: str, whys: Sequence[str]) -> Callable[[Work], object]:
    return lambda work: write_step(work, code, place, text, whys=whys)


def failed(floor: Floor, quality: str, what: str, action: str, closes: tuple[int, int]) -> Story:
    """The newest failed inspection becomes a nonconformance of the supplier's, and is closed some days later."""

    def opened(work: Work) -> tuple[str, int]:
        bad = select(Inspection).where(Inspection.verdict == Verdict.FAIL, Inspection.lot_id.is_not(None))
        newest = work.session.scalars(bad.order_by(Inspection.id.desc()).limit(1)).one()
        found = open_nonconformance(work, origin=Origin.INSPECTION, inspection=newest.code, what=what)
        owner = get_person(work.session, quality)
        due = work.today + timedelta(days=5)
        made = add_action(work, found.code, kind=ActionKind.CORRECTIVE, what=action, owner=owner, due_on=due)
        lot = get_lot(work.session, work.session.get_one(Lot, newest.lot_id or 0).code)
        add_cost(
            work, found.code, kind=CostKind.RETURN, quantity=max(lot.on_hand, Decimal(1)), unit=lot.item.unit,
            unit_cost=lot.item.unit_cost or Decimal(1000), what=lot.code,
        )  # fmt: skip
        return found.code, made.id

    code, ident = floor.do(quality, opened)
    yield closes
    floor.do(quality, lambda work: finish_action(work, ident, "공급처 시정조치 접수, 성적서 첨부 확인"))
    yield 60
    floor.do(
        quality, lambda work: check_effect(work, code, day=work.today, passed=True, result="다음 입고분 검사 이상 없음")
    )
    floor.do(quality, lambda work: close_nonconformance(work, code))
