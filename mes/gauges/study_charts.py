"""The graphs of a gauge study."""

from collections.abc import Sequence

from mes.core.i18n import _
from mes.core.plotting import (
    BAD,
    GOOD,
    INK,
    LEFT,
    RIGHT,
    SOFT,
    Bar,
    Dot,
    Drawing,
    Line,
    Scale,
    Text,
    around,
    frame,
    ticks,
)
from mes.gauges.study_result import KAPPA_GOOD, KAPPA_POOR, Outcome
from mes.statistics.agreement import Kappa
from mes.statistics.attribute_study import AgreementResult
from mes.statistics.constants import d2, d3
from mes.statistics.gauge_bias import Bias, Linearity
from mes.statistics.gauge_study import GaugeResult, Study
from mes.statistics.values import mean, span

WIDTH, HEIGHT = 420.0, 210.0
_TONES = (INK, GOOD, BAD, SOFT)


def charts_of(outcome: Outcome, readings: Sequence[float] = ()) -> list[Drawing]:
    """The graphs of a result; ``readings`` are those of a study of bias."""
    if outcome.study and outcome.anova:
        return [
            _components(outcome.anova.result),
            _ranges(outcome.study),
            _by_part(outcome.study),
            _by_operator(outcome.study),
        ]
    if outcome.linearity:
        return [_linearity(outcome.linearity)]
    if outcome.bias:
        return [_bias(outcome.bias, readings)]
    return [_agreement(outcome.agreement)] if outcome.agreement else []


def _components(found: GaugeResult) -> Drawing:
    parts = [
        ("GRR", found.gauge),
        ("EV", found.repeatability),
        ("AV", found.reproducibility),
        ("PV", found.parts),
    ]
    upright, places, shapes = frame(0, 100, [name for name, _part in parts], WIDTH, HEIGHT)
    for x, (name, part) in zip(places, parts, strict=True):
        share = part.percent_of_total or 0.0
        top = upright.at(share)
        tone = SOFT if name == "PV" else BAD if share > 30 else GOOD if share < 10 else INK
        shapes += [Bar(x - 26, top, 52, upright.at(0) - top, tone), Text(x, top - 4, f"{share:.1f}")]
    return Drawing(_("Share of the total variation (%%)"), WIDTH, HEIGHT, shapes)


def _ranges(study: Study) -> Drawing:
    found = [[span(study.cells[operator, part]) for part in study.parts] for operator in study.operators]
    centre = mean([one for row in found for one in row])
    reach = 3 * d3(study.trials) / d2(study.trials)
    upper, lower = centre * (1 + reach), centre * max(0.0, 1 - reach)
    names = [part for _operator in study.operators for part in study.parts]
    most = max([upper, *(one for row in found for one in row)])
    upright, places, shapes = frame(0, most * 1.1 or 1.0, names, WIDTH, HEIGHT)
    shapes += [_level(upright, centre, INK), _level(upright, upper, BAD), _level(upright, lower, BAD)]
    count = len(study.parts)
    for number, (operator, row) in enumerate(zip(study.operators, found, strict=True)):
        xs = places[number * count : (number + 1) * count]
        shapes.append(Line([(x, upright.at(value)) for x, value in zip(xs, row, strict=True)]))
        shapes += [Dot(x, upright.at(value), BAD if value > upper else INK) for x, value in zip(xs, row, strict=True)]
        shapes.append(Text((xs[0] + xs[-1]) / 2, 10, operator[:14]))
    return Drawing(_("Ranges by operator and part"), WIDTH, HEIGHT, shapes)


def _by_part(study: Study) -> Drawing:
    values = [value for readings in study.cells.values() for value in readings]
    upright, places, shapes = frame(*around(values), study.parts, WIDTH, HEIGHT)
    for number, operator in enumerate(study.operators):
        tone = _TONES[number % len(_TONES)]
        means = [
            (x, upright.at(mean(study.cells[operator, part]))) for x, part in zip(places, study.parts, strict=True)
        ]
        shapes.append(Line(means, tone, dashed=number >= len(_TONES)))
        shapes += [Dot(x, y, tone, hollow=number % 2 == 1) for x, y in means]
        shapes.append(Dot(LEFT + 8 + number * 80, 7, tone, hollow=number % 2 == 1))
        shapes.append(Text(LEFT + 16 + number * 80, 11, operator[:10], "start"))
    return Drawing(_("Means by part and operator"), WIDTH, HEIGHT, shapes)


def _by_operator(study: Study) -> Drawing:
    values = [value for readings in study.cells.values() for value in readings]
    upright, places, shapes = frame(*around(values), study.operators, WIDTH, HEIGHT)
    means = []
    for x, operator in zip(places, study.operators, strict=True):
        shapes += [Dot(x, upright.at(value), SOFT, hollow=True) for value in study.of_operator(operator)]
        means.append((x, upright.at(mean(study.of_operator(operator)))))
    shapes += [Line(means), *(Dot(x, y) for x, y in means)]
    return Drawing(_("Readings by operator"), WIDTH, HEIGHT, shapes)


def _level(upright: Scale, value: float, tone: str) -> Line:
    y = upright.at(value)
    return Line(((LEFT, y), (WIDTH - RIGHT, y)), tone, dashed=True)


def _linearity(found: Linearity) -> Drawing:
    xs = [one[0] for one in found.band]
    ys = [end for one in found.band for end in one[1:]] + [one.bias.value for one in found.biases] + [0.0]
    upright, _places, shapes = frame(*around(ys), [], WIDTH, HEIGHT)
    along = Scale(*around(xs, 0.05), LEFT, WIDTH - RIGHT)
    shapes += [Text(along.at(x), HEIGHT - 6, f"{x:.6g}") for x in ticks(min(xs), max(xs))]
    shapes.append(_level(upright, 0.0, SOFT))
    for place, tone, dashed in ((1, INK, False), (2, BAD, True), (3, BAD, True)):
        shapes.append(Line([(along.at(one[0]), upright.at(one[place])) for one in found.band], tone, dashed))
    shapes += [Dot(along.at(one.reference), upright.at(one.bias.value)) for one in found.biases]
    return Drawing(_("Bias over reference value, with the 95 %% band of the line"), WIDTH, HEIGHT, shapes)


def _bias(found: Bias, readings: Sequence[float]) -> Drawing:
    names = [str(number) for number in range(1, len(readings) + 1)]
    upright, places, shapes = frame(*around([*readings, found.reference]), names, WIDTH, HEIGHT)
    shapes += [_level(upright, found.reference, GOOD), _level(upright, found.mean, INK)]
    shapes += [Dot(x, upright.at(one)) for x, one in zip(places, readings, strict=True)]
    return Drawing(_("Readings against the reference value (green) and their mean"), WIDTH, HEIGHT, shapes)


def _agreement(found: AgreementResult) -> Drawing:
    rows: list[tuple[str, Kappa | None]] = [
        (one.operator, one.reference_kappa or one.within_kappa) for one in found.operators
    ]
    rows.append((_("together"), found.between_kappa))
    upright, places, shapes = frame(0, 1, [name for name, _kappa in rows], WIDTH, HEIGHT)
    shapes += [_level(upright, KAPPA_GOOD, GOOD), _level(upright, KAPPA_POOR, BAD)]
    for x, (_name, kappa) in zip(places, rows, strict=True):
        if kappa and kappa.value is not None:
            top = upright.at(max(0.0, kappa.value))
            shapes += [Bar(x - 22, top, 44, upright.at(0) - top, SOFT), Text(x, top - 4, f"{kappa.value:.2f}")]
    return Drawing(_("Kappa by operator, and of all together"), WIDTH, HEIGHT, shapes)
