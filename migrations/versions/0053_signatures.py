"""Signatures under releases and concessions; user name and reason of those under certificates."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
TABLE = "record_signatures"
MEANINGS = ("released", "rejected", "concession")


def upgrade() -> None:
    op.add_column("plant", sa.Column("signed_decisions", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("signatures", sa.Column("said", sa.String(24), nullable=True))
    op.add_column("signatures", sa.Column("reason", sa.Text(), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("thing", sa.String(64), nullable=False),
        sa.Column("thing_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("said", sa.String(24), nullable=False),
        sa.Column("proof", sa.String(24), nullable=False),
        sa.Column("meaning", sa.Enum(*MEANINGS, name="signedas", native_enum=False, length=24), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f(f"fk_{TABLE}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_record_signatures_thing", TABLE, ["thing", "thing_id"])
    if op.get_bind().dialect.name == "sqlite":
        for name, act, when in (
            ("update", "UPDATE", ""),
            ("delete", "DELETE", ""),
            ("replace", "INSERT", "WHEN EXISTS (SELECT 1 FROM record_signatures WHERE id = NEW.id) "),
        ):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {act} ON {TABLE} {when}"
                f"BEGIN SELECT RAISE(ABORT, 'CHECK: {TABLE} is append-only'); END"
            )
        return
    for name, act, each in (("update", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {act} ON {TABLE} FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table(TABLE)
    for column in ("reason", "said"):
        op.drop_column("signatures", column)
    op.drop_column("plant", "signed_decisions")
