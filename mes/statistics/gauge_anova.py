"""The analysis of variance of a crossed gauge study (AIAG MSA, 4th edition, appendix A; Montgomery, chapter 8.7)."""

import math
from dataclasses import dataclass

from mes.statistics.distributions import f_tail
from mes.statistics.gauge_study import GaugeResult, Study, result
from mes.statistics.values import mean

#: The interaction is kept apart only when its F test is significant at this level.
POOL_ABOVE = 0.25


@dataclass(frozen=True)
class Source:
    """One row of the table. ``f`` and ``p`` are None for the rows that are not tested."""

    name: str
    freedom: int
    squares: float
    f: float | None = None
    p: float | None = None

    @property
    def mean_square(self) -> float:
        return self.squares / self.freedom


@dataclass(frozen=True)
class Anova:
    """The table, whether the interaction was pooled with repeatability, and the result."""

    sources: tuple[Source, ...]
    pooled: bool
    result: GaugeResult


def anova(study: Study, tolerance: float | None = None, pool_above: float = POOL_ABOVE) -> Anova:
    """Two-way analysis with interaction; components below zero are zero.

    With MS the mean squares, n parts, k operators, r trials: EV^2 = MS error, INT^2 = (MS interaction - MS error) / r,
    AV^2 = (MS operators - MS interaction) / (n r), PV^2 = (MS parts - MS interaction) / (k r). An interaction that is
    not significant at 0.25 is pooled with the error, which then stands in its place.
    """
    n, k, r = len(study.parts), len(study.operators), study.trials
    everything = [value for values in study.cells.values() for value in values]
    grand = mean(everything)
    by_part = {part: mean(study.of_part(part)) for part in study.parts}
    by_operator = {operator: mean(study.of_operator(operator)) for operator in study.operators}
    by_cell = {key: mean(values) for key, values in study.cells.items()}
    parts = Source("parts", n - 1, k * r * math.fsum((value - grand) ** 2 for value in by_part.values()))
    operators = Source("operators", k - 1, n * r * math.fsum((value - grand) ** 2 for value in by_operator.values()))
    crossed = Source(
        "interaction",
        (n - 1) * (k - 1),
        r
        * math.fsum(
            (value - by_operator[operator] - by_part[part] + grand) ** 2 for (operator, part), value in by_cell.items()
        ),
    )
    error = Source(
        "repeatability",
        n * k * (r - 1),
        math.fsum((value - by_cell[key]) ** 2 for key, values in study.cells.items() for value in values),
    )
    whole = Source("total", n * k * r - 1, math.fsum((value - grand) ** 2 for value in everything))
    crossed = _tested(crossed, error)
    pooled = crossed.p is None or crossed.p > pool_above
    if pooled:
        both = Source("repeatability", error.freedom + crossed.freedom, error.squares + crossed.squares)
        # the table keeps the tested interaction; parts and operators are tested against the pooled error
        table = (_tested(parts, both), _tested(operators, both), crossed, both, whole)
        found = _components(study, parts, operators, both, both, None, tolerance)
    else:
        table = (_tested(parts, crossed), _tested(operators, crossed), crossed, error, whole)
        found = _components(study, parts, operators, crossed, error, _root(crossed, error, r), tolerance)
    return Anova(table, pooled, found)


def _components(
    study: Study,
    parts: Source,
    operators: Source,
    below: Source,
    error: Source,
    interaction: float | None,
    tolerance: float | None,
) -> GaugeResult:
    reproduce = _root(operators, below, len(study.parts) * study.trials)
    part = _root(parts, below, len(study.operators) * study.trials)
    return result("anova", math.sqrt(error.mean_square), reproduce, interaction or 0.0, part, tolerance)


def _root(above: Source, below: Source, times: int) -> float:
    return math.sqrt(max(0.0, (above.mean_square - below.mean_square) / times))


def _tested(source: Source, against: Source) -> Source:
    """With its F test. Against nothing at all, whatever is there is significant; p is 0 and F has no number."""
    if not source.freedom or not against.freedom or not (source.squares or against.squares):
        return source
    if not against.squares:
        return Source(source.name, source.freedom, source.squares, None, 0.0)
    f = source.mean_square / against.mean_square
    return Source(source.name, source.freedom, source.squares, f, f_tail(f, source.freedom, against.freedom))
