"""Gauge studies and sampling plans in a few lines for a person at a terminal."""

from collections.abc import Iterator

from mes.core.i18n import N_, _
from mes.statistics.agreement import Share
from mes.statistics.attribute_study import VERDICTS as DECISION_VERDICTS
from mes.statistics.attribute_study import AgreementResult, OperatorResult
from mes.statistics.gauge_anova import Anova
from mes.statistics.gauge_bias import Bias, Linearity
from mes.statistics.gauge_study import VERDICTS, GaugeResult
from mes.statistics.sampling import Plan
from mes.statistics.sampling_risk import quality_accepted, risk
from mes.statistics.sampling_switching import KIND_NAMES
from mes.statistics.telling import figure

METHODS = {"range": N_("Average and range method"), "anova": N_("Analysis of variance")}


def gauge_lines(found: GaugeResult, table: Anova | None = None) -> Iterator[str]:
    """Sources of variation with their shares, distinct categories, verdict."""
    yield _(METHODS[found.method])
    if table:
        yield "  " + (
            _("The interaction is not significant and was pooled with repeatability.")
            if table.pooled
            else _("The interaction of operators and parts is significant.")
        )
    for name, part in (
        ("EV", found.repeatability),
        ("AV", found.reproducibility),
        ("INT", found.interaction),
        ("GRR", found.gauge),
        ("PV", found.parts),
        ("TV", found.total),
    ):
        if part:
            tolerance = f"  {figure(part.percent_of_tolerance)} % Tol" if found.tolerance else ""
            yield (
                f"  {name:<5}{part.sigma:<12.6g}{figure(part.percent_of_total)} % TV"
                f"  ({figure(part.percent_contribution)} %){tolerance}"
            )
    yield f"  ndc  {'-' if found.categories is None else found.categories}"
    if found.verdict:
        yield f"  {_(VERDICTS[found.verdict])}"
    if found.verdict_on_tolerance:
        yield "  " + _("Of the tolerance: %(verdict)s", verdict=_(VERDICTS[found.verdict_on_tolerance]))


def bias_line(found: Bias) -> str:
    """The bias of one part in a line."""
    said = N_("Bias %(bias)s at %(reference)s (95 %%: %(low)s to %(high)s): significant.")
    if not found.bias.is_significant:
        said = N_("Bias %(bias)s at %(reference)s (95 %%: %(low)s to %(high)s): not significant.")
    return _(
        said, bias=figure(found.bias.value), reference=figure(found.reference), low=figure(found.bias.low),
        high=figure(found.bias.high),
    )  # fmt: skip


def linearity_lines(found: Linearity) -> Iterator[str]:
    """The line, whether it is acceptable, the bias at each reference."""
    yield _(
        "Bias = %(intercept)s + %(slope)s x reference value (R² %(share)s)",
        intercept=figure(found.intercept.value), slope=figure(found.slope.value), share=figure(found.determination),
    )  # fmt: skip
    yield (
        _("The linearity is acceptable: no bias lies within the confidence band.")
        if found.is_acceptable
        else _("The linearity is not acceptable: the bias leaves the confidence band.")
    )
    for one in found.biases:
        yield f"  {bias_line(one)}"


def agreement_lines(found: AgreementResult) -> Iterator[str]:
    """Agreement of each operator with themselves and the reference, between operators, verdicts."""
    for one in found.operators:
        yield from _operator_lines(one)
    for pair, kappa in found.pairs.items():
        yield f"{' - '.join(pair)}: kappa {figure(kappa.value)}"
    yield _(
        "All operators agree: %(share)s, kappa %(kappa)s",
        share=_share(found.between),
        kappa=figure(found.between_kappa.value),
    )
    if found.all_against_reference:
        yield _("All agree with the reference: %(share)s", share=_share(found.all_against_reference))


def _operator_lines(one: OperatorResult) -> Iterator[str]:
    yield _(
        "%(operator)s agrees with himself or herself: %(share)s, kappa %(kappa)s",
        operator=one.operator, share=_share(one.within), kappa=figure(one.within_kappa.value),
    )  # fmt: skip
    if one.against_reference and one.reference_kappa:
        yield "  " + _(
            "with the reference: %(share)s, kappa %(kappa)s; missed %(missed)s %%, false alarms %(alarmed)s %%",
            share=_share(one.against_reference), kappa=figure(one.reference_kappa.value),
            missed=figure(one.miss_rate), alarmed=figure(one.false_alarm_rate),
        )  # fmt: skip
    if one.verdict:
        yield f"  {_(DECISION_VERDICTS[one.verdict])}"


def _share(found: Share) -> str:
    return f"{found.part}/{found.whole} = {found.percent:.4g} %"


def plan_lines(plan: Plan, *, percent: bool | None = None) -> Iterator[str]:
    """The plan, the arrow that was followed, its risks."""
    yield _(
        "%(standard)s, level %(level)s, AQL %(aql)s, %(kind)s",
        standard=plan.standard, level=plan.level, aql=plan.aql, kind=_(KIND_NAMES[plan.kind]),
    )  # fmt: skip
    yield _("Lot of %(lot)s: code letter %(letter)s", lot=plan.lot, letter=plan.letter)
    if plan.arrow:
        yield _("The arrow leads to the plan of letter %(letter)s.", letter=plan.used)
    if plan.everything:
        yield _("The sample is as large as the lot: inspect every piece.")
    for place, one in enumerate(plan.samples, 1):
        yield _(
            "Sample %(place)s: n = %(size)s, Ac = %(accept)s, Re = %(reject)s",
            place=place, size=one.size, accept=one.accept, reject=one.reject,
        )  # fmt: skip
    at_aql = risk(plan, plan.quality, percent=percent)
    yield _("Lots at the AQL are accepted with %(percent)s %%.", percent=f"{100 * at_aql.accepted:.4g}")
    limit = quality_accepted(plan, 0.1, percent=percent)
    if limit is not None:
        yield _("Lots with %(quality)s per hundred are accepted with 10 %%.", quality=f"{limit:.4g}")
    if plan.is_double:
        yield _("On average %(size)s pieces are inspected at the AQL.", size=f"{at_aql.inspected:.4g}")
