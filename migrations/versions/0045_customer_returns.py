"""What customers brought back, each line with the line of the shipment by which it had left."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
CONDITIONS = ("unopened", "opened", "damaged", "defective", "unknown")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "customer_returns",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _refers("customer_returns", "customer_id", "partners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_returns")),
        sa.UniqueConstraint("code", name=op.f("uq_customer_returns_code")),
    )
    op.create_index(op.f("ix_customer_returns_customer_id"), "customer_returns", ["customer_id"])
    lines = "customer_return_lines"
    op.create_table(
        lines,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("return_id", BigId, nullable=False),
        sa.Column("shipped_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("back_id", BigId, nullable=False),
        sa.Column("movement_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column(
            "condition", sa.Enum(*CONDITIONS, name="returncondition", native_enum=False, length=24), nullable=False
        ),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.Column("undone_by", sa.String(100), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        _refers(lines, "return_id", "customer_returns"),
        _refers(lines, "shipped_id", "movements"),
        _refers(lines, "lot_id", "lots"),
        _refers(lines, "back_id", "lots"),
        _refers(lines, "movement_id", "movements"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{lines}")),
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{lines}_quantity_positive")),
    )
    for column in ("return_id", "shipped_id", "lot_id", "back_id"):
        op.create_index(op.f(f"ix_{lines}_{column}"), lines, [column])


def downgrade() -> None:
    op.drop_table("customer_return_lines")
    op.drop_table("customer_returns")
