"""The migrations lead from nothing to exactly the tables of the models, and back, on both databases."""

from decimal import Decimal as D

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from mes.core.db import Database
from mes.core.schema import current, downgrade, head, upgrade
from mes.orders.models import LotRule
from mes.orders.reporting import record_report
from mes.orders.undo import take_back_report
from mes.web.tables import metadata
from tests.conftest import Shop
from tests.orders.bakery import Bakery


def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert differences == [], "write a migration for what changed in the models"
    assert current(database) == head()


def test_down_and_up_again(shop: Shop) -> None:
    database = shop.database
    downgrade(database, "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 0
    upgrade(database)
    assert current(database) == head()


def test_a_plant_that_worked_before_material_in_process_was_counted_gets_the_same_counts(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100, lot_rule=LotRule.REPORT).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    shop.do(lambda work: record_report(work, kettle.code, good=D(100)))
    bakery.start(packing)
    shop.do(lambda work: record_report(work, packing.code, good=D(30)))
    wrong = shop.do(lambda work: record_report(work, packing.code, good=D(20)))
    shop.do(lambda work: take_back_report(work, wrong.id, reason="잘못 셈"))
    before = counted(shop)
    downgrade(shop.database, "0002")
    upgrade(shop.database)
    assert counted(shop) == before


def counted(shop: Shop) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with shop.read() as read:
        process = read.execute(text("SELECT movement_id, material_id, lot_id, undrawn FROM in_process ORDER BY 1"))
        sums = read.execute(text("SELECT id, consumed FROM order_materials ORDER BY 1"))
        return [tuple(row) for row in process], [tuple(row) for row in sums]
