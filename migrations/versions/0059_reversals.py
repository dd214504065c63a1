"""What takes nothing back is in no index of what takes something back.

SQLite keeps for an index how many rows it has for a value, on average. Nearly all rows take nothing back: for them it
thought of a few dozen, and looked up "all that take nothing back" in a whole ledger instead of the day that was asked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

COLUMN = "reverses_id"
TABLES = ("movements", "production_reports", "defects", "calibrations", "nonconformance_costs")


def upgrade() -> None:
    for table in TABLES:
        name = op.f(f"uq_{table}_{COLUMN}")
        if op.get_bind().dialect.name == "sqlite":
            _made_anew(table, less=_constraint(name))
        else:
            op.drop_constraint(name, table, type_="unique")
        where = sa.text(f"{COLUMN} IS NOT NULL")
        op.create_index(name, table, [COLUMN], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in TABLES:
        name = op.f(f"uq_{table}_{COLUMN}")
        op.drop_index(name, table_name=table)
        if op.get_bind().dialect.name == "sqlite":
            _made_anew(table, more=_constraint(name))
        else:
            op.create_unique_constraint(name, table, [COLUMN])


def _constraint(name: str) -> str:
    return f", \n\tCONSTRAINT {name} UNIQUE ({COLUMN})"


def _made_anew(table: str, *, less: str = "", more: str = "") -> None:
    """A table of SQLite with a constraint less or more and everything else as it was: rows, indexes, triggers."""
    connection = op.get_bind()
    told = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL AND (type = 'table') = ? ORDER BY 1"
    sql: str = connection.exec_driver_sql(told, (table, True)).scalar_one()
    rest = connection.exec_driver_sql(told, (table, False)).scalars().all()
    columns = sql.partition("(")[2].rstrip().removesuffix(")").rstrip()
    if less not in columns:
        raise RuntimeError(f"the table {table} is not described as its migrations left it")
    for step in (
        f"CREATE TABLE anew ({columns.replace(less, '')}{more}\n)",
        f"INSERT INTO anew SELECT * FROM {table}",  # noqa: S608  one of the tables above
        f"DROP TABLE {table}",
        f"ALTER TABLE anew RENAME TO {table}",
        *rest,
    ):
        connection.exec_driver_sql(step)
