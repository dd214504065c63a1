"""Wrong tries with logins that nobody has are counted; items are found by bar code number, events by their day."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unknown_logins",
        sa.Column("login_hash", sa.String(64), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("blocked_until", UtcTime(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("login_hash", name=op.f("pk_unknown_logins")),
    )
    op.create_index(op.f("ix_unknown_logins_at"), "unknown_logins", ["at"])
    op.create_index(op.f("ix_items_gtin"), "items", ["gtin"])
    op.create_index("ix_events_at", "events", ["at"])


def downgrade() -> None:
    op.drop_index("ix_events_at", table_name="events")
    op.drop_index(op.f("ix_items_gtin"), table_name="items")
    op.drop_table("unknown_logins")
