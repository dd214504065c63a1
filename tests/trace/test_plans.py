"""A page about one thing costs the same in a plant of a million lots: it reads no large table whole."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from mes.core.access import Role
from mes.core.db import Database
from mes.lots.holding import hold_lot
from mes.orders.undo import take_back_report
from mes.quality.service import report_production
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_pallet
from tests.midday import Midday
from tests.midday.addresses import address, pages
from tests.orders.bakery import Bakery
from tests.station.floor import Floor
from tests.trace.day import Day, bakery_day

#: Indices of the few rows that are not done yet.
OF_FEW = (
    "ix_lot_holds_open",
    "ix_lots_held",
    "ix_lots_awaiting",
    "ix_downtimes_open",
    "ix_inspections_open",
    "ix_print_jobs_open",
)
LARGE = frozenset(
    [
        "lots",
        "movements",
        "genealogy",
        "events",
        "production_reports",
        "work_orders",
        "jobs",
        "inspections",
        "readings",
        "defects",
        "downtimes",
        "lot_holds",
        "label_prints",
        "print_jobs",
        "voided_labels",
        "shipments",
        "receipts",
        "handling_units",
        "customer_parts",
    ]
)


#: Lists that are meant to hold everything.
WHOLE_LISTS = frozenset({"/export/all.xlsx"})


@pytest.fixture
def day(shop: Shop) -> Day:
    """A day at the bakery, in tables that the database believes to be large."""
    day = bakery_day(shop)
    believe_large(shop)
    return day


def believe_large(shop: Shop) -> None:
    """Let the database believe that a million rows stand in each large table; few of them are still open."""
    with shop.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        known = connection.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL").all()
        for table, index, stat in known:
            if table in LARGE and not index.startswith(OF_FEW):
                large = " ".join(["1000000", *("3" for _column in stat.split()[1:])])
                connection.exec_driver_sql("UPDATE sqlite_stat1 SET stat = ? WHERE idx = ?", (large, index))
    shop.database.engine.dispose()  # a fresh connection reads the statistics


@contextmanager
def plans(database: Database) -> Iterator[list[tuple[str, list[str]]]]:
    """The statements sent inside the block, each with the steps the database takes for it."""
    found: list[tuple[str, list[str]]] = []

    def note(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            driver = connection.connection.driver_connection
            steps = driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            found.append((statement, [step[3] for step in steps]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def whole(statement: str, steps: list[str]) -> bool:
    """Whether a statement reads a large table from end to end; the newest few rows by number are no such thing, nor is
    an index of what is still open."""
    filtered = [step.split()[3].rstrip("_0123456789") for step in steps if step.startswith("BLOOM FILTER ON")]
    if any(table in LARGE for table in filtered):  # the filter is filled by reading the table
        return True
    if statement.startswith("SELECT anon_1.") and any(step == "CO-ROUTINE anon_1" for step in steps):
        return False  # the newest few rows first, then what is asked of them
    stops = " LIMIT " in statement and not any("TEMP B-TREE" in step for step in steps)
    read = [step for step in steps if step.startswith("SCAN") and not re.search(r" INDEX ix_\w+_open\b", step)]
    return not stops and any(step.split()[1] in LARGE for step in read)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # its plans show it, whatever the tables hold
def test_a_page_about_one_thing_reads_no_large_table_whole(app: Flask, shop: Shop, day: Day) -> None:
    desk = Desk(app, shop, Role.ADMIN, Role.MANAGER)
    pallet = shop.do(lambda work: make_pallet(work, day.spare.code)).code
    believe_large(shop)
    read: dict[str, list[tuple[str, list[str]]]] = {}
    for page in (
        "/units",
        f"/units?q={day.spare.code}",
        f"/units/{pallet}",
        f"/labels/units?code={pallet}",
        "/printers",
        "/printers/jobs",
        "/printers/mine",
        f"/printers/labels/lot/{day.flour.code}",
        f"/labels/lots?code={day.flour.code}",
        f"/labels/food?code={day.cakes.code}",
        f"/labels/customers?code={day.cakes.code}",
        f"/labels/move-tickets?code={day.flour.code}",
        "/",
        "/board",
        *(f"/lots/{lot.code}" for lot in (day.flour, day.spare, day.cakes, day.box)),
        *(f"/trace?q={lot.code}" for lot in (day.flour, day.box)),
        *(f"/orders/{order.code}" for order in (day.order, day.late)),
        f"/items/{day.bakery.flour.code}",
        f"/shipments/{day.shipment.code}",
    ):
        with plans(shop.database) as asked:
            desk.see(page)
        read[page] = [one for one in asked if whole(*one)]
    assert {page: them for page, them in read.items() if them} == {}


@pytest.mark.thorough
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_page_at_a_desk_reads_a_large_table_whole(app: Flask, session_app: Flask, shop: Shop) -> None:
    known = Midday(Floor(shop)).known
    believe_large(shop)
    desk = Desk(app, shop, Role.ADMIN, Role.MANAGER)
    read: dict[str, list[tuple[str, list[str]]]] = {}
    for rule in pages(session_app, station=False):
        with plans(shop.database) as asked, desk.client.get(address(rule, known)):
            pass
        if rule not in WHOLE_LISTS:
            read[rule] = [one for one in asked if whole(*one)]
    assert len(read) > 150
    assert {page: them for page, them in read.items() if them} == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_working_on_an_order_reads_no_large_table_whole(shop: Shop, day: Day) -> None:
    bakery = day.bakery
    with plans(shop.database) as asked:
        order = bakery.order(20)
        kettle, packing = order.jobs
        bakery.start(kettle)
        bakery.scan(kettle, day.flour)
        report(shop, bakery, kettle.code, 20)
        bakery.start(packing)
        made = report(shop, bakery, packing.code, 10)
        shop.do(lambda work: take_back_report(work, made), actor=bakery.operator)
        shop.do(lambda work: hold_lot(work, day.cakes.id, "확인"))
    assert [one for one in asked if whole(*one)] == []


def report(shop: Shop, bakery: Bakery, job: str, good: int) -> int:
    """Good pieces, reported at a station; gives the report."""
    return shop.do(lambda work: report_production(work, job, good=Decimal(good)), actor=bakery.operator).id
