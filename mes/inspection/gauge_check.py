"""Calibrating a gauge, and what that says about the readings taken with it.

A reading is in doubt when its gauge was found wrong afterwards and no good calibration lies between. That follows from
what is recorded, so it is worked out rather than marked: a calibration that is taken back takes its doubt with it.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from mes.core.plant import day_span, plant, production_day
from mes.core.work import Work
from mes.gauges.models import Calibration, Gauge, Result
from mes.gauges.queries import calibrations_by_gauge, calibrations_of, get_gauge
from mes.gauges.rules import days_in_doubt, in_doubt_since, is_in_doubt
from mes.gauges.service import record_calibration
from mes.inspection.models import Characteristic, Inspection, Reading
from mes.items.models import Item
from mes.lots.models import Lot

#: So many readings in doubt are listed, the newest first.
MOST = 500


class Doubtful(NamedTuple):
    """A reading in doubt, with where it was taken."""

    inspection: str
    at: datetime
    item: str
    lot: str | None
    name: str
    value: Decimal
    unit: str | None


def calibrate(work: Work, code: str, **calibration: Any) -> Calibration:
    """Record a calibration; when it finds the gauge wrong, the event says how many readings are in doubt by it.

    Raises what ``mes.gauges.service.record_calibration`` raises.
    """
    made = record_calibration(work, code, **calibration)
    flag_readings_of(work, get_gauge(work.session, code), made)
    return made


def flag_readings_of(work: Work, gauge: Gauge, found: Calibration) -> int:
    """Record how many readings a calibration that found the gauge wrong puts in doubt; gives their number."""
    if found.result is Result.PASS:
        return 0
    since = in_doubt_since(calibrations_of(work.session, gauge.id), found)
    doubtful = select(func.count()).select_from(Reading).join(Inspection, Inspection.id == Reading.inspection_id)
    readings = work.session.scalar(doubtful.where(*_of_days(work.session, gauge.id, [(since, found.done_on)]))) or 0
    if readings:
        after = {"readings": readings, "since": since.isoformat() if since else None}
        work.record("gauges.readings_in_doubt", gauge, after=after)
    return readings


def readings_of_gauge_in_doubt(session: Session, gauge: Gauge) -> list[Doubtful]:
    """The readings taken with a gauge that are in doubt, the newest first."""
    spans = days_in_doubt(calibrations_of(session, gauge.id))
    return readings_in_doubt(session, gauge.id, spans) if spans else []


def readings_in_doubt(session: Session, gauge_id: int, spans: Collection[tuple[date | None, date]]) -> list[Doubtful]:
    """The newest readings taken with a gauge on days that are in doubt."""
    query = (
        select(Inspection.code, Inspection.at, Item.name, Lot.code, Reading.name, Reading.value, Reading.unit)
        .select_from(Reading)
        .join(Inspection, Inspection.id == Reading.inspection_id)
        .join(Item, Item.id == Inspection.item_id)
        .outerjoin(Lot, Lot.id == Inspection.lot_id)
        .where(*_of_days(session, gauge_id, spans))
    )
    return [Doubtful(*row) for row in session.execute(query.order_by(Reading.id.desc()).limit(MOST))]


def _of_days(session: Session, gauge_id: int, spans: Collection[tuple[date | None, date]]) -> list[ColumnElement[bool]]:
    """Standing readings of a gauge, after the day of its last good calibration up to the one that found it wrong."""
    settings = plant(session)
    # what was put right later was measured before; of the oldest only the inspection's time is known
    taken = func.coalesce(case((Reading.replaces_id.is_(None), Reading.at)), Inspection.at)
    days = []
    for since, until in spans:
        after = taken >= day_span(settings, since)[1] if since else true()
        days.append(and_(taken < day_span(settings, until)[1], after))
    return [Reading.gauge_id == gauge_id, Reading.replaced_at.is_(None), or_(*days)]


def doubtful_ids(session: Session, inspections: Iterable[Inspection]) -> set[int]:
    """Which readings of these inspections (loaded with them) are in doubt."""
    each = [(inspection, reading) for inspection in inspections for reading in inspection.readings if reading.gauge_id]
    gauges = {reading.gauge_id or 0 for _inspection, reading in each}
    if not gauges:
        return set()
    settings = plant(session)
    known = calibrations_by_gauge(session, gauges)
    spans = {gauge: days_in_doubt(calibrations) for gauge, calibrations in known.items()}
    return {
        reading.id
        for inspection, reading in each
        if is_in_doubt(production_day(settings, _taken(inspection, reading)), spans.get(reading.gauge_id or 0, []))
    }


def _taken(inspection: Inspection, reading: Reading) -> datetime:
    """When a reading was measured: one that was put right later counts as before."""
    return (reading.at if reading.replaces_id is None else None) or inspection.at


class Behind(NamedTuple):
    """What stands behind the readings of an inspection."""

    #: What was measured, by its id: it has its name in more than one language.
    names: dict[int, Characteristic]
    #: Codes of the gauges that were used.
    gauges: dict[int, str]
    #: Readings that are in doubt.
    doubtful: set[int]


def behind(session: Session, inspection: Inspection) -> Behind:
    """What was measured in an inspection (loaded with its readings), with which gauges, and what of it is in doubt."""
    measured = {one.characteristic_id for one in inspection.readings}
    used = {one.gauge_id for one in inspection.readings if one.gauge_id}
    names = session.scalars(select(Characteristic).where(Characteristic.id.in_(measured)))
    gauges = session.scalars(select(Gauge).where(Gauge.id.in_(used))) if used else ()
    codes = {one.id: one.code for one in gauges}
    return Behind({one.id: one for one in names}, codes, doubtful_ids(session, [inspection]))
