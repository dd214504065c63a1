"""Seals of the event log: its newest event at the end of a day."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seals",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("events", BigId, nullable=False),
        sa.Column("head_id", BigId, nullable=False),
        sa.Column("head_at", UtcTime(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("fault", sa.String(100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
        sa.UniqueConstraint("number", name=op.f("uq_seals_number")),
    )
    op.create_index("ix_seals_head_id", "seals", ["head_id"])
    if op.get_bind().dialect.name == "sqlite":
        for name, act, when in (
            ("update", "UPDATE", ""),
            ("delete", "DELETE", ""),
            ("replace", "INSERT", "WHEN EXISTS (SELECT 1 FROM seals WHERE id = NEW.id OR number = NEW.number) "),
        ):
            op.execute(
                f"CREATE TRIGGER seals_no_{name} BEFORE {act} ON seals {when}"
                "BEGIN SELECT RAISE(ABORT, 'CHECK: seals is append-only'); END"
            )
        return
    for name, act in (("update", "UPDATE OR DELETE"), ("truncate", "TRUNCATE")):
        each = "STATEMENT" if name == "truncate" else "ROW"
        op.execute(
            f"CREATE TRIGGER seals_no_{name} BEFORE {act} ON seals FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("seals")
