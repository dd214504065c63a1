"""Wrong tries by where they came from; second factors of sign-ins."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None
FACTORS, CODES, TRIES = "second_factors", "recovery_codes", "wrong_tries"


def upgrade() -> None:
    op.create_table(
        TRIES,
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("empty_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f(f"pk_{TRIES}")),
    )
    op.create_index(op.f(f"ix_{TRIES}_empty_at"), TRIES, ["empty_at"])
    op.create_table(
        FACTORS,
        sa.Column("person_id", BigId, autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f(f"fk_{FACTORS}_person_id_persons")),
        sa.PrimaryKeyConstraint("person_id", name=op.f(f"pk_{FACTORS}")),
    )
    op.create_table(
        CODES,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f(f"fk_{CODES}_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CODES}")),
        sa.UniqueConstraint("code_hash", name=op.f(f"uq_{CODES}_code_hash")),
    )
    op.create_index(op.f(f"ix_{CODES}_person_id"), CODES, ["person_id"])
    op.add_column("sign_ins", sa.Column("waits", sa.String(8), nullable=True))
    op.add_column("sign_ins", sa.Column("device", sa.String(100), nullable=True))
    op.add_column("plant", sa.Column("second_factor", sa.String(100), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("plant", "second_factor")
    # a sign-in that still waits for its code opens nothing: the older program would let it in
    op.execute("UPDATE sign_ins SET ended_at = at WHERE waits IS NOT NULL AND ended_at IS NULL")
    op.drop_column("sign_ins", "device")
    op.drop_column("sign_ins", "waits")
    for table in (CODES, FACTORS, TRIES):
        op.drop_table(table)
