"""Use cases: hold the lots that may have it too, and decide what becomes of each."""

from collections.abc import Mapping
from decimal import Decimal

from mes.core.i18n import _
from mes.core.work import Work
from mes.inspection.deciding import free_or_reject
from mes.inspection.models import InspectionKind
from mes.inspection.queries import failed_kinds
from mes.inspection.telling import BY_INSPECTION
from mes.items.models import Item
from mes.lots import service as lots
from mes.lots.holding_many import Locked, hold_many
from mes.lots.ledger import lock_by_id, lock_lot
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import ids_of
from mes.lots.rules import check_part, check_reason
from mes.nonconformance import queries, rules
from mes.nonconformance.costing import charge
from mes.nonconformance.models import ConcernedLot, Decision, LotDecision, LotRole, Nonconformance
from mes.nonconformance.opening import concerned, lock_open
from mes.nonconformance.signed import content_before, content_of_decision
from mes.people.models import SignedAs
from mes.people.signature_rules import Signer, canonical, check_seen
from mes.people.signing import prove_if_needed, sign_record


def contain_lots(
    work: Work, code: str, chosen: Mapping[str, str | None], reason: str, role: LotRole = LotRole.SUSPECT
) -> list[Lot]:
    """Contain lots (봉쇄): each is noted and held in one act, all or none. Gives the lots that are held now.

    ``chosen``: codes of lots with what each shares with the lot in which it was found. Lots of which nothing is left
    are noted without a hold, so that whoever has them can be told. A lot that this nonconformance holds already stays
    as it is. Raises NothingContained, ReasonNeeded, NotFound, NonconformanceClosed.
    """
    reason = check_reason(reason)
    found = lock_open(work, code)
    if not chosen:
        raise rules.NothingContained(field="lots")
    whys = {key.strip().upper(): why for key, why in chosen.items()}
    locked = lock_by_id(work, ids_of(work.session, list(whys)))
    known = {row.lot_id for row in queries.lots_of(work.session, found.id)}
    for ident in sorted(locked):
        lot = locked[ident]
        if ident not in known:
            work.add(concerned(work, found.id, ident, role, whys[lot.code]), "nonconformance.contain", code=lot.code)
    here = [Locked(lot.id, lot.code, lot.on_hand) for _ident, lot in sorted(locked.items())]
    held = [locked[one.id] for one in hold_many(work, here, f"{found.code}: {reason}", found.code)]
    work.record("nonconformance.hold", found, after={"lots": [lot.code for lot in held]}, reason=reason)
    return held


def decide_lot(
    work: Work,
    code: str,
    lot_code: str,
    decision: Decision,
    reason: str,
    quantity: Decimal | None = None,
    *,
    signer: Signer | None = None,
) -> LotDecision:
    """Decide what becomes of a contained lot, or of a part of it (처리): release, rework, scrap, return, concession.

    ``quantity`` in the lot's unit; None for the whole lot. A part that stays becomes a lot of its own. Scrap and return
    take the pieces out of the stock and cost them at the item's unit cost. Rework keeps the hold until the lot is
    released. A concession frees the lot when somebody else approved it. ``signer`` signs a release; a plant may want
    that always. Raises NotContained, ReasonNeeded, NotEnough, NotWholePieces, NonconformanceClosed, NotFound,
    SignatureNeeded, WrongSignIn, SignInBlocked.
    """
    reason = check_reason(reason)
    proved = prove_if_needed(work, signer) if decision is Decision.RELEASE else None
    found = lock_open(work, code)
    check_seen(signer, canonical(content_before(found)))
    lot = lock_lot(work, lot_code)
    if lot.code not in queries.held_lots(work.session, found.code):
        raise rules.NotContained(lot=lot.code, code=found.code)
    amount = lot.on_hand if quantity is None else quantity
    if amount != lot.on_hand:
        check_part(lot, amount)
    if decision in rules.COST_OF:
        _take_out(work, found, lot, decision, amount, reason)
    elif amount != lot.on_hand:
        lot = _part_off(work, found, lot, amount)
    if decision is Decision.RELEASE or lot.on_hand == 0:
        lots.lift_holds_of(work, lot.id, found.code, reason)
    made = LotDecision(
        nonconformance_id=found.id,
        lot_id=lot.id,
        decision=decision,
        quantity=amount,
        reason=reason,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
    )
    work.add(made, "nonconformance.decide", reason=reason, code=lot.code)
    content = content_of_decision(found, made, lot)
    sign_record(work, proved, made, SignedAs.RELEASED, content, reason=reason, code=lot.code)
    return made


def _take_out(work: Work, found: Nonconformance, lot: Lot, decision: Decision, amount: Decimal, reason: str) -> None:
    leave = lots.scrap_lot if decision is Decision.SCRAP else lots.return_lot
    leave(work, lot.code, amount, f"{found.code}: {reason}")
    unit_cost = work.session.get_one(Item, lot.item_id).unit_cost
    if unit_cost is not None:
        charge(work, found.id, rules.COST_OF[decision], amount, lot.item.unit, unit_cost, what=lot.code, lot_id=lot.id)


def _part_off(work: Work, found: Nonconformance, lot: Lot, amount: Decimal) -> Lot:
    """A part about which something else is decided: a lot of its own, held like the rest."""
    known = {row.lot_id: row for row in queries.lots_of(work.session, found.id)}
    part = lots.split_lot(work, lot.code, amount)
    role = known[lot.id].role if lot.id in known else LotRole.SUSPECT
    work.session.add(concerned(work, found.id, part.id, role, _("split from %(lot)s", lot=lot.code)))
    work.session.flush()
    return part


def approve_concession(work: Work, code: str, decision_id: int, *, signer: Signer | None = None) -> LotDecision:
    """Approve a concession (특채 승인): the lot is free, also of what a failed inspection held it for. One that nobody
    inspected yet still waits for its incoming inspection.

    Somebody else than who asked for it does this, and signs it where the plant wants that. Raises NothingToApprove,
    ApproverIsTheSame, NonconformanceClosed, SignatureNeeded, WrongSignIn, SignInBlocked.
    """
    proved = prove_if_needed(work, signer)
    found = lock_open(work, code)
    seen = work.session.get(LotDecision, decision_id)
    if seen is None or seen.nonconformance_id != found.id or seen.decision is not Decision.CONCESSION:
        raise rules.NothingToApprove
    lot = lock_by_id(work, [seen.lot_id])[seen.lot_id]
    newest = {one.lot_id: one.id for one in queries.decisions_of(work.session, found.id)}
    if seen.approved_at is not None or newest[lot.id] != seen.id:
        raise rules.NothingToApprove
    rules.check_approver(seen.person_id, seen.person, work.actor)
    check_seen(signer, canonical(content_of_decision(found, seen, lot)))
    if lot.status is LotStatus.INSPECTION and InspectionKind.INCOMING in failed_kinds(work.session, lot.id):
        free_or_reject(work, lot.code, accept=True, reason=seen.reason)
    lots.lift_holds_of(work, lot.id, BY_INSPECTION, seen.reason)
    lots.lift_holds_of(work, lot.id, found.code, seen.reason)
    with work.change(seen, "nonconformance.approve", reason=seen.reason):
        seen.approved_at, seen.approved_by = work.now, work.actor.name[:100]
        work.session.flush()
    content = content_of_decision(found, seen, lot)
    sign_record(work, proved, seen, SignedAs.CONCESSION, content, reason=seen.reason, code=lot.code)
    return seen


def note_cause(work: Work, code: str, lot_code: str, why: str | None = None) -> ConcernedLot:
    """Note the lot that brought it in (원인 로트), such as a raw material."""
    found = lock_open(work, code)
    lot = lock_lot(work, lot_code)
    known = {row.lot_id: row for row in queries.lots_of(work.session, found.id)}
    row = known.get(lot.id)
    if row is None:
        row = concerned(work, found.id, lot.id, LotRole.CAUSE, why)
        return work.add(row, "nonconformance.contain", code=lot.code)
    with work.change(row, "nonconformance.contain"):
        row.role, row.why = LotRole.CAUSE, why or row.why
        work.session.flush()
    return row
