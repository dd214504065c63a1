"""What makes a station's screen easier for a person."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import WordSet

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("comfort", WordSet(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("persons", "comfort")
