"""What a certificate says, whether it may be signed, and whether what was signed still stands."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mes.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateState,
    ChangeState,
    FourMChange,
    Language,
    Meaning,
    Proof,
    Signature,
    Values,
)
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.people.signature_rules import canonical, fingerprint

KIND_NAMES = {
    CertificateKind.REPORT: N_("Inspection report"),
    CertificateKind.ANALYSIS: N_("Certificate of analysis"),
    CertificateKind.CONFORMITY: N_("Certificate of conformity"),
}
LANGUAGE_NAMES = {
    Language.KOREAN: N_("Korean"),
    Language.ENGLISH: N_("English"),
    Language.BOTH: N_("Korean and English"),
}
VALUES_NAMES = {Values.EACH: N_("Every value"), Values.SUMMARY: N_("Least, greatest and mean")}
STATE_NAMES = {
    CertificateState.DRAFT: N_("Draft"),
    CertificateState.APPROVED: N_("Approved"),
    CertificateState.SUPERSEDED: N_("Replaced"),
    CertificateState.REVOKED: N_("Revoked"),
    CertificateState.DROPPED: N_("Given up"),
}
MEANING_NAMES = {
    Meaning.WROTE: N_("I wrote this"),
    Meaning.REVIEWED: N_("I have checked this"),
    Meaning.APPROVED: N_("I approve this"),
}
#: The same as they stand over a place to sign.
SIGNED_AS = {Meaning.WROTE: N_("Prepared"), Meaning.REVIEWED: N_("Reviewed"), Meaning.APPROVED: N_("Approved")}
PROOF_NAMES = {Proof.PIN: N_("PIN"), Proof.PASSWORD: N_("Password")}
FOUR_M = {
    "man": N_("Man"),
    "machine": N_("Machine"),
    "material": N_("Material"),
    "method": N_("Method"),
}
CHANGE_NAMES = {
    ChangeState.ASKED: N_("Asked for"),
    ChangeState.APPROVED: N_("Approved"),
    ChangeState.REFUSED: N_("Refused"),
    ChangeState.DONE: N_("Carried out"),
}
Content = dict[str, Any]
#: What of a lot is measured or counted.
MEASURED = ("inspections", "quantity", "made_on", "expires_on")


class NothingToCertify(Refused):
    """A shipment of which nothing left, or neither lot nor shipment."""

    message = N_("There is no lot to certify.")
    hint = N_("Enter the code of a lot or of a shipment that left the plant.")
    status = 422


class NotADraft(Refused):
    """An approved certificate is frozen."""

    message = N_("Certificate %(code)s is no draft any more (%(state)s), so it stays as it is.")
    hint = N_("Make a new one in its place.")


class NotApproved(Refused):
    """Only what was given out can be called back or replaced."""

    message = N_("Certificate %(code)s is not approved (%(state)s).")
    hint = N_("A draft is changed or given up instead.")


class NothingInspected(Refused):
    """A certificate that certifies nothing."""

    message = N_("No inspection of these lots is on record, so there is nothing to certify.")
    hint = N_("Inspect them first, then bring the draft up to date.")


class LotFailed(Refused):
    """Conformity is not certified against a reading."""

    message = N_("The newest inspection of lot %(lots)s failed, so its conformity cannot be certified.")
    hint = N_("Inspect it again, or give an inspection report that shows the values.")


class FailedAllTheSame(Refused):
    """A report may show a failed value, but nobody signs it unawares."""

    message = N_("The newest inspection of lot %(lots)s failed.")
    hint = N_("The certificate will show that.")
    asks = True
    yes = N_("Sign all the same")


class RecordsMoved(Refused):
    """The draft does not say what is recorded now."""

    message = N_("What is recorded has changed since this draft was made.")
    hint = N_("Bring the draft up to date, look at it again, then sign.")


class SignedAlready(Refused):
    """Nobody signs the same meaning twice."""

    message = N_("%(name)s has signed this already (%(meaning)s).")
    hint = N_("Another person signs next.")


class ReplacedAlready(Refused):
    """One certificate stands in the place of another."""

    message = N_("Certificate %(code)s has a replacement already: %(other)s.")
    hint = N_("Go on with that one.")


class NoKind(Refused):
    """A 4M change of nothing."""

    message = N_("Tick what changes: man, machine, material or method.")
    hint = N_("At least one of them is needed.")
    status = 422


class ChangeDecided(Refused):
    """A 4M change that was decided about."""

    message = N_("4M change %(code)s was already decided (%(state)s).")
    hint = N_("Ask for a new change.")


class ChangeNotApproved(Refused):
    """Carried out before it was approved."""

    message = N_("4M change %(code)s is not approved (%(state)s), so it is not carried out.")
    hint = N_("Wait for the approval.")


def is_whole(certificate: Certificate, signatures: Iterable[Signature]) -> bool:
    """Whether the content is letter by letter what was written, and what was approved.

    Who signed a draft before it was brought up to date signed another text; that says nothing against this one.
    """
    found = fingerprint(certificate.content)
    approvals = [one for one in signatures if one.meaning is Meaning.APPROVED]
    return found == certificate.sha256 and all(one.sha256 == found for one in approvals)


def seal_holds(certificate: Certificate, signatures: Sequence[Signature]) -> bool:
    """Whether the certificate stands: approved, signed as such, and unchanged since."""
    approved = any(one.meaning is Meaning.APPROVED for one in signatures)
    return certificate.state is CertificateState.APPROVED and approved and is_whole(certificate, signatures)


def inspections_of(content: Content) -> Iterator[tuple[Content, Content]]:
    """Every inspection told, with its lot."""
    for lot in content["lots"]:
        for inspection in lot["inspections"]:
            yield lot, inspection


def failed_lots(content: Content) -> list[str]:
    """Lots of which an inspection told here failed."""
    return list(dict.fromkeys(lot["code"] for lot, one in inspections_of(content) if one["verdict"] == "fail"))


def moved_lots(content: Content, now: Content | None, *, draft: bool) -> list[str]:
    """Lots of which the records say something else now; all of them where nothing is left to certify (``now`` None).

    A ``draft`` is looked at letter by letter; of what was given out only what was measured and counted, for what the
    plant calls a thing is its own business.
    """
    known = {lot["code"]: lot for lot in now["lots"]} if now else {}
    return [lot["code"] for lot in content["lots"] if _moved(lot, known.get(lot["code"]), draft=draft)]


def _moved(lot: Content, now: Content | None, *, draft: bool) -> bool:
    return now is None or any(now.get(name) != lot[name] for name in (lot if draft else MEASURED))


def check_signing(certificate: Certificate, content: Content, meaning: Meaning, *, confirmed: bool) -> None:
    """Raises NotADraft, NothingInspected, LotFailed, FailedAllTheSame."""
    check_draft(certificate)
    if meaning is not Meaning.APPROVED:
        return
    if not any(True for _found in inspections_of(content)):
        raise NothingInspected
    failed = failed_lots(content)
    if failed and certificate.kind is CertificateKind.CONFORMITY:
        raise LotFailed(lots=", ".join(failed))
    if failed and not confirmed:
        raise FailedAllTheSame(lots=", ".join(failed))


def check_draft(certificate: Certificate) -> None:
    """Raises NotADraft."""
    if certificate.state is not CertificateState.DRAFT:
        raise NotADraft(code=certificate.code, state=_(STATE_NAMES[certificate.state]))


def check_approved(certificate: Certificate) -> None:
    """Raises NotApproved."""
    if certificate.state is not CertificateState.APPROVED:
        raise NotApproved(code=certificate.code, state=_(STATE_NAMES[certificate.state]))


def check_once(signatures: Iterable[Signature], person_id: int | None, name: str, meaning: Meaning) -> None:
    """Raises SignedAlready."""
    if any(one.person_id == person_id and one.meaning is meaning for one in signatures):
        raise SignedAlready(name=name, meaning=_(SIGNED_AS[meaning]))


def check_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """Which of man, machine, material and method change. Raises NoKind."""
    chosen = frozenset(kinds) & frozenset(FOUR_M)
    if not chosen:
        raise NoKind(field="kinds")
    return chosen


def content_of_change(change: FourMChange, affected: Sequence[str]) -> str:
    """What is signed of a 4M change."""
    columns = ("code", "title", "before_change", "after_change", "reason", "extra_checks", "customer_told")
    return canonical(
        {name: getattr(change, name) for name in columns}
        | {
            "kinds": sorted(change.kinds),
            "planned_on": change.planned_on.isoformat(),
            "until": change.until.isoformat() if change.until else None,
            "affected": list(affected),
        }
    )
