"""Process capability and performance (ISO 22514-2, AIAG SPC; Montgomery, chapter 8).

Cp and Cpk take the standard deviation within subgroups, Pp, Ppk and Cpm that of all readings. A one-sided specification
has no Cp and no Pp; its Cpk and Ppk are those of the side that there is. Without any scatter no index can be told.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mes.core.i18n import N_
from mes.statistics.distributions import chi2_quantile, normal_cdf, normal_quantile
from mes.statistics.errors import NothingMeasured, SettingImpossible, SpecificationReversed, TargetOutside
from mes.statistics.histogram import Bin, histogram
from mes.statistics.normality import Normality, anderson_darling
from mes.statistics.sigma import METHODS, Sigma, overall
from mes.statistics.values import Subgroup, mean, present

FEWEST_SUBGROUPS, FEWEST_READINGS = 25, 100

TOO_FEW = N_("Too little data for a capability study: 25 subgroups and 100 readings are the usual least.")
NOT_NORMAL = N_("The readings are not from a normal distribution; indices and expected ppm may mislead.")
NOT_TESTED = N_("There are too few different readings to say whether they are normally distributed.")
NOT_IN_CONTROL = N_("The process is not in control; its capability cannot be predicted.")
NO_SCATTER = N_("All readings are equal; look whether the gauge is fine enough.")


@dataclass(frozen=True)
class Specification:
    """Limits of a characteristic, one of which may be missing, and its target."""

    lower: float | None = None
    upper: float | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        for name, given in vars(self).items():
            if given is not None and not math.isfinite(given):
                raise SettingImpossible(name=name, value=f"{given:g}")
        if self.lower is None and self.upper is None:
            raise SpecificationReversed(lower="-", upper="-")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise SpecificationReversed(lower=f"{self.lower:g}", upper=f"{self.upper:g}")
        below, above = -math.inf if self.lower is None else self.lower, math.inf if self.upper is None else self.upper
        if self.target is not None and not below <= self.target <= above:
            raise TargetOutside(target=f"{self.target:g}", lower=_shown(self.lower), upper=_shown(self.upper))


def _shown(limit: float | None) -> str:
    return "-" if limit is None else f"{limit:g}"


@dataclass(frozen=True)
class Index:
    """An index with its confidence interval; None where it cannot be told."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Outside:
    """Parts per million outside of the specification."""

    below: float
    above: float

    @property
    def total(self) -> float:
        return self.below + self.above


@dataclass(frozen=True)
class Capability:
    """A capability study. Indices are named as in ISO 22514-2; ``warnings`` are msgids."""

    readings: int
    subgroups: int
    mean: float
    least: float
    greatest: float
    within: Sigma
    overall: Sigma
    specification: Specification
    cp: Index
    cpl: Index
    cpu: Index
    cpk: Index
    pp: Index
    ppl: Index
    ppu: Index
    ppk: Index
    cpm: Index
    confidence: float
    expected_within: Outside
    expected_overall: Outside
    observed: Outside
    normality: Normality | None
    bins: list[Bin]
    warnings: tuple[str, ...]


def capability(
    groups: Sequence[Subgroup],
    specification: Specification,
    *,
    method: str = "rbar",
    confidence: float = 0.95,
    in_control: bool | None = None,
) -> Capability:
    """A study of subgroups; single readings take the moving range. ``in_control``: what the control chart says.

    Raises NothingMeasured, SubgroupTooLarge.
    """
    readings = [value for group in groups for value in present(group)]
    if len(readings) < 2:
        raise NothingMeasured
    single = max(len(present(group)) for group in groups) == 1
    within, whole = METHODS["mr" if single else method](groups), overall(readings)
    centre = mean(readings)
    normality = anderson_darling(readings)
    drawn = sum(1 for group in groups if present(group))
    cp, cpl, cpu, cpk = _indices(centre, within, specification, len(readings), confidence)
    pp, ppl, ppu, ppk = _indices(centre, whole, specification, len(readings), confidence)
    return Capability(
        readings=len(readings),
        subgroups=drawn,
        mean=centre,
        least=min(readings),
        greatest=max(readings),
        within=within,
        overall=whole,
        specification=specification,
        cp=cp, cpl=cpl, cpu=cpu, cpk=cpk,
        pp=pp, ppl=ppl, ppu=ppu, ppk=ppk,
        cpm=_cpm(centre, whole, specification, len(readings), confidence),
        confidence=confidence,
        expected_within=_expected(centre, within.value, specification),
        expected_overall=_expected(centre, whole.value, specification),
        observed=_observed(readings, specification),
        normality=normality,
        bins=histogram(readings),
        warnings=tuple(_warnings(len(readings), drawn, single, normality, whole, in_control)),
    )  # fmt: skip


def _indices(
    centre: float, sigma: Sigma, specification: Specification, count: int, confidence: float
) -> tuple[Index, Index, Index, Index]:
    """The index of the width, of the lower side, of the upper side, and the smaller of the sides."""
    lower, upper, spread = specification.lower, specification.upper, sigma.value
    if not spread:
        return Index(None), Index(None), Index(None), Index(None)
    width = Index(None)
    if lower is not None and upper is not None:
        width = _width_interval((upper - lower) / (6 * spread), sigma.freedom, confidence)
    below = above = Index(None)
    if lower is not None:
        below = _side_interval((centre - lower) / (3 * spread), sigma.freedom, count, confidence)
    if upper is not None:
        above = _side_interval((upper - centre) / (3 * spread), sigma.freedom, count, confidence)
    return width, below, above, min(below, above, key=lambda side: math.inf if side.value is None else side.value)


def _width_interval(value: float, freedom: float, confidence: float) -> Index:
    """Exact for a chi-square variance: Cp sqrt(chi2 / v) at both tails."""
    tail = (1 - confidence) / 2
    low, high = chi2_quantile(tail, freedom), chi2_quantile(1 - tail, freedom)
    return Index(value, value * math.sqrt(low / freedom), value * math.sqrt(high / freedom))


def _side_interval(value: float, freedom: float, count: int, confidence: float) -> Index:
    """The approximation of Bissell 1990: Var Cpk = 1 / (9 n) + Cpk^2 / (2 v)."""
    half = normal_quantile(1 - (1 - confidence) / 2) * math.sqrt(1 / (9 * count) + value**2 / (2 * freedom))
    return Index(value, value - half, value + half)


def _cpm(centre: float, sigma: Sigma, specification: Specification, count: int, confidence: float) -> Index:
    """min(upper - target, target - lower) / (3 sqrt(s^2 + (mean - target)^2)) (Chan, Cheng and Spiring 1988).

    With the target in the middle, which is taken when none is given, that is the width over 6 tau. The interval is
    that of Boyles 1991: chi-square with n (1 + d^2)^2 / (1 + 2 d^2) degrees of freedom, d = (mean - target) / s.
    """
    lower, upper, target = specification.lower, specification.upper, specification.target
    if target is None and lower is not None and upper is not None:
        target = (lower + upper) / 2
    if target is None or not sigma.value:
        return Index(None)
    below = math.inf if lower is None else target - lower
    room = min(below, math.inf if upper is None else upper - target)
    off = (centre - target) / sigma.value
    value = room / (3 * sigma.value * math.sqrt(1 + off**2))
    return _width_interval(value, count * (1 + off**2) ** 2 / (1 + 2 * off**2), confidence)


def _expected(centre: float, sigma: float, specification: Specification) -> Outside:
    """Parts per million of a normal distribution; without scatter all or nothing."""

    def share(distance: float) -> float:
        if not sigma:
            return 1.0 if distance < 0 else 0.0
        return normal_cdf(-distance / sigma)

    lower, upper = specification.lower, specification.upper
    return Outside(
        1e6 * share(centre - lower) if lower is not None else 0.0,
        1e6 * share(upper - centre) if upper is not None else 0.0,
    )


def _observed(readings: Sequence[float], specification: Specification) -> Outside:
    """Parts per million of the readings; a reading on a limit is inside."""
    lower, upper = specification.lower, specification.upper
    below = sum(1 for value in readings if lower is not None and value < lower)
    above = sum(1 for value in readings if upper is not None and value > upper)
    return Outside(1e6 * below / len(readings), 1e6 * above / len(readings))


def _warnings(
    readings: int, drawn: int, single: bool, normality: Normality | None, whole: Sigma, in_control: bool | None
) -> list[str]:
    found = []
    if readings < FEWEST_READINGS or (not single and drawn < FEWEST_SUBGROUPS):
        found.append(TOO_FEW)
    if not whole.value:
        found.append(NO_SCATTER)
    elif normality is None:
        found.append(NOT_TESTED)
    elif not normality.is_plausible:
        found.append(NOT_NORMAL)
    if in_control is False:
        found.append(NOT_IN_CONTROL)
    return found
