"""A leader's order of the queue, messages to stations and requests from them; boards, phones and who was heard of."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

UNREAD, OPEN = sa.text("read_at IS NULL"), sa.text("answered_at IS NULL")


def upgrade() -> None:
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.add_column("jobs", sa.Column("place", sa.Integer(), nullable=True))
    # not as a batch: that would make the table anew, with all that hangs on it
    op.execute(
        f"ALTER TABLE jobs ADD COLUMN meant_for_id {kind} CONSTRAINT fk_jobs_meant_for_id_persons REFERENCES persons"
    )
    op.create_table(
        "boards",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("work_centre_id", BigId, nullable=True),
        sa.Column("device_hash", sa.String(64), nullable=True),
        sa.Column("claim", sa.String(16), nullable=True),
        sa.Column("claim_until", UtcTime(), nullable=True),
        sa.Column("paired_at", UtcTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_boards_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("device_hash", name=op.f("uq_boards_device_hash")),
        sa.UniqueConstraint("claim", name=op.f("uq_boards_claim")),
    )
    op.create_table(
        "phones",
        sa.Column("station_id", BigId, autoincrement=False, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_phones_station_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_phones_person_id")),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_phones")),
    )
    op.create_index(op.f("ix_phones_person_id"), "phones", ["person_id"])
    op.create_table(
        "device_contacts",
        sa.Column("device_hash", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("app", sa.String(40), nullable=True),
        sa.Column("skew", sa.Integer(), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("device_hash", name=op.f("pk_device_contacts")),
    )
    op.create_table(
        "station_messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("station_id", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("sent_by", sa.String(100), nullable=False),
        sa.Column("read_at", UtcTime(), nullable=True),
        sa.Column("read_by", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_station_messages_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_messages")),
    )
    op.create_index(
        "ix_station_messages_unread", "station_messages", ["station_id"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )
    op.create_index("ix_station_messages_sent", "station_messages", ["sent_at"])
    op.create_table(
        "leader_requests",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("station_id", BigId, nullable=False),
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("report_id", BigId, nullable=True),
        sa.Column("movement_id", BigId, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.Column("answered_by", sa.String(100), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("seen_at", UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_leader_requests_station_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_leader_requests_job_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_leader_requests_lot_id")),
        sa.ForeignKeyConstraint(["report_id"], ["production_reports.id"], name=op.f("fk_leader_requests_report_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_leader_requests_movement_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_leader_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_requests")),
    )
    op.create_index(
        "ix_leader_requests_open", "leader_requests", ["asked_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_leader_requests_station", "leader_requests", ["station_id", "seen_at"])
    op.create_index(op.f("ix_leader_requests_job_id"), "leader_requests", ["job_id"])


def downgrade() -> None:
    for table in ("leader_requests", "station_messages", "device_contacts", "phones", "boards"):
        op.drop_table(table)
    op.drop_column("jobs", "meant_for_id")
    op.drop_column("jobs", "place")
