"""Use cases of certificates: drafted from records, signed, given out, called back or replaced."""

import json
from typing import Any

from mes.certificates import queries
from mes.certificates.content import compose, options_of
from mes.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateLayout,
    CertificateState,
    Language,
    Meaning,
    Proof,
    Signature,
    Values,
)
from mes.certificates.rules import (
    Content,
    NothingToCertify,
    RecordsMoved,
    ReplacedAlready,
    check_approved,
    check_draft,
    check_once,
    check_signing,
    moved_lots,
)
from mes.core.coded import change_coded
from mes.core.errors import NotFound, ReasonNeeded
from mes.core.i18n import _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.scanning import named_code
from mes.core.work import Work, check_version
from mes.lots.models import Lot, Shipment
from mes.lots.queries import find_lot, get_shipment
from mes.partners.models import Partner
from mes.people.signature_rules import Signer, canonical, check_seen, fingerprint
from mes.people.signing import prove_identity

#: Before the day and number of a certificate.
PREFIX = "C"


def draft_certificate(
    work: Work, of: str, *, customer: Partner | None = None, kind: CertificateKind | None = None,
    language: Language | None = None,
) -> Certificate:  # fmt: skip
    """Draft a certificate of a lot or a shipment, from the records as they are, in the customer's layout.

    Raises NothingToCertify, NotFound.
    """
    lot, shipment = _subject(work, of)
    customer = shipment.customer if shipment else customer
    options = options_of(queries.layout_for(work.session, customer.id if customer else None))
    options |= {"kind": kind.value} if kind else {}
    options |= {"language": language.value} if language else {}
    return _draft(work, lot, shipment, customer, options, None)


def _subject(work: Work, of: str) -> tuple[Lot | None, Shipment | None]:
    text = named_code(of.strip())
    if not text:
        raise NothingToCertify(field="of")
    lot = find_lot(work.session, text)
    if lot is not None:
        return lot, None
    try:
        return None, get_shipment(work.session, text)
    except NotFound as missing:
        raise NotFound(field="of", what=_("lot or shipment"), code=text) from missing


def _draft(
    work: Work, lot: Lot | None, shipment: Shipment | None, customer: Partner | None, options: Content,
    replaces: Certificate | None, reason: str | None = None,
) -> Certificate:  # fmt: skip
    day = this_production_day(work)
    code = dated_code(work.session, PREFIX, day)
    before = {"code": replaces.code, "reason": reason} if replaces else None
    content = compose(
        work.session, code=code, options=options, lot=lot, shipment=shipment, customer=customer,
        day=day.isoformat(), replaces=before,
    )  # fmt: skip
    text = canonical(content)
    made = Certificate(
        code=code, kind=CertificateKind(options["kind"]), language=Language(options["language"]),
        lot_id=lot.id if lot else None, shipment_id=shipment.id if shipment else None,
        customer_id=customer.id if customer else None, content=text, sha256=fingerprint(text),
        day=day, at=work.now, person_id=work.actor.person_id, person=work.actor.name[:100],
        replaces_id=replaces.id if replaces else None,
    )  # fmt: skip
    return work.add(made, "certificates.draft", reason=reason)


def content_of(certificate: Certificate) -> Content:
    """What a certificate says."""
    found: Content = json.loads(certificate.content)
    return found


def content_now(session: Any, certificate: Certificate) -> Content:
    """What the same certificate would say by the records of now."""
    kept = content_of(certificate)
    return compose(
        session, code=certificate.code, options=kept["options"], lot=certificate.lot, shipment=certificate.shipment,
        customer=certificate.customer, day=kept["day"], replaces=kept["replaces"],
    )  # fmt: skip


def moved_since(session: Any, certificate: Certificate) -> list[str]:
    """The lots of a certificate of which the records say something else now, also where all was taken back since."""
    draft = certificate.state is CertificateState.DRAFT
    try:
        now = content_now(session, certificate)
    except NothingToCertify:
        now = None
    return moved_lots(content_of(certificate), now, draft=draft)


def refresh_certificate(work: Work, code: str) -> Certificate:
    """Bring a draft up to date with the records. Signatures of the text before stay, and fit no more.

    Raises NotADraft, NothingToCertify.
    """
    certificate = _lock(work, code)
    check_draft(certificate)
    text = canonical(content_now(work.session, certificate))
    with work.change(certificate, "certificates.refresh"):
        certificate.content, certificate.sha256 = text, fingerprint(text)
        work.session.flush()
    return certificate


def sign_certificate(
    work: Work, code: str, *, meaning: Meaning, signer: Signer, reason: str | None = None, confirmed: bool = False
) -> Signature:
    """Sign a draft with user name and PIN or password; the approval makes it a certificate and freezes it.

    The one in whose place it stands is replaced at that moment. Raises NotADraft, RecordsMoved, NothingMeasured,
    LotFailed, FailedAllTheSame, SignedAlready, SignedMoved, WrongSignIn, SignInBlocked.
    """
    certificate = _lock(work, code)
    check_seen(signer, certificate.content)
    content = content_of(certificate)
    check_signing(certificate, content, meaning, confirmed=confirmed)
    if moved_since(work.session, certificate):
        raise RecordsMoved
    text = fingerprint(certificate.content)
    signed = [one for one in queries.signatures_of(work.session, certificate_id=certificate.id) if one.sha256 == text]
    check_once(signed, work.actor.person_id, work.actor.name, meaning)
    proved = prove_identity(work, signer)
    signature = Signature(
        certificate_id=certificate.id, person_id=work.actor.person_id, person=work.actor.name[:100],
        meaning=meaning, proof=Proof(proved.proof), said=proved.said, reason=reason, at=work.now, sha256=text,
    )  # fmt: skip
    work.add(signature, "certificates.sign", reason=reason, code=certificate.code)
    if meaning is Meaning.APPROVED:
        _approve(work, certificate)
    return signature


def _approve(work: Work, certificate: Certificate) -> None:
    with work.change(certificate, "certificates.approve"):
        certificate.state = CertificateState.APPROVED
        work.session.flush()
    if certificate.replaces_id is None:
        return
    before = work.lock(Certificate, certificate.replaces_id)
    if before.state is CertificateState.APPROVED:
        reason = content_of(certificate)["replaces"]["reason"]
        _end(work, before, CertificateState.SUPERSEDED, reason, "certificates.supersede")


def revoke_certificate(work: Work, code: str, reason: str) -> Certificate:
    """Call an approved certificate back, with a reason; it stays readable. Raises NotApproved, ReasonNeeded."""
    certificate = _lock(work, code)
    check_approved(certificate)
    return _end(work, certificate, CertificateState.REVOKED, _reason(reason), "certificates.revoke")


def drop_certificate(work: Work, code: str, reason: str) -> Certificate:
    """Give a draft up, with a reason. What it was to replace may be replaced again. Raises NotADraft, ReasonNeeded."""
    certificate = _lock(work, code)
    check_draft(certificate)
    return _end(work, certificate, CertificateState.DROPPED, _reason(reason), "certificates.drop")


def replace_certificate(work: Work, code: str, reason: str) -> Certificate:
    """Draft a new certificate in the place of an approved one; that one holds until the new one is approved.

    Raises NotApproved, ReplacedAlready, ReasonNeeded.
    """
    certificate = _lock(work, code)
    check_approved(certificate)
    other = queries.replacement_of(work.session, certificate)
    if other is not None:
        raise ReplacedAlready(code=certificate.code, other=other.code)
    before = queries.get_certificate(work.session, code)
    options = content_of(before)["options"]
    return _draft(work, before.lot, before.shipment, before.customer, options, before, _reason(reason))


def _end(work: Work, certificate: Certificate, state: CertificateState, reason: str, verb: str) -> Certificate:
    with work.change(certificate, verb, reason=reason):
        certificate.state, certificate.ended_at, certificate.end_reason = state, work.now, reason
        if state is CertificateState.DROPPED:
            certificate.replaces_id = None  # which one it was to replace, its content still says
        work.session.flush()
    return certificate


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    return reason.strip()


def _lock(work: Work, code: str) -> Certificate:
    found = queries.get_certificate(work.session, code)
    work.lock(Certificate, found.id)
    return queries.get_certificate(work.session, code)


def save_layout(
    work: Work, customer: Partner | None, *, kind: CertificateKind, language: Language, shown: Values,
    inspections: frozenset[str], materials: bool, gauges: bool, statement: str | None, version: int | None = None,
) -> CertificateLayout:  # fmt: skip
    """Lay down how the certificates of a customer look; without a customer, those of all others. Raises StaleEdit."""
    columns: dict[str, Any] = {
        "kind": kind, "language": language, "shown": shown, "inspections": inspections, "materials": materials,
        "gauges": gauges, "statement": statement,
    }  # fmt: skip
    found = queries.own_layout(work.session, customer.id if customer else None)
    if found is None:
        made = CertificateLayout(customer_id=customer.id if customer else None, **columns)
        return work.add(made, "certificates.add_layout", code=customer.code if customer else None)
    layout = work.lock(CertificateLayout, found.id)
    check_version(work, layout, version)
    return change_coded(work, layout, "certificates.change_layout", None, columns)
