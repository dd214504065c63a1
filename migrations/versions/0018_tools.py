"""Moulds and tools: what a job is made with, told by reports and inspections, and a reason to inspect again."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TOLD_BY = ("jobs", "production_reports", "inspections")
#: Jobs that are open follow the nearest demand: the customer's before the general one, then the operation's.
FOLLOW = """
    UPDATE jobs SET first_piece_each_tool = COALESCE((
        SELECT demand.required AND demand.each_tool
        FROM first_piece_demands AS demand JOIN work_orders ON work_orders.id = jobs.order_id
        WHERE demand.item_id = work_orders.item_id
        AND (demand.operation IS NULL OR demand.operation = jobs.sequence)
        AND (demand.customer_id IS NULL OR demand.customer_id = work_orders.customer_id)
        ORDER BY demand.customer_id IS NULL, demand.operation IS NULL LIMIT 1), {no})
    WHERE state <> 'done'
"""
EACH = {"jobs": "first_piece_each_tool", "first_piece_demands": "each_tool"}


def upgrade() -> None:
    op.create_table(
        "tools",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=True),
        sa.Column("cavities", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tools")),
        sa.UniqueConstraint("code", name=op.f("uq_tools_code")),
        sa.UniqueConstraint("tag", name=op.f("uq_tools_tag")),
        sa.CheckConstraint("cavities > 0", name=op.f("ck_tools_cavities_above_zero")),
    )
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table in TOLD_BY:  # not as a batch: that would make the table anew, without the triggers that guard it
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN tool_id {kind} CONSTRAINT fk_{table}_tool_id_tools REFERENCES tools"
        )
    op.create_index(op.f("ix_production_reports_tool_id"), "production_reports", ["tool_id"])
    for table, column in EACH.items():
        op.add_column(table, sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE first_piece_demands SET each_tool = EXISTS (SELECT 1 FROM inspection_standards AS standard "
        "WHERE standard.item_id = first_piece_demands.item_id AND standard.kind = 'first' "
        "AND standard.state = 'released' AND standard.triggers LIKE '%mould%' "
        "AND COALESCE(standard.operation, -1) = COALESCE(first_piece_demands.operation, -1) "
        "AND COALESCE(standard.partner_id, -1) = COALESCE(first_piece_demands.customer_id, -1))"
    )
    op.execute(FOLLOW.format(no="false" if op.get_bind().dialect.name == "postgresql" else "0"))


def downgrade() -> None:
    for table, column in EACH.items():
        op.drop_column(table, column)
    op.drop_index(op.f("ix_production_reports_tool_id"), table_name="production_reports")
    for table in TOLD_BY:
        op.drop_column(table, "tool_id")
    op.drop_table("tools")
