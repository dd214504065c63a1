"""Several people on one job, and who worked on what a report tells of."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_workers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("joined_at", UtcTime(), nullable=False),
        sa.Column("left_at", UtcTime(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_workers_job_id_jobs")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_job_workers_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_workers")),
    )
    op.create_index("ix_job_workers_job_id", "job_workers", ["job_id", "person_id"])
    still_open = sa.text("left_at IS NULL")
    op.create_index(
        "ix_job_workers_open", "job_workers", ["job_id", "person_id"], unique=True,
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip
    op.create_table(
        "report_workers",
        sa.Column("report_id", BigId, autoincrement=False, nullable=False),
        sa.Column("person_id", BigId, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_report_workers_person_id_persons")),
        sa.ForeignKeyConstraint(["report_id"], ["production_reports.id"], name=op.f("fk_report_workers_report_id")),
        sa.PrimaryKeyConstraint("report_id", "person_id", name=op.f("pk_report_workers")),
    )


def downgrade() -> None:
    op.drop_table("report_workers")
    op.drop_table("job_workers")
