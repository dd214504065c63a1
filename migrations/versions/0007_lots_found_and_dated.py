"""A lot that came without the day it was made says when it came, and a lot is found by the end of its code."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: A lot whose recorded day of making is the day of its receipt has it from there.
MARK = """
    UPDATE lots SET arrived_on = made_on WHERE receipt_id IS NOT NULL AND order_id IS NULL AND EXISTS (
        SELECT 1 FROM receipts WHERE receipts.id = lots.receipt_id AND {day} = lots.made_on)
"""
DAYS = {
    "sqlite": "date(receipts.at, :hours || ' hours')",
    "postgresql": "CAST(receipts.at AT TIME ZONE 'UTC' + make_interval(hours => CAST(:hours AS integer)) AS date)",
}


def upgrade() -> None:
    op.add_column("lots", sa.Column("arrived_on", sa.Date(), nullable=True))
    op.add_column("lots", sa.Column("tail", sa.String(4), nullable=True))
    op.execute("UPDATE lots SET tail = substr(code, CASE WHEN length(code) > 4 THEN length(code) - 3 ELSE 1 END)")
    op.create_index(op.f("ix_lots_tail"), "lots", ["tail"])
    connection = op.get_bind()
    statement = sa.text(MARK.format(day=DAYS[connection.dialect.name]))
    connection.execute(statement, {"hours": str(_hours(connection))})


def downgrade() -> None:
    op.drop_index(op.f("ix_lots_tail"), table_name="lots")
    op.drop_column("lots", "tail")
    op.drop_column("lots", "arrived_on")


def _hours(connection: sa.Connection) -> int:
    """From UTC to the plant's production day."""
    row = connection.execute(sa.text("SELECT time_zone, day_starts_at FROM plant")).first()
    if row is None:
        return 0
    offset = datetime(2026, 1, 1, tzinfo=ZoneInfo(row.time_zone)).utcoffset() or timedelta()
    return round(offset / timedelta(hours=1)) - int(row.day_starts_at)
