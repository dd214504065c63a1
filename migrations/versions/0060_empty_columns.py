"""What names no lot or report is in no index of those that do.

SQLite keeps for an index how many rows it has for a value, on average. Inspections at a machine name no lot, split lots
no report: it thought of a few rows, and looked up all of them, of all years, for one lot or one day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

#: Table, column, the name of the index before.
SPARSE = (
    ("defects", "lot_id", "ix_defects_lot_id"),
    ("defects", "report_id", "ix_defects_report_id"),
    ("genealogy", "report_id", "ix_genealogy_report"),
    ("inspections", "lot_id", "ix_inspections_lot_id"),
)


def upgrade() -> None:
    for table, column, before in SPARSE:
        op.drop_index(op.f(before), table_name=table)
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, column, before in SPARSE:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
        op.create_index(op.f(before), table, [column])
