"""A job knows since its release whether something also comes out at it, so that a report need not look."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MARK = """
    UPDATE jobs SET by_products = EXISTS (
        SELECT 1 FROM work_orders JOIN bom_by_products ON bom_by_products.bom_id = work_orders.bom_id
        WHERE work_orders.id = jobs.order_id
        AND (bom_by_products.operation = jobs.sequence OR (bom_by_products.operation IS NULL AND jobs.is_last)))
"""


def upgrade() -> None:
    op.add_column("jobs", sa.Column("by_products", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(MARK)


def downgrade() -> None:
    op.drop_column("jobs", "by_products")
