"""Use cases: decide about a lot whose incoming inspection failed."""

from mes.core.work import Work
from mes.inspection import queries, rules
from mes.inspection.models import InspectionKind
from mes.inspection.signed import content_of_decision
from mes.inspection.telling import BY_INSPECTION
from mes.lots import service as lots
from mes.lots.ledger import lock_lot
from mes.lots.models import Lot, LotStatus
from mes.lots.rules import check_reason
from mes.people.models import SignedAs
from mes.people.signature_rules import Signer, canonical, check_seen
from mes.people.signing import prove_if_needed, sign_record


def decide_failed_lot(work: Work, lot_code: str, *, accept: bool, reason: str, signer: Signer | None = None) -> Lot:
    """Decide about a lot whose incoming inspection failed: accept it by concession (특채), or reject it.

    ``signer`` signs it, with the readings it rests on; a plant may want that always. Raises NotWaitingForDecision,
    ReasonNeeded, NotFound, SignatureNeeded, WrongSignIn, SignInBlocked.
    """
    proved = prove_if_needed(work, signer)
    rests_on = content_of_decision(work.session, lock_lot(work, lot_code), accept=True, reason="")
    check_seen(signer, canonical(rests_on))
    lot = free_or_reject(work, lot_code, accept=accept, reason=reason)
    content = content_of_decision(work.session, lot, accept=accept, reason=check_reason(reason))
    meaning = SignedAs.CONCESSION if accept else SignedAs.REJECTED
    sign_record(work, proved, lot, meaning, content, reason=check_reason(reason), code=lot.code)
    return lot


def free_or_reject(work: Work, lot_code: str, *, accept: bool, reason: str) -> Lot:
    """The same for whoever has signed already what it is part of. Raises as ``decide_failed_lot``."""
    lot = lock_lot(work, lot_code)
    failed = InspectionKind.INCOMING in queries.failed_kinds(work.session, lot.id)
    if lot.status is not LotStatus.INSPECTION or not failed:
        raise rules.NotWaitingForDecision(lot=lot.code)
    reason = check_reason(reason)
    if accept:
        lots.release_inspected(work, lot.id)
        lots.lift_holds_of(work, lot.id, BY_INSPECTION, reason)
    else:
        lots.reject_lot(work, lot.id)
    work.record("quality.accept_lot" if accept else "quality.reject_lot", lot, reason=reason)
    return lot
