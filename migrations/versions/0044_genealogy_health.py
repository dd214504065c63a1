"""What was said or entered afterwards about gaps in the genealogy; orders completed on a day are found by it."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
DONE = sa.text("completed_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "genealogy_notes",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("gap", sa.String(24), nullable=False),
        sa.Column("thing_id", BigId, nullable=False),
        sa.Column("how", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("happened_at", UtcTime(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_genealogy_notes")),
    )
    op.create_index("ix_genealogy_notes_thing", "genealogy_notes", ["gap", "thing_id"])
    op.create_index("ix_genealogy_notes_at", "genealogy_notes", ["at"])
    op.create_index(
        "ix_work_orders_completed", "work_orders", ["completed_at"], sqlite_where=DONE, postgresql_where=DONE
    )


def downgrade() -> None:
    op.drop_index("ix_work_orders_completed", table_name="work_orders")
    op.drop_table("genealogy_notes")
