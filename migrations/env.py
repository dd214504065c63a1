"""Runs the migrations on the connection it is given, inside that connection's transaction."""

from alembic import context

from mes.plants.publication import quiet
from mes.web.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True)
with quiet(connection, metadata):
    context.run_migrations()
