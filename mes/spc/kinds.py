"""Kinds of charts, how they stand, and what a rule says: what reading and judging share."""

from enum import StrEnum

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.spc.models import ChartKind, ControlChart
from mes.statistics.capability import FEWEST_SUBGROUPS

#: From so many points limits are usually frozen.
ENOUGH = FEWEST_SUBGROUPS
VARIABLE = frozenset({ChartKind.XBAR_R, ChartKind.XBAR_S, ChartKind.I_MR, ChartKind.EWMA, ChartKind.CUSUM})
#: Charts that share the meaning of a frozen centre and standard deviation.
FAMILIES = (VARIABLE, frozenset({ChartKind.P, ChartKind.NP}), frozenset({ChartKind.C}), frozenset({ChartKind.U}))

#: What a rule says of the inspections at which it was met, as people find them again.
SENTENCES = {
    "beyond-limits": N_("%(last)s is beyond a control limit."),
    "run-8": N_("%(first)s to %(last)s: 8 in a row on one side of the centre line."),
    "run-9": N_("%(first)s to %(last)s: 9 in a row on one side of the centre line."),
    "trend-6": N_("%(first)s to %(last)s: 6 in a row rising, or falling."),
    "alternating-14": N_("%(first)s to %(last)s: 14 in a row up and down in turn."),
    "2-of-3-beyond-2-sigma": N_("%(first)s to %(last)s: 2 of 3 in a row are beyond 2 sigma on one side."),
    "4-of-5-beyond-1-sigma": N_("%(first)s to %(last)s: 4 of 5 in a row are beyond 1 sigma on one side."),
    "within-1-sigma-15": N_("%(first)s to %(last)s: 15 in a row within 1 sigma of the centre line."),
    "beyond-1-sigma-8": N_("%(first)s to %(last)s: 8 in a row beyond 1 sigma, on either side."),
}


class NotOnThisChart(Refused):
    """An inspection in which this characteristic was not measured."""

    message = N_("%(code)s is not a point of this chart.")
    hint = N_("Take the codes of two inspections that the chart shows.")
    status = 404


class State(StrEnum):
    """How a chart stands, the most urgent first."""

    ALARM = "alarm"
    LEARNING = "learning"
    EMPTY = "empty"
    CONTROL = "control"
    ENDED = "ended"


def state_of(chart: ControlChart, *, alarms: int, points: int, frozen: bool) -> State:
    """Alarms first; without frozen limits a chart only learns, from 25 points on somebody should freeze them."""
    if alarms:
        return State.ALARM
    if not chart.active:
        return State.ENDED
    if frozen:
        return State.CONTROL
    return State.LEARNING if points >= ENOUGH else State.EMPTY


def same_family(one: ChartKind, other: ChartKind) -> bool:
    """Whether limits frozen on one chart mean the same on the other."""
    return any(one in family and other in family for family in FAMILIES)


def told(rule: str, *, first: str, last: str) -> str:
    """What a rule says of the points from one inspection to another, in the reader's language."""
    return _(SENTENCES[rule], first=first, last=last)
