"""``mes check`` finds each kind of damage and says it in a sentence; a plant that worked all day has none."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from mes.core.db import Database
from mes.core.files import StoredFile
from mes.core.i18n import speaking
from mes.lots.models import Edge, EdgeKind, Movement, MovementKind
from mes.lots.service import adjust_lot, hold_lot, lift_hold, merge_lots, split_lot
from mes.orders.models import LotRule, Report
from mes.orders.reporting import record_report
from mes.orders.undo import take_back_report
from mes.web.check import RULES, check, examine, in_records
from mes.web.check_graph import find_loop
from tests.conftest import MORNING, Shop, migrate
from tests.databases import postgresql_database, sqlite_database
from tests.needs import needs
from tests.orders.bakery import Bakery
from tests.web.tampering import unguarded

D = Decimal
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("check")]


class Day:
    """A bakery after a day of work: received, consumed, reported, taken back, split, merged, held."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        bakery = Bakery(shop)
        self.flour, spare = bakery.receive(bakery.flour, 80, 20)
        bakery.receive(bakery.film, 500)
        self.order = bakery.order(100, lot_rule=LotRule.REPORT)
        self.kettle, self.packing = self.order.jobs
        bakery.start(self.kettle)
        bakery.scan(self.kettle, self.flour)
        self._report(self.kettle.code, 98, defective=2)
        bakery.start(self.packing)
        wrong = self._report(self.packing.code, 5)
        shop.do(lambda work: take_back_report(work, wrong.id, reason="잘못 셈"))
        self.report = self._report(self.packing.code, 97, scrap=1)
        self.cakes = bakery.lot(self.report.lot_id or 0)
        self.parts = shop.do(lambda work: [split_lot(work, spare.code, D(1)) for _ in range(4)])
        self.spare = shop.do(lambda work: merge_lots(work, [spare.code, self.parts[3].code]))
        shop.do(lambda work: adjust_lot(work, self.spare.code, D(16), "실사"))
        hold = shop.do(lambda work: hold_lot(work, self.spare.id, "곰팡이 의심"))
        shop.do(lambda work: lift_hold(work, hold.id, "이상 없음"))

    def _report(self, code: str, good: int, **counts: int) -> Report:
        more = {name: D(count) for name, count in counts.items()}
        return self.shop.do(lambda work: record_report(work, code, good=D(good), **more))  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of this file alone: every test undoes what it did to it."""
    if request.param == "postgresql":
        needs("postgresql")
        url = postgresql_database(f"mes_check_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", migrate)
    else:
        url = sqlite_database(tmp_path_factory.mktemp("check") / "mes.db", migrate)
    opened = Database(url)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def day(database: Database) -> Day:
    """A day of work."""
    with speaking("en", "Asia/Seoul"):
        return Day(Shop(database))


@pytest.fixture
def forger(day: Day) -> Iterator[Session]:
    """Somebody with the database's password and bad intentions."""
    with speaking("en", "Asia/Seoul"), unguarded(day.shop.database) as session:
        yield session


def forge(session: Session, table: type, **values: object) -> None:
    """A raw row."""
    session.execute(insert(table).values(at=MORNING, **values))


def told(session: Session, rule: str) -> str:
    """What is said about one rule; every other rule may complain too."""
    faults = list(in_records(session)) if rule in RULES else examine(session).faults
    sentences = [fault.sentence for fault in faults if fault.rule == rule]
    assert sentences, f"only {[fault.rule for fault in faults]}"
    return " ".join(sentences)


def test_a_plant_that_worked_all_day_has_no_fault(day: Day) -> None:
    outcome = check(day.shop.database)
    assert [fault.sentence for fault in outcome.faults] == []
    assert set(RULES) < set(outcome.rules)


def test_a_quantity_that_is_not_the_sum_of_its_movements(day: Day, forger: Session) -> None:
    forger.execute(text(f"UPDATE lots SET on_hand = on_hand + 2000000 WHERE id = {day.flour.id}"))
    sentence = f"Lot {day.flour.code} says 32 on hand, but its movements add up to 30."
    assert sentence in told(forger, "balances")


def test_a_lot_that_was_below_zero_for_a_while(day: Day, forger: Session) -> None:
    for quantity in (-100, 100):
        forge(forger, Movement, lot_id=day.flour.id, kind=MovementKind.COUNT, quantity=D(quantity))
    assert f"Lot {day.flour.code} goes below zero, to -70." in told(forger, "never_negative")


def test_a_hold_that_is_counted_but_not_there(day: Day, forger: Session) -> None:
    forger.execute(text(f"UPDATE lots SET holds = 2 WHERE id = {day.flour.id}"))
    assert f"Lot {day.flour.code} counts 2 open holds, but 0 are open." in told(forger, "hold_counters")


def test_a_job_whose_figures_are_not_its_reports(day: Day, forger: Session) -> None:
    forger.execute(text(f"UPDATE jobs SET scrap = 5000000 WHERE id = {day.packing.id}"))
    sentence = "97 / 0 / 5 / 0 (good, defective, scrap, rework), its reports add up to 97 / 0 / 1 / 0"
    assert sentence in told(forger, "job_sums")


def test_an_order_whose_figure_is_not_its_reports(day: Day, forger: Session) -> None:
    forger.execute(text(f"UPDATE work_orders SET good = 0 WHERE id = {day.order.id}"))
    assert f"Work order {day.order.code} says 0 good" in told(forger, "order_sums")


def test_a_report_taken_back_by_something_else_than_its_opposite(day: Day, forger: Session) -> None:
    forge(forger, Report, job_id=day.packing.id, day=MORNING.date(), person="?", good=D(-90), reverses_id=day.report.id)
    assert "not by its exact opposite" in told(forger, "undone_reports")


def test_a_movement_taken_back_by_something_else_than_its_opposite(day: Day, forger: Session) -> None:
    line = forger.scalars(select(Movement).where(Movement.lot_id == day.flour.id, Movement.quantity < 0)).one()
    forge(
        forger, Movement, lot_id=day.flour.id, kind=MovementKind.CONSUME, quantity=D(1), reverses_id=line.id
    )  # fmt: skip
    sentence = f"On lot {day.flour.code}, a movement of -50 was taken back by one of 1."
    assert sentence in told(forger, "undone_movements")


def test_a_genealogy_that_goes_round(day: Day, forger: Session) -> None:
    forge(forger, Edge, parent_id=day.cakes.id, child_id=day.flour.id, kind=EdgeKind.REWORK, quantity=D(1))
    loop = f"{day.flour.code} → {day.cakes.code} → {day.flour.code}"
    assert f"The genealogy goes round in a circle: {loop}." in told(forger, "no_loops")


def test_an_edge_to_an_older_lot_alone_is_no_circle(day: Day, forger: Session) -> None:
    forge(forger, Edge, parent_id=day.spare.id, child_id=day.flour.id, kind=EdgeKind.REWORK, quantity=D(1))
    assert find_loop(forger) == []


def test_a_long_circle_is_named_whole(day: Day, forger: Session) -> None:
    lots = day.parts[:3]
    for parent, child in zip(lots, [*lots[1:], lots[0]], strict=True):
        forge(forger, Edge, parent_id=parent.id, child_id=child.id, kind=EdgeKind.SPLIT, quantity=D(1))
    assert find_loop(forger) == [lot.code for lot in [*lots, lots[0]]]


def drawn(day: Day, session: Session) -> Edge:
    return session.scalars(select(Edge).where(Edge.parent_id == day.flour.id, ~Edge.undone)).one()


def test_more_drawn_from_a_consumption_than_was_consumed(day: Day, forger: Session) -> None:
    movement = drawn(day, forger).movement_id
    forge(
        forger, Edge, parent_id=day.flour.id, child_id=day.cakes.id, kind=EdgeKind.CONSUME, quantity=D(50),
        movement_id=movement, report_id=day.report.id,
    )  # fmt: skip
    assert f"Of lot {day.flour.code} 50 was consumed, but 99 went into other lots." in told(forger, "consumed_enough")


def test_a_sum_of_consumed_material_that_the_ledger_does_not_bear_out(day: Day, forger: Session) -> None:
    taken = text(f"UPDATE order_materials SET consumed = 7000000 WHERE item_id = {day.flour.item_id}")
    forger.execute(taken)
    sentence = f"Work order {day.order.code} says 7 of {day.flour.item.code} consumed, but the ledger adds up to 50."
    assert sentence in told(forger, "material_sums")


def test_material_said_to_be_in_process_that_is_part_of_a_lot(day: Day, forger: Session) -> None:
    movement = drawn(day, forger).movement_id
    forger.execute(text(f"UPDATE in_process SET undrawn = 3000000 WHERE movement_id = {movement}"))
    assert f"Of lot {day.flour.code} 3 is said to be in process, but 1 is." in told(forger, "in_process")


def test_a_consumption_that_is_not_counted_as_in_process(day: Day, forger: Session) -> None:
    forger.execute(text(f"DELETE FROM in_process WHERE lot_id = {day.flour.id}"))
    assert told(forger, "in_process")


def test_an_edge_that_names_another_lot_than_its_consumption(day: Day, forger: Session) -> None:
    forger.execute(text(f"UPDATE genealogy SET parent_id = {day.spare.id} WHERE id = {drawn(day, forger).id}"))
    sentence = f"names lot {day.spare.code}, but the consumption was taken from lot {day.flour.code}"
    assert sentence in told(forger, "drawn_from_the_right_lot")


def test_a_product_that_nobody_reported(day: Day, forger: Session) -> None:
    forge(forger, Movement, lot_id=day.cakes.id, kind=MovementKind.PRODUCE, quantity=D(3))
    sentence = f"Lot {day.cakes.code} got 3 from production, but no report says so."
    assert sentence in told(forger, "produced_by_reports")


def test_an_event_that_was_changed(forger: Session) -> None:
    forger.execute(text("UPDATE events SET actor = '아무개' WHERE id = (SELECT min(id) + 3 FROM events)"))
    assert "was changed after it was recorded" in told(forger, "event_chain")


def test_a_log_whose_end_was_cut_off_while_the_ledger_goes_on(day: Day, forger: Session) -> None:
    last = "SELECT max(id) FROM movements"
    moment = forger.scalar(text(f"SELECT at FROM movements WHERE id = ({last})"))
    forger.execute(text("DELETE FROM events WHERE at >= :at"), {"at": moment})
    sentence = told(forger, "event_chain")
    assert "The ledger has a line of lot" in sentence
    assert "its end was cut off" in sentence


def test_an_event_that_was_removed(forger: Session) -> None:
    forger.execute(text("DELETE FROM events WHERE id = (SELECT min(id) + 3 FROM events)"))
    assert "something was removed." in told(forger, "event_chain")


def test_a_photo_of_which_a_byte_was_changed(forger: Session) -> None:
    forge(
        forger,
        StoredFile,
        name="crack.jpg",
        kind="image/jpeg",
        sha256=sha256(b"a photo").hexdigest(),
        content=b"a phot0",
    )
    assert "The file crack.jpg of" in told(forger, "files")


def test_an_index_that_is_missing(forger: Session) -> None:
    forger.execute(text("DROP INDEX ix_movements_at"))
    assert "ix_movements_at" in told(forger, "tables")


def test_a_column_that_is_not_ours(forger: Session) -> None:
    forger.execute(text("ALTER TABLE lots ADD COLUMN colour VARCHAR(8)"))
    assert "colour" in told(forger, "tables")


def test_a_database_of_another_version(forger: Session) -> None:
    forger.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert "The database is at 0000" in told(forger, "tables")


def test_guards_that_were_switched_off(day: Day, forger: Session) -> None:
    if not day.shop.database.is_sqlite:
        forger.execute(text("ALTER TABLE movements DISABLE TRIGGER movements_no_update"))
    sentences = told(forger, "guards")
    assert "movements from being changed or removed (UPDATE)" in sentences
    assert "movements from being changed or removed (DELETE)" in sentences


def test_a_reference_that_leads_nowhere(day: Day, forger: Session) -> None:
    if day.shop.database.is_sqlite:
        forger.execute(text(f"UPDATE lots SET item_id = 999999 WHERE id = {day.flour.id}"))
        sentence = f"Row {day.flour.id} of table lots refers to something in items that is not there."
    else:
        loose = "FOREIGN KEY (item_id) REFERENCES items (id) NOT VALID"
        forger.execute(text(f"ALTER TABLE item_units ADD CONSTRAINT loose {loose}"))
        sentence = "The reference loose of table item_units was never proved."
    assert sentence in told(forger, "references")


def test_references_that_were_switched_off(day: Day, forger: Session) -> None:
    if not day.shop.database.is_sqlite:
        forger.execute(text("ALTER TABLE item_units DISABLE TRIGGER ALL"))
        assert "The references of table item_units are switched off." in told(forger, "references")


def test_what_this_database_cannot_be_asked_is_said(day: Day) -> None:
    said = check(day.shop.database).not_checked
    assert said == [] if day.shop.database.is_sqlite else "amcheck" in said[0]


def test_postgresql_looks_at_its_indices_where_it_can(day: Day) -> None:
    if day.shop.database.is_sqlite:
        return
    with day.shop.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE EXTENSION amcheck"))
        outcome = check(day.shop.database)
        connection.execute(text("DROP EXTENSION amcheck"))
    assert not any("amcheck" in said for said in outcome.not_checked)
    assert not outcome.faults


def test_faults_are_told_in_korean_too(day: Day, forger: Session) -> None:
    forger.execute(text(f"UPDATE lots SET holds = 2 WHERE id = {day.flour.id}"))
    with speaking("ko"):
        assert "보류" in told(forger, "hold_counters")


@pytest.fixture
def damaged(day: Day, tmp_path: Path) -> Path | None:
    """A copy of the embedded database, to be damaged for good; None for the other one."""
    if not day.shop.database.is_sqlite:
        return None
    source = Path(day.shop.database.engine.url.database or "")
    with closing(sqlite3.connect(source)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copyfile(source, tmp_path / "damaged.db"))


def test_an_index_that_says_something_else_than_its_table(damaged: Path | None) -> None:
    if damaged is None:
        return
    with closing(sqlite3.connect(damaged, isolation_level=None)) as opened:
        opened.execute("PRAGMA writable_schema = ON")
        swap = "UPDATE sqlite_master SET sql = replace(sql, '(supplier_lot)', '(note)')"
        opened.execute(f"{swap} WHERE name = 'ix_lots_supplier_lot'")
    database = Database(f"sqlite:///{damaged}")
    with database.read() as read:
        assert "The database file is damaged: row 1 missing from index ix_lots_supplier_lot" in told(read, "integrity")
    database.engine.dispose()


def test_a_file_whose_pages_are_overwritten(damaged: Path | None) -> None:
    if damaged is None:
        return
    with damaged.open("r+b") as file:
        file.seek(12 * 4096)
        file.write(b"\xff" * 4096 * 40)
    database = Database(f"sqlite:///{damaged}")
    assert any(fault.rule == "integrity" for fault in check(database).faults)
    database.engine.dispose()
