"""Rules by which a control chart calls for a look: Western Electric (1956) and Nelson (1984), each by its name.

A point on a limit or a zone line is not beyond it; a point on the centre line is on neither side and ends a run. Zones
are those of each point's own standard deviation. Missing points are passed over; a new phase begins anew. Rules with
zones speak only of statistics that scatter evenly about their centre, so charts of ranges and deviations take the
others; EWMA and CUSUM take their limits alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from mes.core.i18n import N_, say
from mes.statistics.charts import Chart, Point, Track
from mes.statistics.errors import UnknownRule
from mes.statistics.values import nearly

#: Finds, among the plotted points of one phase, the rule's points for each point at which it is met.
Finder = Callable[[Sequence[Point]], list[list[int]]]


@dataclass(frozen=True)
class Rule:
    """A rule: its name, what it says of the points, whether it needs sigma zones."""

    name: str
    sentence: str
    find: Finder
    zones: bool = False


@dataclass(frozen=True)
class Violation:
    """A rule met at a point (counted from 0), with all points that count for it."""

    track: str
    rule: str
    at: int
    points: tuple[int, ...]
    sentence_id: str
    values: dict[str, object]

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        return say(self.sentence_id, self.values)


def violations(chart: Chart, rules: str | Sequence[str] = "western-electric") -> list[Violation]:
    """Every rule met, by track and point. ``rules``: a set by name, or names of rules. Raises UnknownRule."""
    chosen = chosen_rules(rules)
    return [met for track in chart.tracks for met in _of_track(track, chosen)]


def chosen_rules(names: str | Sequence[str]) -> list[Rule]:
    """The rules of a set, or of several names of sets and rules. Raises UnknownRule."""
    found: dict[str, Rule] = {}
    for name in [names] if isinstance(names, str) else names:
        plain = name.strip().lower().replace("_", "-").replace(" ", "-")
        plain = ALIASES.get(plain, plain)
        known = SETS.get(plain) or ([RULES[plain]] if plain in RULES else None)
        if known is None:
            raise UnknownRule(name=name, choices=", ".join([*SETS, *RULES]))
        found |= {rule.name: rule for rule in known}
    return list(found.values())


def _of_track(track: Track, rules: Sequence[Rule]) -> list[Violation]:
    plotted = [(place, point) for place, point in enumerate(track.points) if point.value is not None]
    met: list[Violation] = []
    for _, phase in groupby(plotted, key=lambda pair: pair[1].stage):
        places, points = zip(*phase, strict=True)
        for rule in _fitting(track, rules):
            windows = rule.find(points)
            met += [_violation(track, rule, tuple(places[index] for index in window)) for window in windows]
    return sorted(met, key=lambda violation: violation.at)


def _fitting(track: Track, rules: Sequence[Rule]) -> list[Rule]:
    if track.limits_only:
        return [_BEYOND]
    return [rule for rule in rules if track.zones or not rule.zones]


def _violation(track: Track, rule: Rule, places: tuple[int, ...]) -> Violation:
    values: dict[str, object] = {"point": str(places[-1] + 1), "first": str(places[0] + 1), "count": str(len(places))}
    return Violation(track.name, rule.name, places[-1], places, rule.sentence, values)


def _beyond_limits(points: Sequence[Point]) -> list[list[int]]:
    return [[at] for at, point in enumerate(points) if point.is_above or point.is_below]


def _one_side(length: int) -> Finder:
    """So many points in a row on the same side of the centre line."""
    return lambda points: _streaks([point.side for point in points], length)


def _of_few(needed: int, among: int, sigmas: float) -> Finder:
    """At a point beyond so many sigmas: with it, ``needed`` of the last ``among`` points are so on the same side."""

    def find(points: Sequence[Point]) -> list[list[int]]:
        met = []
        for side in (1, -1):
            past = [point.is_past(sigmas, side) for point in points]
            for at, is_past in enumerate(past):
                window = [place for place in range(max(0, at - among + 1), at + 1) if past[place]]
                if is_past and len(window) >= needed:
                    met.append(window)
        return met

    return find


def _trend(length: int) -> Finder:
    """So many points in a row, each above (or each below) the one before; equal points end it."""
    return lambda points: _streaks(_steps(points), length - 1, before=1)


def _alternating(length: int) -> Finder:
    """So many points in a row, going up and down in turn."""
    return lambda points: _streaks(
        [step if at % 2 else -step for at, step in enumerate(_steps(points))], length - 1, before=1
    )


def _all_points(length: int, fits: Callable[[Point], bool]) -> Finder:
    """So many points in a row of which each fits."""
    return lambda points: _streaks([int(fits(point)) for point in points], length)


def _is_far(point: Point) -> bool:
    """Beyond one sigma, on either side."""
    return point.is_past(1, 1) or point.is_past(1, -1)


def _is_close(point: Point) -> bool:
    """Within one sigma, or on its line. Where nothing scatters there are no zones."""
    return point.sigma > 0 and not _is_far(point)


def _steps(points: Sequence[Point]) -> list[int]:
    """1 for a point above the one before, -1 below, 0 equal (and for the first)."""
    steps = [0]
    for old, new in pairwise(points):
        before, now = old.value or 0.0, new.value or 0.0
        steps.append(0 if nearly(now, before, new.sigma) else 1 if now > before else -1)
    return steps


def _streaks(marks: Sequence[int], length: int, before: int = 0) -> list[list[int]]:
    """For each place at which the last ``length`` marks are equal and not 0: these places, and ``before`` more."""
    met, count = [], 0
    for at, mark in enumerate(marks):
        count = 0 if mark == 0 else count + 1 if at and marks[at - 1] == mark else 1
        if count >= length:
            met.append(list(range(at - length + 1 - before, at + 1)))
    return met


_BEYOND = Rule("beyond-limits", N_("Point %(point)s is beyond a control limit."), _beyond_limits)

RULES = {
    rule.name: rule
    for rule in (
        _BEYOND,
        Rule("run-8", N_("Points %(first)s to %(point)s: 8 in a row on one side of the centre line."), _one_side(8)),
        Rule("run-9", N_("Points %(first)s to %(point)s: 9 in a row on one side of the centre line."), _one_side(9)),
        Rule("trend-6", N_("Points %(first)s to %(point)s: 6 in a row rising, or falling."), _trend(6)),
        Rule("alternating-14", N_("Points %(first)s to %(point)s: 14 in a row up and down in turn."), _alternating(14)),
        Rule(
            "2-of-3-beyond-2-sigma",
            N_("Point %(point)s: 2 of the last 3 are beyond 2 sigma on one side."),
            _of_few(2, 3, 2),
            zones=True,
        ),
        Rule(
            "4-of-5-beyond-1-sigma",
            N_("Point %(point)s: 4 of the last 5 are beyond 1 sigma on one side."),
            _of_few(4, 5, 1),
            zones=True,
        ),
        Rule(
            "within-1-sigma-15",
            N_("Points %(first)s to %(point)s: 15 in a row within 1 sigma of the centre line."),
            _all_points(15, _is_close),
            zones=True,
        ),
        Rule(
            "beyond-1-sigma-8",
            N_("Points %(first)s to %(point)s: 8 in a row beyond 1 sigma, on either side."),
            _all_points(8, _is_far),
            zones=True,
        ),
    )
}
_WESTERN = ("beyond-limits", "2-of-3-beyond-2-sigma", "4-of-5-beyond-1-sigma", "run-8")
_NELSON = (
    "beyond-limits", "run-9", "trend-6", "alternating-14", "2-of-3-beyond-2-sigma", "4-of-5-beyond-1-sigma",
    "within-1-sigma-15", "beyond-1-sigma-8",
)  # fmt: skip
#: Sets of rules, by the name under which a characteristic chooses them.
SETS = {
    "western-electric": [RULES[name] for name in _WESTERN],
    "nelson": [RULES[name] for name in _NELSON],
    "limits": [_BEYOND],
}
ALIASES = {"we": "western-electric", "weco": "western-electric", "western": "western-electric"}
