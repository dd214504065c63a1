"""Daily checks, notes from shift to shift, confirmed ends of shifts, and the training a work centre asks for."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_centres", sa.Column("skill", sa.String(100), nullable=True))
    _sheets()
    _checks()
    _hand_overs()
    _closes()


def _sheets() -> None:
    op.create_table(
        "check_sheets",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=True),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("machine_id", BigId, nullable=True),
        sa.Column("every", sa.String(24), nullable=False),
        sa.Column("within_minutes", sa.Integer(), nullable=False),
        sa.Column("on_failure", sa.String(24), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("code", name=op.f("uq_check_sheets_code")),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_check_sheets_work_centre_id_work_centres")
        ),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_check_sheets_machine_id_machines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_sheets")),
    )
    op.create_index("ix_check_sheets_work_centre_id", "check_sheets", ["work_centre_id"])
    op.create_table(
        "check_items",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sheet_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("unit", sa.String(16), nullable=True),
        sa.Column("lower", ExactDecimal(), nullable=True),
        sa.Column("upper", ExactDecimal(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["check_sheets.id"], name=op.f("fk_check_items_sheet_id_check_sheets")),
        sa.UniqueConstraint("sheet_id", "position", name=op.f("uq_check_items_sheet_id_position")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_items")),
    )


def _checks() -> None:
    op.create_table(
        "checks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sheet_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift_id", BigId, nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("station", sa.String(100), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["check_sheets.id"], name=op.f("fk_checks_sheet_id_check_sheets")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_checks_shift_id_shifts")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_checks_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index("ix_checks_day", "checks", ["sheet_id", "day"])
    op.create_table(
        "check_answers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("check_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("value", ExactDecimal(), nullable=True),
        sa.Column("unit", sa.String(16), nullable=True),
        sa.Column("lower", ExactDecimal(), nullable=True),
        sa.Column("upper", ExactDecimal(), nullable=True),
        sa.Column("photo_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["check_items.id"], name=op.f("fk_check_answers_item_id_check_items")),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name=op.f("fk_check_answers_check_id_checks")),
        sa.ForeignKeyConstraint(["photo_id"], ["files.id"], name=op.f("fk_check_answers_photo_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answers")),
    )
    op.create_index("ix_check_answers_check_id", "check_answers", ["check_id"])


def _hand_overs() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift", sa.String(200), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.Column("photo_id", BigId, nullable=True),
        sa.Column("read_at", UtcTime(), nullable=True),
        sa.Column("read_by", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_hand_overs_person_id_persons")),
        sa.ForeignKeyConstraint(["photo_id"], ["files.id"], name=op.f("fk_hand_overs_photo_id_files")),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_hand_overs_work_centre_id_work_centres")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index("ix_hand_overs_at", "hand_overs", ["work_centre_id", "at"])


def _closes() -> None:
    op.create_table(
        "shift_closes",
        sa.Column("id", BigId, nullable=False),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift_id", BigId, nullable=True),
        sa.Column("shift", sa.String(200), nullable=False),
        sa.Column("began", UtcTime(), nullable=False),
        sa.Column("ended", UtcTime(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.Column("micro", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("micro_stops", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("own_entries", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_shift_closes_shift_id_shifts")),
        sa.ForeignKeyConstraint(
            ["work_centre_id"], ["work_centres.id"], name=op.f("fk_shift_closes_work_centre_id_work_centres")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_shift_closes_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_closes")),
    )
    op.create_index("ix_shift_closes_at", "shift_closes", ["at"])
    op.create_index("ix_shift_closes_day", "shift_closes", ["work_centre_id", "day"])
    op.create_table(
        "shift_close_lines",
        sa.Column("id", BigId, nullable=False),
        sa.Column("close_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("good", ExactDecimal(), nullable=False),
        sa.Column("defective", ExactDecimal(), nullable=False),
        sa.Column("scrap", ExactDecimal(), nullable=False),
        sa.Column("rework", ExactDecimal(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_shift_close_lines_item_id_items")),
        sa.ForeignKeyConstraint(
            ["close_id"], ["shift_closes.id"], name=op.f("fk_shift_close_lines_close_id_shift_closes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_close_lines")),
    )
    op.create_index("ix_shift_close_lines_close_id", "shift_close_lines", ["close_id"])


def downgrade() -> None:
    for table in (
        "shift_close_lines",
        "shift_closes",
        "hand_overs",
        "check_answers",
        "checks",
        "check_items",
        "check_sheets",
    ):
        op.drop_table(table)
    op.drop_column("work_centres", "skill")
