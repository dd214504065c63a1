"""What a control chart may be, and how its alarms and states are said."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from mes.core.access import ROLE_NAMES
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.spc.kinds import ENOUGH, VARIABLE, NotOnThisChart, State, same_family, state_of, told
from mes.spc.models import ChartAlarm, ChartKind
from mes.statistics.constants import LARGEST
from mes.statistics.run_rules import chosen_rules
from mes.statistics.telling import CHART_NAMES, TRACK_NAMES

__all__ = ["ENOUGH", "VARIABLE", "NotOnThisChart", "State", "same_family", "state_of", "told"]
#: The mark of holds that an alarm places.
BY_ALARM = "spc"
#: An inspection as a hold names it.
_INSPECTION = re.compile("(?<![0-9A-Z])I[0-9]{6}-[0-9A-Z]+")
SET_NAMES = {
    "western-electric": N_("Western Electric"),
    "nelson": N_("Nelson"),
    "limits": N_("Control limits only"),
}
RULE_NAMES = {
    "beyond-limits": N_("One point beyond a control limit"),
    "run-8": N_("8 in a row on one side"),
    "run-9": N_("9 in a row on one side"),
    "trend-6": N_("6 in a row rising or falling"),
    "alternating-14": N_("14 in a row up and down in turn"),
    "2-of-3-beyond-2-sigma": N_("2 of 3 beyond 2 sigma"),
    "4-of-5-beyond-1-sigma": N_("4 of 5 beyond 1 sigma"),
    "within-1-sigma-15": N_("15 in a row within 1 sigma"),
    "beyond-1-sigma-8": N_("8 in a row beyond 1 sigma"),
}


class SizeUnfit(Refused):
    """Means need several pieces, ranges at most 25, single readings one."""

    message = N_("%(chart)s does not go with %(size)s pieces in a subgroup.")
    hint = N_(
        "Means take 2 pieces or more (with ranges at most 25), single readings 1; share and number charts count "
        "pieces from 1."
    )
    status = 422


class RulesMissing(Refused):
    """A chart that watches for nothing."""

    message = N_("No rule is chosen, so this chart could never raise an alarm.")
    hint = N_("Choose a set of rules, or at least one rule.")
    status = 422


class WeightImpossible(Refused):
    """Settings of EWMA and CUSUM outside of their range."""

    message = N_("%(name)s cannot be %(value)s.")
    hint = N_("The weight lies above 0 and is at most 1; width and decision limit are above 0; the step is 0 or more.")
    status = 422


class ChartedAlready(Refused):
    """One chart for one characteristic."""

    message = N_("%(name)s has a control chart already.")
    hint = N_("Open it and change its settings.")


class NotApprovedYet(Refused):
    """A draft is measured by nobody."""

    message = N_("The standard of %(name)s is not approved yet.")
    hint = N_("Approve the inspection standard first; then its characteristics can be charted.")


class TooFewToFreeze(Refused):
    """Limits from almost nothing are worse than none."""

    message = N_("Limits cannot be frozen from %(points)s points.")
    hint = N_("Choose a range of at least 2 points; 25 are usual.")


class RangeReversed(Refused):
    """The last inspection of a range came before its first."""

    message = N_("%(last)s was recorded before %(first)s.")
    hint = N_("Swap the two inspections.")
    status = 422


class PhaseBefore(Refused):
    """Phases follow each other."""

    message = N_("Phase %(number)s begins at %(code)s; a new phase must begin after it.")
    hint = N_("Choose a range that begins later.")


class AnsweredAlready(Refused):
    """An alarm is closed once."""

    message = N_("This alarm was closed by %(person)s at %(at)s.")
    hint = N_("What was found then stands there; nothing more needs to be done.")


class AnswerIncomplete(Refused):
    """An alarm is closed with both: what it was and what was done."""

    message = N_("An alarm is closed with its cause and the action that was taken.")
    hint = N_("Write both in a few words.")
    status = 422


class NotYoursToLift(Refused):
    """Goods that an alarm holds are let go by those who inspect."""

    message = N_("What this alarm holds is let go by quality or a leader.")
    hint = N_("Close the alarm without letting go, and tell them.")
    status = 403


STATE_WORDS = {
    State.ALARM: ("stopped", N_("Alarm")),
    State.LEARNING: ("person", N_("Limits not frozen")),
    State.EMPTY: ("waiting", N_("Too little data")),
    State.CONTROL: ("running", N_("In control")),
    State.ENDED: ("done", N_("Not in use")),
}


def check_settings(kind: ChartKind, size: int, rules: Iterable[str], numbers: Mapping[str, Decimal]) -> None:
    """Raises SizeUnfit, RulesMissing, UnknownRule, WeightImpossible."""
    most = LARGEST if kind is ChartKind.XBAR_R else None
    least = 2 if kind in (ChartKind.XBAR_R, ChartKind.XBAR_S) else 1
    if size < least or (most and size > most) or (kind is ChartKind.I_MR and size != 1):
        raise SizeUnfit(field="size", chart=chart_name(kind), size=size)
    if not chosen_rules(sorted(rules)):
        raise RulesMissing(field="rules")
    weight = numbers.get("weight")
    if weight is not None and not 0 < weight <= 1:
        raise WeightImpossible(field="weight", name=_("Weight"), value=weight)
    for name, label in (("width", _("Width")), ("decision", _("Decision limit"))):
        if name in numbers and numbers[name] <= 0:
            raise WeightImpossible(field=name, name=label, value=numbers[name])
    if "step" in numbers and numbers["step"] < 0:
        raise WeightImpossible(field="step", name=_("Step"), value=numbers["step"])


def chart_name(kind: ChartKind) -> str:
    """X-bar and R chart, …"""
    return _(CHART_NAMES[kind.value])


def track_name(track: str) -> str:
    """mean, range, …"""
    return _(TRACK_NAMES[track])


def rule_name(name: str) -> str:
    """Nelson, 8 in a row on one side, …"""
    return _(SET_NAMES.get(name) or RULE_NAMES[name])


def sentence_of(alarm: ChartAlarm) -> str:
    """An alarm in one sentence, with the line of the chart it speaks of."""
    return f"{track_name(alarm.track)}: {told(alarm.rule, first=alarm.first, last=alarm.last)}"


def held_at(reason: str) -> str | None:
    """The inspection whose alarm placed a hold: in every language its reason names that one first, then those between
    which a rule was met."""
    found = _INSPECTION.search(reason)
    return found[0] if found else None


def who_acts(alarm: ChartAlarm) -> str:
    """Line leader, …"""
    return _(ROLE_NAMES[alarm.acts])
