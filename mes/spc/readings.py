"""Readings as control charts see them. Every read of a reading for a chart goes through this file.

A characteristic is the same over all revisions of its standard: ``stem`` is the id of its first one. The newest
readings are taken from an index, so a bounded window costs the same after 100 000 readings as after 100.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session, joinedload

from mes.core.types import ONE
from mes.equipment.models import Machine
from mes.inspection.models import Characteristic, Inspection, InspectionStandard, Reading
from mes.inspection.standard_queries import ever_in_force
from mes.orders.models import Job
from mes.spc.charting import Sample
from mes.statistics.values import measured, present


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which readings are meant: the newest ``points``, since or until a moment, of what was made at one machine."""

    points: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    machine: str | None = None
    #: Inspections by id, both included.
    first_id: int | None = None
    last_id: int | None = None


ALL = Chosen()
# Columns without their classes: thousands of rows are read, and nothing of them is changed.
READINGS, INSPECTIONS = Reading.__table__, Inspection.__table__
#: A corrected reading stays beside the one that took its place, and is not counted.
STANDING = READINGS.c.replaced_at.is_(None)


class Bucket(NamedTuple):
    """Neighbouring points drawn together, so that the lowest and the highest of them stay."""

    first_id: int
    last_id: int
    points: int
    low: float
    high: float
    #: Largest range of a subgroup; None for single readings.
    spread: float | None


def revisions_of(session: Session, stem: int) -> list[int]:
    """Ids of the characteristic in all revisions of its standard, the oldest first."""
    return sorted(revisions_of_many(session, [stem]))


def revisions_of_many(session: Session, stems: Sequence[int]) -> dict[int, int]:
    """The stem by the id of each revision."""
    rows = session.execute(select(Characteristic.id, Characteristic.stem_id).where(Characteristic.stem_id.in_(stems)))
    return {ident: stem for ident, stem in rows}  # noqa: C416  rows are no pairs to the types


def in_force(session: Session, stems: Sequence[int] | None = None) -> dict[int, Characteristic]:
    """The characteristic by stem as the newest approved standard has it, with its item; of these stems, or of all."""
    query = _approved()
    if stems is not None:
        query = query.where(Characteristic.stem_id.in_(stems))
    return {one.stem_id: one for one in session.scalars(query)}


def approved_revisions(session: Session, stem: int) -> list[Characteristic]:
    """The characteristic in all approved revisions with its item, the oldest first."""
    return list(session.scalars(_approved().where(Characteristic.stem_id == stem)))


def _approved() -> Select[Characteristic]:
    standard = joinedload(Characteristic.standard, innerjoin=True).joinedload(InspectionStandard.item, innerjoin=True)
    query = select(Characteristic).join(Characteristic.standard).options(standard)
    return query.where(ever_in_force()).order_by(Characteristic.id)


def newest(session: Session, revisions: Sequence[int], chosen: Chosen, most: int) -> list[Sample]:
    """Samples of the newest ``most`` readings that are meant, the oldest first; one statement.

    What was measured in one inspection is one sample. A sample that the bound may have cut is left out.
    """
    return _bounded(session, revisions, chosen, most)[0]


def newest_points(
    session: Session, revisions: Sequence[int], chosen: Chosen, points: int, *, size: int, single: bool
) -> list[Sample]:
    """The same of the newest ``points``, or one less: readings where each is one (``single``), else inspections.

    ``size``: pieces that the chart expects of an inspection. Where more were measured, as a plan by AQL or a changed
    standard wants it, more readings are read until there are as many inspections.
    """
    most = points * size
    samples, is_all = _bounded(session, revisions, chosen, most)
    while not (single or is_all or len(samples) >= points - 1):
        most *= 4
        samples, is_all = _bounded(session, revisions, chosen, most)
    return samples


def _bounded(session: Session, revisions: Sequence[int], chosen: Chosen, most: int) -> tuple[list[Sample], bool]:
    rows = session.execute(_newest(revisions, chosen, most)).all()
    samples = [_sample(list(group)) for _ident, group in groupby(reversed(rows), key=lambda row: row.inspection_id)]
    is_all = len(rows) < most
    return (samples if is_all or len(samples) == 1 else samples[1:]), is_all


def _newest(revisions: Sequence[int], chosen: Chosen, most: int) -> Select[Any]:
    parts = []
    for ident in revisions:
        part = select(READINGS.c.inspection_id, READINGS.c.piece, READINGS.c.value)
        part = part.where(READINGS.c.characteristic_id == ident, STANDING, *_meant(chosen))
        part = part.order_by(READINGS.c.inspection_id.desc(), READINGS.c.piece.desc()).limit(most)
        parts.append(select(part.subquery()) if len(revisions) > 1 else part)
    found = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()
    heads = INSPECTIONS.c
    query = select(found, heads.code, heads.at).join(INSPECTIONS, heads.id == found.c.inspection_id)
    return query.order_by(found.c.inspection_id.desc(), found.c.piece.desc()).limit(most)


def _sample(rows: Sequence[Any]) -> Sample:
    first = rows[0]
    return Sample(first.inspection_id, first.code, first.at, tuple(row.value for row in rows))


def _meant(chosen: Chosen) -> list[ColumnElement[bool]]:
    """Conditions on readings. Inspections are numbered as they were made, so a time is a place in their numbers."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.first_id is not None:
        conditions.append(Reading.inspection_id >= chosen.first_id)
    if chosen.last_id is not None:
        conditions.append(Reading.inspection_id <= chosen.last_id)
    if chosen.since is not None:
        begin = select(Inspection.id).where(Inspection.at >= chosen.since).order_by(Inspection.at, Inspection.id)
        conditions.append(Reading.inspection_id >= begin.limit(1).scalar_subquery())
    if chosen.until is not None:
        end = select(Inspection.id).where(Inspection.at < chosen.until)
        end = end.order_by(Inspection.at.desc(), Inspection.id.desc())
        conditions.append(Reading.inspection_id <= end.limit(1).scalar_subquery())
    if chosen.machine:
        there = _machines().where(Inspection.id == Reading.inspection_id, Machine.code == chosen.machine)
        conditions.append(there.exists())
    return conditions


def _machines() -> Select[Machine]:
    """Machines at which inspections were made; of those that do not say it, the one of their job now."""
    at = func.coalesce(Inspection.machine_id, Job.machine_id)
    made = select(Machine).select_from(Inspection).outerjoin(Job, Job.id == Inspection.job_id)
    return made.join(Machine, Machine.id == at)


def buckets(session: Session, revisions: Sequence[int], chosen: Chosen, *, single: bool, most: int) -> list[Bucket]:
    """All readings that are meant in at most ``most`` buckets, the oldest first; one aggregate query.

    Subgroups are made first (mean and range of each inspection), then put together with their neighbours: of each
    bucket the lowest and the highest point stay, so whatever went beyond a limit stays.
    """
    first, last = (_end(session, revisions, chosen, newest=end) for end in (False, True))
    if first is None or last is None:
        return []
    meant = [Reading.characteristic_id.in_(revisions), STANDING, *_meant(chosen)]
    value = type_coerce(Reading.value, BigInteger)  # whole millionths, as the database keeps them
    of = Reading.inspection_id.label("of")
    if single:
        points = select(of, value.label("place"), literal(0).label("spread")).where(*meant)
    else:
        place, spread = func.avg(value).label("place"), (func.max(value) - func.min(value)).label("spread")
        points = select(of, place, spread).where(*meant).group_by(Reading.inspection_id)
    each = points.subquery()
    wide = max(1, -(-(last - first + 1) // most))
    bucket = (each.c.of - first) // wide
    query = select(
        func.min(each.c.of), func.max(each.c.of), func.count(),
        func.min(each.c.place), func.max(each.c.place), func.max(each.c.spread),
    ).group_by(bucket).order_by(bucket)  # fmt: skip
    found = []
    for low_id, high_id, count, *places in session.execute(query):
        low, high, spread = (place / ONE for place in present(measured(places)))
        found.append(Bucket(low_id, high_id, count, low, high, None if single else spread))
    return found


def _end(session: Session, revisions: Sequence[int], chosen: Chosen, *, newest: bool) -> int | None:
    """The first or the last inspection in which the characteristic was measured."""
    parts = []
    for ident in revisions:
        part = select(Reading.inspection_id).where(Reading.characteristic_id == ident, STANDING, *_meant(chosen))
        order = Reading.inspection_id.desc() if newest else Reading.inspection_id
        parts.append(select(part.order_by(order).limit(1).subquery()))
    found = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery().c.inspection_id
    return session.scalar(select(func.max(found) if newest else func.min(found)))


def are_more(session: Session, revisions: Sequence[int], chosen: Chosen, most: int) -> bool:
    """Whether more than ``most`` readings are meant; it stops counting there."""
    meant = (
        select(literal(1)).where(Reading.characteristic_id.in_(revisions), STANDING, *_meant(chosen)).limit(most + 1)
    )
    return (session.scalar(select(func.count()).select_from(meant.subquery())) or 0) > most


def points_from(session: Session, stem: int, inspection_id: int, *, single: bool) -> int:
    """How many points a chart has from an inspection on: its readings where they are ``single``, else inspections."""
    revisions = select(Characteristic.id).where(Characteristic.stem_id == stem)
    many = func.count() if single else func.count(READINGS.c.inspection_id.distinct())
    query = select(many).where(READINGS.c.characteristic_id.in_(revisions), STANDING)
    return session.scalar(query.where(READINGS.c.inspection_id >= inspection_id)) or 0


def newest_of_many(session: Session, stems: Mapping[int, bool], most: int) -> dict[int, list[Sample]]:
    """Samples of the newest ``most`` points of each of many characteristics, the oldest first.

    ``stems``: of each whether every reading is a point by itself; else every inspection is one.
    """
    owners = revisions_of_many(session, list(stems))
    counted = select(Reading.inspection_id).where(Reading.characteristic_id == Characteristic.id, STANDING)
    readings, inspections = (
        one.order_by(Reading.inspection_id.desc()).limit(1).offset(most - 1).scalar_subquery()
        for one in (counted, counted.distinct())
    )
    alone = [stem for stem, single in stems.items() if single]
    begin = case((Characteristic.stem_id.in_(alone), readings), else_=inspections)
    ends = select(Characteristic.id, begin.label("begin")).where(Characteristic.id.in_(owners)).subquery()
    query = (
        select(Reading.characteristic_id, Reading.inspection_id, Reading.value)
        .add_columns(Inspection.code, Inspection.at)
        .join(ends, ends.c.id == Reading.characteristic_id)
        .join(Inspection, Inspection.id == Reading.inspection_id)
        .where(Reading.inspection_id >= func.coalesce(ends.c.begin, 0), STANDING)
        .order_by(Reading.inspection_id, Reading.piece)
    )
    found: dict[int, dict[int, list[Any]]] = {}
    for row in session.execute(query):
        found.setdefault(owners[row.characteristic_id], {}).setdefault(row.inspection_id, []).append(row)
    return {stem: [_sample(rows) for rows in samples.values()] for stem, samples in found.items()}


def machines_of(session: Session, stem: int) -> list[Machine]:
    """Machines at which the characteristic was measured lately."""
    revisions = revisions_of(session, stem)
    lately = _newest(revisions, ALL, 500).subquery()
    query = _machines().where(Inspection.id.in_(select(lately.c.inspection_id)))
    return list(session.scalars(query.distinct().order_by(Machine.code)))
