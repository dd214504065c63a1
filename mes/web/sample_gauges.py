"""The measuring means of a sample factory: their calibrations, and studies with readings as people would take them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from mes.core.work import Work
from mes.gauges.models import GaugeStudy, Result, StudyKind
from mes.gauges.studies import begin_study, conclude_study, fill_study
from mes.gauges.study_grid import from_text
from mes.inspection.gauge_check import calibrate
from mes.web.sample_stage import Stage, Story

LAB = "견본교정원"


def calibrated(floor: Stage, quality: str, days_ago: Mapping[str, int]) -> Story:
    """The newest calibration of each gauge, so many days before today."""

    def deed(work: Work) -> None:
        for number, (code, days) in enumerate(days_ago.items(), 101):
            day = floor.today - timedelta(days=days)
            calibrate(
                work, code, done_on=day, lab=LAB, certificate=f"K{day:%y%m}-{number}", result=Result.PASS,
                note="교정 전·후 오차 허용한도 이내",
            )  # fmt: skip

    floor.do(quality, deed)
    yield 1


def repeatability(
    floor: Stage, quality: str, gauge: str, *, item: str, name: str, unit: str, tolerance: str, people: Sequence[str],
    centre: float, spread: float, noise: float, between: Sequence[float], decimals: int,
) -> Story:  # fmt: skip
    """A gauge R&R study (계측기 R&R): 10 parts, 3 people, 3 times each.

    ``spread`` of the parts, ``noise`` of repeating, what each person reads more than the others (``between``).
    """
    chance = Random(f"{gauge} {name}")  # noqa: S311  nothing secret
    parts = [chance.gauss(centre, spread) for _part in range(10)]
    rows = [
        [f"{chance.gauss(part + shift, noise):.{decimals}f}" for part in parts] for shift in between for _trial in "123"
    ]

    def deed(work: Work) -> None:
        study = begin_study(
            work, gauge, kind=StudyKind.GAUGE_RR, characteristic=name, item_code=item, unit=unit,
            tolerance=Decimal(tolerance), parts=_numbers(10), operators=list(people), trials=3,
        )  # fmt: skip
        _conclude(work, study, rows)

    floor.do(quality, deed)
    yield 1


def linearity(
    floor: Stage, quality: str, gauge: str, *, name: str, unit: str, references: Sequence[float], noise: float,
    slope: float, decimals: int,
) -> Story:  # fmt: skip
    """A study of linearity: five references, each measured ten times; the bias grows with ``slope``."""
    chance = Random(f"{gauge} {name}")  # noqa: S311  nothing secret
    middle = sum(references) / len(references)
    rows = [
        [f"{chance.gauss(one + slope * (one - middle), noise):.{decimals}f}" for one in references]
        for _trial in range(10)
    ]

    def deed(work: Work) -> None:
        study = begin_study(
            work, gauge, kind=StudyKind.LINEARITY, characteristic=name, unit=unit, parts=_numbers(len(references)),
            operators=["1"], trials=10,
        )  # fmt: skip
        _conclude(work, study, rows, [f"{one:g}" for one in references])

    floor.do(quality, deed)
    yield 1


def agreement(
    floor: Stage, quality: str, gauge: str, *, item: str, name: str, people: Sequence[str], answers: tuple[str, str],
    truth: str, slips: Mapping[tuple[int, int], Sequence[int]],
) -> Story:  # fmt: skip
    """A study of decisions (계수형 MSA): ``truth`` has a 1 for each good piece; everybody decides three times.

    ``slips``: pieces (from 0) that a person decides wrongly in a trial, by (person, trial).
    """
    good, bad = answers
    rows = [
        [
            good if (mark == "1") != (place in slips.get((person, trial), ())) else bad
            for place, mark in enumerate(truth)
        ]
        for person in range(len(people))
        for trial in range(3)
    ]

    def deed(work: Work) -> None:
        study = begin_study(
            work, gauge, kind=StudyKind.ATTRIBUTE, characteristic=name, item_code=item, good=good,
            parts=_numbers(len(truth)), operators=list(people), trials=3,
        )  # fmt: skip
        _conclude(work, study, rows, [good if mark == "1" else bad for mark in truth])

    floor.do(quality, deed)
    yield 1


def _numbers(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def _conclude(work: Work, study: GaugeStudy, rows: Sequence[Sequence[str]], references: Sequence[str] = ()) -> None:
    empty = from_text(study.data)
    filled = replace(empty, rows=tuple(map(tuple, rows)), references=tuple(references) or empty.references)
    fill_study(work, study.code, filled)
    conclude_study(work, study.code)
