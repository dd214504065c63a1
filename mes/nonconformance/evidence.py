"""What is known already when a nonconformance is opened from a failed inspection or defects: nobody types it again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import number, own_name
from mes.inspection.models import Inspection, Reading, Verdict
from mes.inspection.queries import get_inspection
from mes.inspection.recording import shown_value
from mes.inspection.rules import kind_name
from mes.quality.models import Defect


def told_by(session: Session, inspection: str | None, defects: Sequence[int]) -> dict[str, Any]:
    """What the form says before anybody types: what is wrong, and how many pieces. What is unknown says nothing."""
    if inspection:
        try:
            return _told_by_inspection(get_inspection(session, inspection).inspection)
        except NotFound:
            return {}
    loaded = select(Defect).options(joinedload(Defect.type), joinedload(Defect.item)).where(Defect.id.in_(defects))
    rows = session.scalars(loaded.order_by(Defect.id)).all() if defects else []
    if not rows:
        return {}
    what = ", ".join(f"{own_name(one.type)} {number(one.quantity)} {one.item.unit}" for one in rows)
    return {"what": what, "quantity": sum(one.quantity for one in rows)}


def _told_by_inspection(one: Inspection) -> dict[str, Any]:
    bad = [row for row in one.readings if row.verdict is Verdict.FAIL and row.replaced_at is None]
    found = [f"{row.name} {shown_value(row)} ({limits})" if (limits := _limits(row)) else _looked(row) for row in bad]
    title = f"{kind_name(one.kind)} {one.code}"
    return {"what": f"{title}: {', '.join(dict.fromkeys(found))}" if found else title}


def _looked(row: Reading) -> str:
    """What was looked at, with the answer."""
    return f"{row.name}: {shown_value(row)}"


def _limits(row: Reading) -> str:
    """The limits of what was measured; what was decided by looking has none."""
    if row.choice is not None:
        return ""
    low, high = (number(side) if side is not None else "" for side in (row.lower, row.upper))
    return f"{low} ~ {high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
