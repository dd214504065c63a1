"""Events that are given to other companies and taken from them (GS1 EPCIS 2.0)."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

#: Tables of which no row may be changed or removed.
APPEND_ONLY = ("epcis_captures", "epcis_events", "epcis_things")
URI = 500


def upgrade() -> None:
    op.create_table(
        "epcis_plant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("gln", sa.String(13), nullable=True),
        sa.Column("noted_to", BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epcis_plant")),
    )
    op.create_table(
        "epcis_captures",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(36), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("sender", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("behaviour", sa.String(16), nullable=False),
        sa.Column("errors", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epcis_captures")),
        sa.UniqueConstraint("code", name=op.f("uq_epcis_captures_code")),
    )
    op.create_index("ix_epcis_captures_at", "epcis_captures", ["at", "id"])
    op.create_table(
        "epcis_events",
        sa.Column("id", BigId, nullable=False),
        sa.Column("event_id", sa.String(URI), nullable=False),
        sa.Column("declared", sa.Boolean(), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("event_time", UtcTime(), nullable=False),
        sa.Column("record_time", UtcTime(), nullable=False),
        sa.Column("action", sa.String(8), nullable=True),
        sa.Column("biz_step", sa.String(URI), nullable=True),
        sa.Column("disposition", sa.String(URI), nullable=True),
        sa.Column("read_point", sa.String(URI), nullable=True),
        sa.Column("biz_location", sa.String(URI), nullable=True),
        sa.Column("transformation", sa.String(URI), nullable=True),
        sa.Column("origin", BigId, nullable=True),
        sa.Column("capture_id", BigId, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=True),
        sa.CheckConstraint("origin IS NULL OR capture_id IS NULL", name=op.f("ck_epcis_events_ours_or_theirs")),
        sa.ForeignKeyConstraint(["capture_id"], ["epcis_captures.id"], name=op.f("fk_epcis_events_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epcis_events")),
        sa.UniqueConstraint("event_id", "declared", name=op.f("uq_epcis_events_event_id_declared")),
    )
    op.create_index("ix_epcis_events_event_time", "epcis_events", ["event_time", "id"])
    op.create_index("ix_epcis_events_record_time", "epcis_events", ["record_time", "id"])
    op.create_index("ix_epcis_events_type", "epcis_events", ["type", "event_time"])
    op.create_index("ix_epcis_events_biz_step", "epcis_events", ["biz_step", "event_time"])
    theirs, ours = sa.text("capture_id IS NOT NULL"), sa.text("origin IS NOT NULL")
    op.create_index(
        "ix_epcis_events_capture", "epcis_events", ["capture_id", "id"], sqlite_where=theirs, postgresql_where=theirs
    )
    op.create_index("ix_epcis_events_origin", "epcis_events", ["origin"], sqlite_where=ours, postgresql_where=ours)
    op.create_table(
        "epcis_things",
        sa.Column("id", BigId, nullable=False),
        sa.Column("event_id", BigId, nullable=False),
        sa.Column("role", sa.String(60), nullable=False),
        sa.Column("uri", sa.String(URI), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["epcis_events.id"], name=op.f("fk_epcis_things_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epcis_things")),
    )
    op.create_index("ix_epcis_things_uri", "epcis_things", ["uri", "role", "event_id"])
    op.create_index("ix_epcis_things_event", "epcis_things", ["event_id", "role"])
    for table in APPEND_ONLY:
        _never_changed(table)


def _never_changed(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'CHECK: {table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for table in ("epcis_things", "epcis_events", "epcis_captures", "epcis_plant"):
        op.drop_table(table)
