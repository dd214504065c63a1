"""What quality looks at first: open holds, and checks and actions past their day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from mes.core.types import NOTHING
from mes.equipment.models import Machine, MachineState, Tool
from mes.gauges.models import Gauge, Standing
from mes.gauges.queries import GaugeFilter, page_of_gauges
from mes.lots.models import Hold, Lot
from mes.lots.queries import HELD
from mes.nonconformance.lists import Due, waiting_actions
from mes.nonconformance.models import Nonconformance
from mes.orders.models import OrderState, WorkOrder

#: So many of each are shown; the lists they lead to have all.
MOST = 100


class HeldLot(NamedTuple):
    """An open hold and its lot."""

    hold: Hold
    lot: Lot


@dataclass(frozen=True)
class Watch:
    """Everything held now, and everything late; seven statements."""

    lots: list[HeldLot]
    orders: Sequence[WorkOrder]
    machines: Sequence[Machine | Tool]
    actions: list[Due]
    checks: Sequence[Nonconformance]
    gauges: Sequence[Gauge]


def watch(session: Session, today: date) -> Watch:
    """What is held, longest first, and what is overdue."""
    holds = (
        select(Hold, Lot)
        .join(Lot, Lot.id == Hold.lot_id)
        .options(joinedload(Lot.item), joinedload(Lot.location))
        .where(HELD, Hold.lifted_at.is_(None), Lot.on_hand > NOTHING)
        .order_by(Hold.placed_at, Hold.id)
        .limit(MOST)
    )
    orders = select(WorkOrder).options(joinedload(WorkOrder.item)).where(WorkOrder.state == OrderState.HELD)
    machines = select(Machine).where(Machine.state == MachineState.HELD, Machine.active).order_by(Machine.code)
    tools = select(Tool).where(Tool.hold_reason.is_not(None), Tool.active).order_by(Tool.code)
    checks = (
        select(Nonconformance)
        .options(joinedload(Nonconformance.item))
        .where(Nonconformance.closed_at.is_(None), Nonconformance.check_due_on < today)
        .order_by(Nonconformance.check_due_on, Nonconformance.id)
    )
    return Watch(
        lots=[HeldLot(*row) for row in session.execute(holds)],
        orders=session.scalars(orders.order_by(WorkOrder.due_on, WorkOrder.id).limit(MOST)).all(),
        machines=[*session.scalars(machines.limit(MOST)), *session.scalars(tools.limit(MOST))],
        actions=[due for due in waiting_actions(session, most=MOST) if due.action.due_on < today],
        checks=session.scalars(checks.limit(MOST)).all(),
        gauges=page_of_gauges(session, GaugeFilter(standing=Standing.OVERDUE), today, size=MOST).rows,
    )
