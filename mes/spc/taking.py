"""Readings taken one after the other: the chart of what was measured is looked at as soon as its subgroup is whole."""

from collections.abc import Callable
from typing import Any, NamedTuple

from mes.core.work import Work
from mes.inspection import service as inspections
from mes.inspection.models import Inspection, Reading
from mes.spc import queries
from mes.spc.models import ChartAlarm
from mes.spc.service import watch


class Taken(NamedTuple):
    """Readings and the alarms that they raised."""

    readings: list[Reading]
    alarms: list[ChartAlarm]


def take_reading(work: Work, code: str, *, characteristic: int, **entry: Any) -> Taken:
    """Record one reading (``piece``, ``text`` or ``choice``, ``gauge``). Raises what inspection refuses."""
    return _watched(
        work, characteristic, lambda: [inspections.take_reading(work, code, characteristic=characteristic, **entry)]
    )


def take_column(work: Work, code: str, *, characteristic: int, **entry: Any) -> Taken:
    """Record a pasted column (``text``, ``gauge``). Raises what inspection refuses."""
    return _watched(
        work, characteristic, lambda: inspections.take_column(work, code, characteristic=characteristic, **entry)
    )


def take_rest(work: Work, code: str, *, characteristic: int, choice: int) -> Taken:
    """Record the same choice for all pieces that are missing. Raises what inspection refuses."""
    return _watched(
        work, characteristic, lambda: inspections.take_rest(work, code, characteristic=characteristic, choice=choice)
    )


def correct_reading(work: Work, code: str, reading_id: int, **entry: Any) -> Taken:
    """Put a new reading in the place of a wrong one; its point is judged anew. Raises what inspection refuses."""
    wrong = work.session.get(Reading, reading_id)
    ident = wrong.characteristic_id if wrong else 0
    return _watched(work, ident, lambda: [inspections.correct_reading(work, code, reading_id, **entry)])


def _watched(work: Work, characteristic: int, take: Callable[[], list[Reading]]) -> Taken:
    charts = queries.charts_of(work.session, [characteristic], lock=True)
    taken = take()
    work.session.flush()
    if not charts or not taken:
        return Taken(taken, [])
    return Taken(taken, watch(work, work.session.get_one(Inspection, taken[0].inspection_id), charts))
