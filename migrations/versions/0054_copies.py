"""Places where copies of the plant are kept, and the copies."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None
KINDS, STATES = ("here", "folder", "store"), ("good", "failed", "removed")


def upgrade() -> None:
    places, copies = "backup_places", "backup_copies"
    op.create_table(
        places,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="placekind", native_enum=False, length=24), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.Column("busy_until", UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{places}")),
        sa.UniqueConstraint("address", name=op.f(f"uq_{places}_address")),
    )
    op.create_table(
        copies,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("place_id", BigId, nullable=False),
        sa.Column("as_of", UtcTime(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("person", sa.String(100), nullable=True),
        sa.Column("state", sa.Enum(*STATES, name="copystate", native_enum=False, length=24), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("tried_at", UtcTime(), nullable=True),
        sa.Column("tried_well", sa.Boolean(), nullable=True),
        sa.Column("tried", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], [f"{places}.id"], name=op.f(f"fk_{copies}_place_id_{places}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{copies}")),
    )
    op.create_index(f"ix_{copies}_place", copies, ["place_id", "state", "as_of"])


def downgrade() -> None:
    op.drop_table("backup_copies")
    op.drop_table("backup_places")
