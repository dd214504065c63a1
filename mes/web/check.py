"""``mes check``: the rules that hold after every commit, proved on a live database, each fault in a sentence.

Reads one snapshot and changes nothing. What this database cannot be asked is said, never passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from mes.core.db import Database
from mes.core.i18n import N_, say, shown
from mes.items.models import Item, Tracking
from mes.keeping.installation import reason
from mes.lots.models import Edge, Hold, Lot, Movement, MovementKind
from mes.orders.models import InProcess, Job, OrderMaterial, Report, WorkOrder
from mes.web import check_again, check_codes, check_database, check_events, check_units, check_values, check_verdicts
from mes.web.check_graph import find_loop
from mes.web.tables import metadata

#: Faults told of each rule.
MOST = 200
ZERO = Decimal(0)
#: What reading raises where the database is damaged: a page, a text, a time or a word that is none.
UNREADABLE, UNREAD = (DBAPIError, ValueError, LookupError), N_("The database cannot be read any further: %(what)s.")


@dataclass(frozen=True)
class Fault:
    """One place where a rule is broken. The sentence is a msgid with its values."""

    rule: str
    message: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong, in the reader's language."""
        return say(self.message, self.values)


@dataclass(frozen=True)
class Outcome:
    """All faults, what was looked at, and what could not be."""

    faults: list[Fault]
    rules: list[str]
    not_checked: list[str]


Rule = Callable[[Session], Iterator[Fault]]


def check(database: Database) -> Outcome:
    """Prove every rule on the database as it is now."""
    with database.read() as read:
        return examine(read)


def examine(session: Session) -> Outcome:
    """Prove every rule on what a session sees. A database too damaged to be asked is a fault like any other."""
    faults, not_checked = list[Fault](), list[str]()
    values = check_values.faults(session, metadata, 20, not_checked)
    parts: list[Iterator[Fault]] = [(Fault(*told) for told in check_database.faults(session, not_checked))]
    parts += [(Fault("values", *told) for told in values), *(islice(rule(session), MOST) for rule in RULES.values())]
    for part in parts:
        try:
            faults.extend(part)
        except UNREADABLE as error:  # what is left of a damaged file may be asked; PostgreSQL refuses to go on
            faults.append(Fault("integrity", UNREAD, {"what": reason(error)}))
    return Outcome(faults, [*check_database.RULES, "values", *RULES], not_checked)


def in_records(session: Session) -> Iterator[Fault]:
    """What is wrong with what is recorded, whatever the tables themselves are like."""
    for rule in RULES.values():
        yield from islice(rule(session), MOST)


def balances(session: Session) -> Iterator[Fault]:
    """A lot's quantity is the sum of its movements."""
    total = func.coalesce(func.sum(Movement.quantity), ZERO)
    query = select(Lot.code, Lot.on_hand, total).outerjoin(Movement, Movement.lot_id == Lot.id)
    for code, on_hand, sums in _rows(session, query.group_by(Lot.id).having(total != Lot.on_hand)):
        message = N_("Lot %(code)s says %(on_hand)s on hand, but its movements add up to %(sums)s.")
        yield Fault("balances", message, {"code": code, "on_hand": on_hand, "sums": sums})


def never_negative(session: Session) -> Iterator[Fault]:
    """No lot is below zero now, nor ever was."""
    running = func.sum(Movement.quantity).over(partition_by=Movement.lot_id, order_by=Movement.id)
    lines = select(Movement.lot_id, running.label("left")).subquery()
    lowest = select(lines.c.lot_id, func.min(lines.c.left).label("left")).group_by(lines.c.lot_id).subquery()
    query = select(Lot.code, case((lowest.c.left < Lot.on_hand, lowest.c.left), else_=Lot.on_hand))
    query = query.join(lowest, lowest.c.lot_id == Lot.id).where(or_(lowest.c.left < 0, Lot.on_hand < 0))
    for code, left in _rows(session, query):
        message = N_("Lot %(code)s goes below zero, to %(left)s.")
        yield Fault("never_negative", message, {"code": code, "left": left})


def hold_counters(session: Session) -> Iterator[Fault]:
    """The number of holds on a lot is the number of its holds that nobody has lifted."""
    is_open = func.count(case((Hold.lifted_at.is_(None), Hold.id)))
    query = select(Lot.code, Lot.holds, is_open).outerjoin(Hold, Hold.lot_id == Lot.id)
    for code, holds, found in _rows(session, query.group_by(Lot.id).having(is_open != Lot.holds)):
        message = N_("Lot %(code)s counts %(holds)s open holds, but %(found)s are open.")
        yield Fault("hold_counters", message, {"code": code, "holds": holds, "found": found})


def job_sums(session: Session) -> Iterator[Fault]:
    """A job's good, defective, scrap and rework are the sums of its reports."""
    words = ("good", "defective", "scrap", "rework")
    sums = [func.coalesce(func.sum(getattr(Report, word)), ZERO) for word in words]
    kept = [getattr(Job, word) for word in words]
    differ = or_(*(total != column for total, column in zip(sums, kept, strict=True)))
    query = select(Job.code, *kept, *sums).outerjoin(Report, Report.job_id == Job.id).group_by(Job.id)
    for code, *figures in _rows(session, query.having(differ)):
        message = N_("Job %(code)s says %(kept)s (good, defective, scrap, rework), its reports add up to %(sums)s.")
        yield Fault("job_sums", message, {"code": code, "kept": _list(figures[:4]), "sums": _list(figures[4:])})


def order_sums(session: Session) -> Iterator[Fault]:
    """An order's good quantity is the sum of its last operation's reports."""
    total = func.coalesce(func.sum(Report.good), ZERO)
    last = and_(Job.order_id == WorkOrder.id, Job.is_last)
    query = (
        select(WorkOrder.code, WorkOrder.good, total).outerjoin(Job, last).outerjoin(Report, Report.job_id == Job.id)
    )
    for code, good, sums in _rows(session, query.group_by(WorkOrder.id).having(total != WorkOrder.good)):
        message = N_("Work order %(code)s says %(good)s good, but its last operation's reports add up to %(sums)s.")
        yield Fault("order_sums", message, {"code": code, "good": good, "sums": sums})


def undone_reports(session: Session) -> Iterator[Fault]:
    """A report that takes another one back has exactly the opposite quantities, for the same job."""
    wrong = aliased(Report)
    words = ("good", "defective", "scrap", "rework")
    differ = or_(Report.job_id != wrong.job_id, *(getattr(Report, w) + getattr(wrong, w) != 0 for w in words))
    query = select(Report.id, wrong.id).join(wrong, wrong.id == Report.reverses_id).where(differ)
    for ident, other in _rows(session, query):
        message = N_("Report %(report)s takes back report %(other)s, but not by its exact opposite.")
        yield Fault("undone_reports", message, {"report": str(ident), "other": str(other)})


def undone_movements(session: Session) -> Iterator[Fault]:
    """A movement that takes another one back is its opposite on the same lot."""
    wrong = aliased(Movement)
    differ = or_(Movement.lot_id != wrong.lot_id, Movement.quantity + wrong.quantity != 0)
    query = select(Lot.code, Movement.quantity, wrong.quantity).join(Lot, Lot.id == Movement.lot_id)
    for code, back, taken in _rows(session, query.join(wrong, wrong.id == Movement.reverses_id).where(differ)):
        message = N_("On lot %(code)s, a movement of %(taken)s was taken back by one of %(back)s.")
        yield Fault("undone_movements", message, {"code": code, "back": back, "taken": taken})


def no_loops(session: Session) -> Iterator[Fault]:
    """No lot is, by any way, part of itself."""
    loop = find_loop(session)
    if loop:
        message = N_("The genealogy goes round in a circle: %(loop)s.")
        yield Fault("no_loops", message, {"loop": " → ".join(loop)})


def consumed_enough(session: Session) -> Iterator[Fault]:
    """What reports drew from a consumption is never more than was consumed (less what was taken back)."""
    back = aliased(Movement)
    consumed = -(Movement.quantity + func.coalesce(back.quantity, ZERO))
    query = (
        select(Lot.code, consumed, func.sum(Edge.quantity))
        .join(Movement, Movement.id == Edge.movement_id)
        .join(Lot, Lot.id == Movement.lot_id)
        .outerjoin(back, back.reverses_id == Movement.id)
        .where(~Edge.undone)
        .group_by(Movement.id, Lot.code, back.quantity)
        .having(func.sum(Edge.quantity) > consumed)
    )
    for code, taken, drawn in _rows(session, query):
        message = N_("Of lot %(code)s %(taken)s was consumed, but %(drawn)s went into other lots.")
        yield Fault("consumed_enough", message, {"code": code, "taken": taken, "drawn": drawn})


def material_sums(session: Session) -> Iterator[Fault]:
    """What an order took of a material is the sum of the ledger's lines for it."""
    total = func.coalesce(func.sum(-Movement.quantity), ZERO)
    lines = and_(Movement.material_id == OrderMaterial.id, Movement.kind == MovementKind.CONSUME)
    query = select(WorkOrder.code, Item.code, OrderMaterial.consumed, total).select_from(OrderMaterial)
    query = query.join(WorkOrder, WorkOrder.id == OrderMaterial.order_id).join(Item, Item.id == OrderMaterial.item_id)
    query = query.outerjoin(Movement, lines).group_by(OrderMaterial.id, WorkOrder.code, Item.code)
    for code, item, kept, sums in _rows(session, query.having(total != OrderMaterial.consumed)):
        message = N_("Work order %(code)s says %(kept)s of %(item)s consumed, but the ledger adds up to %(sums)s.")
        yield Fault("material_sums", message, {"code": code, "item": item, "kept": kept, "sums": sums})


def in_process(session: Session) -> Iterator[Fault]:
    """What is not part of a lot yet is what was consumed, less what was put back and what reports drew."""
    back = aliased(Movement)
    drawn = select(func.sum(Edge.quantity)).where(Edge.movement_id == Movement.id, ~Edge.undone).scalar_subquery()
    returned = select(back.quantity).where(back.reverses_id == Movement.id).scalar_subquery()
    left = -Movement.quantity - func.coalesce(returned, ZERO) - func.coalesce(drawn, ZERO)
    query = select(Lot.code, InProcess.undrawn, left).select_from(Movement).join(Lot, Lot.id == Movement.lot_id)
    query = query.outerjoin(InProcess, InProcess.movement_id == Movement.id)
    consumed = (Movement.kind == MovementKind.CONSUME, Movement.reverses_id.is_(None))
    wrong = or_(InProcess.undrawn.is_(None), InProcess.undrawn != left, InProcess.lot_id != Movement.lot_id)
    for code, kept, rest_of_it in _rows(session, query.where(*consumed, wrong)):
        message = N_("Of lot %(code)s %(kept)s is said to be in process, but %(left)s is.")
        yield Fault("in_process", message, {"code": code, "kept": kept or ZERO, "left": rest_of_it})


def drawn_from_what_was_used(session: Session) -> Iterator[Fault]:
    """What was put back is part of no lot."""
    query = select(Lot.code).join(Movement, Movement.lot_id == Lot.id).join(Edge, Edge.movement_id == Movement.id)
    back = aliased(Movement)
    query = query.join(back, back.reverses_id == Movement.id).where(~Edge.undone).distinct()
    for (code,) in _rows(session, query):
        message = N_("Lot %(code)s was put back, but the genealogy says that it became part of another lot.")
        yield Fault("drawn_from_what_was_used", message, {"code": code})


def single_pieces(session: Session) -> Iterator[Fault]:
    """A serial number is one piece, or none when it is used or gone."""
    query = select(Lot.code, Lot.on_hand).join(Item, Item.id == Lot.item_id)
    for code, on_hand in _rows(session, query.where(Item.tracking == Tracking.SERIAL, Lot.on_hand.not_in((0, 1)))):
        message = N_("Serial number %(code)s stands for %(on_hand)s pieces.")
        yield Fault("single_pieces", message, {"code": code, "on_hand": on_hand})


def drawn_from_the_right_lot(session: Session) -> Iterator[Fault]:
    """An edge's parent is the lot from which its consumption was taken."""
    parent, other = aliased(Lot), aliased(Lot)
    query = select(parent.code, other.code).select_from(Edge).join(Movement, Movement.id == Edge.movement_id)
    query = query.join(parent, parent.id == Edge.parent_id).join(other, other.id == Movement.lot_id)
    for code, moved in _rows(session, query.where(Edge.parent_id != Movement.lot_id)):
        message = N_("The genealogy names lot %(code)s, but the consumption was taken from lot %(moved)s.")
        yield Fault("drawn_from_the_right_lot", message, {"code": code, "moved": moved})


def produced_by_reports(session: Session) -> Iterator[Fault]:
    """Everything produced was reported."""
    query = select(Lot.code, Movement.quantity).join(Lot, Lot.id == Movement.lot_id)
    unreported = (Movement.kind == MovementKind.PRODUCE, Movement.report_id.is_(None))
    for code, quantity in _rows(session, query.where(*unreported)):
        message = N_("Lot %(code)s got %(quantity)s from production, but no report says so.")
        yield Fault("produced_by_reports", message, {"code": code, "quantity": quantity})


def _told_by(faults: Callable[[Session, int], Iterator[tuple[str, dict[str, object]]]], name: str) -> Rule:
    """A rule that another file proves."""

    def rule(session: Session) -> Iterator[Fault]:
        yield from (Fault(name, *told) for told in faults(session, MOST))

    return rule


def event_chain(session: Session) -> Iterator[Fault]:
    """Nobody changed, removed or moved what was recorded."""
    yield from (Fault("event_chain", *told) for told in check_events.prove(session).faults)


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        balances,
        never_negative,
        hold_counters,
        job_sums,
        order_sums,
        undone_reports,
        undone_movements,
        no_loops,
        consumed_enough,
        material_sums,
        in_process,
        single_pieces,
        drawn_from_what_was_used,
        drawn_from_the_right_lot,
        produced_by_reports,
    )
}
#: What is packed stands where it is packed; no more came back than had left; a code leads to one lot; and a verdict
#: follows from its readings.
_APART = {
    "boxes_and_pallets": check_units, "here_again": check_again, "codes_and_samples": check_codes,
    "verdicts": check_verdicts,
}  # fmt: skip
RULES |= {name: _told_by(file.faults, name) for name, file in _APART.items()}
RULES["event_chain"] = event_chain


def _rows(session: Session, query: Select[*tuple[object, ...]]) -> list[Row[*tuple[object, ...]]]:
    return list(session.execute(query.limit(MOST)))


def _list(figures: list[object]) -> str:
    return " / ".join(shown(figure) for figure in figures)
