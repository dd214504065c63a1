"""What labels of goods say: the plant's GS1 numbers and address, what an item holds, and customers' part numbers."""

import sqlalchemy as sa
from alembic import op

from mes.core.gs1_link import USUAL_HOST
from mes.core.types import BigId, ExactDecimal

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plant", sa.Column("gs1_prefix", sa.String(10), nullable=True))
    op.add_column("plant", sa.Column("sscc_digit", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("plant", sa.Column("link_host", sa.String(200), nullable=False, server_default=USUAL_HOST))
    op.add_column("plant", sa.Column("address", sa.String(300), nullable=True))
    op.add_column("plant", sa.Column("phone", sa.String(50), nullable=True))
    for name, kind in (
        ("storage", sa.String(200)),
        ("origin", sa.String(200)),
        ("net_content", sa.String(60)),
        ("ingredients", sa.Text()),
        ("licence", sa.String(60)),
    ):
        op.add_column("items", sa.Column(name, kind, nullable=True))
    op.create_table(
        "customer_parts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("unit", sa.String(16), nullable=True),
        sa.Column("pack_size", ExactDecimal(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_customer_parts_item_id_items")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_customer_parts_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_parts")),
        sa.UniqueConstraint("item_id", "partner_id", name=op.f("uq_customer_parts_item_id_partner_id")),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_customer_parts_pack_size_above_zero")),
    )
    op.create_index("ix_customer_parts_code", "customer_parts", ["code"])
    op.create_index("ix_customer_parts_partner_id", "customer_parts", ["partner_id"])


def downgrade() -> None:
    op.drop_table("customer_parts")
    for name in ("licence", "ingredients", "net_content", "origin", "storage"):
        op.drop_column("items", name)
    for name in ("phone", "address", "link_host", "sscc_digit", "gs1_prefix"):
        op.drop_column("plant", name)
