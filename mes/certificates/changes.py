"""Use cases of 4M changes: asked for, decided about with signatures, carried out."""

from collections.abc import Sequence
from datetime import date

from mes.certificates import queries
from mes.certificates.models import Affected, ChangeState, FourMChange, Meaning, Proof, Signature
from mes.certificates.rules import (
    CHANGE_NAMES,
    ChangeDecided,
    ChangeNotApproved,
    check_kinds,
    check_once,
    content_of_change,
)
from mes.core.errors import NotFound, ReasonNeeded
from mes.core.i18n import _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.items.queries import find_item
from mes.lots.queries import find_lot
from mes.people.signature_rules import Signer, fingerprint
from mes.people.signing import prove_identity

#: Before the day and number of a 4M change.
PREFIX = "F"


def ask_change(
    work: Work, *, kinds: frozenset[str], title: str, after_change: str, reason: str, planned_on: date,
    before_change: str | None = None, until: date | None = None, extra_checks: str | None = None,
    customer_told: bool = False, affected: Sequence[str] = (),
) -> FourMChange:  # fmt: skip
    """Ask for a change of man, machine, material or method. ``affected``: codes of items and lots.

    Raises NoKind, NotFound for a code that is neither.
    """
    day = this_production_day(work)
    change = FourMChange(
        code=dated_code(work.session, PREFIX, day), kinds=check_kinds(kinds), title=title, reason=reason,
        before_change=before_change, after_change=after_change, planned_on=planned_on, until=until,
        extra_checks=extra_checks, customer_told=customer_told, day=day, at=work.now,
        person_id=work.actor.person_id, person=work.actor.name[:100],
    )  # fmt: skip
    change.affected = [_affected(work, code) for code in dict.fromkeys(affected)]
    return work.add(change, "certificates.ask_change")


def _affected(work: Work, code: str) -> Affected:
    lot = find_lot(work.session, code)
    if lot is not None:
        return Affected(lot_id=lot.id, code=lot.code, name=lot.item.name)
    item = find_item(work.session, code)
    if item is None:
        raise NotFound(field="affected", what=_("item or lot"), code=code)
    return Affected(item_id=item.id, code=item.code, name=item.name)


def sign_change(work: Work, code: str, *, meaning: Meaning, signer: Signer, reason: str | None = None) -> Signature:
    """Sign a change that was asked for; the approval lets it be carried out.

    Raises ChangeDecided, SignedAlready, WrongSignIn, SignInBlocked.
    """
    change = _lock(work, code)
    _check_open(change)
    signed = queries.signatures_of(work.session, change_id=change.id)
    check_once(signed, work.actor.person_id, work.actor.name, meaning)
    proved = prove_identity(work, signer)
    text = fingerprint(content_of_change(change, queries.affected_codes(change)))
    signature = Signature(
        change_id=change.id, person_id=work.actor.person_id, person=work.actor.name[:100], meaning=meaning,
        proof=Proof(proved.proof), said=proved.said, reason=reason, at=work.now, sha256=text,
    )  # fmt: skip
    work.add(signature, "certificates.sign", reason=reason, code=change.code)
    if meaning is Meaning.APPROVED:
        with work.change(change, "certificates.approve_change"):
            change.state = ChangeState.APPROVED
            work.session.flush()
    return signature


def refuse_change(work: Work, code: str, reason: str) -> FourMChange:
    """Refuse a change, with a reason. Raises ChangeDecided, ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    change = _lock(work, code)
    _check_open(change)
    with work.change(change, "certificates.refuse_change", reason=reason.strip()):
        change.state, change.answer = ChangeState.REFUSED, reason.strip()
        work.session.flush()
    return change


def finish_change(work: Work, code: str, note: str) -> FourMChange:
    """Say that an approved change was carried out, and what was seen. Raises ChangeNotApproved."""
    change = _lock(work, code)
    if change.state is not ChangeState.APPROVED:
        raise ChangeNotApproved(code=change.code, state=_(CHANGE_NAMES[change.state]))
    with work.change(change, "certificates.finish_change", reason=note.strip() or None):
        change.state, change.answer = ChangeState.DONE, note.strip() or None
        work.session.flush()
    return change


def _check_open(change: FourMChange) -> None:
    if change.state is not ChangeState.ASKED:
        raise ChangeDecided(code=change.code, state=_(CHANGE_NAMES[change.state]))


def _lock(work: Work, code: str) -> FourMChange:
    work.lock(FourMChange, queries.get_change(work.session, code).id)
    return queries.get_change(work.session, code)
