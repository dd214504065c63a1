"""What may be decided about the state of sampling, and what cannot have been found in a sample."""

from collections.abc import Sequence

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.inspection.models import Severity
from mes.inspection.sampling_models import SamplingState
from mes.statistics.sampling import Sample
from mes.statistics.sampling_switching import KIND_NAMES


class FoundTooMany(Refused):
    """More nonconforming pieces than were inspected, or fewer in both samples than in the first."""

    message = N_("%(found)s nonconforming pieces cannot be among %(size)s inspected ones.")
    hint = N_("Count the nonconforming pieces again; of two samples, give those of both together.")
    status = 422


class NotForReduced(Refused):
    """Reduced inspection follows normal inspection only."""

    message = N_("Reduced inspection is allowed from normal inspection only; now it is: %(severity)s.")
    hint = N_("Wait until the lots have brought it back to normal inspection.")


class ReducedAlreadyAllowed(Refused):
    """Allowed once is allowed."""

    message = N_("Reduced inspection is already allowed here, by %(who)s.")
    hint = N_("It begins when the switching score reaches 30.")


class ReducedNotAllowed(Refused):
    """There is nothing to end."""

    message = N_("Reduced inspection is not allowed here, so there is nothing to end.")
    hint = N_("Open the page again to see how it stands.")


class NotDiscontinued(Refused):
    """Only what stopped begins again."""

    message = N_("Sampling is not discontinued here; it is: %(severity)s.")
    hint = N_("Open the page again to see how it stands.")


def severity_name(severity: Severity) -> str:
    """How hard lots are looked at, in the reader's language."""
    return _(KIND_NAMES[severity.value])


def check_found(samples: Sequence[Sample], found: int, found_in_both: int | None) -> None:
    """Refuse counts that cannot be. Raises FoundTooMany."""
    if not 0 <= found <= samples[0].size:
        raise FoundTooMany(field="found", found=str(found), size=str(samples[0].size))
    both = sum(one.size for one in samples)
    if found_in_both is not None and not found <= found_in_both <= found + both - samples[0].size:
        raise FoundTooMany(field="found_in_both", found=str(found_in_both), size=str(both))


def check_reduced(state: SamplingState) -> None:
    """Raises ReducedAlreadyAllowed, NotForReduced."""
    if state.reduced_by is not None:
        raise ReducedAlreadyAllowed(who=state.reduced_by)
    if state.severity is not Severity.NORMAL:
        raise NotForReduced(severity=severity_name(state.severity))


def check_reduced_allowed(state: SamplingState) -> None:
    """Raises ReducedNotAllowed."""
    if state.reduced_by is None:
        raise ReducedNotAllowed


def check_discontinued(state: SamplingState) -> None:
    """Raises NotDiscontinued."""
    if state.severity is not Severity.DISCONTINUED:
        raise NotDiscontinued(severity=severity_name(state.severity))
