"""What quality decides: verdicts from readings, limits, and what becomes of defective pieces."""

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

    Raises DefectTakenBack, DecisionMissing, ReasonNeeded, AlreadyDecided.
    """
    if taken_back or defect.reverses_id is not None:
        raise DefectTakenBack
    if decision is Disposition.OPEN:
        raise DecisionMissing(field="decision")
    check_reason(reason)
    if decision not in NEXT.get(defect.disposition, frozenset()):
        decided = disposition_name(defect.disposition)
        raise AlreadyDecided(decision=decided, who=defect.disposed_by, when=defect.disposed_at)
