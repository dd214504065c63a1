"""Runs the migrations on the connection it is given, inside that connection's transaction."""

from alembic import context

from mes.web.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
)
context.run_migrations()
