"""Boxes and pallets, and what is packed on them."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handling_units",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("kind", sa.Enum("box", "pallet", name="unitkind", native_enum=False, length=24), nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("location_id", BigId, nullable=True),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("shipment_id", BigId, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["handling_units.id"], name=op.f("fk_handling_units_parent_id_handling_units")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_handling_units_location_id_locations")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_handling_units_shipment_id_shipments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_units")),
        sa.UniqueConstraint("code", name=op.f("uq_handling_units_code")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_handling_units_not_on_itself")),
    )
    for name, column, where in (
        ("ix_handling_units_parent", "parent_id", "parent_id IS NOT NULL"),
        ("ix_handling_units_shipment", "shipment_id", "shipment_id IS NOT NULL"),
        ("ix_handling_units_here", "id", "shipment_id IS NULL AND ended_at IS NULL"),
    ):
        op.create_index(name, "handling_units", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # not as a batch: that would make the table anew
    op.execute(
        f"ALTER TABLE lots ADD COLUMN unit_id {kind} CONSTRAINT fk_lots_unit_id_handling_units "
        "REFERENCES handling_units"
    )
    where = "unit_id IS NOT NULL"
    op.create_index("ix_lots_unit", "lots", ["unit_id"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_index("ix_lots_unit", table_name="lots")
    op.drop_column("lots", "unit_id")
    op.drop_table("handling_units")
