"""Nonconformances with lots, steps, actions and costs; what one unit of an item costs."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: What was written down about a nonconformance is never edited or erased.
APPEND_ONLY = ("nonconformance_steps", "nonconformance_checks", "nonconformance_costs")
TABLES = ("decisions", "lots", "defects", "costs", "checks", "actions", "steps")


def upgrade() -> None:
    op.create_table(
        "nonconformances",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("inspection", "defect", "claim", "other", name="origin", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum("minor", "major", "critical", name="severity", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("found_by", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("inspection_id", BigId, nullable=True),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("shipment_id", BigId, nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("check_due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", UtcTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=100), nullable=True),
        sa.Column("reopened_at", UtcTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_nonconformances_quantity_not_negative")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_nonconformances_inspection_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_nonconformances_item_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_nonconformances_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_nonconformances_person_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_nonconformances_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformances")),
        sa.UniqueConstraint("code", name=op.f("uq_nonconformances_code")),
    )
    op.create_index("ix_nonconformances_day", "nonconformances", ["day", "id"])
    op.create_index(op.f("ix_nonconformances_inspection_id"), "nonconformances", ["inspection_id"])
    op.create_index(op.f("ix_nonconformances_item_id"), "nonconformances", ["item_id"])
    op.create_index(
        "ix_nonconformances_open",
        "nonconformances",
        ["id"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_nonconformances_partner_id"), "nonconformances", ["partner_id"])
    op.create_table(
        "nonconformance_actions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonconformance_id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("containment", "corrective", "preventive", name="actionkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_id", BigId, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("done_at", UtcTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=100), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["nonconformance_id"], ["nonconformances.id"], name=op.f("fk_nonconformance_actions_nonconformance_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_nonconformance_actions_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance_actions")),
    )
    op.create_index(
        op.f("ix_nonconformance_actions_nonconformance_id"), "nonconformance_actions", ["nonconformance_id"]
    )
    op.create_index(
        "ix_nonconformance_actions_open",
        "nonconformance_actions",
        ["due_on"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "nonconformance_checks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonconformance_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["nonconformance_id"], ["nonconformances.id"], name=op.f("fk_nonconformance_checks_nonconformance_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_nonconformance_checks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance_checks")),
    )
    op.create_index(op.f("ix_nonconformance_checks_nonconformance_id"), "nonconformance_checks", ["nonconformance_id"])
    op.create_table(
        "nonconformance_costs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonconformance_id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("scrap", "rework", "sorting", "return", "other", name="costkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("what", sa.String(length=200), nullable=True),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("unit_cost", ExactDecimal(), nullable=False),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("reverses_id", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_nonconformance_costs_lot_id")),
        sa.ForeignKeyConstraint(
            ["nonconformance_id"], ["nonconformances.id"], name=op.f("fk_nonconformance_costs_nonconformance_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["nonconformance_costs.id"], name=op.f("fk_nonconformance_costs_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance_costs")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_nonconformance_costs_reverses_id")),
    )
    op.create_index("ix_nonconformance_costs_day", "nonconformance_costs", ["day", "kind"])
    op.create_index(op.f("ix_nonconformance_costs_nonconformance_id"), "nonconformance_costs", ["nonconformance_id"])
    op.create_table(
        "nonconformance_decisions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonconformance_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "release", "rework", "scrap", "return", "concession", name="decision", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("approved_at", UtcTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_nonconformance_decisions_quantity_not_negative")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_nonconformance_decisions_lot_id")),
        sa.ForeignKeyConstraint(
            ["nonconformance_id"], ["nonconformances.id"], name=op.f("fk_nonconformance_decisions_nonconformance_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_nonconformance_decisions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance_decisions")),
    )
    op.create_index(op.f("ix_nonconformance_decisions_lot_id"), "nonconformance_decisions", ["lot_id"])
    op.create_index(
        op.f("ix_nonconformance_decisions_nonconformance_id"), "nonconformance_decisions", ["nonconformance_id"]
    )
    op.create_table(
        "nonconformance_defects",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonconformance_id", BigId, nullable=False),
        sa.Column("defect_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["defect_id"], ["defects.id"], name=op.f("fk_nonconformance_defects_defect_id")),
        sa.ForeignKeyConstraint(
            ["nonconformance_id"], ["nonconformances.id"], name=op.f("fk_nonconformance_defects_nonconformance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance_defects")),
        sa.UniqueConstraint(
            "nonconformance_id", "defect_id", name=op.f("uq_nonconformance_defects_nonconformance_id_defect_id")
        ),
    )
    op.create_index(op.f("ix_nonconformance_defects_defect_id"), "nonconformance_defects", ["defect_id"])
    op.create_table(
        "nonconformance_lots",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonconformance_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column(
            "role", sa.Enum("found", "suspect", "cause", name="lotrole", native_enum=False, length=24), nullable=False
        ),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_nonconformance_lots_lot_id")),
        sa.ForeignKeyConstraint(
            ["nonconformance_id"], ["nonconformances.id"], name=op.f("fk_nonconformance_lots_nonconformance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance_lots")),
        sa.UniqueConstraint(
            "nonconformance_id", "lot_id", name=op.f("uq_nonconformance_lots_nonconformance_id_lot_id")
        ),
    )
    op.create_index(op.f("ix_nonconformance_lots_lot_id"), "nonconformance_lots", ["lot_id"])
    op.create_table(
        "nonconformance_steps",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonconformance_id", BigId, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("whys", sa.Text(), nullable=True),
        sa.Column("cause_id", BigId, nullable=True),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.CheckConstraint("step BETWEEN 1 AND 8", name=op.f("ck_nonconformance_steps_one_of_eight")),
        sa.ForeignKeyConstraint(["cause_id"], ["defect_causes.id"], name=op.f("fk_nonconformance_steps_cause_id")),
        sa.ForeignKeyConstraint(
            ["nonconformance_id"], ["nonconformances.id"], name=op.f("fk_nonconformance_steps_nonconformance_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_nonconformance_steps_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance_steps")),
    )
    op.create_index("ix_nonconformance_steps_of", "nonconformance_steps", ["nonconformance_id", "step"])
    op.add_column("items", sa.Column("unit_cost", ExactDecimal(), nullable=True))

    for table in APPEND_ONLY:
        _keep(table)


def _keep(table: str) -> None:
    """The database itself refuses to change or remove rows of the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'CHECK: {table} is append-only'); END"
        )


def downgrade() -> None:
    op.drop_column("items", "unit_cost")
    for name in TABLES:
        op.drop_table(f"nonconformance_{name}")
    op.drop_table("nonconformances")
