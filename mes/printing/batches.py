"""Labels of many things at once, named by what they have in common."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.lots.models import Lot
from mes.lots.queries import get_receipt
from mes.orders.queries import get_order
from mes.printing.queries import printed_before


def lots_of_receipt(session: Session, code: str) -> list[str]:
    """The lots that came in together, in the order of their codes. Raises NotFound."""
    receipt = get_receipt(session, code)
    query = select(Lot.code).where(Lot.receipt_id == receipt.id).order_by(Lot.id)
    return list(session.scalars(query))


def lots_of_order(session: Session, code: str) -> list[str]:
    """The lots that an order made so far. Raises NotFound.

    A lot gets its code with the first result that makes it, so that codes of the day stay without gaps: there is no
    label of a lot that is not made yet, and the order's own label goes ahead of it.
    """
    order = get_order(session, code)
    return list(session.scalars(select(Lot.code).where(Lot.order_id == order.id).order_by(Lot.id)))


def without_label(session: Session, subject: str, codes: Sequence[str]) -> list[str]:
    """Those of which no label was printed yet."""
    printed = printed_before(session, subject, codes)
    return [code for code in codes if code not in printed]
