"""Closing an inspection that was measured one reading after the other: its charts are looked at then."""

from mes.core.work import Work
from mes.inspection import service as inspections
from mes.inspection.open_queries import sheet
from mes.spc import queries
from mes.spc.service import Recorded, watch


def close_inspection(work: Work, code: str) -> Recorded:
    """Close an inspection with its verdict, and raise the alarms of its charts; while a second sample is to be drawn
    there are none yet. Raises what inspection refuses."""
    measured = [one.id for one in sheet(work.session, code).standard.characteristics]
    charts = queries.charts_of(work.session, measured, lock=True)
    closed = inspections.close_inspection(work, code)
    return Recorded(closed, watch(work, closed, charts) if closed.verdict is not None else [])
