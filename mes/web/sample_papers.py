"""What a sample factory signs: certificates of shipments, and changes of man, machine, material or method."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from mes.certificates.changes import ask_change, sign_change
from mes.certificates.models import FourMChange, Language, Meaning
from mes.certificates.service import draft_certificate, sign_certificate
from mes.core.work import Work
from mes.lots.models import Shipment
from mes.people.models import Person
from mes.people.rules import SAMPLE_PIN
from mes.people.signature_rules import Signer
from mes.web.sample_stage import Stage, Story


def _signer(work: Work) -> Signer:
    """Everybody of a sample factory signs with the personnel number and the same PIN."""
    return Signer(work.session.get_one(Person, work.actor.person_id).code, SAMPLE_PIN)


def certified(
    floor: Stage, shipment: str, writer: str, approver: str | None, language: Language = Language.BOTH
) -> Story:
    """The certificate of a shipment: written and signed, and approved with the PIN of somebody else."""
    code = floor.do(writer, lambda work: draft_certificate(work, shipment, language=language).code)
    yield 5
    floor.do(writer, lambda work: sign_certificate(work, code, meaning=Meaning.WROTE, signer=_signer(work)))
    if approver:
        yield 20
        floor.do(approver, lambda work: sign_certificate(work, code, meaning=Meaning.APPROVED, signer=_signer(work)))


def newest_shipment(floor: Stage, begins: str) -> str | None:
    """The newest shipment under a reference of the customer's that begins so."""
    with floor.database.read() as read:
        query = select(Shipment.code).where(Shipment.reference.startswith(begins))
        return read.scalars(query.order_by(Shipment.id.desc()).limit(1)).first()


@dataclass(frozen=True, kw_only=True)
class Change:
    """A 4M change as it is asked for. ``days``: planned so many days after it was asked for."""

    kinds: frozenset[str]
    title: str
    before: str
    after: str
    reason: str
    checks: str
    affected: Sequence[str]
    days: int
    customer_told: bool = False


def change(floor: Stage, who: str, asked: Change, *, approved_by: str | None = None, wait: tuple[int, int]) -> Story:
    """Ask for a change and sign it; ``approved_by`` approves it at ``wait``, else it waits for its approval."""

    def ask(work: Work) -> FourMChange:
        return ask_change(
            work, kinds=asked.kinds, title=asked.title, before_change=asked.before, after_change=asked.after,
            reason=asked.reason, planned_on=work.today + timedelta(days=asked.days), extra_checks=asked.checks,
            customer_told=asked.customer_told, affected=asked.affected,
        )  # fmt: skip

    code = floor.do(who, ask).code
    floor.do(who, lambda work: sign_change(work, code, meaning=Meaning.WROTE, signer=_signer(work)))
    if approved_by is not None:
        yield wait
        floor.do(approved_by, lambda work: sign_change(work, code, meaning=Meaning.APPROVED, signer=_signer(work)))
