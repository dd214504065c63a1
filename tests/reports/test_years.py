"""What is asked again and again on the floor costs in the tenth year what it costs in the first: nothing of the past is
read to find what is so now. Counted in steps of the embedded database, which are the same on every machine."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mes.certificates.queries import told_of
from mes.core.plans import learn
from mes.core.plant import plant
from mes.lots.models import Edge
from mes.reports.live import floor_now
from mes.reports.queries import stops_of
from tests.conftest import Shop
from tests.factories import make_check_sheet
from tests.trace.day import Day, bakery_day

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
#: So many of each thing in ten years; an index is a step or two deeper then, a table a thousand rows longer.
YEARS = 3000
DEEPER = 1.3
#: In each hour of some months something ended.
LONG_AGO = "datetime('2020-01-01', n || ' hours')"


@pytest.fixture
def day(shop: Shop) -> Day:
    return bakery_day(shop)


def many(shop: Shop, table: str, **changed: str) -> None:
    """So many rows like the newest one of a table, but for these columns (as SQL of its number ``n``)."""
    with shop.database.engine.begin() as connection:
        names = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})")) if row[1] != "id"]
        values = ", ".join(changed.get(name, name) for name in names)
        connection.execute(
            text(
                f"WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {YEARS}) "
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM t, "
                f"(SELECT * FROM {table} ORDER BY id DESC LIMIT 1)"
            )
        )


def steps(shop: Shop, look: Callable[[Session], object]) -> int:
    """How many steps the database takes to answer, once it has learnt what lies in its tables."""
    learn(shop.database)
    shop.database.engine.dispose()
    taken = [0]

    def count() -> None:
        taken[0] += 1

    with shop.read() as read:
        driver: Any = read.connection().connection.dbapi_connection
        driver.set_progress_handler(count, 1)
        look(read)
        driver.set_progress_handler(None, 1)
    return taken[0]


def test_the_floor_as_it_is_now(shop: Shop, day: Day) -> None:
    def look(read: Session) -> object:
        return floor_now(read, plant(read), shop.now)

    shop.do(lambda work: make_check_sheet(work))
    with shop.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO checks (sheet_id, day, at, person, passed) "
                "SELECT id, '2020-01-01', '2020-01-01 00:00:00.000000', 'A', 1 FROM check_sheets"
            )
        )
        connection.execute(text("UPDATE work_centres SET location_id = (SELECT max(location_id) FROM lots)"))
        connection.execute(text("UPDATE lots SET holds = 0"))
    first = steps(shop, look)
    many(shop, "checks", day=LONG_AGO.replace("datetime", "date"), at=LONG_AGO)
    many(shop, "downtimes", started_at=LONG_AGO, ended_at=LONG_AGO)
    many(shop, "lots", code="'OLD' || n", tail="NULL", location_id="(SELECT max(location_id) FROM lots)", on_hand="9")
    assert steps(shop, look) < DEEPER * first


def test_the_stops_of_one_day(shop: Shop, day: Day) -> None:
    def look(read: Session) -> object:
        return stops_of(read, shop.now - timedelta(days=1), shop.now)

    first = steps(shop, look)
    many(shop, "downtimes", started_at=LONG_AGO, ended_at=LONG_AGO)
    assert steps(shop, look) < DEEPER * first


def test_what_was_inspected_on_one_lot(shop: Shop, day: Day) -> None:
    def look(read: Session) -> object:
        return told_of(read, day.box)

    first = steps(shop, look)
    many(shop, "work_orders", code="'OLD' || n")
    many(shop, "jobs", code="'OLD' || n", order_id="(SELECT id FROM work_orders WHERE code = 'OLD' || n)")
    job = "(SELECT id FROM jobs WHERE code = 'OLD' || n)"
    many(shop, "inspections", code="'OLD' || n", lot_id="NULL", job_id=job, at=LONG_AGO)
    assert steps(shop, look) < DEEPER * first


def test_what_a_split_lot_came_from(shop: Shop, day: Day) -> None:
    def look(read: Session) -> object:
        return read.query(Edge).where(Edge.child_id == day.box.id, Edge.report_id.is_(None)).all()

    first = steps(shop, look)
    many(shop, "lots", code="'OLD' || n", tail="NULL")
    many(shop, "genealogy", report_id="NULL", child_id="(SELECT id FROM lots WHERE code = 'OLD' || n)", parent_id="1")
    assert steps(shop, look) < DEEPER * first
