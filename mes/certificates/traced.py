"""Certificates as papers of a trace."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.certificates.models import Certificate, CertificateState
from mes.certificates.rules import KIND_NAMES
from mes.core.chunks import among
from mes.core.i18n import _
from mes.lots.models import Lot
from mes.trace.papers import PROVIDERS, Paper


def certificates_of(session: Session, lot_ids: Collection[int]) -> Iterator[Paper]:
    """The approved certificates of lots; one statement."""
    query = select(Certificate.code, Certificate.kind, Lot.code).join(Lot, Lot.id == Certificate.lot_id)
    query = query.where(Certificate.state == CertificateState.APPROVED, among(session, Certificate.lot_id, lot_ids))
    for code, kind, lot in session.execute(query.order_by(Certificate.id)):
        yield Paper(_(KIND_NAMES[kind]), code, lot, "certificates.show", {"code": code})


PROVIDERS.append(certificates_of)
