"""All plants as tables of one database, for head office's own tools: SQL that puts the copies under each other.

PostgreSQL's postgres_fdw shows each copy as a schema (plant_a, plant_b, ...), and the schema ``plants`` has one view
for each table over all of them, with a column ``plant``.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import MetaData, make_url

from mes.plants.copies import url_of
from mes.plants.publication import columns_told, tables_told


def statements(own: str, marks: Sequence[str], metadata: MetaData, server: tuple[str, int]) -> Iterator[str]:
    """The statements, in their order; ``server``: where the server finds itself (its socket's folder, and port)."""
    parts = make_url(own)
    host, port = server
    yield "CREATE EXTENSION IF NOT EXISTS postgres_fdw"
    yield "DROP SCHEMA IF EXISTS plants CASCADE"
    for mark in marks:
        name = f"plant_{mark.lower()}"
        database = make_url(url_of(own, mark)).database
        yield f"DROP SERVER IF EXISTS {name} CASCADE"
        yield f"DROP SCHEMA IF EXISTS {name} CASCADE"
        yield (
            f"CREATE SERVER {name} FOREIGN DATA WRAPPER postgres_fdw "
            f"OPTIONS (host '{host}', port '{port}', dbname '{database}', updatable 'false')"
        )
        yield f"CREATE USER MAPPING FOR PUBLIC SERVER {name} OPTIONS (user '{parts.username}')"
        yield f"CREATE SCHEMA {name}"
        yield f"IMPORT FOREIGN SCHEMA public FROM SERVER {name} INTO {name}"
    yield "CREATE SCHEMA plants"
    for table in tables_told(metadata):
        columns = ", ".join('"' + name + '"' for name in columns_told(table))
        each = [f"SELECT '{mark}' AS plant, {columns} FROM plant_{mark.lower()}.\"{table.name}\"" for mark in marks]  # noqa: S608  our own names
        yield f'CREATE VIEW plants."{table.name}" AS {" UNION ALL ".join(each)}'
