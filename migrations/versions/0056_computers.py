"""The computers that serve one plant, and on which of them a copy lies."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
TABLE = "computers"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("key_mark", sa.String(32), nullable=False),
        sa.Column("layouts_mark", sa.String(32), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("name", "port", name=op.f(f"uq_{TABLE}_name_port")),
    )
    op.add_column("backup_copies", sa.Column("computer", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("backup_copies", "computer")
    op.drop_table(TABLE)
