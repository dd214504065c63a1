"""When a mould was on a job, who works on a job that ran already, and what was recorded of a lot that was counted."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

OPEN = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "job_tools",
        sa.Column("id", BigId, nullable=False),
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("tool_id", BigId, nullable=False),
        sa.Column("mounted_at", UtcTime(), nullable=False),
        sa.Column("removed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_tools_job_id_jobs")),
        sa.ForeignKeyConstraint(["tool_id"], ["tools.id"], name=op.f("fk_job_tools_tool_id_tools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_tools")),
    )
    op.create_index(op.f("ix_job_tools_job_id"), "job_tools", ["job_id"])
    op.create_index(op.f("ix_job_tools_tool_id"), "job_tools", ["tool_id"])
    op.create_index("ix_job_tools_open", "job_tools", ["job_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    # of a mould that is on a job now, it is known only that no result before named it
    op.execute(
        "INSERT INTO job_tools (job_id, tool_id, mounted_at) "
        "SELECT jobs.id, jobs.tool_id, COALESCE((SELECT MAX(at) FROM production_reports WHERE job_id = jobs.id "
        "AND (production_reports.tool_id IS NULL OR production_reports.tool_id <> jobs.tool_id)), jobs.started_at, "
        "work_orders.created_at) FROM jobs JOIN work_orders ON work_orders.id = jobs.order_id "
        "WHERE jobs.tool_id IS NOT NULL AND jobs.state <> 'done' ORDER BY jobs.id"
    )
    # whoever started a job before crews were kept works on it as long as it runs
    op.execute(
        "INSERT INTO job_workers (job_id, person_id, joined_at) "
        "SELECT id, person_id, COALESCE(running_since, started_at) FROM jobs WHERE state = 'running' "
        "AND person_id IS NOT NULL AND COALESCE(running_since, started_at) IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM job_workers AS known WHERE known.job_id = jobs.id AND known.person_id = jobs.person_id) "
        "ORDER BY id"
    )
    op.add_column("recall_lots", sa.Column("recorded", ExactDecimal(), nullable=True))
    op.execute("UPDATE recall_lots SET recorded = on_hand WHERE collected IS NOT NULL")


def downgrade() -> None:
    op.drop_column("recall_lots", "recorded")
    op.drop_table("job_tools")
