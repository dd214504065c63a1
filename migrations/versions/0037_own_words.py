"""The plant's own words in the languages of its people."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_words",
        sa.Column("id", BigId, nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("said", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_words")),
        sa.UniqueConstraint("text", "language", name=op.f("uq_own_words_text_language")),
    )
    op.create_index(op.f("ix_own_words_language"), "own_words", ["language"])
    op.add_column("plant", sa.Column("words_stamp", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("plant", "words_stamp")
    op.drop_table("own_words")
