"""The migrations lead from nothing to exactly the tables of the models, and back, on both databases."""

from decimal import Decimal as D
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from mes.core.db import Base, Database
from mes.core.schema import current, downgrade, head, upgrade
from mes.inspection.models import InspectionKind
from mes.inspection.service import StandardData, record_inspection
from mes.inspection.standard_queries import characteristics_of
from mes.orders.models import FirstPieceDemand, Job, LotRule
from mes.orders.reporting import record_report
from mes.orders.undo import take_back_report
from mes.web.tables import metadata
from tests.conftest import Shop
from tests.factories import make_released_standard
from tests.orders.bakery import Bakery


def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert differences == [], "write a migration for what changed in the models"
    assert current(database) == head()


def test_every_list_of_a_model_has_its_order() -> None:
    lists = {str(one): one.order_by for mapper in Base.registry.mappers for one in mapper.relationships if one.uselist}
    unordered = sorted(name for name, order in lists.items() if not order)
    assert lists
    assert not unordered, f"a database gives rows in any order; say order_by: {unordered}"


@pytest.mark.thorough
def test_down_and_up_again(shop: Shop) -> None:
    database = shop.database
    downgrade(database, "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 0
    upgrade(database)
    assert current(database) == head()


@pytest.mark.thorough
def test_a_plant_that_worked_before_material_in_process_was_counted_gets_the_same_counts(shop: Shop) -> None:
    bakery = Bakery(shop)
    _kettle, packing = bakery.at_packing(bakery.order(100, lot_rule=LotRule.REPORT))
    shop.do(lambda work: record_report(work, packing.code, good=D(30)))
    wrong = shop.do(lambda work: record_report(work, packing.code, good=D(20)))
    shop.do(lambda work: take_back_report(work, wrong.id, reason="잘못 셈"))
    before = counted(shop)
    downgrade(shop.database, "0002")
    upgrade(shop.database)
    assert counted(shop) == before


@pytest.mark.thorough
def test_a_plant_that_inspected_first_pieces_before_jobs_knew_it_keeps_its_gates(shop: Shop) -> None:
    bakery = Bakery(shop)
    each = StandardData(gate=True, triggers=frozenset({"start", "shift", "material", "mould"}))
    shop.do(lambda work: make_released_standard(work, bakery.cake, kind=InspectionKind.FIRST, data=each, operation=10))
    passed, waiting = bakery.order().jobs[0], bakery.order().jobs[0]
    bakery.start(passed)
    with shop.read() as read:
        [size] = characteristics_of(read, bakery.cake.id, InspectionKind.FIRST, operation=10)
    readings = {size.id: D(10)}
    shop.do(lambda work: record_inspection(work, kind=InspectionKind.FIRST, job_code=passed.code, readings=readings))
    before = demanded(shop)
    asked, not_asked = (True, True, True, True), (False, False, False, False)
    assert [row[1:5] for row in before[0]] == [asked, not_asked] * 2
    assert [row[5] for row in before[0]] == [True, False, False, False]
    assert waiting.inspected
    downgrade(shop.database, "0016")
    upgrade(shop.database)
    assert demanded(shop) == before


def demanded(shop: Shop) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What each job was told of its first piece, and what the standards say."""
    again = (Job.first_piece_each_shift, Job.first_piece_each_material, Job.first_piece_each_tool)
    jobs = (Job.code, Job.inspected, *again, Job.first_piece_day)
    said = FirstPieceDemand
    rows = (
        said.item_id,
        said.operation,
        said.customer_id,
        said.required,
        said.each_shift,
        said.each_material,
        said.each_tool,
    )
    with shop.read() as read:
        told: list[tuple[Any, ...]] = [
            (*row[:-1], row[-1] is not None) for row in read.execute(select(*jobs).order_by(Job.id))
        ]
        return told, [tuple(row) for row in read.execute(select(*rows).order_by(said.id))]


def counted(shop: Shop) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with shop.read() as read:
        process = read.execute(text("SELECT movement_id, material_id, lot_id, undrawn FROM in_process ORDER BY 1"))
        sums = read.execute(text("SELECT id, consumed FROM order_materials ORDER BY 1"))
        return [tuple(row) for row in process], [tuple(row) for row in sums]
