"""Suppliers' own barcodes, learned from one example each."""

import sqlalchemy as sa
from alembic import op

import mes.core.types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supplier_barcodes",
        sa.Column("id", mes.core.types.BigId, autoincrement=True, nullable=False),
        sa.Column("supplier_id", mes.core.types.BigId, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("delimiter", sa.String(length=4), nullable=False),
        sa.Column("prefix", sa.String(length=60), nullable=False),
        sa.Column("item_id", mes.core.types.BigId, nullable=True),
        sa.Column("item_at", sa.String(length=20), nullable=True),
        sa.Column("lot_at", sa.String(length=20), nullable=True),
        sa.Column("quantity_at", sa.String(length=20), nullable=True),
        sa.Column("use_by_at", sa.String(length=20), nullable=True),
        sa.Column("made_on_at", sa.String(length=20), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("day_form", sa.String(length=12), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_supplier_barcodes_item_id_items")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["partners.id"], name=op.f("fk_supplier_barcodes_supplier_id_partners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_barcodes")),
    )
    op.create_index(op.f("ix_supplier_barcodes_supplier_id"), "supplier_barcodes", ["supplier_id"])


def downgrade() -> None:
    op.drop_table("supplier_barcodes")
