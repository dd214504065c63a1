"""Readings of inspections that were given up stay where they are and count for nothing, as corrected ones do."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE readings SET replaced_at = (SELECT closed_at FROM inspections WHERE inspections.id = inspection_id) "
        "WHERE replaced_at IS NULL AND inspection_id IN "
        "(SELECT id FROM inspections WHERE closed_at IS NOT NULL AND verdict IS NULL)"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE readings SET replaced_at = NULL WHERE inspection_id IN "
        "(SELECT id FROM inspections WHERE closed_at IS NOT NULL AND verdict IS NULL) "
        "AND id NOT IN (SELECT replaces_id FROM readings WHERE replaces_id IS NOT NULL)"
    )
