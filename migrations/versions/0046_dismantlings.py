"""Machines that were taken apart, and what became of their parts."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None
OUTCOMES = ("stock", "hold", "scrap", "lost")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "dismantlings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("movement_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.Column("undone_by", sa.String(100), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        _refers("dismantlings", "lot_id", "lots"),
        _refers("dismantlings", "movement_id", "movements"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismantlings")),
        sa.UniqueConstraint("code", name=op.f("uq_dismantlings_code")),
    )
    op.create_index(op.f("ix_dismantlings_lot_id"), "dismantlings", ["lot_id"])
    parts = "dismantled_parts"
    op.create_table(
        parts,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("dismantling_id", BigId, nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("outcome", sa.Enum(*OUTCOMES, name="partoutcome", native_enum=False, length=24), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        _refers(parts, "dismantling_id", "dismantlings"),
        _refers(parts, "source_id", "lots"),
        _refers(parts, "lot_id", "lots"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{parts}")),
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{parts}_quantity_positive")),
    )
    for column in ("dismantling_id", "source_id", "lot_id"):
        op.create_index(op.f(f"ix_{parts}_{column}"), parts, [column])


def downgrade() -> None:
    op.drop_table("dismantled_parts")
    op.drop_table("dismantlings")
