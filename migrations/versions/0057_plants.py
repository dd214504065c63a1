"""The mark of a plant among several, and the plants whose copies lie at a head office."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None
TABLE = "followed_plants"


def upgrade() -> None:
    op.add_column("plant", sa.Column("mark", sa.String(2), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("mark", sa.String(2), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("mark", name=op.f(f"uq_{TABLE}_mark")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("plant", "mark")
