"""Control charts, their phases, alarms and what was done about them."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime, WordSet

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: Frozen limits, alarms and their answers are never edited or erased.
APPEND_ONLY = ("chart_phases", "chart_alarms", "alarm_answers")


def upgrade() -> None:
    op.create_table(
        "control_charts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("characteristic_id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "xbar-r",
                "xbar-s",
                "i-mr",
                "ewma",
                "cusum",
                "p",
                "np",
                "c",
                "u",
                name="chartkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rules", WordSet(length=200), nullable=False),
        sa.Column(
            "acts",
            sa.Enum(
                "operator",
                "leader",
                "quality",
                "material",
                "manager",
                "admin",
                name="role",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reaction", sa.Text(), nullable=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("weight", ExactDecimal(), nullable=False),
        sa.Column("width", ExactDecimal(), nullable=False),
        sa.Column("step", ExactDecimal(), nullable=False),
        sa.Column("decision", ExactDecimal(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("size >= 1", name=op.f("ck_control_charts_size_at_least_one")),
        sa.ForeignKeyConstraint(
            ["characteristic_id"], ["characteristics.id"], name=op.f("fk_control_charts_characteristic_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_charts")),
        sa.UniqueConstraint("characteristic_id", name=op.f("uq_control_charts_characteristic_id")),
    )
    op.create_table(
        "chart_alarms",
        sa.Column("id", BigId, nullable=False),
        sa.Column("chart_id", BigId, nullable=False),
        sa.Column("inspection_id", BigId, nullable=False),
        sa.Column("track", sa.String(length=24), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("first", sa.String(length=200), nullable=False),
        sa.Column("last", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("centre", sa.Double(), nullable=False),
        sa.Column("lower", sa.Double(), nullable=True),
        sa.Column("upper", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column(
            "acts",
            sa.Enum(
                "operator",
                "leader",
                "quality",
                "material",
                "manager",
                "admin",
                name="role",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["chart_id"], ["control_charts.id"], name=op.f("fk_chart_alarms_chart_id")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_chart_alarms_inspection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_alarms")),
    )
    op.create_index("ix_chart_alarms_chart", "chart_alarms", ["chart_id", "inspection_id"])
    op.create_index(op.f("ix_chart_alarms_inspection_id"), "chart_alarms", ["inspection_id"])
    op.create_table(
        "chart_phases",
        sa.Column("id", BigId, nullable=False),
        sa.Column("chart_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "xbar-r",
                "xbar-s",
                "i-mr",
                "ewma",
                "cusum",
                "p",
                "np",
                "c",
                "u",
                name="chartkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_id", BigId, nullable=False),
        sa.Column("last_id", BigId, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("centre", sa.Double(), nullable=False),
        sa.Column("sigma", sa.Double(), nullable=True),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["chart_id"], ["control_charts.id"], name=op.f("fk_chart_phases_chart_id")),
        sa.ForeignKeyConstraint(["first_id"], ["inspections.id"], name=op.f("fk_chart_phases_first_id")),
        sa.ForeignKeyConstraint(["last_id"], ["inspections.id"], name=op.f("fk_chart_phases_last_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_phases")),
        sa.UniqueConstraint("chart_id", "number", name=op.f("uq_chart_phases_chart_id_number")),
    )
    op.create_table(
        "alarm_answers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("alarm_id", BigId, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["chart_alarms.id"], name=op.f("fk_alarm_answers_alarm_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_alarm_answers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_answers")),
        sa.UniqueConstraint("alarm_id", name=op.f("uq_alarm_answers_alarm_id")),
    )
    op.create_index("ix_readings_charted", "readings", ["characteristic_id", "inspection_id", "value"])
    for table in APPEND_ONLY:
        _keep(table)


def _keep(table: str) -> None:
    """The database itself refuses to change or remove rows of the table."""
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
    op.drop_index("ix_readings_charted", table_name="readings")
    for table in ("alarm_answers", "chart_phases", "chart_alarms", "control_charts"):
        op.drop_table(table)
