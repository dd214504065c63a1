"""The stage on which a sample factory's days are played: people, a clock, and stories in the order of time.

A story is a generator: it does an act, yields how many minutes pass, does the next one. All stories run beside each
other, each act through the same services as a real one, so that the past looks as if people had worked. What would
happen later than now does not happen: those orders are running at this moment.
"""

import heapq
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mes.core.access import Actor
from mes.core.db import Database
from mes.core.plant import DEFAULT, day_began, production_day
from mes.core.work import Work, act
from mes.equipment.models import Station, WorkCentre
from mes.people.models import Person

#: Working days of the past in which the whole plant is played, and quieter ones before them: a month together.
DAYS, EARLIER = 10, 12
#: Minutes of today's plan that lie behind us: the plan's minute 420 is now.
TODAY_MINUTES = 420
Wait = int | tuple[int, int]
Story = Generator[Wait, None, Any]
Result = TypeVar("Result")


class Stage:
    """A sample factory at work. ``DAYS`` is today, 0 the first of the last ten days, -``EARLIER`` the first of all."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now, self.chance = database, now, Random(20260105)  # noqa: S311  nothing secret
        self.today = production_day(DEFAULT, now)
        self.days = _working_days_before(self.today, EARLIER + DAYS)
        self.began = max(day_began(DEFAULT, now).astimezone(UTC), now - timedelta(minutes=TODAY_MINUTES))
        self.here = (0, 0)
        self._stories: list[tuple[tuple[int, int], int, Story]] = []
        self._number = count()
        self.people: dict[str, Actor] = {}
        self.stations: dict[str, tuple[int, str]] = {}

    def meet(self) -> None:
        """Learn who works here and which stations there are."""
        with self.database.read() as read:
            self.people = {p.code: Actor(p.name, p.role_set, p.id, p.language) for p in read.scalars(select(Person))}
            self.stations = {
                code: (ident, name)
                for ident, name, code in read.execute(
                    select(Station.id, Station.name, WorkCentre.code).join(
                        WorkCentre, WorkCentre.id == Station.work_centre_id
                    )
                )
            }

    # Time

    def moment(self, day: int, minute: int) -> datetime:
        """When a minute of a day's plan was. Plans begin at 08:00; today's is fitted to the time that has passed."""
        if day >= DAYS:
            return self.began + (self.now - self.began) * minute / TODAY_MINUTES
        morning = datetime.combine(self.date(day), datetime.min.time(), ZoneInfo(DEFAULT.time_zone))
        return (morning + timedelta(hours=8, minutes=minute)).astimezone(UTC)

    def date(self, day: int) -> date:
        """The date of a day; days after today count on."""
        return self.days[EARLIER + day] if day < DAYS else self.today + timedelta(days=day - DAYS)

    def tell(self, day: int, minute: int, story: Story) -> None:
        """Let a story begin at a minute of a day."""
        heapq.heappush(self._stories, ((day, minute), next(self._number), story))

    def play(self) -> None:
        """Play all stories up to now."""
        while self._stories:
            self.here, _order, story = heapq.heappop(self._stories)
            if self.here > (DAYS, TODAY_MINUTES):
                continue
            wait = next(story, None)
            if wait is not None:
                then = wait if isinstance(wait, tuple) else (self.here[0], self.here[1] + wait)
                self.tell(*then, story)

    # Acts

    def do(self, who: str, deed: Callable[[Work], Result], *, at: str | None = None) -> Result:
        """One act of a person, at a desk or (``at``: work centre) at its station."""
        person = self.people[who]
        source = "desk"
        if at in self.stations:
            ident, name = self.stations[at]
            person = Actor(person.name, person.roles, person.person_id, person.language, ident, name)
            source = "tablet"
        return act(self.database, person, deed, source=source, now=self.moment(*self.here))

    def once(self, who: str, deed: Callable[[Work], object]) -> Story:
        """A story of one act."""
        self.do(who, deed)
        yield 1


def _working_days_before(today: date, wanted: int) -> list[date]:
    days: list[date] = []
    day = today
    while len(days) < wanted:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days[::-1]
