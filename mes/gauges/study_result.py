"""What a study comes to, by the statistics of AIAG, Measurement Systems Analysis, 4th edition."""

from dataclasses import dataclass
from decimal import Decimal

from mes.core.i18n import N_, _
from mes.core.types import LARGEST, SMALLEST
from mes.gauges.models import StudyKind
from mes.gauges.study_grid import Grid, by_reference, decided, measured
from mes.statistics.attribute_study import VERDICTS as DECISION_VERDICTS
from mes.statistics.attribute_study import AgreementResult, agreement_study
from mes.statistics.errors import ReferenceMissing
from mes.statistics.gauge_anova import Anova, anova
from mes.statistics.gauge_bias import Bias, Linearity, bias, linearity
from mes.statistics.gauge_study import BAD, GOOD, MARGINAL, VERDICTS, GaugeResult, Study, average_and_range, crossed
from mes.statistics.values import measured as as_numbers

#: Fewer distinct categories cannot tell parts apart well enough.
LEAST_CATEGORIES = 5
#: AIAG on kappa without a reference: above 0.75 good, below 0.40 poor agreement.
KAPPA_GOOD, KAPPA_POOR = 0.75, 0.40
BIAS_VERDICTS = {
    GOOD: N_("The bias is not significant."),
    BAD: N_("The bias is significant: correct the gauge or its master."),
}
LINEARITY_VERDICTS = {
    GOOD: N_("The linearity is acceptable: zero bias lies within the confidence band."),
    BAD: N_("The linearity is not acceptable: the bias leaves the confidence band."),
}
_WORDS = {
    StudyKind.GAUGE_RR: VERDICTS,
    StudyKind.BIAS: BIAS_VERDICTS,
    StudyKind.LINEARITY: LINEARITY_VERDICTS,
    StudyKind.ATTRIBUTE: DECISION_VERDICTS,
}
SHORT_VERDICTS = {GOOD: N_("Acceptable"), MARGINAL: N_("Limited"), BAD: N_("Not acceptable")}
_WORST = (BAD, MARGINAL, GOOD)


@dataclass(frozen=True)
class Outcome:
    """The result of one study; of its parts, those of its kind are there. ``figure`` is what decides.

    Of gauge R&R the verdict is that of the analysis of variance on the total variation.
    """

    verdict: str | None
    figure: float | None
    study: Study | None = None
    ranges: GaugeResult | None = None
    anova: Anova | None = None
    bias: Bias | None = None
    linearity: Linearity | None = None
    agreement: AgreementResult | None = None

    @property
    def categories(self) -> int | None:
        """The number of distinct categories (ndc)."""
        return self.anova.result.categories if self.anova else None


def work_out(kind: StudyKind, grid: Grid, tolerance: Decimal | None = None, good: str | None = None) -> Outcome:
    """Raises StudyIncomplete, StudyTooSmall, ReferenceMissing, NothingMeasured."""
    if kind is StudyKind.GAUGE_RR:
        return _gauge_rr(crossed(measured(grid)), as_numbers([tolerance])[0])
    if kind is StudyKind.ATTRIBUTE:
        return _agreement(agreement_study(decided(grid), good or None))
    known = by_reference(grid)
    if not known:
        raise ReferenceMissing
    if kind is StudyKind.BIAS:
        truth, readings = known[0]
        one = bias(readings, truth)
        return Outcome(BAD if one.bias.is_significant else GOOD, one.bias.value, bias=one)
    line = linearity(known)
    return Outcome(GOOD if line.is_acceptable else BAD, line.slope.value, linearity=line)


def _gauge_rr(study: Study, tolerance: float | None) -> Outcome:
    table = anova(study, tolerance)
    share = table.result.gauge.percent_of_total
    return Outcome(table.result.verdict, share, study, average_and_range(study, tolerance), table)


def _agreement(found: AgreementResult) -> Outcome:
    kappa = found.between_kappa.value
    judged = [one.verdict for one in found.operators if one.verdict]
    if judged:
        verdict = next(word for word in _WORST if word in judged)
    elif kappa is None:
        verdict = None
    else:
        verdict = GOOD if kappa > KAPPA_GOOD else BAD if kappa < KAPPA_POOR else MARGINAL
    return Outcome(verdict, kappa, agreement=found)


def verdict_sentence(kind: StudyKind, verdict: str | None) -> str:
    """The verdict in words; where nothing varies, that."""
    if verdict is None:
        return _("Nothing varies in the study, so there is no verdict.")
    return _(_WORDS[kind][verdict])


def short_verdict(verdict: str | None) -> str:
    """The verdict in a word, for lists."""
    return _(SHORT_VERDICTS[verdict]) if verdict in SHORT_VERDICTS else "-"


def kept_figure(figure: float | None) -> Decimal | None:
    """The deciding figure as the column holds it: six places; none where it is beyond anything that was measured."""
    return None if figure is None or abs(figure) >= LARGEST else Decimal(repr(figure)).quantize(SMALLEST)
