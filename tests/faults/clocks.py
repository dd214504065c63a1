"""The computer's clock is set back or forward while jobs run; days, months, years and clocks of the season change.

What was recorded stands in the order in which it came, nothing lasts less than no time, and each report belongs to the
production day of its moment, reckoned here a second time from the hours on the wall. All pages of the day are opened
meanwhile and may show no time below nothing.
"""

import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from mes.core import events
from mes.core.access import Role
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.core.plant import DEFAULT
from mes.equipment.calls import call_for, solve_call
from mes.equipment.models import CallKind, WorkCentre
from mes.equipment.service import end_downtime, start_downtime
from mes.lots.models import Lot
from mes.orders import service
from mes.orders.models import Job, Report, WorkOrder
from mes.people.plant import set_up_plant
from mes.web.app import create_app
from mes.web.check import check
from mes.web.tables import metadata
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.databases import session_folder
from tests.desk import Desk
from tests.faults import Finding, found
from tests.faults.made import ground, with_tables

#: Where and when a shift begins that sees the change, by the clock on the wall.
CHANGES = {
    "a day and a leap day": ("Asia/Seoul", "2028-02-28 23:00"),
    "the day after a leap day": ("Asia/Seoul", "2028-02-29 23:00"),
    "a year's end, ISO week 53": ("Asia/Seoul", "2026-12-31 23:00"),
    "the end of ISO week 53": ("Asia/Seoul", "2027-01-03 23:00"),
    "summer time begins in Berlin": ("Europe/Berlin", "2026-03-28 22:00"),
    "summer time ends in Berlin": ("Europe/Berlin", "2026-10-24 23:30"),
    "summer time begins in New York": ("America/New_York", "2026-03-07 22:00"),
    "summer time ends in New York": ("America/New_York", "2026-10-31 23:30"),
    "half an hour on Lord Howe": ("Australia/Lord_Howe", "2026-04-04 23:00"),
    "summer time ends in Santiago at midnight": ("America/Santiago", "2026-04-04 23:30"),
}
#: By how much the clock is set, in minutes, at the middle of a shift.
JUMPS = (-60, 60, -24 * 60, 0)
SHORT = [("a day and a leap day", -60), ("summer time ends in Berlin", -24 * 60)]
#: So long is a shift: each ends after the production day has changed as well.
HOURS = 10
#: The hours in which pages are opened, while things are open and after they ended.
LOOKED = (3, 4, 9)
PAGES = ("/", "/floor", "/floor/now", "/orders", "/events", "/calls", "/lots", "/reports/daily", "/quality/figures")
NEGATIVE = re.compile(r"(?<![\w.,–-])-\d+(?:\s*(?:min|h|s)\b|:\d\d)")
#: Moments of which the second is never before the first.
PAIRS = {
    "jobs": ("started_at", "ended_at"),
    "job_runs": ("started_at", "ended_at"),
    "job_workers": ("joined_at", "left_at"),
    "downtimes": ("started_at", "ended_at"),
    "calls": ("placed_at", "solved_at"),
}


def run(short: bool) -> Iterator[Finding]:
    """Each change with each jump in its midst; the short form takes two of them."""
    with ground(), tempfile.TemporaryDirectory() as folder:
        wrong: dict[str, list[str]] = {}
        chosen = SHORT if short else [(name, jump) for name in CHANGES for jump in JUMPS]
        for name, jump in chosen:
            with with_tables("sqlite", "clock") as database, speaking("en", CHANGES[name][0]):
                shift = Shift(database, *CHANGES[name], jump, Path(folder))
                shift.work()
                wrong.setdefault(name, []).extend(f"{jump} min: {what}" for what in shift.wrong())
            for file in session_folder().glob("clock.db*"):
                file.unlink()
        yield Finding("shifts played, each with a clock that is set", str(len(chosen)), "", ok=True)
        for name, what in wrong.items():
            yield found(name, what, [])


class Shift:
    """A night's work of ten hours, and what is wrong with it."""

    def __init__(self, database: Database, zone: str, begins: str, jump: int, folder: Path) -> None:
        self.shop, self.zone, self.jump = Shop(database), ZoneInfo(zone), jump
        self.shop.now = datetime.fromisoformat(begins).replace(tzinfo=self.zone).astimezone(UTC)
        self.workshop = Workshop(self.shop)
        self.shop.do(lambda work: set_up_plant(work, name="공장", language="en", time_zone=zone, idle_minutes=0))
        app = create_app(Settings(data_dir=folder, secret_key="only tested"), database)
        app.extensions["mes"].clock = lambda: self.shop.now
        self.desk = Desk(app, self.shop, Role.MANAGER)
        #: The production day of each report, by the hours on the wall.
        self.days: list[date] = []
        self.pages: list[str] = []

    def work(self) -> None:
        """Starts, reports, a stop, a call, a pause; the clock is set in the midst of all of them."""
        shop, job = self.shop, self.workshop.running_job()
        with shop.read() as read:
            centre = read.scalars(select(WorkCentre.id)).one()
        for hour in range(HOURS):
            stop = shop.do(lambda work: start_downtime(work, work_centre_id=centre))
            call = shop.do(lambda work: call_for(work, kind=CallKind.MACHINE, work_centre_id=centre))
            shop.later(minutes=20)
            if hour == 4:
                shop.later(minutes=self.jump)
            if hour in LOOKED:
                self._look(job)
            shop.do(lambda work, ident=call.id: solve_call(work, ident))  # type: ignore[misc]
            shop.do(lambda work, ident=stop.id: end_downtime(work, ident))  # type: ignore[misc]
            self.workshop.report(job)
            wall = shop.now.astimezone(self.zone)
            self.days.append(wall.date() - timedelta(days=int(wall.hour < DEFAULT.day_starts_at)))
            shop.do(lambda work: service.pause_job(work, job.code))
            shop.later(minutes=10)
            shop.do(lambda work: service.start_job(work, job.code))
            shop.later(minutes=30)
            if hour in LOOKED:
                self._look(job)
        shop.do(lambda work: service.finish_job(work, job.code, confirmed=True))
        self._look(job)

    def _look(self, job: Job) -> None:
        with self.shop.read() as read:
            order = read.get_one(Job, job.id).order_id
            code = read.scalar(select(WorkOrder.code).where(WorkOrder.id == order))
        for address in (*PAGES, f"/orders/{code}"):
            shown = re.sub(r"<[^>]+>", " ", self.desk.see(address))
            self.pages += [f"{address} shows {one}" for one in NEGATIVE.findall(shown)]

    def wrong(self) -> Iterator[str]:
        """What must not be."""
        yield from sorted(set(self.pages))
        with self.shop.read() as read:
            days = list(read.scalars(select(Report.day).order_by(Report.id)))
            if days != self.days:
                yield f"production days {days} instead of {self.days}"
            lots = list(read.scalars(select(Lot.code)))
            if len(set(lots)) != len(lots):
                yield "two lots of one number"
            for table, (first, then) in PAIRS.items():
                known = metadata.tables[table]
                query = select(func.count()).select_from(known).where(known.c[then] < known.c[first])
                if count := read.scalar(query):
                    yield f"{count} rows of {table} end before they begin"
            told = [one.id for one in events.history(read, "jobs", read.scalar(select(func.max(Job.id))) or 0)]
            if told != sorted(told, reverse=True) or len(told) < len(self.days):
                yield "what was done stands in another order than it came"
        yield from (fault.sentence for fault in check(self.shop.database).faults)
