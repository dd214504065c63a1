"""What counts took off a lot before it was known what it was used for."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from mes.core.work import Work
from mes.genealogy.models import Gap, How, Note
from mes.genealogy.notes import note
from mes.lots.ledger import move
from mes.lots.models import Lot, Movement, MovementKind


def put_count_right(work: Work, lot: Lot, quantity: Decimal, happened_at: datetime, reason: str) -> None:
    """What counts took off since then was what is entered now: so much of it is put back first."""
    lacking = quantity - lot.on_hand
    if lacking <= 0:
        return
    if _taken_off(work, lot, happened_at) >= lacking:
        line = move(work, lot, MovementKind.COUNT, lacking, reason=reason)
        line.at = happened_at
        work.session.flush()
        note(work, Gap.PAPER, line.id, How.ENTERED, reason, happened_at)


def _taken_off(work: Work, lot: Lot, since: datetime) -> Decimal:
    """How much counts since a moment took off and nothing was put back for yet.

    What was put back stands at the time it was used for, and was taken off by a count after that: one that came
    before ``since`` may be it, else what is left of those that came later is less.
    """
    put_back = select(Note.id).where(Note.gap == Gap.PAPER, Note.thing_id == Movement.id, Note.how == How.ENTERED)
    lines = select(Movement.at, Movement.quantity, put_back.exists(), Movement.reverses_id)
    lines = lines.where(Movement.lot_id == lot.id, Movement.kind == MovementKind.COUNT)
    newest_first = lines.order_by(Movement.at.desc(), Movement.quantity)
    left = least = Decimal(0)
    for at, quantity, again, reverses in work.session.execute(newest_first):
        if at >= since:
            left -= quantity
            least = left
        elif again or (quantity < 0 and reverses is None):
            left -= quantity
            least = min(least, left)
    return least
