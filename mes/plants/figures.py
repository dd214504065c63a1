"""Figures of several plants side by side, and their sum unit by unit.

Each plant's figures are worked out by its own clock, shifts and settings, as its own pages work them out; only what
has the same unit is added up. Items are not: two plants may use one code for two things.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from mes.core.db import Database
from mes.core.plant import day_span, plant
from mes.plants.standing import Standing
from mes.reports.models import Holds, Made, OrderCounts, Waiting, in_minutes
from mes.reports.queries import count_orders, holds, made_on, stops_of, waiting_for_quality

#: At most so many days are added up.
MOST_DAYS = 31


@dataclass(frozen=True)
class PlantFigures:
    """The figures of one plant."""

    standing: Standing
    orders: OrderCounts
    made: Sequence[Made]
    holds: Holds
    waiting: Waiting
    #: Minutes of unplanned and planned stops.
    unplanned: int
    planned: int


@dataclass
class AllFigures:
    """The figures of all plants whose copies are whole; ``missing``: of these there are none."""

    first: date
    last: date
    plants: list[PlantFigures] = field(default_factory=list)
    missing: list[Standing] = field(default_factory=list)

    @property
    def made(self) -> list[Made]:
        """What all of them made, unit by unit."""
        return added(line for one in self.plants for line in one.made)

    @property
    def orders(self) -> OrderCounts:
        """The orders of all of them."""
        return OrderCounts(*(sum(column) for column in zip(*(one.orders for one in self.plants), strict=True))) \
            if self.plants else OrderCounts(0, 0, 0, 0)  # fmt: skip

    @property
    def unplanned(self) -> int:
        """Minutes of unplanned stops in all."""
        return sum(one.unplanned for one in self.plants)


def added(lines: Iterable[Made]) -> list[Made]:
    """Lines of the same unit added up, in the order in which units first come."""
    sums: dict[str, list[Decimal]] = {}
    for line in lines:
        numbers = line[1:]
        known = sums.setdefault(line.unit, [Decimal(0)] * len(numbers))
        sums[line.unit] = [one + other for one, other in zip(known, numbers, strict=True)]
    return [Made(unit, *numbers) for unit, numbers in sums.items()]


def figures_of(copy: Database, standing: Standing, first: date, last: date, now: datetime) -> PlantFigures:
    """The figures of one plant for some production days, by its own clock."""
    with copy.read() as read:
        settings = plant(read)
        days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, MOST_DAYS))]
        began, until = day_span(settings, first)[0], min(day_span(settings, last)[1], standing.up_to or now)
        stops = stops_of(read, began, until) if until > began else []
        lost = [(stop.planned, stop.within(began, until)) for stop in stops]
        return PlantFigures(
            standing,
            count_orders(read, last),
            added(line for day in days for line in made_on(read, day)),
            holds(read),
            waiting_for_quality(read, last),
            _minutes(time for planned, time in lost if not planned),
            _minutes(time for planned, time in lost if planned),
        )


def _minutes(times: Iterable[timedelta]) -> int:
    return in_minutes(sum(times, timedelta()))
