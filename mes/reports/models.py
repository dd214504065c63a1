"""Figures of a production day, as the pages and the daily report show them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from mes.orders.models import OrderState


class OrderCounts(NamedTuple):
    """Open orders, those of them past their due date, those due on the day, and of these the finished ones."""

    open: int
    late: int
    due: int
    due_done: int

    @property
    def on_time(self) -> int:
        """Open orders that are not late."""
        return self.open - self.late


class FirstSteps(NamedTuple):
    """What a new plant has done on the way to its first result."""

    work_centres: bool
    items: bool
    routings: bool
    people: bool
    station: bool
    order: bool


class Made(NamedTuple):
    """What was made on a day in one unit.

    ``good`` came off the last operations of orders for what is sold; ``inner`` off those for semi-finished items, which
    go into it and would be counted twice. The rest is of all operations.
    """

    unit: str
    good: Decimal
    inner: Decimal
    passed: Decimal
    defective: Decimal
    scrap: Decimal
    rework: Decimal

    @property
    def counted(self) -> Decimal:
        """The denominator of the defect rate: what was worked on, good or defective, at each operation."""
        return self.passed + self.defective


class OrderLine(NamedTuple):
    """An order that is due or was worked on, with its day."""

    code: str
    item: str
    item_code: str
    unit: str
    customer: str | None
    due_on: date
    state: OrderState
    quantity: Decimal
    good: Decimal
    good_today: Decimal
    passed_today: Decimal
    defective_today: Decimal

    @property
    def counted(self) -> Decimal:
        """The denominator of its defect rate on the day."""
        return self.passed_today + self.defective_today

    def is_late(self, day: date) -> bool:
        """Past its due date and not done."""
        return self.due_on < day and self.state not in (OrderState.COMPLETED, OrderState.CLOSED, OrderState.CANCELLED)


def in_minutes(time: timedelta) -> int:
    """Rounded once, at the end: thirty stops of 59 seconds are half an hour, not nothing."""
    return int(time.total_seconds() + 30) // 60


class StopLine(NamedTuple):
    """A stop that touches the day."""

    where: str
    machine: str | None
    #: Empty while nobody has said why.
    reason: str | None
    planned: bool
    started_at: datetime
    ended_at: datetime | None

    def within(self, since: datetime, until: datetime) -> timedelta:
        """How much of it lies inside a span of time."""
        return max(min(self.ended_at or until, until) - max(self.started_at, since), timedelta())

    def minutes(self, since: datetime, until: datetime) -> int:
        """The same in minutes."""
        return in_minutes(self.within(since, until))


class Waiting(NamedTuple):
    """What waits for quality now: lots that came in, jobs whose first piece is due, defects nobody has decided on, and
    retained samples that were kept long enough."""

    lots: int
    jobs: int
    defects: int
    samples: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.lots + self.jobs + self.defects + self.samples


class Holds(NamedTuple):
    """What may not be used now."""

    lots: int
    orders: int
    #: Machines, moulds and tools.
    machines: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.lots + self.orders + self.machines


class DefectLine(NamedTuple):
    """Defects of one type in one unit."""

    code: str
    name: str
    unit: str
    quantity: Decimal


class CentreLine(NamedTuple):
    """What one work centre does now; ``job`` is empty when nothing runs there."""

    id: int
    name: str
    job: str | None
    order: str | None
    item: str | None
    unit: str | None
    plan: Decimal | None
    good: Decimal | None
    defective: Decimal | None
    who: str | None
    stopped: str | None
    stopped_at: datetime | None


@dataclass(frozen=True)
class Day:
    """A production day in figures; ``now`` is its end, or the time on the wall while it runs."""

    day: date
    began: datetime
    now: datetime
    orders: OrderCounts
    made: list[Made]
    lines: list[OrderLine]
    stops: list[StopLine]
    defects: list[DefectLine]

    def stopped(self, planned: bool | None = None) -> int:
        """Minutes stopped on the day: all, or only the planned or unplanned ones."""
        chosen = [stop for stop in self.stops if planned is None or stop.planned is planned]
        return in_minutes(sum((stop.within(self.began, self.now) for stop in chosen), timedelta()))

    @property
    def good(self) -> list[Made]:
        """What was finished, by unit; one line even on a day without anything."""
        return [one for one in self.made if one.good] or self.made[:1]

    @property
    def inner(self) -> list[Made]:
        """The semi-finished items made on the way, by unit."""
        return [one for one in self.made if one.inner]

    @property
    def open_stops(self) -> list[StopLine]:
        """What stands still now, longest first."""
        return [stop for stop in self.stops if stop.ended_at is None]
