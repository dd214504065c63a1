"""A lot of food bears the number under which an authority follows it (식품이력추적관리번호, 축산물이력번호)."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_SOME = sa.text("trace_number IS NOT NULL")


def upgrade() -> None:
    op.add_column("lots", sa.Column("trace_number", sa.String(100), nullable=True))
    op.create_index("ix_lots_trace_number", "lots", ["trace_number"], sqlite_where=_SOME, postgresql_where=_SOME)


def downgrade() -> None:
    op.drop_index("ix_lots_trace_number", table_name="lots")
    op.drop_column("lots", "trace_number")
