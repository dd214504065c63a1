"""What quality decides: which findings mean something, and what becomes of defective pieces."""

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.lots.rules import check_reason
from mes.quality.models import Defect, Disposition

DISPOSITION_NAMES = {
    Disposition.OPEN: N_("Undecided"),
    Disposition.REWORK: N_("Rework"),
    Disposition.CONCESSION: N_("Concession"),
    Disposition.SORT: N_("Sort out"),
    Disposition.RETURN: N_("Return to supplier"),
    Disposition.SCRAP: N_("Scrap"),
}
#: What may follow: sorting is a step on the way, everything else is final.
_FINAL = frozenset({Disposition.REWORK, Disposition.CONCESSION, Disposition.RETURN, Disposition.SCRAP})
NEXT = {Disposition.OPEN: _FINAL | {Disposition.SORT}, Disposition.SORT: _FINAL}
#: Dispositions after which the pieces are no longer in the lot.
LEAVING = frozenset({Disposition.RETURN, Disposition.SCRAP})


class DefectCodeEnded(Refused):
    """A deactivated code takes no new defects; the old ones keep it."""

    message = N_("The defect code %(code)s is no longer used.")
    hint = N_("Choose another one, or ask quality to bring it back.")


class DefectWithoutQuantity(Refused):
    """A defect is of so many pieces."""

    message = N_("A defect needs a quantity above zero; %(quantity)s was given.")
    hint = N_("Count the defective pieces and enter the number.")


class DefectOfNothing(Refused):
    """A defect is found on a lot or at a job."""

    message = N_("A defect belongs to a lot or to a job, and neither was given.")
    hint = N_("Scan the lot's label, or the job on the work order.")


class MoreThanTheLot(Refused):
    """More defective pieces than the lot ever had."""

    message = N_("Lot %(lot)s never had more than %(most)s %(unit)s, so %(quantity)s of it cannot be defective.")
    hint = N_("Check the lot and the quantity.")


class PhotoWithoutDefect(Refused):
    """A photo shows a defect; a report without defects has nowhere to put it."""

    message = N_("A photo came with a report that has no defect.")
    hint = N_("Enter the defective pieces too, or send the report without the photo.")


class AlreadyDecided(Refused):
    """A decision is final; only sorting is followed by another one."""

    message = N_("This was already decided: %(decision)s, by %(who)s at %(when)s.")
    hint = N_("Open the defect again to see the reason.")


class DecisionMissing(Refused):
    """Undecided is where a defect starts, not a decision."""

    message = N_("Choose what becomes of the defective pieces.")
    hint = N_("Rework, concession, sort, return to the supplier, or scrap.")


class ApprovalMissing(Refused):
    """A concession without anybody behind it."""

    message = N_("A concession needs the name of who approved it.")
    hint = N_("Enter who accepts the pieces as they are: the customer's contact, or the head of quality.")


class SortingNotCounted(Refused):
    """What is left after sorting is not known yet."""

    message = N_("These pieces are being sorted, and it is not recorded how many of them were good.")
    hint = N_("Enter the result of the sorting first; then the rest is decided.")


class NotSorting(Refused):
    """A result of a sorting that nobody decided, or that is recorded already."""

    message = N_("No sorting of these pieces waits for its result.")
    hint = N_("Open the defect again to see how it stands.")


class SortedBeyond(Refused):
    """More good pieces than were sorted."""

    message = N_("%(good)s good pieces cannot come out of sorting %(quantity)s.")
    hint = N_("Enter how many of the sorted pieces were good; 0 if none was.")


class ReworkedOften(Refused):
    """The plant does not rework the same pieces for ever."""

    message = N_("Lot %(lot)s was already reworked %(times)s times; the plant allows %(most)s.")
    hint = N_("Choose another decision: scrap, return, or a concession that somebody approves.")


class DefectCauseEnded(Refused):
    """A cause that is no longer used takes no new defects."""

    message = N_("The cause %(code)s is no longer used.")
    hint = N_("Choose another one, or ask quality to bring it back.")


class CodeInUse(Refused):
    """What defects were recorded under is ended, never erased."""

    message = N_("%(code)s cannot be removed: %(records)s defects are recorded under it.")
    hint = N_("Take it out of use instead: it takes no new defects, and the old ones keep it.")


class TooManyPhotos(Refused):
    """More photos than anybody looks at."""

    message = N_("At most %(most)s photos belong to one defect.")
    hint = N_("Leave some out and save again.")
    status = 422


class MarkOffThePicture(Refused):
    """A mark that does not lie on the part."""

    message = N_("The mark lies outside the picture of the part.")
    hint = N_("Touch the place on the picture again.")
    status = 422


class DefectTakenBack(Refused):
    """The report was undone, and its defects with it."""

    message = N_("This defect was taken back together with its report.")
    hint = N_("There is nothing to decide. Look at the report that took its place.")


class DefectsDecided(Refused):
    """What was decided about a report's defects stands on that report."""

    message = N_("The defects of this report are already decided (%(codes)s), so it cannot be undone.")
    hint = N_("Ask quality; a difference in good pieces is corrected on the lot.")


class NothingInTheLot(Refused):
    """Pieces of a report's defect never entered a lot, so none can be taken out."""

    message = N_("These defective pieces do not stand in a lot's stock, so they cannot be taken out of it.")
    hint = N_("Record the decision without taking them out.")


def disposition_name(disposition: Disposition) -> str:
    """What becomes of defective pieces, in the reader's language."""
    return _(DISPOSITION_NAMES[disposition])


def check_decision(defect: Defect, decision: Disposition, reason: str, *, taken_back: bool) -> None:
    """Refuse a decision that changes another, or says nothing.

    Raises DefectTakenBack, DecisionMissing, ReasonNeeded, SortingNotCounted, AlreadyDecided.
    """
    if taken_back or defect.reverses_id is not None:
        raise DefectTakenBack
    if decision is Disposition.OPEN:
        raise DecisionMissing(field="decision")
    check_reason(reason)
    if defect.disposition is Disposition.SORT and decision in _FINAL and defect.sorted_good is None:
        raise SortingNotCounted
    if decision not in NEXT.get(defect.disposition, frozenset()) or defect.left == 0:
        decided = disposition_name(defect.disposition)
        raise AlreadyDecided(decision=decided, who=defect.disposed_by, when=defect.disposed_at)


def check_approval(decision: Disposition, approved_by: str | None) -> str | None:
    """Who approved a concession; nobody approves anything else. Raises ApprovalMissing."""
    if decision is not Disposition.CONCESSION:
        return None
    name = (approved_by or "").strip()[:100]
    if not name:
        raise ApprovalMissing(field="approved_by")
    return name
