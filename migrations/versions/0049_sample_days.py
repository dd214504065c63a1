"""How long the retained samples of an item are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    begins = sa.Enum("use_by", "made", name="samplefrom", native_enum=False, length=24)
    op.add_column("items", sa.Column("sample_days", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("sample_from", begins, nullable=True))


def downgrade() -> None:
    op.drop_column("items", "sample_from")
    op.drop_column("items", "sample_days")
