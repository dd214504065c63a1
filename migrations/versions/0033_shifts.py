"""Shifts with breaks, days that differ, planned stops, and when jobs ran."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("work_centre_id", BigId, nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=True),
        sa.Column("weekdays", sa.String(200), nullable=False),
        sa.Column("starts_at", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at BETWEEN 0 AND 1439", name=op.f("ck_shifts_starts_within_the_day")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_shifts_not_longer_than_a_day")),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_shifts_work_centre_id_work_centres")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_work_centre_id"), "shifts", ["work_centre_id"])
    op.create_table(
        "shift_breaks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("shift_id", BigId, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("after >= 0 AND minutes > 0", name=op.f("ck_shift_breaks_break_lasts")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_shift_breaks_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_breaks")),
    )
    op.create_index(op.f("ix_shift_breaks_shift_id"), "shift_breaks", ["shift_id"])
    op.create_table(
        "calendar_days",
        sa.Column("id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("work_centre_id", BigId, nullable=True),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_calendar_days_work_centre_id_work_centres")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
    )
    op.create_index("ix_calendar_days_day", "calendar_days", ["day"])
    _planned_stops()
    _job_runs()


def _planned_stops() -> None:
    op.create_table(
        "planned_stops",
        sa.Column("id", BigId, nullable=False),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("machine_id", BigId, nullable=True),
        sa.Column("reason_id", BigId, nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_planned_stops_planned_stop_lasts")),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_planned_stops_work_centre_id_work_centres")
        ),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_planned_stops_machine_id_machines")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["stop_reasons.id"], name=op.f("fk_planned_stops_reason_id_stop_reasons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_stops")),
    )
    op.create_index("ix_planned_stops_ends", "planned_stops", ["work_centre_id", "ends_at"])


def _job_runs() -> None:
    op.create_table(
        "job_runs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("machine_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_runs_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_job_runs_work_centre_id_work_centres")
        ),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_job_runs_machine_id_machines")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_job_runs_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    op.create_index(op.f("ix_job_runs_job_id"), "job_runs", ["job_id"])
    op.create_index("ix_job_runs_ended", "job_runs", ["work_centre_id", "ended_at"])
    op.create_index("ix_job_runs_open", "job_runs", ["job_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    # of jobs that were started before, only the beginning and the end are known
    op.execute(
        "INSERT INTO job_runs (job_id, work_centre_id, machine_id, person_id, started_at, ended_at) "
        "SELECT id, work_centre_id, machine_id, person_id, started_at, CASE WHEN state = 'running' THEN NULL ELSE "
        "COALESCE(ended_at, (SELECT MAX(at) FROM production_reports WHERE job_id = jobs.id), started_at) END "
        "FROM jobs WHERE started_at IS NOT NULL ORDER BY id"
    )


def downgrade() -> None:
    op.drop_table("job_runs")
    op.drop_table("planned_stops")
    op.drop_table("calendar_days")
    op.drop_table("shift_breaks")
    op.drop_table("shifts")
