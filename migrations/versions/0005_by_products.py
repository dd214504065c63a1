"""What also comes out when an item is made: by-products of a bill of material."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bom_by_products",
        sa.Column("id", BigId, nullable=False),
        sa.Column("bom_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bom_by_products_quantity_above_zero")),
        sa.ForeignKeyConstraint(["bom_id"], ["boms.id"], name=op.f("fk_bom_by_products_bom_id_boms")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_bom_by_products_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bom_by_products")),
        sa.UniqueConstraint("bom_id", "item_id", name=op.f("uq_bom_by_products_bom_id_item_id")),
    )
    op.create_index(op.f("ix_bom_by_products_item_id"), "bom_by_products", ["item_id"])


def downgrade() -> None:
    op.drop_table("bom_by_products")
