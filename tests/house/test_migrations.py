"""The migrations lead from nothing to exactly the tables of the models, and back, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from mes.core.db import Database
from mes.core.schema import current, downgrade, head, upgrade
from mes.web.tables import metadata
from tests.conftest import Shop


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
