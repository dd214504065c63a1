"""What was taken for an order is counted beside the ledger: per material, and what is not part of a lot yet."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NONE_LEFT = sa.text("undrawn > 0")
#: What the ledger and the genealogy say of the orders there are.
FILL = """
    INSERT INTO in_process (movement_id, order_id, material_id, lot_id, undrawn)
    SELECT taken.id, taken.order_id, taken.material_id, taken.lot_id,
        -taken.quantity
        - COALESCE((SELECT back.quantity FROM movements AS back WHERE back.reverses_id = taken.id), 0)
        - COALESCE((SELECT SUM(edge.quantity) FROM genealogy AS edge
                    WHERE edge.movement_id = taken.id AND NOT edge.undone), 0)
    FROM movements AS taken
    WHERE taken.kind = 'consume' AND taken.reverses_id IS NULL AND taken.material_id IS NOT NULL
"""
COUNT = """
    UPDATE order_materials SET consumed = COALESCE(
        (SELECT -SUM(quantity) FROM movements
         WHERE movements.order_id = order_materials.order_id AND movements.material_id = order_materials.id
         AND movements.kind = 'consume'), 0)
"""


def upgrade() -> None:
    op.create_table(
        "in_process",
        sa.Column("movement_id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("material_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("undrawn", ExactDecimal(), nullable=False),
        sa.CheckConstraint("undrawn >= 0", name=op.f("ck_in_process_undrawn_not_negative")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_in_process_lot_id")),
        sa.ForeignKeyConstraint(["material_id"], ["order_materials.id"], name=op.f("fk_in_process_material_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_in_process_movement_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_in_process_order_id")),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_in_process")),
    )
    op.create_index("ix_in_process_material", "in_process", ["material_id", "movement_id"])
    op.create_index(
        "ix_in_process_open", "in_process", ["order_id"], sqlite_where=NONE_LEFT, postgresql_where=NONE_LEFT
    )
    # SQLite adds a column in place when it has a default
    op.add_column("order_materials", sa.Column("consumed", ExactDecimal(), nullable=False, server_default="0"))
    op.execute(FILL)
    op.execute(COUNT)


def downgrade() -> None:
    op.drop_column("order_materials", "consumed")
    op.drop_table("in_process")
