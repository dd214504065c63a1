"""What still waits is found without reading what is long done: stops by their end, defects by what became of them,
lots that are held or await their inspection."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LOTS = {"ix_lots_held": "holds > 0", "ix_lots_awaiting": "status = 'inspection'"}


def upgrade() -> None:
    op.create_index("ix_downtimes_ended", "downtimes", ["ended_at"])
    op.create_index("ix_defects_disposition", "defects", ["disposition"])
    for name, condition in LOTS.items():
        where = sa.text(condition)
        op.create_index(name, "lots", ["on_hand"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in LOTS:
        op.drop_index(name, table_name="lots")
    op.drop_index("ix_defects_disposition", table_name="defects")
    op.drop_index("ix_downtimes_ended", table_name="downtimes")
