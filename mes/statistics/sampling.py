"""Sampling plans by attributes of ISO 2859-1: from lot, level, AQL and kind of inspection to samples and numbers."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from mes.core.i18n import _
from mes.statistics.errors import NoSuchSampling
from mes.statistics.sampling_tables import (
    AQLS,
    DOUBLE,
    KINDS,
    LETTERS,
    LEVELS,
    LOTS,
    PERCENT_UP_TO,
    SERIES,
    STANDARD,
)
from mes.statistics.values import measured


@dataclass(frozen=True)
class Sample:
    """One sample: its size, and the numbers for what was found in it and those before."""

    size: int
    accept: int
    reject: int


@dataclass(frozen=True)
class Plan:
    """A plan in force. ``letter`` is the lot's code letter, ``used`` that of the plan after following the arrow.

    ``everything`` says that the sample is as large as the lot, so that every piece is inspected.
    """

    standard: str
    lot: int
    level: str
    aql: str
    kind: str
    letter: str
    used: str
    samples: tuple[Sample, ...]
    everything: bool

    @property
    def is_double(self) -> bool:
        """Whether a second sample may follow; a double plan that the table does not have is a single one."""
        return len(self.samples) == 2

    @property
    def quality(self) -> float:
        """The AQL as a number: percent nonconforming, or nonconformities per 100 items."""
        return measured([Decimal(self.aql)])[0] or 0.0

    @property
    def arrow(self) -> str | None:
        """Which way an arrow was followed: ``up`` to a smaller sample, ``down`` to a larger one, or None."""
        if self.used == self.letter:
            return None
        return "down" if LETTERS.index(self.used) > LETTERS.index(self.letter) else "up"

    @property
    def is_percent(self) -> bool:
        """Whether the AQL may mean percent nonconforming; above 10 it is nonconformities per 100 items."""
        return AQLS.index(self.aql) <= PERCENT_UP_TO


def code_letter(lot: int, level: str = "II") -> str:
    """Table 1. Raises NoSuchSampling below two pieces and for an unknown level."""
    _known(_("inspection level"), level, LEVELS)
    if lot < 2:
        raise NoSuchSampling(standard=STANDARD, name=_("lot size"), value=str(lot), choices="2, 3, 4, ...")
    return LEVELS[level][bisect_left(LOTS, lot)]


def find_plan(lot: int, aql: str, *, level: str = "II", kind: str = "normal", double: bool = False) -> Plan:
    """The plan for a lot; a sample as large as the lot is all of it. Raises NoSuchSampling.

    A double plan whose samples together exceed the lot, and one that the table does not have, is the single plan.
    """
    letter = code_letter(lot, level)
    aql = _aql(aql)
    _known(_("kind of inspection"), kind, KINDS)
    scheme, column = KINDS[kind], AQLS.index(aql)
    row = scheme.follow(LETTERS.index(letter), column)
    accept, size = scheme.acceptance(row, column) or 0, scheme.size(row)
    samples = _two_samples(size, accept) if double else ()
    if not samples or sum(sample.size for sample in samples) > lot:
        samples = (Sample(min(size, lot), accept, accept + 1),)
    return Plan(STANDARD, lot, level, aql, kind, letter, LETTERS[row], samples, size >= lot)


def _two_samples(size: int, accept: int) -> tuple[Sample, ...]:
    """The double plan in place of a single one; none where the table has an asterisk."""
    if accept not in DOUBLE or size == SERIES[0]:
        return ()
    first, stop, both, fail = DOUBLE[accept]
    half = SERIES[SERIES.index(size) - 1]
    return Sample(half, first, stop), Sample(half, both, fail)


def plan_one_step_tighter(plan: Plan) -> Sample | None:
    """The single plan with the same sample at the next smaller AQL, for the switching score; None where none is."""
    scheme, column, row = KINDS[plan.kind], AQLS.index(plan.aql), LETTERS.index(plan.used)
    accept = scheme.acceptance(row, column - 1) if column else None
    return None if accept is None else Sample(plan.samples[0].size, accept, accept + 1)


def _aql(text: str) -> str:
    """An AQL however it is written: 1, 1.0 and 1.00 are the same. Raises NoSuchSampling."""
    slim = _slim(text)
    found = next((aql for aql in AQLS if _slim(aql) == slim), None)
    if found is None:
        raise NoSuchSampling(standard=STANDARD, name="AQL", value=text, choices=", ".join(AQLS))
    return found


def _slim(text: str) -> str:
    text = text.strip().lstrip("0") or "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _known(name: str, value: str, choices: Iterable[str]) -> None:
    names = list(choices)
    if value not in names:
        raise NoSuchSampling(standard=STANDARD, name=name, value=value, choices=", ".join(names))
