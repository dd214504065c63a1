"""Steps of operations with pictures and values, and what was done at them."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operation_steps",
        sa.Column("id", BigId, nullable=False),
        sa.Column("operation_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("unit", sa.String(16), nullable=True),
        sa.Column("lower", ExactDecimal(), nullable=True),
        sa.Column("upper", ExactDecimal(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("every_start", sa.Boolean(), nullable=False),
        sa.Column("picture_id", BigId, nullable=True),
        sa.CheckConstraint("lower <= upper", name=op.f("ck_operation_steps_limits_in_order")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operations.id"], name=op.f("fk_operation_steps_operation_id_operations")
        ),
        sa.ForeignKeyConstraint(["picture_id"], ["files.id"], name=op.f("fk_operation_steps_picture_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_steps")),
        sa.UniqueConstraint("operation_id", "position", name=op.f("uq_operation_steps_operation_id_position")),
    )
    op.add_column("jobs", sa.Column("has_steps", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("running_since", UtcTime(), nullable=True))
    op.execute("UPDATE jobs SET running_since = started_at")
    op.create_table(
        "step_records",
        sa.Column("id", BigId, nullable=False),
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("step_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("number", ExactDecimal(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("station", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_step_records_job_id_jobs")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_step_records_person_id_persons")),
        sa.ForeignKeyConstraint(["step_id"], ["operation_steps.id"], name=op.f("fk_step_records_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_records")),
    )
    op.create_index("ix_step_records_job_id", "step_records", ["job_id", "step_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER step_records_no_update BEFORE UPDATE OR DELETE ON step_records "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER step_records_no_{act.lower()} BEFORE {act} ON step_records "
            "BEGIN SELECT RAISE(ABORT, 'CHECK: step_records is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("step_records")
    op.drop_column("jobs", "running_since")
    op.drop_column("jobs", "has_steps")
    op.drop_table("operation_steps")
