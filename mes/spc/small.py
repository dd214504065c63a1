"""Small charts for where something is measured: the newest points with their limits, and what stands open."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.plotting import Drawing
from mes.inspection.models import Characteristic
from mes.spc import queries, readings, rules
from mes.spc.charting import is_single, plot, points_of
from mes.spc.models import ChartAlarm
from mes.spc.pictures import track_drawing
from mes.spc.shown import close_up

#: Points of a small chart, and its size.
POINTS, WIDTH, HEIGHT = 25, 460.0, 130.0


class Small(NamedTuple):
    """A small chart beside a field: its drawing and the alarms that nobody has answered."""

    chart_id: int
    drawing: Drawing | None
    alarms: list[ChartAlarm]
    #: Whether limits are frozen; trial limits raise no alarm.
    frozen: bool


def small_charts(session: Session, characteristics: Sequence[int]) -> dict[int, Small]:
    """The charts of what is being measured, by the id of the characteristic; six statements at most."""
    charts = queries.charts_of(session, characteristics)
    if not charts:
        return {}
    measured = session.scalars(select(Characteristic).where(Characteristic.id.in_(characteristics)))
    by_stem = {one.stem_id: one for one in measured}
    phases = queries.phases_of(session, [chart.id for chart in charts])
    stems = {chart.characteristic_id: is_single(chart) for chart in charts}
    lately = readings.newest_of_many(session, stems, POINTS + queries.REACH)
    alarms = queries.open_alarms(session, [chart.id for chart in charts])
    found = {}
    for chart in charts:
        one = by_stem[chart.characteristic_id]
        points = points_of(chart, lately.get(chart.characteristic_id, []))
        frozen = any(rules.same_family(phase.kind, chart.kind) for phase in phases[chart.id])
        skip = max(0, len(points) - POINTS) if frozen else 0
        seen = plot(chart, points if frozen else points[-POINTS:], phases[chart.id], skip=skip)
        shown = close_up(chart, one, seen)
        drawing = track_drawing(shown, 0, WIDTH, HEIGHT) if shown.tracks else None
        found[one.id] = Small(chart.id, drawing, [alarm for alarm in alarms if alarm.chart_id == chart.id], frozen)
    return found
