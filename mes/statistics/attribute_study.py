"""A study of decisions: people rate the same parts several times, with or without a reference (AIAG MSA, III C)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from unicodedata import normalize

from mes.core.i18n import N_
from mes.statistics.agreement import Kappa, Rating, Share, cohen, fleiss, share
from mes.statistics.errors import GoodNeverSaid, NotOneReference, ReferenceMissing, StudyIncomplete, StudyTooSmall
from mes.statistics.gauge_study import BAD, GOOD, MARGINAL
from mes.statistics.values import mean

VERDICTS = {
    GOOD: N_("The decisions are acceptable."),
    MARGINAL: N_("The decisions may need improvement."),
    BAD: N_("The decisions are not acceptable: train, or change the means of inspection."),
}


@dataclass(frozen=True)
class Decision:
    """One decision of one operator on one part; ``reference`` is what the part really is."""

    part: str
    operator: str
    rating: str
    reference: str | None = None


@dataclass(frozen=True)
class OperatorResult:
    """How one operator decides. Effectiveness, misses and false alarms need a reference."""

    operator: str
    within: Share
    within_kappa: Kappa
    against_reference: Share | None
    reference_kappa: Kappa | None
    #: Fleiss' kappa of each trial with the reference, averaged over the trials.
    reference_fleiss: float | None
    effectiveness: float | None
    miss_rate: float | None
    false_alarm_rate: float | None
    verdict: str | None


@dataclass(frozen=True)
class AgreementResult:
    """The whole study. ``pairs`` are Cohen's kappas of two operators each."""

    parts: int
    trials: int
    operators: tuple[OperatorResult, ...]
    pairs: Mapping[tuple[str, str], Kappa]
    between: Share
    between_kappa: Kappa
    all_against_reference: Share | None


def agreement_study(decisions: Sequence[Decision], good: str | None = None) -> AgreementResult:
    """Agreement within, between and against the reference.

    ``good`` is the rating of a good part; with it, misses (a bad part called good) and false alarms (a good part called
    bad) are rates of all decisions on bad and on good parts. ``OK``, ``ok`` and ``ＯＫ`` are one rating. Raises
    StudyIncomplete, StudyTooSmall, ReferenceMissing, NotOneReference, GoodNeverSaid.
    """
    decisions = [_compared(one) for one in decisions]
    good = _good(decisions, good)
    ratings: defaultdict[tuple[str, str], list[Rating]] = defaultdict(list)
    for decision in decisions:
        ratings[decision.operator, decision.part].append(decision.rating)
    parts = list(dict.fromkeys(decision.part for decision in decisions))
    operators = list(dict.fromkeys(decision.operator for decision in decisions))
    trials = max((len(found) for found in ratings.values()), default=0)
    _check(ratings, parts, operators, trials)
    references = _references(decisions)
    everyone = [[rating for operator in operators for rating in ratings[operator, part]] for part in parts]
    return AgreementResult(
        parts=len(parts),
        trials=trials,
        operators=tuple(
            _operator(operator, {part: ratings[operator, part] for part in parts}, references, good)
            for operator in operators
        ),
        pairs={
            (one, other): cohen(
                [rating for part in parts for rating in ratings[one, part]],
                [rating for part in parts for rating in ratings[other, part]],
            )
            for one, other in combinations(operators, 2)
        },
        between=share(sum(1 for row in everyone if len(set(row)) == 1), len(parts)),
        between_kappa=fleiss(everyone),
        all_against_reference=share(
            sum(1 for part, row in zip(parts, everyone, strict=True) if set(row) == {references[part]}), len(parts)
        )
        if references
        else None,
    )


def plain_rating(word: str) -> str:
    """A word as it is compared: people write ``OK`` and ``ok`` for the same."""
    return " ".join(normalize("NFKC", word).casefold().split())


def _compared(one: Decision) -> Decision:
    truth = None if one.reference is None else plain_rating(one.reference)
    return replace(one, rating=plain_rating(one.rating), reference=truth)


def _good(decisions: Sequence[Decision], good: str | None) -> str | None:
    """The word for a good piece as it is compared; one that nobody uses would count every miss as none."""
    if good is None:
        return None
    if plain_rating(good) not in {word for one in decisions for word in (one.rating, one.reference)}:
        raise GoodNeverSaid(good=good)
    return plain_rating(good)


def _check(
    ratings: Mapping[tuple[str, str], Sequence[Rating]], parts: Sequence[str], operators: Sequence[str], trials: int
) -> None:
    for operator in operators:
        for part in parts:
            found = len(ratings.get((operator, part), ()))
            if found != trials:
                raise StudyIncomplete(operator=operator, part=part, found=str(found), expected=str(trials))
    if len(parts) < 2 or trials < 2:
        raise StudyTooSmall(parts=str(len(parts)), operators=str(len(operators)), trials=str(trials))


def _references(decisions: Sequence[Decision]) -> dict[str, str]:
    """The reference of every part; empty when the study has none at all."""
    found: dict[str, str] = {}
    for decision in decisions:
        if decision.reference is None:
            continue
        known = found.setdefault(decision.part, decision.reference)
        if known != decision.reference:
            raise NotOneReference(part=decision.part, one=known, other=decision.reference)
    if found and len(found) < len({decision.part for decision in decisions}):
        raise ReferenceMissing
    return found


def _operator(
    operator: str, rated: Mapping[str, Sequence[Rating]], references: Mapping[str, str], good: str | None
) -> OperatorResult:
    pieces = list(rated.values())
    same = share(sum(1 for row in pieces if len(set(row)) == 1), len(pieces))
    if not references:
        return OperatorResult(operator, same, fleiss(pieces), None, None, None, None, None, None, None)
    right = sum(1 for part, row in rated.items() if set(row) == {references[part]})
    said = [(rating, references[part]) for part, row in rated.items() for rating in row]
    effectiveness = 100 * right / len(pieces)
    missed = _rate([rating == good for rating, truth in said if truth != good]) if good is not None else None
    alarmed = _rate([rating != good for rating, truth in said if truth == good]) if good is not None else None
    return OperatorResult(
        operator=operator,
        within=same,
        within_kappa=fleiss(pieces),
        against_reference=share(right, len(pieces)),
        reference_kappa=cohen([rating for rating, _ in said], [truth for _, truth in said]),
        reference_fleiss=_fleiss_with_reference(rated, references),
        effectiveness=effectiveness,
        miss_rate=missed,
        false_alarm_rate=alarmed,
        verdict=decision_verdict(effectiveness, missed, alarmed),
    )


def _fleiss_with_reference(rated: Mapping[str, Sequence[Rating]], references: Mapping[str, str]) -> float | None:
    trials = zip(*rated.values(), strict=True)
    truths = [references[part] for part in rated]
    kappas = [fleiss(list(zip(trial, truths, strict=True))).value for trial in trials]
    found = [kappa for kappa in kappas if kappa is not None]
    return mean(found) if found else None


def _rate(wrong: Sequence[bool]) -> float | None:
    """Percent of decisions that were wrong; None where there was nothing to decide."""
    return 100 * mean([1.0 if one else 0.0 for one in wrong]) if wrong else None


def decision_verdict(effectiveness: float, missed: float | None, alarmed: float | None) -> str:
    """AIAG: good from 90 % effective, at most 2 % missed, at most 5 % false alarms; bad below 80 %, above 5 or 10 %."""
    missed, alarmed = missed or 0.0, alarmed or 0.0
    if effectiveness >= 90 and missed <= 2 and alarmed <= 5:
        return GOOD
    return MARGINAL if effectiveness >= 80 and missed <= 5 and alarmed <= 10 else BAD
