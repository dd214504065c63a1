"""Control charts with 100 000 readings: the page, its data, saving a reading with the rules watching."""

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from mes.core.access import Role
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.plans import optimize
from mes.inspection.models import Characteristic, Inspection, InspectionKind
from mes.inspection.service import record_inspection as record_unwatched
from mes.spc import queries
from mes.spc.models import ControlChart
from mes.spc.readings import ALL
from mes.spc.service import record_inspection
from mes.web.app import create_app
from mes.web.server import settle
from tests.benchmarks import Result
from tests.benchmarks._scratch import SYSTEMS, best, empty_database, scratch, systems
from tests.conftest import Shop
from tests.databases import session_folder
from tests.desk import Desk
from tests.spc.rings import D, Rings

SUBGROUP = 5
INSPECTIONS = ("id", "code", "kind", "item_id", "lot_id", "standard_id", "day", "at", "person", "verdict", "closed_at")
READINGS = ("inspection_id", "characteristic_id", "position", "name", "value", "verdict", "piece")


def run(quick: bool) -> list[Result]:
    """Pages, the aggregate against the bare driver, saves; on both databases."""
    settle()  # as the server does
    results: list[Result] = []
    with scratch():
        for system in systems():
            with empty_database(system, "spc") as database:
                results += _measure(SYSTEMS[system], Shop(database), 20_000 if quick else 100_000, 5 if quick else 15)
    return results


def _measure(name: str, shop: Shop, readings: int, rounds: int) -> Iterator[Result]:
    rings = Rings(shop)
    chart = rings.chart()
    _fill(shop, rings, rings.diameter, readings // SUBGROUP)
    with shop.read() as read:
        first, last = (read.scalars(select(Inspection).where(Inspection.id == ident)).one() for ident in (1, 25))
    rings.freeze(chart, first, last)
    desk = Desk(_app(shop), shop, Role.QUALITY)
    for what, address in (("page", ""), ("page of all", "?last=all"), ("data of all", "/data?last=all")):
        where = f"/charts/{chart.id}{address}"
        desk.see(where)
        [seconds] = best(rounds, lambda where=where: desk.see(where))  # type: ignore[misc]
        yield _limited(f"chart {what}, {readings:,} readings, {name}", seconds, 150, None)
    yield _aggregate(f"all in 5 000 buckets, {readings:,} readings, {name}", shop, chart, rounds)
    yield _saving(f"a reading saved with rule check, {readings:,} readings, {name}", rings, rounds * 3)


def _limited(name: str, seconds: float, most: int, ratio: float | None) -> Result:
    value = seconds * 1000
    return Result(name=name, value=value, unit="ms", ratio=ratio, limit=f"<= {most} ms", ok=value <= most)


def _app(shop: Shop) -> Flask:
    app = create_app(Settings(data_dir=session_folder(), secret_key="only measured"), shop.database)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["mes"].clock = lambda: shop.now
    return app


def _aggregate(name: str, shop: Shop, chart: ControlChart, rounds: int) -> Result:
    """The one aggregate query behind the chart of everything, against the same statement on the bare driver."""
    with shop.read() as read:
        one = queries.get_chart(read, chart.id)
        statement, values = _sent(shop.database, read, one)
        bare = read.connection().connection.driver_connection
        assert bare is not None

        def by_driver() -> None:
            cursor: Any = bare.cursor()
            cursor.execute(statement, values)
            cursor.fetchall()
            cursor.close()

        ours, raw = best(rounds, lambda: queries.widely(read, one, ALL, 5000), by_driver)
    ratio = ours / raw
    return Result(name=name, value=ours * 1000, unit="ms", ratio=ratio, limit="<= 1.5x", ok=ratio <= 1.5)


def _sent(database: Database, read: Session, chart: ControlChart) -> tuple[str, Any]:
    """The last statement that the chart of everything sends, with its values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        sent.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    queries.widely(read, chart, ALL, 5000)
    event.remove(database.engine, "before_cursor_execute", note)
    return sent[-1]


def _saving(name: str, rings: Rings, rounds: int) -> Result:
    """An inspection with two readings, one of them charted, against the same without a look at the chart."""
    shop = rings.shop
    readings = {rings.diameter.id: D("74.001"), rings.scratches.id: D(1)}

    def save(record: Any) -> None:
        shop.later(minutes=1)
        shop.do(lambda work: record(work, kind=InspectionKind.INCOMING, lot_code=rings.lot.code, readings=readings))

    watched, unwatched = best(rounds, lambda: save(record_inspection), lambda: save(record_unwatched))
    return _limited(name, watched, 20, watched / unwatched)


def _fill(shop: Shop, rings: Rings, one: Characteristic, inspections: int) -> None:
    """Years of inspections, written straight; always the same."""
    chance = random.Random(1)
    begin = shop.now - timedelta(minutes=inspections + 10)
    day = begin.date().isoformat()

    def heads() -> Iterator[tuple[Any, ...]]:
        for n in range(1, inspections + 1):
            at = f"{begin + timedelta(minutes=n):%Y-%m-%d %H:%M:%S}" + ("" if shop.database.is_sqlite else "+00")
            yield (
                n,
                f"I-{n:07}",
                "incoming",
                rings.ring.id,
                rings.lot.id,
                one.standard_id,
                day,
                at,
                "박품질",
                "pass",
                at,
            )

    def readings() -> Iterator[tuple[Any, ...]]:
        for n in range(1, inspections + 1):
            for piece in range(1, SUBGROUP + 1):
                value = 74_000_000 + round(chance.gauss(0, 10_000))
                yield n, one.id, one.position, one.name, value, "pass", piece

    _write(shop.database, "inspections", INSPECTIONS, heads())
    _write(shop.database, "readings", READINGS, readings())
    if not shop.database.is_sqlite:
        with shop.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SELECT setval('inspections_id_seq', (SELECT max(id) FROM inspections))")
            connection.exec_driver_sql("VACUUM ANALYZE")
    optimize(shop.database)


def _write(database: Database, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    if database.is_sqlite:
        with closing(sqlite3.connect(database.engine.url.database or "")) as file:
            file.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
            file.commit()
        return
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        driver.commit()
