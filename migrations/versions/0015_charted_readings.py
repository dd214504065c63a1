"""Charts read the readings that stand straight from an index, piece by piece."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_readings_charted", table_name="readings")
    standing = sa.text("replaced_at IS NULL")
    op.create_index(
        "ix_readings_charted", "readings", ["characteristic_id", "inspection_id", "piece", "value"],
        sqlite_where=standing, postgresql_where=standing,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_readings_charted", table_name="readings")
    op.create_index("ix_readings_charted", "readings", ["characteristic_id", "inspection_id", "value"])
