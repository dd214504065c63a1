"""Label printers, the jobs that wait for them, numbered copies of labels and labels that count no longer."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'sending', 'unsure')")


def upgrade() -> None:
    _printers()
    _jobs()
    op.create_table(
        "voided_labels",
        sa.Column("id", BigId, nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voided_labels")),
        sa.UniqueConstraint("subject", "code", "copy", name=op.f("uq_voided_labels_subject_code_copy")),
    )
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE label_prints ADD COLUMN job_id {kind} "
        "CONSTRAINT fk_label_prints_job_id_print_jobs REFERENCES print_jobs"
    )
    op.create_index(op.f("ix_label_prints_job_id"), "label_prints", ["job_id"])
    op.add_column("label_prints", sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
    # what was printed so far is numbered in the order in which it was printed
    op.execute(
        "UPDATE label_prints SET number = 1 + COALESCE((SELECT SUM(earlier.copies) FROM label_prints AS earlier "
        "WHERE earlier.subject = label_prints.subject AND earlier.code = label_prints.code "
        "AND earlier.id < label_prints.id), 0)"
    )


def _printers() -> None:
    op.create_table(
        "printers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(24), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("stock", sa.String(100), nullable=True),
        sa.Column("density", sa.Integer(), nullable=True),
        sa.Column("speed", sa.Integer(), nullable=True),
        sa.Column("shift_x", ExactDecimal(), nullable=False),
        sa.Column("shift_y", ExactDecimal(), nullable=False),
        sa.Column("font_regular", sa.String(100), nullable=True),
        sa.Column("font_bold", sa.String(100), nullable=True),
        sa.Column("work_centre_id", BigId, nullable=True),
        sa.Column("station_id", BigId, nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("port BETWEEN 1 AND 65535", name=op.f("ck_printers_port")),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_printers_work_centre_id_work_centres")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_printers_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printers")),
        sa.UniqueConstraint("code", name=op.f("uq_printers_code")),
    )
    op.create_table(
        "printer_states",
        sa.Column("printer_id", BigId, nullable=False, autoincrement=False),
        sa.Column("condition", sa.String(24), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["printer_id"], ["printers.id"], name=op.f("fk_printer_states_printer_id_printers")),
        sa.PrimaryKeyConstraint("printer_id", name=op.f("pk_printer_states")),
    )


def _jobs() -> None:
    op.create_table(
        "print_jobs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("printer_id", BigId, nullable=True),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("layout", sa.String(100), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("used", sa.Text(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcTime(), nullable=True),
        sa.Column("claimed_by", sa.String(64), nullable=True),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.Column("trouble", sa.String(24), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("station", sa.String(100), nullable=True),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("sent BETWEEN 0 AND labels", name=op.f("ck_print_jobs_sent")),
        sa.ForeignKeyConstraint(["printer_id"], ["printers.id"], name=op.f("fk_print_jobs_printer_id_printers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_jobs")),
    )
    op.create_index(op.f("ix_print_jobs_printer_id"), "print_jobs", ["printer_id"])
    op.create_index("ix_print_jobs_open", "print_jobs", ["printer_id", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "label_files",
        sa.Column("job_id", BigId, nullable=False, autoincrement=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["print_jobs.id"], name=op.f("fk_label_files_job_id_print_jobs")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_label_files")),
    )


def downgrade() -> None:
    op.drop_column("label_prints", "number")
    op.drop_index(op.f("ix_label_prints_job_id"), table_name="label_prints")
    op.drop_column("label_prints", "job_id")
    op.drop_table("voided_labels")
    op.drop_table("label_files")
    op.drop_index("ix_print_jobs_open", table_name="print_jobs")
    op.drop_table("print_jobs")
    op.drop_table("printer_states")
    op.drop_table("printers")
