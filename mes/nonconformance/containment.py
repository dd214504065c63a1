"""What may have it too: all lots that share machine, mould, raw lot or time with a lot in which it was found.

Upwards from the lots in question lead one walk to the raw lots, downwards from everything shared another one to the
products; both are the trace's recursive statement. Where each lot is now comes with it.
"""

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from mes.core.chunks import among
from mes.core.i18n import _, own_name
from mes.core.plant import Plant, day_span
from mes.equipment.models import Machine, Tool
from mes.lots.models import Lot
from mes.nonconformance.models import Share
from mes.nonconformance.spots import NOWHERE, Means, Spots
from mes.nonconformance.wording import SHARE_NAMES
from mes.orders.doings import MACHINE, TOOL, By, made_by, worked
from mes.orders.models import Job, Report
from mes.quality.models import Defect
from mes.trace.details import called, details_of
from mes.trace.facts import LotFacts, Shipped
from mes.trace.queries import Direction, Trace, TracedItem, trace

#: More lots than this are not shown on one page; the reader narrows it down.
MOST = 1000


class Common(NamedTuple):
    """One thing in common: of which kind, its code (for the address) and its name (for the reader)."""

    share: Share
    code: str
    name: str


class Suspect(NamedTuple):
    """A lot that may have it too, with where it is now."""

    facts: LotFacts
    item: TracedItem
    common: list[Common]
    shipped: list[Shipped]

    @property
    def code(self) -> str:
        """The lot's code."""
        return self.facts.code

    @property
    def why(self) -> str:
        """What it shares, as it is noted with the lot."""
        return ", ".join(one.name or _(SHARE_NAMES[one.share]) for one in self.common)


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What the reader looks at; None: everything in common. Days are production days, both included."""

    shares: frozenset[Share] | None = None
    codes: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None


@dataclass
class Containment:
    """Everything in common, the days looked at, and the lots; ``more`` of them are too many for a page."""

    common: list[Common]
    since: date
    until: date
    suspects: list[Suspect]
    more: int = 0
    #: The lots from which the search began.
    seeds: frozenset[int] = field(default_factory=frozenset)


class _Made(NamedTuple):
    """Which machine made a lot, and on which days."""

    lot_id: int
    machine_id: int
    code: str
    name: str
    first: date
    last: date


def containment(
    session: Session, seeds: Collection[int], narrowed: Narrowed, settings: Plant, spots: Spots = NOWHERE
) -> Containment:
    """The lots that share something with ``seeds``, or with ``spots`` where nothing is a lot yet; a fixed number of
    statements.

    Raw lots are shared whenever they were used; machine, mould and time only in the days looked at: without a choice
    those on which the seeds were made, or on which it was found.
    """
    upwards = trace(session, {*seeds, *spots.taken}, Direction.UP)
    made = _made(session, list(upwards.depths))
    since, until = _days(session, seeds, made, narrowed, spots.days)
    began, ends = _span(settings, since, until)
    starts: dict[Common, set[int]] = {Common(Share.KIN, "", ""): set(seeds)}
    delivered = _delivered_together(session, upwards.ends)
    for lot in upwards.ends:
        if lot not in seeds or lot in delivered:
            _id, code, item_id = upwards.lots[lot]
            raw = Common(Share.RAW, code, f"{own_name(upwards.items[item_id])} {code}")
            starts[raw] = {lot, *delivered.get(lot, ())}
    machines = {
        one.machine_id: Common(Share.MACHINE, one.code, one.name) for one in made if one.lot_id in upwards.depths
    }
    machines |= {one.ident: Common(Share.MACHINE, one.code, one.name) for one in spots.machines}
    for machine_id, lot in _made_on(session, MACHINE, machines, began, ends):
        starts.setdefault(machines[machine_id], set()).add(lot)
    mounted = {*_mounted(session, list(upwards.depths)), *spots.tools}
    moulds = {one.ident: Common(Share.MOULD, one.code, one.name) for one in mounted}
    for tool_id, lot in _made_on(session, TOOL, moulds, began, ends):
        starts.setdefault(moulds[tool_id], set()).add(lot)
    named = {one.code: one.name for one in mounted}
    for tool, lot in _found_with_tools(session, seeds, since, until):
        starts.setdefault(Common(Share.MOULD, tool, named.get(tool, tool)), set()).add(lot)
    items = {upwards.lots[lot][2] for lot in seeds if lot in upwards.lots} | spots.items
    same_time = _made_between(session, items, since, until)
    starts[Common(Share.TIME, "", "")] = set(same_time)
    return _listed(session, starts, narrowed, since, until, frozenset(seeds))


def _listed(
    session: Session,
    starts: dict[Common, set[int]],
    narrowed: Narrowed,
    since: date,
    until: date,
    seeds: frozenset[int],
) -> Containment:
    chosen = {common: lots for common, lots in starts.items() if _is_chosen(common, narrowed)}
    down = trace(session, sorted(set().union(*chosen.values())) if chosen else [], Direction.DOWN)
    shared: dict[int, list[Common]] = {}
    for thing, lots in chosen.items():
        for lot in _reached(down, lots):
            shared.setdefault(lot, []).append(thing)
    details = details_of(session, list(shared))
    shipped: dict[int, list[Shipped]] = {}
    for one in details.shipped:
        shipped.setdefault(one.lot_id, []).append(one)
    suspects = [
        Suspect(facts, down.items[down.lots[lot][2]], shared[lot], shipped.get(lot, []))
        for lot, facts in details.facts.items()
    ]
    suspects.sort(key=lambda one: (one.facts.id not in seeds, one.facts.on_hand == 0, not one.shipped, one.facts.id))
    common = sorted((one for one in starts if one.code), key=lambda one: (one.share, one.name))
    return Containment(common, since, until, suspects[:MOST], max(len(shared) - MOST, 0), seeds)


def _is_chosen(common: Common, narrowed: Narrowed) -> bool:
    if narrowed.shares is not None and common.share not in narrowed.shares:
        return False
    mine = {code for code in narrowed.codes if code.startswith(f"{common.share}:")}
    return not mine or not common.code or f"{common.share}:{common.code}" in mine


def _reached(down: Trace, lots: Iterable[int]) -> set[int]:
    """The lots themselves and everything they went into."""
    found = set(lots)
    waiting = deque(found)
    while waiting:
        for further, _quantity in down.steps.get(waiting.popleft(), ()):
            if further not in found:
                found.add(further)
                waiting.append(further)
    return found


def _made(session: Session, lots: Sequence[int]) -> list[_Made]:
    """The machines that worked on the orders of lots, with the first and last production day."""
    used = worked(MACHINE, jobs=_jobs_of(session, lots)).subquery()
    query = (
        select(Lot.id, Machine.id, Machine.code, called(Machine), func.min(Report.day), func.max(Report.day))
        .join(Job, Job.order_id == Lot.order_id)
        .join(Report, Report.job_id == Job.id)
        .join(used, used.c.report == Report.id)
        .join(Machine, Machine.id == used.c.thing)
        .where(among(session, Lot.id, lots))
        .group_by(Lot.id, Machine.id)
        .order_by(Lot.id, Machine.code)
    )
    return [_Made(*row) for row in session.execute(query)]


def _jobs_of(session: Session, lots: Sequence[int]) -> Select[int]:
    """The jobs of the orders that made lots."""
    return select(Job.id).join(Lot, Lot.order_id == Job.order_id).where(among(session, Lot.id, lots))


def _delivered_together(session: Session, lots: Sequence[int]) -> dict[int, set[int]]:
    """Of bought lots those that came under the same number of the same supplier: one lot of theirs, several of ours."""
    other = aliased(Lot)
    same = (other.supplier_lot == Lot.supplier_lot) & (other.item_id == Lot.item_id) & (other.id != Lot.id)
    query = select(Lot.id, other.id).join(other, same).where(among(session, Lot.id, lots))
    found: dict[int, set[int]] = {}
    for lot, further in session.execute(query.where(Lot.supplier_id.is_not_distinct_from(other.supplier_id))):
        found.setdefault(lot, set()).add(further)
    return found


def _days(
    session: Session, seeds: Collection[int], made: Sequence[_Made], narrowed: Narrowed, found_on: Sequence[date]
) -> tuple[date, date]:
    worked = [one for one in made if one.lot_id in set(seeds)]
    days = list(session.scalars(select(Lot.made_on).where(among(session, Lot.id, list(seeds)))))
    days += [one.first for one in worked] + [one.last for one in worked] + list(found_on)
    since = narrowed.since or min(days, default=date(2000, 1, 1))
    return since, max(narrowed.until or max(days, default=since), since)


def _span(settings: Plant, since: date, until: date) -> tuple[datetime, datetime]:
    """The first and the last moment of some production days."""
    return day_span(settings, since)[0], day_span(settings, until)[1] - timedelta.resolution


def _mounted(session: Session, lots: Sequence[int]) -> list[Means]:
    """The moulds and tools with which the orders of lots were worked on. Defects name them in capital letters."""
    used = worked(TOOL, jobs=_jobs_of(session, lots)).subquery()
    query = select(Tool.id, func.upper(Tool.code), called(Tool)).where(Tool.id.in_(select(used.c.thing)))
    return [Means(*row) for row in session.execute(query.order_by(Tool.id))]


def _made_on(
    session: Session, by: By, these: Collection[int], began: datetime, ends: datetime
) -> Iterable[tuple[int, int]]:
    """(machine or mould, lot) of all that was made on the machines, or with the moulds, then."""
    found = made_by(worked(by, these=these, since=began, until=ends)).subquery()
    return session.execute(select(found.c.thing, found.c.lot).order_by(found.c.lot)).all() if these else []


def _found_with_tools(session: Session, seeds: Collection[int], since: date, until: date) -> Iterable[tuple[str, int]]:
    """(mould, lot): lots with defects of the moulds that defects of the seeds, or of their orders, name."""
    orders = select(Lot.order_id).where(among(session, Lot.id, list(seeds)), Lot.order_id.is_not(None))
    of_seeds = or_(
        among(session, Defect.lot_id, list(seeds)), Defect.job_id.in_(select(Job.id).where(Job.order_id.in_(orders)))
    )
    tools = select(Defect.tool).where(of_seeds, Defect.tool.is_not(None)).distinct()
    query = (
        select(Defect.tool, Lot.id)
        .distinct()
        .outerjoin(Job, Job.id == Defect.job_id)
        .join(Lot, or_(Lot.id == Defect.lot_id, Lot.order_id == Job.order_id))
        .where(Defect.tool.in_(tools), Defect.day >= since, Defect.day <= until)
        .order_by(Lot.id)
    )
    return [(str(row[0]), row[1]) for row in session.execute(query)]


def _made_between(session: Session, items: Collection[int], since: date, until: date) -> Iterable[int]:
    """Lots of the items made (or, of bought ones, arrived) in these days."""
    day = func.coalesce(Lot.arrived_on, Lot.made_on)
    return session.scalars(select(Lot.id).where(Lot.item_id.in_(items), day >= since, day <= until).order_by(Lot.id))
