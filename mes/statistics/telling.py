"""Results in a few lines for a person at a terminal."""

from collections.abc import Iterator, Sequence

from mes.core.i18n import N_, _
from mes.statistics.capability import Capability, Index
from mes.statistics.charts import Basis, Chart, Track
from mes.statistics.run_rules import Violation

CHART_NAMES = {
    "xbar-r": N_("X-bar and R chart"),
    "xbar-s": N_("X-bar and S chart"),
    "i-mr": N_("Individuals and moving range chart"),
    "p": N_("p chart (share nonconforming)"),
    "np": N_("np chart (number nonconforming)"),
    "c": N_("c chart (number of nonconformities)"),
    "u": N_("u chart (nonconformities per unit)"),
    "laney-p": N_("Laney p' chart"),
    "laney-u": N_("Laney u' chart"),
    "ewma": N_("EWMA chart"),
    "cusum": N_("CUSUM chart"),
}
TRACK_NAMES = {
    "mean": N_("mean"),
    "range": N_("range"),
    "deviation": N_("standard deviation"),
    "value": N_("value"),
    "moving range": N_("moving range"),
    "rate": N_("rate"),
    "number": N_("number"),
    "ewma": N_("EWMA"),
    "C+": N_("sum upwards (C+)"),
    "C-": N_("sum downwards (C-)"),
}
METHOD_NAMES = {
    "rbar": N_("mean range / d2"),
    "sbar": N_("mean standard deviation / c4"),
    "pooled": N_("pooled standard deviation"),
    "mr": N_("mean moving range / d2"),
    "known": N_("given"),
    "rate": N_("from all points"),
}


def figure(value: float | None) -> str:
    """A figure of six digits; "-" where there is none."""
    return "-" if value is None else f"{value:.6g}"


def chart_lines(chart: Chart, met: Sequence[Violation], labels: Sequence[str] | None = None) -> Iterator[str]:
    """Limits of each phase and every rule that is met."""
    count = _("%(count)s points", count=len(chart.tracks[0].points))
    yield f"{_(CHART_NAMES[chart.kind])}  ({count})"
    for place, basis in enumerate(chart.bases):
        yield _(
            "Points %(first)s to %(last)s: limits from points %(from)s to %(to)s, centre %(centre)s, sigma %(sigma)s, "
            "%(method)s",
            **_basis(basis),
        )
        for track in chart.tracks:
            yield f"  {_limits(track, place)}"
    if not met:
        yield _("No rule is met: the process is in control.")
    for one in met:
        named = f" [{labels[one.at]}]" if labels and labels[one.at] != str(one.at + 1) else ""
        yield f"! {_(TRACK_NAMES[one.track])}: {one.sentence}{named}"


def _basis(basis: Basis) -> dict[str, object]:
    return {
        "first": str(basis.points.start + 1),
        "last": str(basis.points.stop),
        "from": str(basis.first),
        "to": str(basis.last),
        "centre": figure(basis.centre),
        "sigma": figure(basis.sigma),
        "method": _(METHOD_NAMES[basis.method]),
    }


def _limits(track: Track, stage: int) -> str:
    points = [point for point in track.points if point.stage == stage and point.value is not None]
    limits = {(point.lower, point.centre, point.upper) for point in points}
    name = _(TRACK_NAMES[track.name])
    if len(limits) != 1:
        return _("%(name)s: limits differ from point to point", name=name)
    lower, centre, upper = limits.pop()
    return f"{name}: LCL {figure(lower)}  CL {figure(centre)}  UCL {figure(upper)}"


def capability_lines(found: Capability) -> Iterator[str]:
    """Indices with their intervals, expected ppm, warnings."""
    target = found.specification
    yield _(
        "Capability: %(count)s readings, mean %(mean)s, sigma within %(within)s, overall %(overall)s",
        count=found.readings, mean=figure(found.mean), within=figure(found.within.value),
        overall=figure(found.overall.value),
    )  # fmt: skip
    yield f"  LSL {figure(target.lower)}  USL {figure(target.upper)}  T {figure(target.target)}"
    for name, index in (
        ("Cp", found.cp),
        ("Cpk", found.cpk),
        ("Pp", found.pp),
        ("Ppk", found.ppk),
        ("Cpm", found.cpm),
    ):
        yield f"  {name:<4}{_index(index, found.confidence)}"
    yield "  " + _(
        "Outside, per million: expected %(within)s (within), %(overall)s (overall); found %(found)s",
        within=figure(found.expected_within.total), overall=figure(found.expected_overall.total),
        found=figure(found.observed.total),
    )  # fmt: skip
    if found.normality:
        yield "  " + _(
            "Anderson-Darling %(statistic)s, p %(p)s",
            statistic=figure(found.normality.statistic), p=figure(found.normality.p),
        )  # fmt: skip
    for warning in found.warnings:
        yield f"! {_(warning)}"


def _index(index: Index, confidence: float) -> str:
    if index.value is None:
        return "-"
    return f"{index.value:.3f}  ({100 * confidence:g} %: {figure(index.low)} - {figure(index.high)})"
