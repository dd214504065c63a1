"""The newest thing of each kind: layouts are looked at with the plant's own data."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.equipment.models import Location, Machine, Tool
from mes.gauges.models import Gauge
from mes.labels.goods_reads import GOODS, newest_goods
from mes.lots.models import Lot
from mes.orders.models import WorkOrder

#: A badge opens doors: nobody's is shown to try a layout.
_TABLES: Mapping[str, Any] = {
    "lot": Lot,
    "order": WorkOrder,
    "location": Location,
    "machine": Machine,
    "tool": Tool,
    "gauge": Gauge,
}
#: A lot that is used up, an order without steps: their labels show little.
_TELLING = {"lot": Lot.on_hand > 0, "order": WorkOrder.released_at.is_not(None)}


def newest_code(session: Session, subject: str) -> str | None:
    """The code of the newest thing of a kind; none where there is none, or where it is nobody's business."""
    if subject in GOODS:
        return newest_goods(session, subject)
    table = _TABLES.get(subject)
    if table is None:
        return None
    newest = select(table.code).order_by(table.id.desc()).limit(1)
    telling = newest.where(_TELLING[subject]) if subject in _TELLING else newest
    code: str | None = session.scalar(telling) or session.scalar(newest)
    return code
