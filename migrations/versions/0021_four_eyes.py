"""Four eyes: a plant may want that nobody approves an inspection standard that he wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plant", sa.Column("four_eyes", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("plant", "four_eyes")
