"""After how many minutes without use a desk asks for the password again."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plant", sa.Column("idle_minutes", sa.Integer(), nullable=False, server_default="60"))


def downgrade() -> None:
    op.drop_column("plant", "idle_minutes")
