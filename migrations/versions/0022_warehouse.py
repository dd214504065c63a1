"""Work of the material handler: what is picked for orders, shipments being loaded, and stock counts."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock_counts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(24), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("tolerance", ExactDecimal(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("frozen_at", UtcTime(), nullable=False),
        sa.Column("begun_by", sa.String(100), nullable=False),
        sa.Column("posted_at", UtcTime(), nullable=True),
        sa.Column("approved_by", sa.String(100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_counts")),
        sa.UniqueConstraint("code", name=op.f("uq_stock_counts_code")),
    )
    op.create_table(
        "counted_places",
        sa.Column("id", BigId, nullable=False),
        sa.Column("count_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=True),
        sa.Column("opened_at", UtcTime(), nullable=True),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["count_id"], ["stock_counts.id"], name=op.f("fk_counted_places_count_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_counted_places_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_counted_places_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_places")),
        sa.UniqueConstraint("count_id", "location_id", name=op.f("uq_counted_places_count_id_location_id")),
    )
    op.create_table(
        "loadings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("reference", sa.String(100), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("begun_at", UtcTime(), nullable=False),
        sa.Column("begun_by", sa.String(100), nullable=False),
        sa.Column("shipment_id", BigId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["partners.id"], name=op.f("fk_loadings_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_loadings_order_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_loadings_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loadings")),
    )
    op.create_index(
        "ix_loadings_open",
        "loadings",
        ["begun_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "loaded_lots",
        sa.Column("id", BigId, nullable=False),
        sa.Column("loading_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("approved_by", sa.String(100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_loaded_lots_quantity_above_zero")),
        sa.ForeignKeyConstraint(["loading_id"], ["loadings.id"], name=op.f("fk_loaded_lots_loading_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_loaded_lots_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loaded_lots")),
        sa.UniqueConstraint("loading_id", "lot_id", name=op.f("uq_loaded_lots_loading_id_lot_id")),
    )
    op.create_table(
        "picks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("material_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("from_location_id", BigId, nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("approved_by", sa.String(100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_picks_quantity_above_zero")),
        sa.ForeignKeyConstraint(["from_location_id"], ["locations.id"], name=op.f("fk_picks_from_location_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_picks_lot_id")),
        sa.ForeignKeyConstraint(["material_id"], ["order_materials.id"], name=op.f("fk_picks_material_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_picks_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_picks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picks")),
    )
    op.create_index(op.f("ix_picks_lot_id"), "picks", ["lot_id"], unique=False)
    op.create_index("ix_picks_order", "picks", ["order_id", "material_id"], unique=False)
    op.create_table(
        "count_lines",
        sa.Column("id", BigId, nullable=False),
        sa.Column("count_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("expected", ExactDecimal(), nullable=False),
        sa.Column("location_id", BigId, nullable=True),
        sa.Column("unexpected", sa.Boolean(), nullable=False),
        sa.Column("entry_id", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("movement_id", BigId, nullable=True),
        sa.Column("move_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["count_id"], ["stock_counts.id"], name=op.f("fk_count_lines_count_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_count_lines_location_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_count_lines_lot_id")),
        sa.ForeignKeyConstraint(["move_id"], ["movements.id"], name=op.f("fk_count_lines_move_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_count_lines_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_lines")),
        sa.UniqueConstraint("count_id", "lot_id", name=op.f("uq_count_lines_count_id_lot_id")),
    )
    op.create_index(op.f("ix_count_lines_lot_id"), "count_lines", ["lot_id"], unique=False)
    op.create_index("ix_count_lines_place", "count_lines", ["count_id", "location_id"], unique=False)
    op.create_table(
        "count_entries",
        sa.Column("id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("book", ExactDecimal(), nullable=False),
        sa.Column("book_location_id", BigId, nullable=True),
        sa.Column("ledger_id", BigId, nullable=True),
        sa.Column("location_id", BigId, nullable=True),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_count_entries_quantity_not_negative")),
        sa.ForeignKeyConstraint(["book_location_id"], ["locations.id"], name=op.f("fk_count_entries_book_location_id")),
        sa.ForeignKeyConstraint(["ledger_id"], ["movements.id"], name=op.f("fk_count_entries_ledger_id")),
        sa.ForeignKeyConstraint(["line_id"], ["count_lines.id"], name=op.f("fk_count_entries_line_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_count_entries_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_count_entries_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_entries")),
    )
    op.create_index(op.f("ix_count_entries_line_id"), "count_entries", ["line_id"], unique=False)
    op.add_column("partners", sa.Column("shelf_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("partners", "shelf_days")
    op.drop_index(op.f("ix_count_entries_line_id"), table_name="count_entries")
    op.drop_table("count_entries")
    op.drop_index("ix_count_lines_place", table_name="count_lines")
    op.drop_index(op.f("ix_count_lines_lot_id"), table_name="count_lines")
    op.drop_table("count_lines")
    op.drop_index("ix_picks_order", table_name="picks")
    op.drop_index(op.f("ix_picks_lot_id"), table_name="picks")
    op.drop_table("picks")
    op.drop_table("loaded_lots")
    op.drop_index("ix_loadings_open", table_name="loadings")
    op.drop_table("loadings")
    op.drop_table("counted_places")
    op.drop_table("stock_counts")
