"""The lots that a nonconformance holds are found without reading the holds that were lifted long ago."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_lot_holds_open", "lot_holds", ["source"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_lot_holds_open", table_name="lot_holds")
