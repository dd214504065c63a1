"""How much of the suspects is in what a recall reached, for those who decide about it: by proportion and at worst."""

from sqlalchemy.orm import Session

from mes.recall.models import Recall, RecallLot
from mes.recall.queries import suspects_in
from mes.recall.sent import Sent
from mes.trace.sharing import Reached, held_by, share_words


def held_of(session: Session, recall: Recall) -> Reached:
    """What of the suspects of a recall is where, as the books stand now; eight statements."""
    return held_by(session, suspects_in(session, recall.id))


def lot_words(held: Reached, one: RecallLot) -> str:
    """How much of the suspects went into a lot: "about 3.2 kg, at most 5 kg"."""
    return share_words(held.of(one.lot_id)) or "-"


def sent_words(held: Reached, one: Sent) -> str:
    """How much of the suspects is in what a customer got."""
    return share_words(held.of_a_part(one.lot_id, one.quantity)) or "-"
