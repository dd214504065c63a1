"""The Pareto of defects: which few causes make most of them, with the rows behind each bar."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mes.equipment.models import Machine
from mes.items.models import Item
from mes.orders.models import Job, Report, WorkOrder
from mes.partners.models import Partner
from mes.quality.models import Defect, DefectCause, DefectCode
from mes.quality.queries import NONE, Amount, DefectFilter, amounts, joined, standing


class Grouping(StrEnum):
    """By what the bars are made."""

    CODE = "code"
    ITEM = "item"
    MACHINE = "machine"
    CAUSE = "cause"
    TOOL = "tool"
    CAVITY = "cavity"
    PERSON = "person"
    SUPPLIER = "supplier"


class Measure(StrEnum):
    """What the bars measure: defective pieces, how often it happened, or what the pieces cost."""

    QUANTITY = "quantity"
    COUNT = "count"
    COST = "cost"


class Bar(NamedTuple):
    """One bar. ``thing`` is None where nothing was said (no machine, no cause); ``made`` is what was reported in the
    same days, where it is known for the bar. ``cost`` is that of the pieces whose item has a unit cost."""

    thing: DefectCode | Item | Machine | DefectCause | Partner | str | None
    records: int
    quantity: Decimal
    made: Decimal | None
    value: Decimal
    running: Decimal
    cost: Decimal

    @property
    def address(self) -> str:
        """How the filter of an address names it."""
        return _code_of(self.thing)


class Pareto(NamedTuple):
    """Bars, largest first; ``running`` of each is the sum up to it. ``units`` are all that were found in the range.
    ``uncosted`` records are of items without a unit cost: by cost they are in no bar."""

    bars: list[Bar]
    total: Decimal
    unit: str | None
    units: list[Amount]
    made: Decimal | None
    uncosted: int


_THINGS: Mapping[Grouping, tuple[Any, Any]] = {
    Grouping.CODE: (DefectCode, DefectCode.id),
    Grouping.ITEM: (Item, Item.id),
    Grouping.MACHINE: (Machine, Machine.id),
    Grouping.CAUSE: (DefectCause, DefectCause.id),
    Grouping.TOOL: (Defect.tool, Defect.tool),
    Grouping.CAVITY: (Defect.cavity, Defect.cavity),
    Grouping.PERSON: (Defect.person, Defect.person),
    Grouping.SUPPLIER: (Partner, Partner.id),
}
#: What is made is known by these.
_KNOWN = frozenset({Grouping.CODE, Grouping.ITEM, Grouping.MACHINE})


def pareto(session: Session, chosen: DefectFilter, by: Grouping, measure: Measure) -> Pareto:
    """The Pareto of a filter.

    Pieces and kilograms are never added: by quantity one unit is shown, the one asked for or else the one with the
    most records. Rates are defective / (good + defective reported) in the same days. Cost is defective quantity x
    unit cost of the item, exact, whatever the unit.
    """
    units = amounts(session, replace(chosen, unit=None))
    unit = chosen.unit
    if unit is None and (measure is Measure.QUANTITY or len(units) == 1):
        unit = units[0].unit if units else None
    asked = replace(chosen, unit=unit)
    entity, key = _THINGS[by]
    query = joined(select(entity, Item.unit_cost, func.count(), func.sum(Defect.quantity)).select_from(Defect))
    rows = session.execute(query.where(*standing(asked)).group_by(key, Item.id)).all()
    made = _made(session, asked, by) if unit else {}
    sums = _summed(rows)
    ranked = sorted(sums.items(), key=lambda one: (-one[1].value(measure), _code_of(one[0])))
    bars, running = [], Decimal(0)
    for thing, one in ranked:
        if measure is Measure.COST and not one.cost:
            continue
        running += one.value(measure)
        known = made.get(_made_key(thing, by)) if by in _KNOWN else None
        bars.append(Bar(thing, one.records, one.quantity, known, one.value(measure), running, one.cost))
    uncosted = sum(records for _thing, unit_cost, records, _quantity in rows if unit_cost is None)
    return Pareto(bars, running, unit, units, made.get("all"), uncosted)


class _Sum(NamedTuple):
    """What belongs to one bar, of all its items."""

    records: int = 0
    quantity: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)

    def value(self, measure: Measure) -> Decimal:
        """What the bar measures."""
        worth = {Measure.QUANTITY: self.quantity, Measure.COUNT: Decimal(self.records), Measure.COST: self.cost}
        return worth[measure]


def _summed(rows: Sequence[Any]) -> dict[Any, _Sum]:
    """The bars of rows that are apart by item, as each item has a unit cost of its own."""
    sums: dict[Any, _Sum] = {}
    for thing, unit_cost, records, quantity in rows:
        before = sums.get(thing, _Sum())
        cost = before.cost if unit_cost is None else before.cost + quantity * unit_cost
        sums[thing] = _Sum(before.records + records, before.quantity + quantity, cost)
    return sums


def _code_of(thing: Any) -> str:
    """How the filter of an address names a bar."""
    return NONE if thing is None else thing if isinstance(thing, str) else str(thing.code)


def _made_key(thing: Any, by: Grouping) -> int | str | None:
    return "all" if by is Grouping.CODE else thing.id if thing is not None else None


def _made(session: Session, chosen: DefectFilter, by: Grouping) -> dict[Any, Decimal]:
    """Good and defective pieces reported, by item or machine, and of ``all``; undone reports cancel out."""
    key: ColumnElement[Any] = Report.machine_id if by is Grouping.MACHINE else WorkOrder.item_id  # type: ignore[assignment]
    query = (
        select(key, func.sum(Report.good), func.sum(Report.defective))
        .select_from(Report)
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .outerjoin(Machine, Machine.id == Report.machine_id)
        .where(Item.unit == chosen.unit)
        .group_by(key)
    )
    if chosen.since:
        query = query.where(Report.day >= chosen.since)
    if chosen.until:
        query = query.where(Report.day <= chosen.until)
    if chosen.item:
        query = query.where(Item.code == chosen.item)
    if chosen.machine:
        query = query.where(Report.machine_id.is_(None) if chosen.machine == NONE else Machine.code == chosen.machine)
    found: dict[Any, Decimal] = {thing: good + bad for thing, good, bad in session.execute(query)}
    return {**found, "all": sum(found.values(), Decimal(0))} if found else {}
