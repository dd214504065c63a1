"""Use cases: what a nonconformance cost, line by line. Amounts are exact; a wrong line is taken back."""

from decimal import Decimal

from sqlalchemy import select

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.lots.rules import check_reason
from mes.nonconformance import rules
from mes.nonconformance.models import Cost, CostKind
from mes.nonconformance.opening import lock_open


def add_cost(
    work: Work, code: str, *, kind: CostKind, quantity: Decimal, unit: str, unit_cost: Decimal, what: str | None = None
) -> Cost:
    """Add a line of cost (실패비용): ``quantity`` of ``unit`` (pieces, hours) at ``unit_cost`` in the plant's currency.

    Raises CostImpossible, NonconformanceClosed, NotFound.
    """
    found = lock_open(work, code)
    return charge(work, found.id, kind, quantity, unit, unit_cost, what=what)


def charge(
    work: Work,
    nonconformance_id: int,
    kind: CostKind,
    quantity: Decimal,
    unit: str,
    unit_cost: Decimal,
    *,
    what: str | None = None,
    lot_id: int | None = None,
) -> Cost:
    """A line of cost of a locked nonconformance. Raises CostImpossible."""
    line = Cost(
        nonconformance_id=nonconformance_id,
        kind=kind,
        what=what,
        quantity=quantity,
        unit=unit,
        unit_cost=unit_cost,
        amount=rules.amount_of(quantity, unit_cost),
        day=this_production_day(work),
        at=work.now,
        person=work.actor.name[:100],
        lot_id=lot_id,
    )
    return work.add(line, "nonconformance.cost")


def take_back_cost(work: Work, code: str, cost_id: int, reason: str) -> Cost:
    """Take a line of cost back by its opposite; both stay visible. Raises CostTakenBack, ReasonNeeded, NotFound."""
    reason = check_reason(reason)
    found = lock_open(work, code)
    wrong = work.session.get(Cost, cost_id)
    if wrong is None or wrong.nonconformance_id != found.id:
        raise NotFound(what=_(N_("line of cost")), code=str(cost_id))
    if wrong.reverses_id is not None or work.session.scalar(select(Cost.id).where(Cost.reverses_id == wrong.id)):
        raise rules.CostTakenBack
    same = ("nonconformance_id", "kind", "what", "unit", "unit_cost", "lot_id")
    back = Cost(
        quantity=-wrong.quantity,
        amount=-wrong.amount,
        day=this_production_day(work),
        at=work.now,
        person=work.actor.name[:100],
        reverses_id=wrong.id,
        reason=reason,
        **{name: getattr(wrong, name) for name in same},
    )
    return work.add(back, "nonconformance.take_back_cost", reason=reason)
