"""Codes that lots bore before they were labelled anew."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lots", sa.Column("formerly", sa.Text(), nullable=True))
    op.create_table(
        "former_codes",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("tail", sa.String(4), nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_former_codes_lot_id_lots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_former_codes_code")),
    )
    op.create_index(op.f("ix_former_codes_lot_id"), "former_codes", ["lot_id"])
    op.create_index(op.f("ix_former_codes_tail"), "former_codes", ["tail"])


def downgrade() -> None:
    op.drop_table("former_codes")
    op.drop_column("lots", "formerly")
