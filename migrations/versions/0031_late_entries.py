"""Entries that were made on a tablet without a connection, and what became of them."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
REFUSED = sa.text("state = 'refused'")


def upgrade() -> None:
    op.create_table(
        "late_entries",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("station_id", BigId, nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("sequence", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("skew", BigId, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("refusal", sa.String(64), nullable=True),
        sa.Column("refusal_values", sa.Text(), nullable=True),
        sa.Column("asks", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("settled_at", UtcTime(), nullable=True),
        sa.Column("settled_by", sa.String(100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_late_entries_station_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_late_entries_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entries")),
        sa.UniqueConstraint("station_id", "key", name=op.f("uq_late_entries_station_id_key")),
    )
    op.create_index(
        "ix_late_entries_refused", "late_entries", ["station_id"], sqlite_where=REFUSED, postgresql_where=REFUSED
    )
    op.create_index(op.f("ix_late_entries_at"), "late_entries", ["at"])


def downgrade() -> None:
    op.drop_table("late_entries")
