"""A job knows since its release whether its first piece must pass, and after what again; standards say it to orders."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: What the standards in force demand. Triggers are stored as words in one text.
DEMAND = """
    INSERT INTO first_piece_demands (item_id, operation, customer_id, required, each_shift, each_material)
    SELECT item_id, operation, partner_id, gate, triggers LIKE '%shift%', triggers LIKE '%material%'
    FROM inspection_standards WHERE kind = 'first' AND state = 'released' ORDER BY id
"""
#: The demand for one job: the customer's before the general one, then the operation's.
NEAREST = """
    SELECT {what} FROM first_piece_demands JOIN work_orders ON work_orders.id = jobs.order_id
    WHERE first_piece_demands.item_id = work_orders.item_id
    AND (first_piece_demands.operation IS NULL OR first_piece_demands.operation = jobs.sequence)
    AND (first_piece_demands.customer_id IS NULL OR first_piece_demands.customer_id = work_orders.customer_id)
    ORDER BY first_piece_demands.customer_id IS NULL, first_piece_demands.operation IS NULL LIMIT 1
"""
FOLLOW = """
    UPDATE jobs SET inspected = inspected OR COALESCE(({required}), {no}),
        first_piece_each_shift = COALESCE(({each_shift}), {no}),
        first_piece_each_material = COALESCE(({each_material}), {no})
    WHERE state <> 'done'
"""
PASSED = """
    UPDATE jobs SET first_piece_day = (
        SELECT max(inspections.day) FROM inspections
        WHERE inspections.job_id = jobs.id AND inspections.kind = 'first' AND inspections.verdict = 'pass')
    WHERE first_piece_passed
"""
FLAGS = ("first_piece_each_shift", "first_piece_each_material")


def upgrade() -> None:
    op.create_table(
        "first_piece_demands",
        sa.Column("id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("operation", sa.Integer(), nullable=True),
        sa.Column("customer_id", BigId, nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("each_shift", sa.Boolean(), nullable=False),
        sa.Column("each_material", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_piece_demands")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_first_piece_demands_item_id_items")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["partners.id"], name=op.f("fk_first_piece_demands_customer_id_partners")
        ),
    )
    op.create_index(op.f("ix_first_piece_demands_item_id"), "first_piece_demands", ["item_id"])
    for name in FLAGS:
        op.add_column("jobs", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("first_piece_day", sa.Date(), nullable=True))
    op.execute(DEMAND)
    no = "false" if op.get_bind().dialect.name == "postgresql" else "0"
    demands = {"required": "required", "each_shift": "required AND each_shift",
               "each_material": "required AND each_material"}  # fmt: skip
    op.execute(FOLLOW.format(no=no, **{name: NEAREST.format(what=what) for name, what in demands.items()}))
    op.execute(PASSED)


def downgrade() -> None:
    op.drop_column("jobs", "first_piece_day")
    for name in FLAGS:
        op.drop_column("jobs", name)
    op.drop_table("first_piece_demands")
