"""A control chart of a sheet, by the name of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mes.statistics.attribute_charts import c_chart, np_chart, p_chart, u_chart
from mes.statistics.charts import Chart, Phase
from mes.statistics.layouts import Subgroups, counts, subgroups
from mes.statistics.sheets import Sheet
from mes.statistics.values import Reading, present
from mes.statistics.variable_charts import i_mr, x_bar_r, x_bar_s
from mes.statistics.weighted_charts import cusum, ewma

VARIABLE = ("xbar-r", "xbar-s", "i-mr", "ewma", "cusum")
ATTRIBUTE = ("p", "np", "c", "u", "laney-p", "laney-u")


@dataclass(frozen=True)
class Options:
    """How to read the sheet and how to draw. ``size``: readings in a subgroup, or pieces inspected for each count."""

    size: int | None = None
    value: str | None = None
    subgroup: str | None = None
    method: str | None = None
    target: float | None = None
    weight: float = 0.2
    width: float = 3.0
    k: float = 0.5
    h: float = 5.0
    head_start: bool = False
    phases: Sequence[Phase] = field(default=())


@dataclass(frozen=True)
class Built:
    """A chart, the name of each point, and the subgroups of a variable chart (for its capability)."""

    chart: Chart
    labels: tuple[str, ...]
    groups: tuple[tuple[Reading, ...], ...] = ()


def build(kind: str, table: Sheet, options: Options) -> Built:
    """Raises what the chart and the reading of the sheet raise."""
    if kind in ATTRIBUTE:
        return _attribute(kind, table, options)
    found = subgroups(table, size=options.size, value=options.value, subgroup=options.subgroup)
    if kind == "i-mr":
        found = _single(found)
    return Built(_variable(kind, found, options), found.labels, found.groups)


def _variable(kind: str, found: Subgroups, options: Options) -> Chart:
    groups, phases, method = found.groups, options.phases, options.method or "rbar"
    if kind == "i-mr":
        return i_mr([group[0] for group in groups], phases)
    if kind == "xbar-s":
        return x_bar_s(groups, phases, method=options.method or "sbar")
    if kind == "ewma":
        return ewma(groups, phases, weight=options.weight, width=options.width, target=options.target, method=method)
    if kind == "cusum":
        return cusum(
            groups,
            phases,
            k=options.k,
            h=options.h,
            head_start=options.head_start,
            target=options.target,
            method=method,
        )
    return x_bar_r(groups, phases, method=method)


def _attribute(kind: str, table: Sheet, options: Options) -> Built:
    labels, counted = counts(table, size=options.size, needs_size=kind != "c")
    if kind == "c":
        chart = c_chart([one.found for one in counted], options.phases)
    elif kind == "np":
        chart = np_chart(counted, options.phases)
    else:
        draw = p_chart if kind in ("p", "laney-p") else u_chart
        chart = draw(counted, options.phases, laney=kind.startswith("laney"))
    return Built(chart, labels)


def _single(found: Subgroups) -> Subgroups:
    """Readings one by one: a row of several readings is several points."""
    if all(len(group) == 1 for group in found.groups):
        return found
    pairs = [
        (f"{label}-{place}" if len(present(group)) > 1 else label, (reading,))
        for label, group in zip(found.labels, found.groups, strict=True)
        for place, reading in enumerate(group, 1)
    ]
    return Subgroups(tuple(label for label, _ in pairs), tuple(reading for _, reading in pairs))
