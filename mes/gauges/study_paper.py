"""The tables of a gauge study for screen and paper, and the study as an A4 document."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mes.core.i18n import N_, _, day, number, own_name, stamp
from mes.core.paper import Column, Drawings, Facts, Grid, Head, Heading, Part, Sheet, Words, render
from mes.core.plotting import Drawing
from mes.gauges.models import GaugeStudy, StudyKind
from mes.gauges.rules import STUDY_NAMES, STUDY_STATE_NAMES
from mes.gauges.study_charts import charts_of
from mes.gauges.study_grid import Grid as StudyGrid
from mes.gauges.study_grid import by_reference
from mes.gauges.study_result import LEAST_CATEGORIES, Outcome, verdict_sentence
from mes.statistics.agreement import Kappa, Share
from mes.statistics.attribute_study import AgreementResult
from mes.statistics.gauge_anova import Anova
from mes.statistics.gauge_bias import Bias, Linearity
from mes.statistics.gauge_study import Component, GaugeResult

#: Words over the places to sign.
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))
_SOURCES = {
    "parts": N_("Parts"),
    "operators": N_("Operators"),
    "interaction": N_("Operators x parts"),
    "repeatability": N_("Repeatability"),
    "total": N_("Total"),
}
#: So many parts fit beside each other on a sheet.
ACROSS = 10


def charts(study: GaugeStudy, grid: StudyGrid, outcome: Outcome) -> list[Drawing]:
    """The graphs of a study."""
    readings = [value for _truth, values in by_reference(grid)[:1] for value in values] if outcome.bias else []
    return charts_of(outcome, readings)


def tables(outcome: Outcome) -> list[tuple[str, Grid]]:
    """The figures of a result, each table with its title."""
    found: list[tuple[str, Grid]] = []
    if outcome.ranges and outcome.anova:
        found.append((_("Average and range method"), _components(outcome.ranges)))
        found.append((_("Analysis of variance"), _components(outcome.anova.result)))
        found.append((_("Table of the analysis of variance"), _anova(outcome.anova)))
    if outcome.bias:
        found.append((_("Bias"), _biases([outcome.bias])))
    if outcome.linearity:
        found.append((_("Line of the bias"), _line(outcome.linearity)))
        found.append((_("Bias at each reference value"), _biases(outcome.linearity.biases)))
    if outcome.agreement:
        found.append((_("Each operator"), _operators(outcome.agreement)))
        found.append((_("Between operators"), _between(outcome.agreement)))
    return found


def figure(value: float | None, digits: int = 5) -> str:
    """A figure with so many significant digits, without powers of ten; "-" where there is none."""
    return "-" if value is None else f"{Decimal(f'{value:.{digits}g}'):f}"


def percent(value: float | None) -> str:
    """A share in percent with two places; "-" where there is nothing to share."""
    return "-" if value is None else f"{value:.2f}"


def probability(value: float | None) -> str:
    """A p value with four places; nothing where nothing was tested."""
    if value is None:
        return ""
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _components(found: GaugeResult) -> Grid:
    columns = [
        Column(_("Source"), 34),
        Column(_("Standard deviation"), 20, number=True),
        Column(_("%% of total variation"), 16, number=True),
        Column(_("%% contribution"), 16, number=True),
        Column(_("%% of tolerance"), 16, number=True),
    ]
    named: list[tuple[str, Component | None]] = [
        (_("Repeatability (EV)"), found.repeatability),
        (_("Reproducibility (AV)"), found.reproducibility),
        (_("Operators x parts (INT)"), found.interaction),
        (_("Gauge R&R (GRR)"), found.gauge),
        (_("Parts (PV)"), found.parts),
        (_("Total (TV)"), found.total),
    ]
    rows = [
        (
            name,
            figure(part.sigma),
            percent(part.percent_of_total),
            percent(part.percent_contribution),
            percent(part.percent_of_tolerance),
        )
        for name, part in named
        if part
    ]
    rows.append(
        (_("Distinct categories (ndc)"), "-" if found.categories is None else str(found.categories), "", "", "")
    )
    return Grid(columns, rows)


def _anova(found: Anova) -> Grid:
    columns = [
        Column(_("Source"), 30),
        Column(_("Degrees of freedom"), 12, number=True),
        Column(_("Sum of squares"), 16, number=True),
        Column(_("Mean square"), 16, number=True),
        Column("F", 12, number=True),
        Column("p", 12, number=True),
    ]
    rows = [
        (
            _(_SOURCES[one.name]),
            str(one.freedom),
            figure(one.squares),
            figure(one.mean_square) if one.freedom and one.name != "total" else "",
            figure(one.f, 4) if one.f is not None else "",
            probability(one.p),
        )
        for one in found.sources
    ]
    return Grid(columns, rows)


def _biases(found: tuple[Bias, ...] | list[Bias]) -> Grid:
    columns = [
        Column(_("Reference value"), 14, number=True),
        Column(_("Readings"), 10, number=True),
        Column(_("Mean"), 14, number=True),
        Column(_("Bias"), 14, number=True),
        Column(_("95 %% from"), 14, number=True),
        Column(_("to"), 14, number=True),
        Column("p", 10, number=True),
        Column(_("Significant"), 12),
    ]
    rows = [
        (
            figure(one.reference),
            str(one.readings),
            figure(one.mean),
            figure(one.bias.value),
            figure(one.bias.low),
            figure(one.bias.high),
            probability(one.bias.p) or "-",
            _("Yes") if one.bias.is_significant else _("No"),
        )
        for one in found
    ]
    return Grid(columns, rows)


def _line(found: Linearity) -> Grid:
    columns = [
        Column("", 30),
        Column(_("Value"), 16, number=True),
        Column(_("95 %% from"), 16, number=True),
        Column(_("to"), 16, number=True),
        Column("p", 12, number=True),
    ]
    rows = [
        (name, figure(one.value), figure(one.low), figure(one.high), probability(one.p) or "-")
        for name, one in ((_("Slope"), found.slope), (_("Intercept"), found.intercept))
    ]
    return Grid(columns, [*rows, ("R²", figure(found.determination, 4), "", "", "")])


def _operators(found: AgreementResult) -> Grid:
    columns = [
        Column(_("Operator"), 18),
        Column(_("With himself or herself"), 18, number=True),
        Column("kappa", 10, number=True),
        Column(_("With the reference"), 18, number=True),
        Column("kappa", 10, number=True),
        Column(_("Missed (%%)"), 12, number=True),
        Column(_("False alarms (%%)"), 12, number=True),
    ]
    rows = [
        (
            one.operator,
            _share(one.within),
            _kappa(one.within_kappa),
            _share(one.against_reference),
            _kappa(one.reference_kappa),
            percent(one.miss_rate),
            percent(one.false_alarm_rate),
        )
        for one in found.operators
    ]
    return Grid(columns, rows)


def _between(found: AgreementResult) -> Grid:
    columns = [Column(_("Who"), 40), Column(_("Agree"), 30, number=True), Column("kappa", 20, number=True)]
    rows = [(" - ".join(pair), "", _kappa(kappa)) for pair, kappa in found.pairs.items()]
    rows.append((_("All operators"), _share(found.between), _kappa(found.between_kappa)))
    if found.all_against_reference:
        rows.append((_("All with the reference"), _share(found.all_against_reference), ""))
    return Grid(columns, rows)


def _share(found: Share | None) -> str:
    return "-" if found is None else f"{found.part}/{found.whole} ({found.percent:.1f} %)"


def _kappa(found: Kappa | None) -> str:
    return "-" if found is None else figure(found.value, 3)


def study_facts(study: GaugeStudy) -> list[tuple[str, str]]:
    """What was studied, by whom and when."""
    gauge = study.gauge
    return [
        (_("Gauge"), f"{gauge.code} {own_name(gauge)}"),
        (_("Study"), _(STUDY_NAMES[study.kind])),
        (_("Characteristic"), study.characteristic),
        (_("Item code"), study.item_code or "-"),
        (_("Tolerance"), f"{number(study.tolerance)} {study.unit or ''}" if study.tolerance is not None else "-"),
        (_("Unit"), study.unit or "-"),
        (_("Begun on"), f"{day(study.begun_on)} {study.person}"),
        (_("Concluded"), f"{stamp(study.concluded_at)} {study.concluded_by}" if study.concluded_at else "-"),
        (_("Status"), _(STUDY_STATE_NAMES[study.state])),
        (_("Method"), "AIAG MSA, 4th ed."),
    ]


def study_pdf(study: GaugeStudy, grid: StudyGrid, outcome: Outcome | None, company: str, now: datetime) -> bytes:
    """The study as PDF, in the reader's language."""
    head = Head(
        company=company,
        title=_("Measurement system study"),
        number=study.code,
        code=study.code,
        approval=[_(name) for name in APPROVAL],
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )
    return render([Sheet(head, list(_story(study, grid, outcome)))], study.code)


def _story(study: GaugeStudy, grid: StudyGrid, outcome: Outcome | None) -> Iterator[Part]:
    yield Facts(study_facts(study))
    if outcome:
        yield Heading(_("Verdict"))
        yield Words(verdict_sentence(study.kind, outcome.verdict))
        if outcome.categories is not None and outcome.categories < LEAST_CATEGORIES:
            yield Words(few_categories(outcome.categories))
        for title, table in tables(outcome):
            yield Heading(title)
            yield table
        yield Heading(_("Graphs"))
        yield Drawings(charts(study, grid, outcome))
    yield Heading(_("Readings"))
    yield from _readings(study.kind, grid)


def few_categories(found: int) -> str:
    """That the gauge cannot tell parts apart."""
    return _(
        "Distinct categories: %(found)s. Fewer than %(least)s cannot tell parts apart well enough.",
        found=found,
        least=LEAST_CATEGORIES,
    )


def _readings(kind: StudyKind, grid: StudyGrid) -> Iterator[Part]:
    """The sheet itself, a part of the parts at a time."""
    for begin in range(0, len(grid.parts), ACROSS):
        parts = slice(begin, begin + ACROSS)
        columns = [Column(_("Operator"), 14), Column(_("Trial"), 7, number=True)]
        columns += [Column(part, 8, number=True) for part in grid.parts[parts]]
        rows: list[list[str]] = []
        if any(grid.references):
            rows.append([_("Reference"), "", *grid.references[parts]])
        rows += [[operator, str(trial), *cells[parts]] for _row, operator, trial, cells in grid.lines()]
        yield Grid(columns, rows)
