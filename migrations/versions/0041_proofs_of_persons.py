"""Since when a tablet's older proof of a person says nothing any more."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import UtcTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("proofs_since", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("persons", "proofs_since")
