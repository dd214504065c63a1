"""Gauges, calibrations and studies."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gauges",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=100), nullable=True),
        sa.Column("maker", sa.String(length=100), nullable=True),
        sa.Column("serial", sa.String(length=100), nullable=True),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("lower", ExactDecimal(), nullable=True),
        sa.Column("upper", ExactDecimal(), nullable=True),
        sa.Column("resolution", ExactDecimal(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.Column("work_centre_id", BigId, nullable=True),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("keeper_id", BigId, nullable=True),
        sa.Column("interval_months", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(24), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "interval_months IS NULL OR interval_months > 0", name=op.f("ck_gauges_interval_above_zero")
        ),
        sa.CheckConstraint("lower IS NULL OR upper IS NULL OR lower <= upper", name=op.f("ck_gauges_range_in_order")),
        sa.ForeignKeyConstraint(["keeper_id"], ["persons.id"], name=op.f("fk_gauges_keeper_id")),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_gauges_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauges")),
        sa.UniqueConstraint("code", name=op.f("uq_gauges_code")),
        sa.UniqueConstraint("tag", name=op.f("uq_gauges_tag")),
    )
    op.create_index(op.f("ix_gauges_due_on"), "gauges", ["due_on"], unique=False)
    op.create_index(op.f("ix_gauges_work_centre_id"), "gauges", ["work_centre_id"], unique=False)
    op.create_table(
        "calibrations",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("gauge_id", BigId, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("lab", sa.String(length=100), nullable=False),
        sa.Column("certificate", sa.String(length=100), nullable=True),
        sa.Column("result", sa.String(24), nullable=False),
        sa.Column("error", ExactDecimal(), nullable=True),
        sa.Column("error_after", ExactDecimal(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("file_id", BigId, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reverses_id", BigId, nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_calibrations_file_id")),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauges.id"], name=op.f("fk_calibrations_gauge_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_calibrations_person_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["calibrations.id"], name=op.f("fk_calibrations_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_calibrations_reverses_id")),
    )
    op.create_index("ix_calibrations_gauge", "calibrations", ["gauge_id", "done_on"], unique=False)
    op.create_table(
        "gauge_studies",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("gauge_id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=True),
        sa.Column("characteristic", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.Column("tolerance", ExactDecimal(), nullable=True),
        sa.Column("good", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("verdict", sa.String(length=100), nullable=True),
        sa.Column("figure", ExactDecimal(), nullable=True),
        sa.Column("categories", sa.Integer(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("concluded_at", UtcTime(), nullable=True),
        sa.Column("concluded_by", sa.String(length=100), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauges.id"], name=op.f("fk_gauge_studies_gauge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauge_studies")),
        sa.UniqueConstraint("code", name=op.f("uq_gauge_studies_code")),
    )
    op.create_index("ix_gauge_studies_gauge", "gauge_studies", ["gauge_id", "id"], unique=False)
    _append_only("calibrations")


def _append_only(table: str) -> None:
    """The database itself refuses to change or remove a row."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'CHECK: {table} is append-only'); END"
        )


def downgrade() -> None:
    op.drop_index("ix_gauge_studies_gauge", table_name="gauge_studies")
    op.drop_table("gauge_studies")
    op.drop_index("ix_calibrations_gauge", table_name="calibrations")
    op.drop_table("calibrations")
    op.drop_index(op.f("ix_gauges_work_centre_id"), table_name="gauges")
    op.drop_index(op.f("ix_gauges_due_on"), table_name="gauges")
    op.drop_table("gauges")
