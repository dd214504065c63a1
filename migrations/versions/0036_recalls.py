"""Recalls: what is suspected, the lots it reached, the customers who are told."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

IN_STOCK = sa.text("on_hand > 0")


def upgrade() -> None:
    op.create_table(
        "recalls",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("began_at", UtcTime(), nullable=False),
        sa.Column("began_by", sa.String(100), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("ended_by", sa.String(100), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
        sa.UniqueConstraint("code", name=op.f("uq_recalls_code")),
    )
    op.create_index("ix_recalls_began", "recalls", ["began_at", "id"])
    op.create_table(
        "recall_lots",
        sa.Column("id", BigId, nullable=False),
        sa.Column("recall_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("suspect", sa.Boolean(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("on_hand", ExactDecimal(), nullable=False),
        sa.Column("shipped", ExactDecimal(), nullable=False),
        sa.Column("found_at", UtcTime(), nullable=False),
        sa.Column("collected", ExactDecimal(), nullable=True),
        sa.Column("collected_at", UtcTime(), nullable=True),
        sa.Column("collected_by", sa.String(100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("collected >= 0", name=op.f("ck_recall_lots_collected_not_negative")),
        sa.ForeignKeyConstraint(["recall_id"], ["recalls.id"], name=op.f("fk_recall_lots_recall_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_recall_lots_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_lots")),
        sa.UniqueConstraint("recall_id", "lot_id", name=op.f("uq_recall_lots_recall_id_lot_id")),
    )
    op.create_index(op.f("ix_recall_lots_lot_id"), "recall_lots", ["lot_id"])
    op.create_index(
        "ix_recall_lots_stock", "recall_lots", ["recall_id", "id"], sqlite_where=IN_STOCK, postgresql_where=IN_STOCK
    )
    op.create_table(
        "recall_notices",
        sa.Column("id", BigId, nullable=False),
        sa.Column("recall_id", BigId, nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.Column("told_by", sa.String(100), nullable=True),
        sa.Column("told_how", sa.String(100), nullable=True),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.Column("answered_by", sa.String(100), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("returned", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["recall_id"], ["recalls.id"], name=op.f("fk_recall_notices_recall_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_recall_notices_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notices")),
        sa.UniqueConstraint("recall_id", "partner_id", name=op.f("uq_recall_notices_recall_id_partner_id")),
    )
    op.create_index(op.f("ix_recall_notices_partner_id"), "recall_notices", ["partner_id"])


def downgrade() -> None:
    for table in ("recall_notices", "recall_lots", "recalls"):
        op.drop_table(table)
