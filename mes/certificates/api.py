"""Certificates for programs: drafted, read with everything they say, and whether they stand."""

from datetime import date, datetime
from typing import Any

import msgspec

from mes.certificates import queries, rules, service
from mes.certificates.models import Certificate, CertificateKind, CertificateState, Language
from mes.core.access import OFFICE, QUALITY_ONLY
from mes.core.api import Api, CodeText, Listing, Paged, listing
from mes.core.work import Reader, Work
from mes.partners.queries import get_partner

api = Api("certificates", __name__)


class CertificateOut(msgspec.Struct):
    """One certificate."""

    code: str
    kind: CertificateKind
    language: Language
    state: CertificateState
    lot: str | None
    shipment: str | None
    customer: str | None
    day: date
    at: datetime
    person: str
    sha256: str


class SignatureOut(msgspec.Struct):
    """Who signed, what was meant, when, and the hash of what was signed."""

    person: str
    meaning: str
    at: datetime
    sha256: str


class WholeCertificate(msgspec.Struct):
    """A certificate with its content and its signatures. ``holds``: approved, and letter by letter what was signed."""

    certificate: CertificateOut
    content: dict[str, Any]
    signatures: list[SignatureOut]
    holds: bool


class CertificateQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which certificates: ``search`` is a certificate, lot, shipment or customer code."""

    search: str = ""
    state: CertificateState | None = None


class NewCertificate(msgspec.Struct, forbid_unknown_fields=True):
    """What a draft is made of: a lot or a shipment."""

    of: CodeText
    customer: CodeText | None = None
    kind: CertificateKind | None = None
    language: Language | None = None


@api.read("/certificates", who=OFFICE, gives=Listing[CertificateOut], query=CertificateQuery)
def list_certificates(read: Reader, query: CertificateQuery) -> Listing[CertificateOut]:
    """Certificates, the newest first."""
    found = queries.page_of_certificates(
        read, search=query.search, state=query.state, after=query.after, size=query.size
    )
    return listing([_out(one) for one in found.rows], found.next)


@api.read("/certificates/<code>", who=OFFICE, gives=WholeCertificate)
def get_certificate(read: Reader, code: str) -> WholeCertificate:
    """One certificate with everything it says."""
    found = queries.get_certificate(read, code)
    signed = queries.signatures_of(read, certificate_id=found.id)
    return WholeCertificate(
        certificate=_out(found),
        content=service.content_of(found),
        signatures=[SignatureOut(one.person, one.meaning.value, one.at, one.sha256) for one in signed],
        holds=rules.seal_holds(found, signed),
    )


@api.write("/certificates", who=QUALITY_ONLY, takes=NewCertificate, gives=CertificateOut)
def draft_certificate(work: Work, body: NewCertificate) -> CertificateOut:
    """Draft a certificate from what is recorded; a person signs it at a desk."""
    customer = get_partner(work.session, body.customer) if body.customer else None
    made = service.draft_certificate(work, body.of, customer=customer, kind=body.kind, language=body.language)
    return _out(queries.get_certificate(work.session, made.code))


def _out(one: Certificate) -> CertificateOut:
    return CertificateOut(
        code=one.code, kind=one.kind, language=one.language, state=one.state,
        lot=one.lot.code if one.lot else None, shipment=one.shipment.code if one.shipment else None,
        customer=one.customer.code if one.customer else None, day=one.day, at=one.at, person=one.person,
        sha256=one.sha256,
    )  # fmt: skip
