"""Samples that are kept of lots, and what was taken of them for tests."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    samples, tests = "retained_samples", "sample_tests"
    op.create_table(
        samples,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("disposed_at", UtcTime(), nullable=True),
        sa.Column("disposed_by", sa.String(100), nullable=True),
        sa.Column("dispose_reason", sa.Text(), nullable=True),
        _refers(samples, "lot_id", "lots"),
        _refers(samples, "source_id", "lots"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{samples}")),
        sa.UniqueConstraint("lot_id", name=op.f(f"uq_{samples}_lot_id")),
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{samples}_quantity_positive")),
    )
    op.create_index(op.f(f"ix_{samples}_source_id"), samples, ["source_id"])
    open_ones = sa.text("disposed_at IS NULL")
    op.create_index(
        f"ix_{samples}_kept", samples, ["keep_until", "id"], postgresql_where=open_ones, sqlite_where=open_ones
    )
    op.create_table(
        tests,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("sample_id", BigId, nullable=False),
        sa.Column("movement_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        _refers(tests, "sample_id", samples),
        _refers(tests, "movement_id", "movements"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{tests}")),
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{tests}_quantity_positive")),
    )
    op.create_index(op.f(f"ix_{tests}_sample_id"), tests, ["sample_id"])


def downgrade() -> None:
    op.drop_table("sample_tests")
    op.drop_table("retained_samples")
