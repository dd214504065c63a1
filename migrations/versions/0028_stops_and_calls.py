"""Stops whose reason is told later, reasons with pictures and groups, calls with a cause that go up by themselves."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UNEXPLAINED = sa.text("reason_id IS NULL")


def upgrade() -> None:
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.add_column("plant", sa.Column("micro_stop_minutes", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("plant", sa.Column("stop_reason_needed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("stop_reasons", sa.Column("group", sa.String(100), nullable=True))
    op.execute(
        f"ALTER TABLE stop_reasons ADD COLUMN picture_id {kind} "
        "CONSTRAINT fk_stop_reasons_picture_id_files REFERENCES files"
    )
    with op.batch_alter_table("downtimes") as downtimes:
        downtimes.alter_column("reason_id", existing_type=BigId, nullable=True)
    op.create_index(
        "ix_downtimes_unexplained",
        "downtimes",
        ["work_centre_id", "started_at"],
        sqlite_where=UNEXPLAINED,
        postgresql_where=UNEXPLAINED,
    )
    op.add_column("calls", sa.Column("cause", sa.Text(), nullable=True))
    op.execute(
        f"ALTER TABLE calls ADD COLUMN downtime_id {kind} "
        "CONSTRAINT fk_calls_downtime_id_downtimes REFERENCES downtimes"
    )
    op.create_table(
        "call_rules",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("leader_after", sa.Integer(), nullable=True),
        sa.Column("manager_after", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_rules")),
        sa.UniqueConstraint("kind", name=op.f("uq_call_rules_kind")),
    )


def downgrade() -> None:
    op.drop_table("call_rules")
    op.drop_column("calls", "downtime_id")
    op.drop_column("calls", "cause")
    op.drop_index("ix_downtimes_unexplained", table_name="downtimes")
    # a stop without a reason is not known down there: it is kept under a reason that says so
    op.execute(
        "INSERT INTO stop_reasons (code, name, name_en, planned, active, version) "
        "SELECT 'UNKNOWN', '사유 모름', 'Unknown', FALSE, FALSE, 1 "
        "WHERE EXISTS (SELECT 1 FROM downtimes WHERE reason_id IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM stop_reasons WHERE code = 'UNKNOWN')"
    )
    op.execute(
        "UPDATE downtimes SET reason_id = (SELECT id FROM stop_reasons WHERE code = 'UNKNOWN') WHERE reason_id IS NULL"
    )
    with op.batch_alter_table("downtimes") as downtimes:
        downtimes.alter_column("reason_id", existing_type=BigId, nullable=False)
    op.drop_column("stop_reasons", "picture_id")
    op.drop_column("stop_reasons", "group")
    op.drop_column("plant", "stop_reason_needed")
    op.drop_column("plant", "micro_stop_minutes")
