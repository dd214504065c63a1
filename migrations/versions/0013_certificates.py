"""Certificates, signatures and 4M changes."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime, WordSet

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_layouts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("customer_id", BigId, nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("language", sa.String(24), nullable=False),
        sa.Column("shown", sa.String(24), nullable=False),
        sa.Column("inspections", WordSet(), nullable=False),
        sa.Column("materials", sa.Boolean(), nullable=False),
        sa.Column("gauges", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["partners.id"], name=op.f("fk_certificate_layouts_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_layouts")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_certificate_layouts_customer_id")),
    )
    op.create_table(
        "four_m_changes",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kinds", WordSet(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("before_change", sa.Text(), nullable=True),
        sa.Column("after_change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("extra_checks", sa.Text(), nullable=True),
        sa.Column("customer_told", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_four_m_changes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_four_m_changes")),
        sa.UniqueConstraint("code", name=op.f("uq_four_m_changes_code")),
    )
    op.create_index(op.f("ix_four_m_changes_at"), "four_m_changes", ["at"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("language", sa.String(24), nullable=False),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("shipment_id", BigId, nullable=True),
        sa.Column("customer_id", BigId, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("replaces_id", BigId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(lot_id IS NULL) <> (shipment_id IS NULL)", name=op.f("ck_certificates_of_a_lot_or_a_shipment")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["partners.id"], name=op.f("fk_certificates_customer_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_certificates_lot_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_certificates_person_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["certificates.id"], name=op.f("fk_certificates_replaces_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_certificates_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_certificates_replaces_id")),
    )
    op.create_index("ix_certificates_at", "certificates", ["at"], unique=False)
    op.create_index(op.f("ix_certificates_customer_id"), "certificates", ["customer_id"], unique=False)
    op.create_index(op.f("ix_certificates_lot_id"), "certificates", ["lot_id"], unique=False)
    op.create_index(op.f("ix_certificates_shipment_id"), "certificates", ["shipment_id"], unique=False)
    op.create_table(
        "four_m_affected",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("change_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=True),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(item_id IS NULL) <> (lot_id IS NULL)", name=op.f("ck_four_m_affected_an_item_or_a_lot")),
        sa.ForeignKeyConstraint(["change_id"], ["four_m_changes.id"], name=op.f("fk_four_m_affected_change_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_four_m_affected_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_four_m_affected_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_four_m_affected")),
    )
    op.create_index(op.f("ix_four_m_affected_change_id"), "four_m_affected", ["change_id"], unique=False)
    op.create_index(op.f("ix_four_m_affected_item_id"), "four_m_affected", ["item_id"], unique=False)
    op.create_index(op.f("ix_four_m_affected_lot_id"), "four_m_affected", ["lot_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("certificate_id", BigId, nullable=True),
        sa.Column("change_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("meaning", sa.String(24), nullable=False),
        sa.Column("proof", sa.String(24), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(certificate_id IS NULL) <> (change_id IS NULL)", name=op.f("ck_signatures_under_one_thing")
        ),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_signatures_certificate_id")),
        sa.ForeignKeyConstraint(["change_id"], ["four_m_changes.id"], name=op.f("fk_signatures_change_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_signatures_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index("ix_signatures_certificate_id", "signatures", ["certificate_id"], unique=False)
    op.create_index("ix_signatures_change_id", "signatures", ["change_id"], unique=False)
    _append_only("signatures")


def _append_only(table: str) -> None:
    """The database itself refuses to change or remove a row."""
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
    op.drop_index("ix_signatures_change_id", table_name="signatures")
    op.drop_index("ix_signatures_certificate_id", table_name="signatures")
    op.drop_table("signatures")
    op.drop_index(op.f("ix_four_m_affected_lot_id"), table_name="four_m_affected")
    op.drop_index(op.f("ix_four_m_affected_item_id"), table_name="four_m_affected")
    op.drop_index(op.f("ix_four_m_affected_change_id"), table_name="four_m_affected")
    op.drop_table("four_m_affected")
    op.drop_index(op.f("ix_certificates_shipment_id"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_lot_id"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_customer_id"), table_name="certificates")
    op.drop_index("ix_certificates_at", table_name="certificates")
    op.drop_table("certificates")
    op.drop_index(op.f("ix_four_m_changes_at"), table_name="four_m_changes")
    op.drop_table("four_m_changes")
    op.drop_table("certificate_layouts")
