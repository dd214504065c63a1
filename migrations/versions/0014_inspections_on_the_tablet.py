"""Inspections that are open, by piece, with gauge and choice."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

VERDICT = sa.String(24)
NEW = ("closed_by", "closed_at", "made", "machine_id", "trigger", "more_pieces", "pieces")
NEW_OF_READING = ("reason", "replaces_id", "replaced_at", "person", "at", "gauge_id", "choice_id", "piece")


def upgrade() -> None:
    with op.batch_alter_table("inspections") as inspections:
        inspections.add_column(sa.Column("pieces", sa.Integer(), nullable=False, server_default="1"))
        inspections.add_column(sa.Column("more_pieces", sa.Integer(), nullable=True))
        inspections.add_column(sa.Column("trigger", sa.String(16), nullable=True))
        inspections.add_column(sa.Column("machine_id", BigId, nullable=True))
        inspections.add_column(sa.Column("made", ExactDecimal(), nullable=True))
        inspections.add_column(sa.Column("closed_at", UtcTime(), nullable=True))
        inspections.add_column(sa.Column("closed_by", sa.String(100), nullable=True))
    op.execute("UPDATE inspections SET closed_at = at, closed_by = person")
    with op.batch_alter_table("inspections") as inspections:
        inspections.alter_column("verdict", existing_type=VERDICT, nullable=True)
        inspections.create_foreign_key(op.f("fk_inspections_machine_id_machines"), "machines", ["machine_id"], ["id"])
        inspections.create_check_constraint(
            op.f("ck_inspections_verdict_at_the_end"), "verdict IS NULL OR closed_at IS NOT NULL"
        )
    still = sa.text("closed_at IS NULL")
    op.create_index("ix_inspections_open", "inspections", ["kind", "job_id", "lot_id"],
                    sqlite_where=still, postgresql_where=still)  # fmt: skip
    with op.batch_alter_table("readings") as readings:
        readings.add_column(sa.Column("piece", sa.Integer(), nullable=False, server_default="1"))
        readings.add_column(sa.Column("choice_id", BigId, nullable=True))
        readings.add_column(sa.Column("gauge_id", BigId, nullable=True))
        readings.add_column(sa.Column("at", UtcTime(), nullable=True))
        readings.add_column(sa.Column("person", sa.String(100), nullable=True))
        readings.add_column(sa.Column("replaced_at", UtcTime(), nullable=True))
        readings.add_column(sa.Column("replaces_id", BigId, nullable=True))
        readings.add_column(sa.Column("reason", sa.Text(), nullable=True))
        readings.create_foreign_key(
            op.f("fk_readings_choice_id_characteristic_choices"), "characteristic_choices", ["choice_id"], ["id"]
        )
        readings.create_foreign_key(op.f("fk_readings_gauge_id_gauges"), "gauges", ["gauge_id"], ["id"])
        readings.create_foreign_key(op.f("fk_readings_replaces_id_readings"), "readings", ["replaces_id"], ["id"])
        readings.create_unique_constraint(op.f("uq_readings_replaces_id"), ["replaces_id"])
    op.create_index(op.f("ix_readings_gauge_id"), "readings", ["gauge_id"])
    standing = sa.text("replaced_at IS NULL")
    op.create_index("uq_readings_one_each", "readings", ["inspection_id", "characteristic_id", "piece"], unique=True,
                    sqlite_where=standing, postgresql_where=standing)  # fmt: skip


def downgrade() -> None:
    op.drop_index("uq_readings_one_each", table_name="readings")
    op.drop_index(op.f("ix_readings_gauge_id"), table_name="readings")
    with op.batch_alter_table("readings") as readings:
        readings.drop_constraint(op.f("uq_readings_replaces_id"), type_="unique")
        for name in ("replaces_id_readings", "gauge_id_gauges", "choice_id_characteristic_choices"):
            readings.drop_constraint(op.f(f"fk_readings_{name}"), type_="foreignkey")
        for name in NEW_OF_READING:
            readings.drop_column(name)
    op.drop_index("ix_inspections_open", table_name="inspections")
    op.execute("UPDATE inspections SET verdict = 'fail', closed_at = at WHERE verdict IS NULL")
    with op.batch_alter_table("inspections") as inspections:
        inspections.alter_column("verdict", existing_type=VERDICT, nullable=False)
        inspections.drop_constraint(op.f("ck_inspections_verdict_at_the_end"), type_="check")
        inspections.drop_constraint(op.f("fk_inspections_machine_id_machines"), type_="foreignkey")
        for name in NEW:
            inspections.drop_column(name)
