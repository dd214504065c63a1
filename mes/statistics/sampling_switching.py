"""Switching between normal, tightened and reduced inspection (ISO 2859-1:1999, clause 9.3 and 9.4), as pure states.

Only lots on original inspection count; a lot presented again after sorting does not. Normal to tightened: two of the
last five lots (or fewer, at the start) not accepted. Tightened to normal: five accepted in a row. Tightened to
discontinued: five not accepted since tightened began. Discontinued to tightened: the supplier has acted. Normal to
reduced: a switching score of at least 30, steady production, and the responsible authority wants it. Reduced to normal:
one lot not accepted, irregular production, or other conditions.
"""

from dataclasses import dataclass, replace

from mes.core.i18n import N_
from mes.statistics.sampling import Plan, plan_one_step_tighter

NORMAL, TIGHTENED, REDUCED, DISCONTINUED = "normal", "tightened", "reduced", "discontinued"
KIND_NAMES = {
    NORMAL: N_("normal inspection"),
    TIGHTENED: N_("tightened inspection"),
    REDUCED: N_("reduced inspection"),
    DISCONTINUED: N_("inspection discontinued"),
}
#: Why the kind of inspection changed.
TWO_OF_FIVE = N_("Two of five lots were not accepted: tightened inspection.")
FIVE_ACCEPTED = N_("Five lots in a row were accepted: normal inspection.")
FIVE_REFUSED = N_("Five lots were not accepted on tightened inspection: inspection is discontinued.")
SCORE_REACHED = N_("The switching score reached 30: reduced inspection.")
REDUCED_ENDED = N_("A lot was not accepted on reduced inspection: normal inspection.")
CONDITIONS_ENDED = N_("The conditions of reduced inspection no longer hold: normal inspection.")
SUPPLIER_ACTED = N_("The supplier has acted: tightened inspection begins again.")

SCORE_NEEDED = 30


@dataclass(frozen=True)
class Lot:
    """The outcome of one lot on original inspection.

    ``passes_tighter``: single plan with Ac of 2 or more - it would have been accepted at an AQL one step tighter;
    double plan - it was accepted on the first sample; Ac of 0 or 1 - it was accepted. ``score`` is what it then earns
    (3, 3 and 2).
    """

    accepted: bool
    passes_tighter: bool = True
    score: int = 2


@dataclass(frozen=True)
class Switching:
    """Where an item of a supplier stands. ``recent``: acceptance of the last lots in this state, oldest first."""

    kind: str = NORMAL
    recent: tuple[bool, ...] = ()
    score: int = 0
    refused: int = 0
    reason: str | None = None


def outcome(plan: Plan, found: int, *, found_in_both: int | None = None) -> Lot:
    """What a lot's count means for switching.

    ``found``: nonconforming in the (first) sample; ``found_in_both``: in both samples, when a second was drawn.
    """
    first = plan.samples[0]
    if plan.is_double:
        if found <= first.accept:
            return Lot(True, True, 3)
        accepted = found < first.reject and found_in_both is not None and found_in_both <= plan.samples[1].accept
        return Lot(accepted, False, 3)
    accepted = found <= first.accept
    if first.accept < 2:
        return Lot(accepted, accepted, 2)
    tighter = plan_one_step_tighter(plan)
    return Lot(accepted, tighter is not None and found <= tighter.accept, 3)


def after(state: Switching, lot: Lot, *, steady: bool = True, reduced_wanted: bool = False) -> Switching:
    """The state after one more lot. ``steady``: production runs steadily; ``reduced_wanted``: the plant wants it."""
    if state.kind == NORMAL:
        return _after_normal(state, lot, steady and reduced_wanted)
    if state.kind == TIGHTENED:
        return _after_tightened(state, lot)
    if state.kind == REDUCED and not lot.accepted:
        return Switching(NORMAL, reason=REDUCED_ENDED)
    if state.kind == REDUCED and not steady:
        return Switching(NORMAL, reason=CONDITIONS_ENDED)
    return replace(state, reason=None)


def resumed(state: Switching) -> Switching:
    """Inspection begins again, tightened, once the supplier has acted; other states stay as they are."""
    return Switching(TIGHTENED, reason=SUPPLIER_ACTED) if state.kind == DISCONTINUED else state


def _after_normal(state: Switching, lot: Lot, reduced: bool) -> Switching:
    recent = (*state.recent, lot.accepted)[-5:]
    if recent.count(False) >= 2:
        return Switching(TIGHTENED, reason=TWO_OF_FIVE)
    score = state.score + lot.score if lot.accepted and lot.passes_tighter else 0
    if score >= SCORE_NEEDED and reduced:
        return Switching(REDUCED, reason=SCORE_REACHED)
    return Switching(NORMAL, recent, score)


def _after_tightened(state: Switching, lot: Lot) -> Switching:
    recent = (*state.recent, lot.accepted)[-5:]
    refused = state.refused + (not lot.accepted)
    if refused >= 5:
        return Switching(DISCONTINUED, reason=FIVE_REFUSED)
    if recent == (True,) * 5:
        return Switching(NORMAL, reason=FIVE_ACCEPTED)
    return Switching(TIGHTENED, recent, 0, refused)
