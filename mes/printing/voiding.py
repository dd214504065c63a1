"""Labels that count no longer."""

from mes.core.errors import ReasonNeeded
from mes.core.voided import VoidedLabel, find_voided
from mes.core.work import Work
from mes.printing import queries
from mes.printing.rules import LabelNotPrinted, LabelVoidedBefore


def void_label(work: Work, *, subject: str, code: str, copy: int, reason: str) -> VoidedLabel:
    """Void one label of a thing, by its number: from now on a scan of it is refused, naming who voided it and why.

    Raises ReasonNeeded, LabelNotPrinted, LabelVoidedBefore.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(field="reason")
    queries.take_numbers(work.session)
    if not 1 <= copy <= queries.last_numbers(work.session, subject, [code]).get(code, 0):
        raise LabelNotPrinted(code=code, copy=copy)
    before = find_voided(work.session, subject, code, copy)
    if before is not None:
        raise LabelVoidedBefore(code=code, copy=copy, who=before.person, when=before.at)
    voided = VoidedLabel(
        subject=subject, code=code, copy=copy, reason=reason, at=work.now, person_id=work.actor.person_id,
        person=work.actor.name,
    )  # fmt: skip
    return work.add(voided, "labels.void", reason=reason, code=code if copy == 1 else f"{code}.{copy}")
