"""The number under which GS1 knows a partner."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("partners", sa.Column("gln", sa.String(13), nullable=True))


def downgrade() -> None:
    op.drop_column("partners", "gln")
