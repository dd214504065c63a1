"""Gauge studies and sampling plans as plain data for programs, under names that stay."""

from collections.abc import Sequence

from mes.statistics.agreement import Kappa, Share, strength
from mes.statistics.as_data import Data
from mes.statistics.attribute_study import AgreementResult, OperatorResult
from mes.statistics.gauge_anova import Anova
from mes.statistics.gauge_bias import Bias, Estimate, Linearity
from mes.statistics.gauge_study import Component, GaugeResult, Study
from mes.statistics.sampling import Plan
from mes.statistics.sampling_risk import operating_characteristic, quality_accepted, risk


def gauge_data(study: Study, results: Sequence[GaugeResult], table: Anova | None) -> Data:
    """A gauge R&R study: size, each method's components with their shares, verdicts; the table of the analysis."""
    data: Data = {
        "study": "gauge-rr",
        "parts": len(study.parts),
        "operators": len(study.operators),
        "trials": study.trials,
    }
    for found in results:
        data[found.method] = {
            "ev": _component(found.repeatability),
            "av": _component(found.reproducibility),
            "int": _component(found.interaction) if found.interaction else None,
            "grr": _component(found.gauge),
            "pv": _component(found.parts),
            "tv": _component(found.total),
            "ndc": found.categories,
            "tolerance": found.tolerance,
            "verdict": found.verdict,
            "verdict_on_tolerance": found.verdict_on_tolerance,
        }
    if table:
        data["anova"]["interaction_pooled"] = table.pooled
        data["anova"]["table"] = [
            {
                "source": row.name,
                "df": row.freedom,
                "ss": row.squares,
                "ms": row.mean_square if row.freedom else None,
                "f": row.f,
                "p": row.p,
            }
            for row in table.sources
        ]
    return data


def _component(found: Component) -> Data:
    return {
        "sigma": found.sigma,
        "percent_of_total": found.percent_of_total,
        "percent_contribution": found.percent_contribution,
        "percent_of_tolerance": found.percent_of_tolerance,
    }


def bias_data(found: Bias) -> Data:
    """The bias of one part."""
    return {
        "reference": found.reference,
        "readings": found.readings,
        "mean": found.mean,
        "repeatability": found.sigma,
        "bias": _estimate(found.bias),
        "significant": found.bias.is_significant,
    }


def linearity_data(found: Linearity) -> Data:
    """The line of bias over reference, its band, and the bias at each reference."""
    return {
        "study": "linearity",
        "slope": _estimate(found.slope),
        "intercept": _estimate(found.intercept),
        "r_squared": found.determination,
        "sigma": found.sigma,
        "acceptable": found.is_acceptable,
        "biases": [bias_data(one) for one in found.biases],
        "band": [{"reference": x, "bias": fit, "low": low, "high": high} for x, fit, low, high in found.band],
    }


def _estimate(found: Estimate) -> Data:
    return {
        "value": found.value,
        "standard_error": found.error,
        "low": found.low,
        "high": found.high,
        "t": found.t,
        "p": found.p,
    }


def agreement_data(found: AgreementResult) -> Data:
    """A study of decisions."""
    return {
        "study": "attribute",
        "parts": found.parts,
        "trials": found.trials,
        "operators": [_operator(one) for one in found.operators],
        "pairs": [{"operators": list(pair), "kappa": _kappa(kappa)} for pair, kappa in found.pairs.items()],
        "between": _share(found.between),
        "between_kappa": _kappa(found.between_kappa),
        "all_against_reference": _share(found.all_against_reference),
    }


def _operator(found: OperatorResult) -> Data:
    return {
        "operator": found.operator,
        "within": _share(found.within),
        "within_kappa": _kappa(found.within_kappa),
        "against_reference": _share(found.against_reference),
        "reference_kappa": _kappa(found.reference_kappa),
        "reference_fleiss_kappa": found.reference_fleiss,
        "effectiveness": found.effectiveness,
        "miss_rate": found.miss_rate,
        "false_alarm_rate": found.false_alarm_rate,
        "verdict": found.verdict,
    }


def _kappa(found: Kappa | None) -> Data | None:
    if found is None:
        return None
    return {
        "value": found.value,
        "observed": found.observed,
        "expected": found.expected,
        "standard_error": found.error,
        "p": found.p,
        "strength": strength(found.value),
    }


def _share(found: Share | None) -> Data | None:
    if found is None:
        return None
    return {
        "part": found.part,
        "whole": found.whole,
        "percent": found.percent,
        "low": 100 * found.low,
        "high": 100 * found.high,
    }


def plan_data(plan: Plan, *, percent: bool | None = None) -> Data:
    """A sampling plan with its risks and operating characteristic. ``percent`` False: nonconformities per 100."""
    percent = plan.is_percent if percent is None else percent
    at_aql = risk(plan, plan.quality, percent=percent)
    curve = operating_characteristic(plan, percent=percent)
    return {
        "standard": plan.standard,
        "lot": plan.lot,
        "level": plan.level,
        "aql": plan.aql,
        "kind": plan.kind,
        "plan": "double" if plan.is_double else "single",
        "code_letter": plan.letter,
        "plan_letter": plan.used,
        "arrow": plan.arrow,
        "inspect_all": plan.everything,
        "n": plan.samples[0].size,
        "ac": plan.samples[0].accept,
        "re": plan.samples[0].reject,
        "samples": [{"n": one.size, "ac": one.accept, "re": one.reject} for one in plan.samples],
        "unit": "percent nonconforming" if percent else "nonconformities per 100 items",
        "accepted_at_aql": at_aql.accepted,
        "producer_risk": 1 - at_aql.accepted,
        "average_sample_at_aql": at_aql.inspected,
        "quality_accepted_95": quality_accepted(plan, 0.95, percent=percent),
        "quality_accepted_50": quality_accepted(plan, 0.5, percent=percent),
        "quality_accepted_10": quality_accepted(plan, 0.1, percent=percent),
        "aoql": max(one.outgoing for one in curve),
        "oc": [
            {"quality": one.quality, "accepted": one.accepted, "aoq": one.outgoing, "asn": one.inspected}
            for one in curve
        ],
    }
