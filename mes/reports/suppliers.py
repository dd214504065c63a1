"""How suppliers do: what came, what was inspected and rejected, and what was found defective of it later."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from mes.inspection.models import Inspection, InspectionKind, Verdict
from mes.items.models import Item
from mes.lots.models import Lot, LotStatus, Movement, MovementKind
from mes.lots.walks import delivered
from mes.partners.models import Partner
from mes.quality.models import Defect
from mes.trace.details import called

ZERO, MILLION = Decimal(0), Decimal(10) ** 6


class Score(NamedTuple):
    """A supplier's lots of one unit that came in a period."""

    code: str
    name: str
    unit: str
    lots: int
    quantity: Decimal
    inspected: int
    rejected: int
    records: int
    defective: Decimal

    @property
    def ppm(self) -> Decimal | None:
        """Defective units for a million received; None where nothing was received."""
        if not self.quantity:
            return None
        return (self.defective * MILLION / self.quantity).quantize(Decimal(1))


class Delivered(NamedTuple):
    """One lot behind a score."""

    lot: Lot
    item: str
    unit: str
    at: datetime
    quantity: Decimal
    inspected: bool
    rejected: bool
    records: int
    defective: Decimal


def _lots(began: datetime, ends: datetime) -> Select[Any]:
    """The lots that came in a span of time, each with what was found of it, under whatever label; a delivery taken back
    is none."""
    back = aliased(Movement)
    looked = and_(Inspection.lot_id == Lot.id, Inspection.kind == InspectionKind.INCOMING)
    came = (
        select(Movement.lot_id, Movement.at, Movement.quantity)
        .join(Lot, Lot.id == Movement.lot_id)
        .outerjoin(back, back.reverses_id == Movement.id)
        .where(Movement.kind == MovementKind.RECEIVE, Movement.quantity > 0, Movement.reverses_id.is_(None))
        .where(back.id.is_(None), Movement.at >= began, Movement.at < ends, Lot.supplier_id.is_not(None))
        .cte("came")
    )
    found = _found(came).subquery()
    return (
        select(
            Lot.id.label("lot_id"),
            Lot.supplier_id,
            Lot.item_id,
            came.c.at,
            came.c.quantity,
            exists().where(looked, Inspection.verdict.is_not(None)).correlate(Lot).label("inspected"),
            (
                exists().where(looked, Inspection.verdict == Verdict.FAIL).correlate(Lot)
                | (Lot.status == LotStatus.REJECTED)
            ).label("rejected"),
            func.coalesce(found.c.records, 0).label("records"),
            found.c.defective,
        )
        .join(came, came.c.lot_id == Lot.id)
        .outerjoin(found, found.c.lot_id == Lot.id)
    )


def _found(came: CTE) -> Select[Any]:
    """What was found defective of lots that came, and of the parts that were taken off them."""
    parts = delivered(select(came.c.lot_id))
    undone = aliased(Defect)
    told = (func.count().label("records"), func.sum(Defect.quantity).label("defective"))
    query = (
        select(parts.c.came.label("lot_id"), *told)
        .join(Defect, Defect.lot_id == parts.c.id)
        .where(Defect.reverses_id.is_(None))
    )
    return query.where(~exists().where(undone.reverses_id == Defect.id)).group_by(parts.c.came)


def scorecard(session: Session, began: datetime, ends: datetime) -> list[Score]:
    """A line for each supplier and unit, the worst first; one statement."""
    came = _lots(began, ends).subquery()

    def times(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    query = (
        select(
            Partner.code,
            called(Partner),
            Item.unit,
            func.count(),
            func.sum(came.c.quantity),
            times(came.c.inspected),
            times(came.c.rejected),
            func.sum(came.c.records),
            func.sum(came.c.defective),
        )
        .join(Partner, Partner.id == came.c.supplier_id)
        .join(Item, Item.id == came.c.item_id)
        .group_by(Partner.id, Item.unit)
    )
    rows: Any = session.execute(query)
    scores = [Score._make((*row[:7], int(row[7] or 0), row[8] or ZERO)) for row in rows]
    return sorted(scores, key=lambda one: (-one.rejected, -(one.ppm or ZERO), one.name, one.unit))


def deliveries(session: Session, began: datetime, ends: datetime, supplier: str, unit: str | None) -> list[Delivered]:
    """The lots behind a supplier's line, newest first; one statement."""
    came = _lots(began, ends).subquery()
    query = (
        select(
            Lot,
            called(Item),
            Item.unit,
            came.c.at,
            came.c.quantity,
            came.c.inspected,
            came.c.rejected,
            came.c.records,
            came.c.defective,
        )
        .join(Lot, Lot.id == came.c.lot_id)
        .join(Item, Item.id == came.c.item_id)
        .join(Partner, Partner.id == came.c.supplier_id)
        .where(Partner.code == supplier)
        .order_by(came.c.at.desc(), Lot.id.desc())
        .limit(500)
    )
    if unit:
        query = query.where(Item.unit == unit)
    rows: Any = session.execute(query)
    return [Delivered._make((*row[:5], bool(row[5]), bool(row[6]), row[7], row[8] or ZERO)) for row in rows]
