"""How pieces were counted; what is asked before a report; when a tablet locks itself."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SETTINGS = {"fastest_percent": "300", "longest_run_hours": "16"}


def upgrade() -> None:
    for name, value in SETTINGS.items():
        op.add_column("plant", sa.Column(name, sa.Integer(), nullable=False, server_default=value))
    op.add_column("plant", sa.Column("lock_after", sa.String(100), nullable=False, server_default=""))
    op.create_table(
        "report_counts",
        sa.Column("report_id", BigId, autoincrement=False, nullable=False),
        sa.Column("way", sa.String(24), nullable=False),
        sa.Column("above", ExactDecimal(), nullable=False),
        sa.Column("below", ExactDecimal(), nullable=False),
        sa.Column("unit", sa.String(100), nullable=True),
        sa.Column("factor", ExactDecimal(), nullable=False),
        sa.Column("machine_id", BigId, nullable=True),
        sa.CheckConstraint("above >= below", name=op.f("ck_report_counts_readings_in_order")),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_report_counts_machine_id_machines")),
        sa.ForeignKeyConstraint(["report_id"], ["production_reports.id"], name=op.f("fk_report_counts_report_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_counts")),
    )
    op.create_index("ix_report_counts_machine_id", "report_counts", ["machine_id", "report_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER report_counts_no_update BEFORE UPDATE OR DELETE ON report_counts "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER report_counts_no_{act.lower()} BEFORE {act} ON report_counts "
            "BEGIN SELECT RAISE(ABORT, 'CHECK: report_counts is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("report_counts")
    for name in (*SETTINGS, "lock_after"):
        op.drop_column("plant", name)
