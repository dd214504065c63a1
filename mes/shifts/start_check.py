"""At the start of a shift: which jobs can run. Material there, mould ready, trained people, gauges in date.

It only tells; what really may be used is decided at the scan, the start and the reading.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.i18n import _, own_name, own_text
from mes.equipment.models import WorkCentre
from mes.gauges.models import Gauge, Standing
from mes.gauges.rules import standing_of
from mes.inspection.models import Characteristic, InspectionStandard
from mes.items.models import Revision
from mes.lots.models import Lot
from mes.lots.queries import usable
from mes.orders.models import Job, OrderMaterial
from mes.orders.queries import queue
from mes.people.models import Person, Skill

#: Jobs of the queue that are looked at.
LOOKED_AT = 8
MAY_BE_READ = (Standing.GOOD, Standing.SOON)


class Light(StrEnum):
    """Whether something stands in the way."""

    READY = "ready"
    MIND = "mind"
    MISSING = "missing"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Mark:
    """One of the four things, with what there is to say."""

    light: Light
    what: str = ""


@dataclass(frozen=True)
class Ready:
    """A job with what it needs."""

    job: Job
    material: Mark
    tool: Mark
    people: Mark
    gauges: Mark

    @property
    def can_run(self) -> bool:
        """Whether nothing is missing."""
        return all(mark.light is not Light.MISSING for mark in (self.material, self.tool, self.people, self.gauges))


def start_check(session: Session, centre: WorkCentre, today: date) -> list[Ready]:
    """The next jobs of a work centre, each with what it needs; a fixed number of statements."""
    jobs = queue(session, centre.id)[:LOOKED_AT]
    if not jobs:
        return []
    materials = _materials(session, centre, jobs, today)
    gauges = _gauges(session, jobs, today)
    people = _people(session, centre, today)
    return [Ready(job, materials[job.id], _tool(job), people, gauges[job.id]) for job in jobs]


def _materials(session: Session, centre: WorkCentre, jobs: Sequence[Job], today: date) -> dict[int, Mark]:
    query = select(OrderMaterial).options(joinedload(OrderMaterial.item))
    needs: dict[tuple[int, int], list[OrderMaterial]] = defaultdict(list)
    for one in session.scalars(query.where(OrderMaterial.order_id.in_({job.order_id for job in jobs}))):
        needs[one.order_id, one.operation].append(one)
    items = {one.item_id for lines in needs.values() for one in lines}
    here: dict[int, Decimal] = defaultdict(Decimal)
    everywhere: dict[int, Decimal] = defaultdict(Decimal)
    stock = (
        usable(today)
        .with_only_columns(Lot.item_id, Lot.location_id, func.sum(Lot.on_hand))
        .where(Lot.item_id.in_(items))
        .group_by(Lot.item_id, Lot.location_id)
    )
    for item_id, place, amount in session.execute(stock) if items else []:
        everywhere[item_id] += amount
        if place == centre.location_id:
            here[item_id] += amount
    found = {}
    for job in jobs:
        lines = [one for one in needs[job.order_id, job.sequence] if one.missing > 0]
        lacking = [one for one in lines if everywhere[one.item_id] < one.missing]
        away = [one for one in lines if here[one.item_id] < one.missing]
        if lacking:
            found[job.id] = Mark(Light.MISSING, _names(lacking))
        elif away and centre.location_id is not None:
            found[job.id] = Mark(Light.MIND, _("to be brought: %(names)s", names=_names(away)))
        else:
            found[job.id] = Mark(Light.READY if needs[job.order_id, job.sequence] else Light.NOT_ASKED)
    return found


def _names(lines: Sequence[OrderMaterial]) -> str:
    return ", ".join(own_name(one.item) for one in lines[:3]) + (" …" if len(lines) > 3 else "")


def _tool(job: Job) -> Mark:
    if job.machine is not None and job.machine.hold_reason:
        return Mark(Light.MISSING, f"{own_name(job.machine)}: {job.machine.hold_reason}")
    if job.tool is None:
        return Mark(Light.NOT_ASKED)
    if job.tool.hold_reason or not job.tool.active:
        why = job.tool.hold_reason or _("no longer in use")
        return Mark(Light.MISSING, f"{own_name(job.tool)}: {why}")
    return Mark(Light.READY, own_name(job.tool))


def _people(session: Session, centre: WorkCentre, today: date) -> Mark:
    if not centre.skill:
        return Mark(Light.NOT_ASKED)
    query = select(Person, Skill.until).join(Skill, Skill.person_id == Person.id)
    trained = session.execute(query.where(Person.active, Skill.name == centre.skill).order_by(Person.name)).all()
    able = [own_name(person) for person, until in trained if until is None or until >= today]
    if able:
        return Mark(Light.READY, ", ".join(able[:3]) + (" …" if len(able) > 3 else ""))
    lapsed = _("lapsed: %(names)s", names=", ".join(own_name(person) for person, _until in trained[:3]))
    return Mark(Light.MISSING, own_text(centre.skill) + (f" ({lapsed})" if trained else ""))


def _gauges(session: Session, jobs: Sequence[Job], today: date) -> dict[int, Mark]:
    query = (
        select(InspectionStandard.item_id, InspectionStandard.operation, Characteristic.gauge_type)
        .join(Characteristic, Characteristic.standard_id == InspectionStandard.id)
        .where(
            InspectionStandard.state == Revision.RELEASED,
            InspectionStandard.item_id.in_({job.order.item_id for job in jobs}),
            Characteristic.gauge_type.is_not(None),
        )
    )
    wanted = session.execute(query.distinct()).all()
    kinds = {str(kind) for _item, _operation, kind in wanted}
    ready = set()
    if kinds:
        near = or_(*(Gauge.kind == kind for kind in sorted(kinds)))
        ready = {
            one.kind for one in session.scalars(select(Gauge).where(near)) if standing_of(one, today) in MAY_BE_READ
        }
    found = {}
    for job in jobs:
        mine = {
            str(kind)
            for item, operation, kind in wanted
            if item == job.order.item_id and operation in (None, job.sequence)
        }
        lacking = sorted(mine - ready)
        light = Light.MISSING if lacking else Light.READY if mine else Light.NOT_ASKED
        found[job.id] = Mark(light, ", ".join(map(own_text, lacking or sorted(mine))))
    return found
