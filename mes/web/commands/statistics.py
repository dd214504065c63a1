"""``mes spc``, ``mes msa`` and ``mes aql``: the statistics of quality on a plain file, without a plant."""

import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from mes.core.i18n import _
from mes.exchange.delimited import decode, parse_rows
from mes.statistics.as_data import Data, capability_data, chart_data
from mes.statistics.attribute_study import agreement_study
from mes.statistics.building import ATTRIBUTE, VARIABLE, Options, build
from mes.statistics.capability import Specification, capability
from mes.statistics.charts import Known, Phase
from mes.statistics.gauge_anova import anova
from mes.statistics.gauge_bias import bias, linearity, stability
from mes.statistics.gauge_study import average_and_range, crossed
from mes.statistics.layouts import subgroups
from mes.statistics.run_rules import chosen_rules, violations
from mes.statistics.sampling import find_plan
from mes.statistics.sampling_tables import KINDS, LEVELS
from mes.statistics.sheets import Sheet, sheet
from mes.statistics.study_data import agreement_data, bias_data, gauge_data, linearity_data, plan_data
from mes.statistics.study_rows import decisions, measurements, referenced
from mes.statistics.study_telling import agreement_lines, bias_line, gauge_lines, linearity_lines, plan_lines
from mes.statistics.telling import capability_lines, chart_lines
from mes.web.commands.opening import as_json

ROWS_LIMIT = 1_000_000
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
JSON = click.option("--json", "for_programs", is_flag=True, help="For programs.")
Command = TypeVar("Command", bound=Callable[..., Any])


class Figure(click.types.FloatParamType):
    """A number that can be reckoned with: neither NaN nor infinite."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises BadParameter."""
        return _finite(self, super().convert(value, param, ctx), param, ctx)


class Least(click.FloatRange):
    """Such a number that is not below another one; the help says so."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises BadParameter."""
        return _finite(self, super().convert(value, param, ctx), param, ctx)


def _finite(
    kind: "click.ParamType[float]", value: float, param: click.Parameter | None, ctx: click.Context | None
) -> float:
    if not math.isfinite(value):
        kind.fail(_("%(value)s is not a number.", value=value), param, ctx)
    return value


ANY = Figure()


def _phase(_ctx: click.Context, _param: click.Parameter, texts: Iterable[str]) -> list[tuple[int, int | None]]:
    """``1-25``: the limits come from points 1 to 25 and hold until the next phase begins."""
    found = []
    for text in texts:
        parts = re.fullmatch(r"([1-9][0-9]*)(?:-([1-9][0-9]*)?)?", text.strip())
        if parts is None:
            raise click.BadParameter(_("A phase is written as 1-25: first and last point of its limits."))
        found.append((int(parts[1]) - 1, int(parts[2]) if parts[2] else None))
    return found


def _chart(_ctx: click.Context, _param: click.Parameter, text: str) -> str:
    """The kind of chart, however it is spelled: xbar-r, Xbar_R, X̄-R, IMR."""
    slim = re.sub(r"[^a-z']", "", text.lower().replace("x̄", "xbar"))
    known = {kind.replace("-", ""): kind for kind in (*VARIABLE, *ATTRIBUTE)}
    known |= {"p'": "laney-p", "u'": "laney-u", "xmr": "i-mr", "xr": "xbar-r", "xs": "xbar-s"}
    if slim not in known:
        raise click.BadParameter(_("Choose from: %(choices)s.", choices=", ".join((*VARIABLE, *ATTRIBUTE))))
    return known[slim]


def read_sheet(file: Path) -> Sheet:
    """A CSV file: UTF-8 with or without a mark, CP949 or UTF-16; comma, semicolon or tab. Raises FileRefused."""
    text, _encoding = decode(file.name, file.read_bytes())
    return sheet(parse_rows(file.name, text, ROWS_LIMIT))


@click.command()
@FILE
@click.option("--chart", "kind", required=True, callback=_chart, help=", ".join((*VARIABLE, *ATTRIBUTE)) + ".")
@click.option("--lsl", type=ANY, help="Lower specification limit.")
@click.option("--usl", type=ANY, help="Upper specification limit.")
@click.option("--target", type=ANY, help="Target of Cpm, EWMA and CUSUM.")
@click.option("--rules", multiple=True, help="western-electric (the usual), nelson, limits, or rules by name.")
@click.option("--subgroup-size", "--size", "size", type=click.IntRange(1), help="Cut one column; or pieces inspected.")
@click.option("--phase", "phases", multiple=True, callback=_phase, help="1-25: limits from these points, then frozen.")
@click.option("--value", help="The column of the readings.")
@click.option("--subgroup", help="The column of the subgroups.")
@click.option("--sigma", "method", type=click.Choice(["rbar", "sbar", "pooled"]), help="How sigma is estimated.")
@click.option("--known-mean", type=ANY, help="Given instead of estimated, with --known-sigma.")
@click.option("--known-sigma", type=Least(0), help="Given instead of estimated, with --known-mean.")
@click.option("--lambda", "weight", type=ANY, default=0.2, show_default=True, help="Weight of the EWMA.")
@click.option("--limit", "width", type=ANY, default=3.0, show_default=True, help="Limits of the EWMA in sigmas.")
@click.option("--k", type=ANY, default=0.5, show_default=True, help="Slack of the CUSUM in sigmas.")
@click.option("--h", type=ANY, default=5.0, show_default=True, help="Limit of the CUSUM in sigmas.")
@click.option("--fir", "head_start", is_flag=True, help="The CUSUM starts half way to its limit.")
@JSON
def spc(
    file: Path,
    kind: str,
    lsl: float | None,
    usl: float | None,
    target: float | None,
    rules: tuple[str, ...],
    phases: list[tuple[int, int | None]],
    known_mean: float | None,
    known_sigma: float | None,
    for_programs: bool,
    **drawing: Any,
) -> None:
    """A control chart of the readings or counts in FILE (CSV), and the capability where limits are given."""
    if (known_mean is None) != (known_sigma is None):
        raise click.UsageError(_("Give --known-mean and --known-sigma together."))
    if kind in ATTRIBUTE and (lsl is not None or usl is not None):
        raise click.UsageError(_("Specification limits are for readings; counts have no capability by limits."))
    known = None if known_mean is None or known_sigma is None else Known(known_mean, known_sigma)
    found_phases = [Phase(start, stop, known) for start, stop in phases] or ([Phase(known=known)] if known else [])
    chosen = [name for words in rules or ("western-electric",) for name in words.split(",")]
    names = [rule.name for rule in chosen_rules(chosen)]
    built = build(kind, read_sheet(file), Options(target=target, phases=found_phases, **drawing))
    met = violations(built.chart, chosen)
    study = None
    if (lsl is not None or usl is not None) and built.groups:
        study = capability(
            built.groups, Specification(lsl, usl, target), method=drawing["method"] or _usual(kind), in_control=not met
        )
    if for_programs:
        data = chart_data(built.chart, met, built.labels)
        as_json({**data, "rules": names, "capability": capability_data(study) if study else None})
        return
    _say(chart_lines(built.chart, met, built.labels))
    if study:
        _say(capability_lines(study))


def _usual(kind: str) -> str:
    return "sbar" if kind == "xbar-s" else "rbar"


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


@click.command()
@FILE
@click.option(
    "--kind", type=click.Choice(["crossed", "bias", "linearity", "stability", "attribute"]), default="crossed"
)
@click.option("--method", type=click.Choice(["range", "anova", "both"]), default="both", show_default=True)
@click.option("--tolerance", type=Least(0, min_open=True), help="Width of the specification.")
@click.option("--reference", type=ANY, help="Reference value, where the file has no column of it.")
@click.option("--good", help="The rating of a good part, for misses and false alarms.")
@JSON
def msa(
    file: Path,
    kind: str,
    method: str,
    tolerance: float | None,
    reference: float | None,
    good: str | None,
    for_programs: bool,
) -> None:
    """A gauge study of FILE (CSV). Columns: part, operator, trial, value (부품, 작업자, 회차, 측정값)."""
    table = read_sheet(file)
    studies: dict[str, Callable[[], tuple[Data, Iterable[str]]]] = {
        "crossed": lambda: _crossed(table, method, tolerance),
        "bias": lambda: _bias(table, reference),
        "linearity": lambda: _linearity(table),
        "stability": lambda: _stability(table),
        "attribute": lambda: _attribute(table, good),
    }
    data, lines = studies[kind]()
    if for_programs:
        as_json(data)
    else:
        _say(lines)


def _crossed(table: Sheet, method: str, tolerance: float | None) -> tuple[Data, list[str]]:
    study = crossed(measurements(table))
    by_range = average_and_range(study, tolerance) if method in ("range", "both") else None
    by_anova = anova(study, tolerance) if method in ("anova", "both") else None
    results = [found for found in (by_range, by_anova and by_anova.result) if found]
    lines = [
        line
        for found in results
        for line in gauge_lines(found, by_anova if by_anova and found is by_anova.result else None)
    ]
    return gauge_data(study, results, by_anova), lines


def _bias(table: Sheet, reference: float | None) -> tuple[Data, list[str]]:
    found = [bias(values, truth) for truth, values in referenced(table, reference)]
    return {"study": "bias", "biases": [bias_data(one) for one in found]}, [bias_line(one) for one in found]


def _linearity(table: Sheet) -> tuple[Data, Iterable[str]]:
    found = linearity(referenced(table))
    return linearity_data(found), linearity_lines(found)


def _stability(table: Sheet) -> tuple[Data, Iterable[str]]:
    found = subgroups(table)
    chart, met = stability(found.groups)
    return {"study": "stability", **chart_data(chart, met, found.labels)}, chart_lines(chart, met, found.labels)


def _attribute(table: Sheet, good: str | None) -> tuple[Data, Iterable[str]]:
    found = agreement_study(decisions(table), good)
    return agreement_data(found), agreement_lines(found)


@click.command()
@click.option("--lot", type=click.IntRange(2), required=True, help="Pieces in the lot.")
@click.option("--aql", required=True, help="0.010 to 10 percent nonconforming, to 1000 nonconformities per 100.")
@click.option("--level", type=click.Choice(list(LEVELS)), default="II", show_default=True)
@click.option("--kind", type=click.Choice(list(KINDS)), default="normal", show_default=True)
@click.option("--plan", "plan_kind", type=click.Choice(["single", "double"]), default="single", show_default=True)
@click.option("--nonconformities", is_flag=True, help="The AQL is of nonconformities per 100; above 10 it always is.")
@JSON
def aql(lot: int, aql: str, level: str, kind: str, plan_kind: str, nonconformities: bool, for_programs: bool) -> None:
    """The sampling plan of ISO 2859-1 for a lot, with its operating characteristic."""
    plan = find_plan(lot, aql, level=level, kind=kind, double=plan_kind == "double")
    percent = plan.is_percent and not nonconformities
    if for_programs:
        as_json(plan_data(plan, percent=percent))
    else:
        _say(plan_lines(plan, percent=percent))
