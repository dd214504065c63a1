"""``mes check`` on what came back from customers: never more than had left, and each as a lot that stems from it."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from mes.core.i18n import N_
from mes.lots.models import Edge, EdgeKind, Lot, Movement
from mes.lots.return_models import ReturnLine
from mes.lots.return_queries import stands

Found = tuple[str, dict[str, object]]


def faults(session: Session, most: int) -> Iterator[Found]:
    """Everything that is wrong with what came back: msgids with their values, so many of each kind."""
    total = func.sum(ReturnLine.quantity)
    more = select(Lot.code, -Movement.quantity, total).join(Movement, Movement.lot_id == Lot.id)
    more = more.join(ReturnLine, ReturnLine.shipped_id == Movement.id).where(stands())
    for lot, left, came in session.execute(more.group_by(Movement.id, Lot.code).having(total > -Movement.quantity)):
        yield N_("Of lot %(lot)s %(left)s left, but %(came)s came back."), {"lot": lot, "left": left, "came": came}
    back = aliased(Lot)
    edge = (Edge.parent_id == ReturnLine.lot_id, Edge.child_id == ReturnLine.back_id, ~Edge.undone)
    linked = select(Edge.id).where(*edge, Edge.kind == EdgeKind.COME_BACK, Edge.quantity == ReturnLine.quantity)
    lost = select(Lot.code, back.code).select_from(ReturnLine).join(Lot, Lot.id == ReturnLine.lot_id)
    lost = lost.join(back, back.id == ReturnLine.back_id).where(ReturnLine.lot_id != ReturnLine.back_id)
    for lot, came_as in session.execute(lost.where(stands(), ~linked.exists()).limit(most)):
        message = N_("Lot %(back)s came back from a customer, but the genealogy does not lead to it from lot %(lot)s.")
        yield message, {"lot": lot, "back": came_as}
