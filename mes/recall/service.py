"""Use cases of a recall: begin, add what was reached since, collect, tell customers, close, cancel."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import bindparam, insert, literal, select, update

from mes.core.chunks import among
from mes.core.i18n import _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.lots.holding_many import Locked, hold_many, lift_holds_from, lock_many
from mes.lots.ledger import lock_lot
from mes.lots.models import Lot
from mes.lots.rules import check_reason
from mes.partners.queries import get_partner
from mes.recall import queries
from mes.recall.figures import as_text, figures_of
from mes.recall.models import Recall, RecallLot, RecallNotice, RecallState
from mes.recall.queries import Since
from mes.recall.rules import AlreadyTold, NotFinished, NothingToAdd, NotInRecall, RecallEnded, TitleNeeded
from mes.recall.sent import Sent, sent_of
from mes.trace.beginnings import Choice, beginning_of
from mes.trace.queries import Direction, trace


def begin_recall(work: Work, choice: Choice, *, title: str, reason: str, drill: bool = False) -> Recall:
    """Begin a recall (회수): everything that the suspects reached is noted and, unless it is a drill, what of it is in
    stock is held, all in one act. A drill (모의 회수) holds nothing, as the plant goes on meanwhile.

    Raises TitleNeeded, ReasonNeeded and what ``beginning_of`` raises.
    """
    reason = check_reason(reason)
    if not title.strip():
        raise TitleNeeded(field="title")
    found = beginning_of(work.session, choice)
    code = dated_code(work.session, "RC", this_production_day(work))
    recall = Recall(
        code=code, title=title.strip(), reason=reason, drill=drill, chosen=found.words, state=RecallState.OPEN,
        began_at=work.now, began_by=work.actor.name[:100],
    )  # fmt: skip
    work.add(recall, "recall.begin", reason=reason)
    _enter(work, recall, *_reach(work, found.lots), set(found.lots))
    return recall


def add_reached(work: Work, code: str) -> Since:
    """Add what was made of suspects since, what came back into stock, and the customers who got some of it since; what
    is in stock of it is held, unless it is a drill. Gives what was added. Raises NothingToAdd, RecallEnded."""
    recall = lock_open(work, code)
    since = queries.since(work.session, recall)
    locked: dict[int, Locked] = {}
    while missing := {*since.lots, *since.back} - locked.keys():  # waiting for their locks, more may have been reached
        locked |= lock_many(work, missing)
        since = queries.since(work.session, recall)
    if not since:
        raise NothingToAdd
    _hold_back(work, recall, [locked[lot] for lot in since.back])
    steps = trace(work.session, queries.suspects_in(work.session, recall.id), Direction.DOWN).depths
    _enter(work, recall, {lot: steps[lot] for lot in since.lots}, locked, set())
    added = {"lots": len(since.lots), "back": len(since.back), "customers": len(since.customers)}
    work.record("recall.add", recall, after=added)
    return since


def _hold_back(work: Work, recall: Recall, again: Sequence[Locked]) -> None:
    """Lots of which nothing was there, and now something is: they are to be collected, too."""
    if not again:
        return
    if not recall.drill:
        hold_many(work, again, _why(recall), recall.code)
    theirs = (RecallLot.recall_id == recall.id, RecallLot.lot_id == bindparam("lot"))
    change = update(RecallLot).where(*theirs).values(on_hand=bindparam("much"))
    work.session.connection().execute(change, [{"lot": lot.id, "much": lot.on_hand} for lot in again])


def _why(recall: Recall) -> str:
    return f"{recall.code}: {recall.reason}"


def _reach(work: Work, suspects: Collection[int]) -> tuple[dict[int, int], dict[int, Locked]]:
    """Everything that suspects reached, with its steps, locked. What was split off or made while the locks were waited
    for is found by looking once more: nothing of it is left out."""
    steps: dict[int, int] = {}
    locked: dict[int, Locked] = {}
    while queries.reached_from(work.session, suspects) - locked.keys():
        steps = trace(work.session, suspects, Direction.DOWN).depths
        locked |= lock_many(work, steps.keys() - locked.keys())
    return steps, locked


def _enter(
    work: Work, recall: Recall, steps: dict[int, int], locked: Mapping[int, Locked], suspects: Collection[int]
) -> None:
    """Note lots that are locked, hold them, and put the customers of all lots on the list."""
    if not recall.drill:
        hold_many(work, [locked[lot] for lot in sorted(steps)], _why(recall), recall.code)
    for far in sorted(set(steps.values())):
        _note(work, recall, [lot for lot in steps if steps[lot] == far], far, suspects)
    sent = sent_of(work.session, queries.lots_in(work.session, recall.id))
    _note_shipped(work, recall, sent)
    _list_customers(work, recall, {one.partner_id for one in sent})


def _note_shipped(work: Work, recall: Recall, sent: Sequence[Sent]) -> None:
    """How much of each lot is away now."""
    shipped: dict[int, Decimal] = {}
    for one in sent:
        shipped[one.lot_id] = shipped.get(one.lot_id, Decimal(0)) + one.quantity
    query = select(RecallLot.lot_id, RecallLot.shipped).where(RecallLot.recall_id == recall.id)
    known: dict[int, Decimal] = dict(work.session.execute(query).all())
    changed = [{"lot": lot, "much": much} for lot in known if known[lot] != (much := shipped.get(lot, Decimal(0)))]
    if changed:
        theirs = (RecallLot.recall_id == recall.id, RecallLot.lot_id == bindparam("lot"))
        change = update(RecallLot).where(*theirs).values(shipped=bindparam("much"))
        work.session.connection().execute(change, changed)


def _note(work: Work, recall: Recall, lots: Sequence[int], far: int, suspects: Collection[int]) -> None:
    """Note lots that are equally far away, with what is left of each, by one statement."""
    columns = RecallLot.__table__.c
    values = {"recall_id": recall.id, "steps": far, "shipped": Decimal(0), "found_at": work.now}
    chosen = select(
        Lot.id,
        Lot.on_hand,
        among(work.session, Lot.id, sorted(suspects)),
        *(literal(value, columns[name].type) for name, value in values.items()),
    ).where(among(work.session, Lot.id, sorted(lots)))
    names = ["lot_id", "on_hand", "suspect", *values]
    work.session.execute(insert(RecallLot).from_select(names, chosen.order_by(Lot.id)))


def _list_customers(work: Work, recall: Recall, customers: Collection[int]) -> None:
    query = select(RecallNotice.partner_id).where(RecallNotice.recall_id == recall.id)
    fresh = sorted(set(customers).difference(work.session.scalars(query)))
    work.session.add_all(RecallNotice(recall_id=recall.id, partner_id=one) for one in fresh)
    work.session.flush()


def lock_open(work: Work, code: str) -> Recall:
    """A recall that is still worked on, locked. Raises NotFound, RecallEnded."""
    recall = work.lock(Recall, queries.get_recall(work.session, code).id)
    if not recall.is_open:
        raise RecallEnded(code=recall.code)
    return recall


def collect_lot(
    work: Work, code: str, lot_code: str, quantity: Decimal | None = None, note: str | None = None
) -> RecallLot:
    """A lot of the recall was found, set aside and counted (회수·실물확인). Without a quantity: as much as is recorded.

    The stock stays as it is: a difference is listed, and put right on the lot's own page. Counted again, the newer
    count is kept, and when it was found first. Raises NotInRecall, RecallEnded, NotFound.
    """
    recall = lock_open(work, code)
    lot = lock_lot(work, lot_code)
    query = select(RecallLot).where(RecallLot.recall_id == recall.id, RecallLot.lot_id == lot.id)
    row = work.session.scalar(query.with_for_update())
    if row is None:
        raise NotInRecall(field="lot", what=lot.code, code=recall.code)
    before = row.collected
    row.collected, row.recorded = lot.on_hand if quantity is None else quantity, lot.on_hand
    row.collected_at, row.collected_by, row.note = row.collected_at or work.now, work.actor.name[:100], note or None
    work.session.flush()
    counted = {"lot": lot.code, "counted": row.collected}
    work.record("recall.collect", recall, before={"counted": before}, after=counted, reason=row.note)
    return row


def tell_customer(work: Work, code: str, partner: str, how: str) -> RecallNotice:
    """A customer was told (고객 통보), once: by whom and how. Raises NotInRecall, AlreadyTold, ReasonNeeded,
    RecallEnded, NotFound."""
    recall, row = _notice(work, code, partner)
    if row.told_at is not None:
        raise AlreadyTold(who=row.told_by, when=row.told_at, how=row.told_how)
    row.told_at, row.told_by, row.told_how = work.now, work.actor.name[:100], check_reason(how)[:100]
    work.session.flush()
    work.record("recall.tell", recall, after={"customer": partner, "how": row.told_how})
    return row


def note_answer(work: Work, code: str, partner: str, answer: str, returned: str | None = None) -> RecallNotice:
    """What a customer answered, and what comes back (고객 회신). Raises NotInRecall, ReasonNeeded, RecallEnded."""
    recall, row = _notice(work, code, partner)
    row.answered_at, row.answered_by = work.now, work.actor.name[:100]
    row.answer, row.returned = check_reason(answer), (returned or "").strip()[:100] or None
    if row.told_at is None:
        row.told_at, row.told_by, row.told_how = work.now, row.answered_by, _("the customer called")
    work.session.flush()
    said = {"customer": partner, "answer": row.answer, "returned": row.returned}
    work.record("recall.answer", recall, after=said)
    return row


def _notice(work: Work, code: str, partner: str) -> tuple[Recall, RecallNotice]:
    recall = lock_open(work, code)
    who = get_partner(work.session, partner)
    query = select(RecallNotice).where(RecallNotice.recall_id == recall.id, RecallNotice.partner_id == who.id)
    row = work.session.scalar(query.with_for_update())
    if row is None:
        raise NotInRecall(what=who.code, code=recall.code)
    return recall, row


def close_recall(work: Work, code: str, conclusion: str, *, confirmed: bool = False) -> Recall:
    """Close a recall (종결) with its conclusion: the balance is kept as it is now, and its own holds are lifted.

    Raises ReasonNeeded, RecallEnded, NotFinished (a question).
    """
    recall = lock_open(work, code)
    counts, _last = queries.counts_of(work.session, recall)
    untold = sum(1 for one in queries.notices_of(work.session, recall.id) if one.told_at is None)
    conclusion = check_reason(conclusion)
    uncounted = counts.to_collect - counts.collected
    since = queries.since(work.session, recall)
    if (uncounted or untold or counts.held or since) and not confirmed:
        reached = len(since.lots) + len(since.back) + len(since.customers)
        raise NotFinished(uncounted=uncounted, untold=untold, reached=reached, held=counts.held)
    return _end(work, recall, RecallState.CLOSED, "recall.close", conclusion)


def cancel_recall(work: Work, code: str, reason: str) -> Recall:
    """Cancel a recall that was a mistake (취소): its own holds are lifted, those of others stay. Raises ReasonNeeded,
    RecallEnded."""
    return _end(work, lock_open(work, code), RecallState.CANCELLED, "recall.cancel", check_reason(reason))


def _end(work: Work, recall: Recall, state: RecallState, verb: str, why: str) -> Recall:
    figures = figures_of(work.session, queries.suspects_in(work.session, recall.id))
    lift_holds_from(work, recall.code, f"{recall.code}: {why}")
    work.record(verb, recall, before={"state": recall.state}, after={"state": state}, reason=why)
    recall.state, recall.ended_at, recall.ended_by = state, work.now, work.actor.name[:100]
    recall.conclusion, recall.figures = why, as_text(figures)
    work.session.flush()
    return recall
