"""What every control chart is made of: points with limits of their own, tracks of points, phases.

A phase starts at a point and its limits hold until the next phase starts. They are worked out from its points up to
``stop`` and frozen for the rest (phase I and II), or they are known beforehand. Missing readings stay missing points.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mes.statistics.errors import PhaseImpossible, SettingImpossible
from mes.statistics.values import nearly


@dataclass(frozen=True)
class Known:
    """A centre and a standard deviation of single readings that are given, not estimated. Raises SettingImpossible."""

    centre: float
    sigma: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.centre):
            raise SettingImpossible(name="centre", value=f"{self.centre:g}")
        if not 0 <= self.sigma < math.inf:
            raise SettingImpossible(name="sigma", value=f"{self.sigma:g}")


@dataclass(frozen=True)
class Phase:
    """From point ``start`` (0 is the first) on; limits from points before ``stop``, or from ``known``."""

    start: int = 0
    stop: int | None = None
    known: Known | None = None


@dataclass(frozen=True)
class Stage:
    """A phase in force: its points, and those from which its limits are worked out."""

    phase: Phase
    points: range
    basis: range


@dataclass(frozen=True)
class Point:
    """One plotted point. ``sigma`` is the standard deviation of the plotted statistic, for the zones.

    A limit is None where there is none: a range of one reading, a sum that counts one way only.
    """

    value: float | None
    size: float
    stage: int
    centre: float
    sigma: float
    lower: float | None
    upper: float | None

    @property
    def is_above(self) -> bool:
        """Beyond the upper limit; a point on the limit is not beyond it."""
        return self._beyond(self.upper) and self.value is not None and self.value > (self.upper or 0.0)

    @property
    def is_below(self) -> bool:
        """Beyond the lower limit; a point on the limit is not beyond it."""
        return self._beyond(self.lower) and self.value is not None and self.value < (self.lower or 0.0)

    @property
    def side(self) -> int:
        """1 above the centre line, -1 below, 0 on it: a point on the centre line is on neither side."""
        if self.value is None or nearly(self.value, self.centre, self.sigma):
            return 0
        return 1 if self.value > self.centre else -1

    def is_past(self, sigmas: float, side: int) -> bool:
        """Further than so many standard deviations from the centre line on one side."""
        if self.value is None:
            return False
        line = self.centre + side * sigmas * self.sigma
        return (self.value - line) * side > 0 and not nearly(self.value, line, self.sigma)

    def _beyond(self, limit: float | None) -> bool:
        return self.value is not None and limit is not None and not nearly(self.value, limit, self.sigma)


@dataclass(frozen=True)
class Track:
    """One series of points: ``name`` says which statistic. ``zones`` says whether sigma zones mean anything."""

    name: str
    points: tuple[Point, ...]
    zones: bool = True
    #: A series that is judged by its limits alone, since its points hang together (EWMA, CUSUM).
    limits_only: bool = False


@dataclass(frozen=True)
class Basis:
    """From what a stage's limits come: centre and standard deviation of single readings (or of one unit)."""

    centre: float
    sigma: float | None
    method: str
    first: int
    last: int
    points: range


@dataclass(frozen=True)
class Chart:
    """A control chart: one or two tracks, and the basis of each stage's limits."""

    kind: str
    tracks: tuple[Track, ...]
    bases: tuple[Basis, ...]


def stages(phases: Sequence[Phase], count: int) -> list[Stage]:
    """The phases over ``count`` points. Points before the first phase belong to it. Raises PhaseImpossible."""
    ordered = list(phases) or [Phase()]
    starts = [0, *(phase.start for phase in ordered[1:])]
    ends = [*starts[1:], count]
    found = []
    for phase, start, end in zip(ordered, starts, ends, strict=True):
        stop = end if phase.stop is None else phase.stop
        if not start <= phase.start < stop <= end:
            raise PhaseImpossible(first=phase.start + 1, last=stop, count=count)
        found.append(Stage(phase, range(start, end), range(phase.start, stop)))
    return found
