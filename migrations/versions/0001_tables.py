"""The first tables."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal, UtcTime, WordSet

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_api_tokens_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_table(
        "defect_codes",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("name_vi", sa.String(length=200), nullable=True),
        sa.Column("group", sa.String(length=100), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_defect_codes_code")),
    )
    op.create_table(
        "events",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor_id", BigId, nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("station", sa.String(length=200), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("thing", sa.String(length=64), nullable=False),
        sa.Column("thing_id", BigId, nullable=False),
        sa.Column("thing_code", sa.String(length=100), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_thing", "events", ["thing", "thing_id", "id"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_files_sha256")),
    )
    op.create_table(
        "label_prints",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.String(length=100), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("station", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_prints")),
    )
    op.create_index("ix_label_prints_subject", "label_prints", ["subject", "code"], unique=False)
    op.create_table(
        "locations",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("code", name=op.f("uq_locations_code")),
        sa.UniqueConstraint("tag", name=op.f("uq_locations_tag")),
    )
    op.create_table(
        "one_time_keys",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_one_time_keys")),
    )
    op.create_table(
        "partners",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("kinds", WordSet(), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=100), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("code", name=op.f("uq_partners_code")),
    )
    op.create_table(
        "persons",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("roles", WordSet(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("badge", sa.String(length=64), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("blocked_until", UtcTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("badge", name=op.f("uq_persons_badge")),
        sa.UniqueConstraint("code", name=op.f("uq_persons_code")),
        sa.UniqueConstraint("login", name=op.f("uq_persons_login")),
    )
    op.create_table(
        "plant",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("day_starts_at", sa.Integer(), nullable=False),
        sa.Column("over_production", ExactDecimal(), nullable=False),
        sa.Column("first_out", sa.String(24), nullable=False),
        sa.Column("right_place", sa.String(24), nullable=False),
        sa.Column("material_scanned", sa.String(24), nullable=False),
        sa.Column("undo_minutes", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plant")),
    )
    op.create_table(
        "sequences",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("last", BigId, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "stop_reasons",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("name_vi", sa.String(length=200), nullable=True),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_reasons")),
        sa.UniqueConstraint("code", name=op.f("uq_stop_reasons_code")),
    )
    op.create_table(
        "items",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("spec", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("tracking", sa.String(24), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("allergens", sa.String(length=200), nullable=True),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("safety_stock", ExactDecimal(), nullable=True),
        sa.Column("box_quantity", ExactDecimal(), nullable=True),
        sa.Column("inspect_incoming", sa.Boolean(), nullable=False),
        sa.Column("picture_id", BigId, nullable=True),
        sa.Column("drawing_id", BigId, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drawing_id"], ["files.id"], name=op.f("fk_items_drawing_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["files.id"], name=op.f("fk_items_picture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("code", name=op.f("uq_items_code")),
    )
    op.create_table(
        "person_skills",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_skills_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_skills")),
    )
    op.create_index(op.f("ix_person_skills_person_id"), "person_skills", ["person_id"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("supplier_id", BigId, nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["supplier_id"], ["partners.id"], name=op.f("fk_receipts_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("code", name=op.f("uq_receipts_code")),
    )
    op.create_table(
        "shipments",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["partners.id"], name=op.f("fk_shipments_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("code", name=op.f("uq_shipments_code")),
    )
    op.create_index(op.f("ix_shipments_customer_id"), "shipments", ["customer_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("imported_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_uploads_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_table(
        "work_centres",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("location_id", BigId, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_work_centres_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_centres")),
        sa.UniqueConstraint("code", name=op.f("uq_work_centres_code")),
    )
    op.create_table(
        "boms",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_boms_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boms")),
        sa.UniqueConstraint("item_id", "revision", name=op.f("uq_boms_item_id_revision")),
    )
    op.create_index(
        "ix_boms_one_released",
        "boms",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("state = 'released'"),
        postgresql_where=sa.text("state = 'released'"),
    )
    op.create_table(
        "characteristics",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.Column("nominal", ExactDecimal(), nullable=True),
        sa.Column("lower", ExactDecimal(), nullable=True),
        sa.Column("upper", ExactDecimal(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "lower IS NULL OR upper IS NULL OR lower <= upper",
            name=op.f("ck_characteristics_limits_in_order"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_characteristics_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_characteristics")),
    )
    op.create_index("ix_characteristics_item", "characteristics", ["item_id", "kind"], unique=False)
    op.create_table(
        "item_units",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("factor", ExactDecimal(), nullable=False),
        sa.CheckConstraint("factor > 0", name=op.f("ck_item_units_factor_above_zero")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_units_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_units")),
        sa.UniqueConstraint("item_id", "unit", name=op.f("uq_item_units_item_id_unit")),
    )
    op.create_table(
        "machines",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_machines_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machines")),
        sa.UniqueConstraint("code", name=op.f("uq_machines_code")),
        sa.UniqueConstraint("tag", name=op.f("uq_machines_tag")),
    )
    op.create_index(op.f("ix_machines_work_centre_id"), "machines", ["work_centre_id"], unique=False)
    op.create_table(
        "routings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_routings_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routings")),
        sa.UniqueConstraint("item_id", "revision", name=op.f("uq_routings_item_id_revision")),
    )
    op.create_index(
        "ix_routings_one_released",
        "routings",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("state = 'released'"),
        postgresql_where=sa.text("state = 'released'"),
    )
    op.create_table(
        "stations",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=True),
        sa.Column("paired_at", UtcTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_stations_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
        sa.UniqueConstraint("code", name=op.f("uq_stations_code")),
        sa.UniqueConstraint("device_hash", name=op.f("uq_stations_device_hash")),
    )
    op.create_index(op.f("ix_stations_work_centre_id"), "stations", ["work_centre_id"], unique=False)
    op.create_table(
        "bom_lines",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("bom_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("component_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("scrap_percent", ExactDecimal(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=True),
        sa.Column("consumption", sa.String(24), nullable=False),
        sa.Column("phantom", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bom_lines_quantity_above_zero")),
        sa.ForeignKeyConstraint(["bom_id"], ["boms.id"], name=op.f("fk_bom_lines_bom_id")),
        sa.ForeignKeyConstraint(["component_id"], ["items.id"], name=op.f("fk_bom_lines_component_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bom_lines")),
        sa.UniqueConstraint("bom_id", "position", name=op.f("uq_bom_lines_bom_id_position")),
    )
    op.create_index(op.f("ix_bom_lines_component_id"), "bom_lines", ["component_id"], unique=False)
    op.create_table(
        "operations",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("routing_id", BigId, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("setup_minutes", ExactDecimal(), nullable=True),
        sa.Column("cycle_seconds", ExactDecimal(), nullable=True),
        sa.Column("outsourced", sa.Boolean(), nullable=False),
        sa.Column("subcontractor_id", BigId, nullable=True),
        sa.Column("inspected", sa.Boolean(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["routing_id"], ["routings.id"], name=op.f("fk_operations_routing_id")),
        sa.ForeignKeyConstraint(["subcontractor_id"], ["partners.id"], name=op.f("fk_operations_subcontractor_id")),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_operations_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        sa.UniqueConstraint("routing_id", "sequence", name=op.f("uq_operations_routing_id_sequence")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("station_id", BigId, nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sign_ins_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_sign_ins_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"], unique=False)
    op.create_table(
        "work_orders",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("customer_id", BigId, nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("held_from", sa.String(24), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("lot_rule", sa.String(24), nullable=False),
        sa.Column("bom_id", BigId, nullable=True),
        sa.Column("routing_id", BigId, nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.Column("completed_at", UtcTime(), nullable=True),
        sa.Column("good", ExactDecimal(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_work_orders_quantity_above_zero")),
        sa.ForeignKeyConstraint(["bom_id"], ["boms.id"], name=op.f("fk_work_orders_bom_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["partners.id"], name=op.f("fk_work_orders_customer_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_work_orders_item_id")),
        sa.ForeignKeyConstraint(["routing_id"], ["routings.id"], name=op.f("fk_work_orders_routing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_orders")),
        sa.UniqueConstraint("code", name=op.f("uq_work_orders_code")),
    )
    op.create_index(op.f("ix_work_orders_item_id"), "work_orders", ["item_id"], unique=False)
    op.create_index("ix_work_orders_open", "work_orders", ["due_on", "id"], unique=False)
    op.create_index("ix_work_orders_state", "work_orders", ["state", "due_on"], unique=False)
    op.create_table(
        "bom_substitutes",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_bom_substitutes_item_id")),
        sa.ForeignKeyConstraint(["line_id"], ["bom_lines.id"], name=op.f("fk_bom_substitutes_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bom_substitutes")),
        sa.UniqueConstraint("line_id", "item_id", name=op.f("uq_bom_substitutes_line_id_item_id")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("machine_id", BigId, nullable=True),
        sa.Column("setup_minutes", ExactDecimal(), nullable=True),
        sa.Column("cycle_seconds", ExactDecimal(), nullable=True),
        sa.Column("outsourced", sa.Boolean(), nullable=False),
        sa.Column("inspected", sa.Boolean(), nullable=False),
        sa.Column("first_piece_passed", sa.Boolean(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("good", ExactDecimal(), nullable=False),
        sa.Column("defective", ExactDecimal(), nullable=False),
        sa.Column("scrap", ExactDecimal(), nullable=False),
        sa.Column("rework", ExactDecimal(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_jobs_machine_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_jobs_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_jobs_person_id")),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_jobs_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("code", name=op.f("uq_jobs_code")),
        sa.UniqueConstraint("order_id", "sequence", name=op.f("uq_jobs_order_id_sequence")),
    )
    op.create_index("ix_jobs_queue", "jobs", ["work_centre_id", "state"], unique=False)
    op.create_table(
        "lots",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("on_hand", ExactDecimal(), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("holds", sa.Integer(), nullable=False),
        sa.Column("location_id", BigId, nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("supplier_lot", sa.String(length=100), nullable=True),
        sa.Column("supplier_id", BigId, nullable=True),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("receipt_id", BigId, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("holds >= 0", name=op.f("ck_lots_holds_not_negative")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_lots_on_hand_not_negative")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_lots_item_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_lots_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_lots_order_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_lots_receipt_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["partners.id"], name=op.f("fk_lots_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("code", name=op.f("uq_lots_code")),
    )
    op.create_index(op.f("ix_lots_item_id"), "lots", ["item_id"], unique=False)
    op.create_index(op.f("ix_lots_location_id"), "lots", ["location_id"], unique=False)
    op.create_index(op.f("ix_lots_order_id"), "lots", ["order_id"], unique=False)
    op.create_index(op.f("ix_lots_receipt_id"), "lots", ["receipt_id"], unique=False)
    op.create_index(
        "ix_lots_stock",
        "lots",
        ["item_id", "expires_on", "id"],
        unique=False,
        sqlite_where=sa.text("on_hand > 0"),
        postgresql_where=sa.text("on_hand > 0"),
    )
    op.create_index(op.f("ix_lots_supplier_lot"), "lots", ["supplier_lot"], unique=False)
    op.create_table(
        "order_materials",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("per_piece", ExactDecimal(), nullable=False),
        sa.Column("required", ExactDecimal(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("consumption", sa.String(24), nullable=False),
        sa.Column("bom_line_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["bom_line_id"], ["bom_lines.id"], name=op.f("fk_order_materials_bom_line_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_order_materials_item_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_order_materials_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_materials")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_materials_order_id_position")),
    )
    op.create_table(
        "calls",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("job_id", BigId, nullable=True),
        sa.Column("placed_at", UtcTime(), nullable=False),
        sa.Column("placed_by", sa.String(length=100), nullable=False),
        sa.Column("taken_at", UtcTime(), nullable=True),
        sa.Column("taken_by", sa.String(length=100), nullable=True),
        sa.Column("solved_at", UtcTime(), nullable=True),
        sa.Column("solved_by", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_calls_job_id")),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_calls_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_job_id"), "calls", ["job_id"], unique=False)
    op.create_index(
        "ix_calls_open",
        "calls",
        ["work_centre_id"],
        unique=False,
        sqlite_where=sa.text("solved_at IS NULL"),
        postgresql_where=sa.text("solved_at IS NULL"),
    )
    op.create_index("ix_calls_placed", "calls", ["placed_at"], unique=False)
    op.create_table(
        "downtimes",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("work_centre_id", BigId, nullable=False),
        sa.Column("machine_id", BigId, nullable=True),
        sa.Column("job_id", BigId, nullable=True),
        sa.Column("reason_id", BigId, nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_downtimes_job_id")),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_downtimes_machine_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_downtimes_person_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["stop_reasons.id"], name=op.f("fk_downtimes_reason_id")),
        sa.ForeignKeyConstraint(["work_centre_id"], ["work_centres.id"], name=op.f("fk_downtimes_work_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downtimes")),
    )
    op.create_index(op.f("ix_downtimes_job_id"), "downtimes", ["job_id"], unique=False)
    op.create_index(
        "ix_downtimes_open",
        "downtimes",
        ["work_centre_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_downtimes_started", "downtimes", ["started_at"], unique=False)
    op.create_table(
        "inspections",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("job_id", BigId, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_inspections_item_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_inspections_job_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_inspections_lot_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_inspections_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("code", name=op.f("uq_inspections_code")),
    )
    op.create_index("ix_inspections_at", "inspections", ["at"], unique=False)
    op.create_index(op.f("ix_inspections_job_id"), "inspections", ["job_id"], unique=False)
    op.create_index(op.f("ix_inspections_lot_id"), "inspections", ["lot_id"], unique=False)
    op.create_table(
        "lot_holds",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("placed_at", UtcTime(), nullable=False),
        sa.Column("placed_by", sa.String(length=100), nullable=False),
        sa.Column("lifted_at", UtcTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=100), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_holds_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_holds")),
    )
    op.create_index(op.f("ix_lot_holds_lot_id"), "lot_holds", ["lot_id"], unique=False)
    op.create_table(
        "production_reports",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=True),
        sa.Column("good", ExactDecimal(), nullable=False),
        sa.Column("defective", ExactDecimal(), nullable=False),
        sa.Column("scrap", ExactDecimal(), nullable=False),
        sa.Column("rework", ExactDecimal(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("station", sa.String(length=100), nullable=True),
        sa.Column("machine_id", BigId, nullable=True),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("reverses_id", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_production_reports_job_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_production_reports_lot_id")),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_production_reports_machine_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_production_reports_person_id")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["production_reports.id"], name=op.f("fk_production_reports_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_reports")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_production_reports_reverses_id")),
    )
    op.create_index("ix_production_reports_at", "production_reports", ["at"], unique=False)
    op.create_index("ix_production_reports_day", "production_reports", ["day"], unique=False)
    op.create_index(op.f("ix_production_reports_job_id"), "production_reports", ["job_id"], unique=False)
    op.create_index(op.f("ix_production_reports_lot_id"), "production_reports", ["lot_id"], unique=False)
    op.create_table(
        "defects",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code_id", BigId, nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("report_id", BigId, nullable=True),
        sa.Column("job_id", BigId, nullable=True),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("machine_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("photo_id", BigId, nullable=True),
        sa.Column("disposition", sa.String(24), nullable=False),
        sa.Column("disposed_at", UtcTime(), nullable=True),
        sa.Column("disposed_by", sa.String(length=100), nullable=True),
        sa.Column("disposition_reason", sa.Text(), nullable=True),
        sa.Column("reverses_id", BigId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["defect_codes.id"], name=op.f("fk_defects_code_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_defects_item_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_defects_job_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_defects_lot_id")),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"], name=op.f("fk_defects_machine_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_defects_person_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["files.id"], name=op.f("fk_defects_photo_id")),
        sa.ForeignKeyConstraint(["report_id"], ["production_reports.id"], name=op.f("fk_defects_report_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["defects.id"], name=op.f("fk_defects_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defects")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_defects_reverses_id")),
    )
    op.create_index(op.f("ix_defects_code_id"), "defects", ["code_id"], unique=False)
    op.create_index("ix_defects_day", "defects", ["day", "code_id"], unique=False)
    op.create_index(op.f("ix_defects_item_id"), "defects", ["item_id"], unique=False)
    op.create_index(op.f("ix_defects_job_id"), "defects", ["job_id"], unique=False)
    op.create_index(op.f("ix_defects_lot_id"), "defects", ["lot_id"], unique=False)
    op.create_index(op.f("ix_defects_report_id"), "defects", ["report_id"], unique=False)
    op.create_table(
        "movements",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("from_location_id", BigId, nullable=True),
        sa.Column("to_location_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("job_id", BigId, nullable=True),
        sa.Column("material_id", BigId, nullable=True),
        sa.Column("report_id", BigId, nullable=True),
        sa.Column("receipt_id", BigId, nullable=True),
        sa.Column("shipment_id", BigId, nullable=True),
        sa.Column("reverses_id", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["from_location_id"], ["locations.id"], name=op.f("fk_movements_from_location_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_movements_job_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_movements_lot_id")),
        sa.ForeignKeyConstraint(["material_id"], ["order_materials.id"], name=op.f("fk_movements_material_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_movements_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_movements_person_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_movements_receipt_id")),
        sa.ForeignKeyConstraint(["report_id"], ["production_reports.id"], name=op.f("fk_movements_report_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["movements.id"], name=op.f("fk_movements_reverses_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_movements_shipment_id")),
        sa.ForeignKeyConstraint(["to_location_id"], ["locations.id"], name=op.f("fk_movements_to_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_movements_reverses_id")),
    )
    op.create_index("ix_movements_at", "movements", ["at"], unique=False)
    op.create_index(op.f("ix_movements_lot_id"), "movements", ["lot_id"], unique=False)
    op.create_index(
        "ix_movements_order",
        "movements",
        ["order_id", "kind"],
        unique=False,
        sqlite_where=sa.text("order_id IS NOT NULL"),
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_index(
        "ix_movements_report",
        "movements",
        ["report_id"],
        unique=False,
        sqlite_where=sa.text("report_id IS NOT NULL"),
        postgresql_where=sa.text("report_id IS NOT NULL"),
    )
    op.create_index(
        "ix_movements_shipment",
        "movements",
        ["shipment_id"],
        unique=False,
        sqlite_where=sa.text("shipment_id IS NOT NULL"),
        postgresql_where=sa.text("shipment_id IS NOT NULL"),
    )
    op.create_table(
        "readings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("inspection_id", BigId, nullable=False),
        sa.Column("characteristic_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.Column("lower", ExactDecimal(), nullable=True),
        sa.Column("upper", ExactDecimal(), nullable=True),
        sa.Column("value", ExactDecimal(), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["characteristic_id"], ["characteristics.id"], name=op.f("fk_readings_characteristic_id")
        ),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_readings_inspection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index(op.f("ix_readings_characteristic_id"), "readings", ["characteristic_id"], unique=False)
    op.create_index(op.f("ix_readings_inspection_id"), "readings", ["inspection_id"], unique=False)
    op.create_table(
        "genealogy",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("parent_id", BigId, nullable=False),
        sa.Column("child_id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("movement_id", BigId, nullable=True),
        sa.Column("report_id", BigId, nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("ck_genealogy_not_its_own_parent")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_genealogy_quantity_not_negative")),
        sa.ForeignKeyConstraint(["child_id"], ["lots.id"], name=op.f("fk_genealogy_child_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_genealogy_movement_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["lots.id"], name=op.f("fk_genealogy_parent_id")),
        sa.ForeignKeyConstraint(["report_id"], ["production_reports.id"], name=op.f("fk_genealogy_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_genealogy")),
    )
    op.create_index("ix_genealogy_down", "genealogy", ["parent_id", "undone", "child_id", "quantity"], unique=False)
    op.create_index("ix_genealogy_movement", "genealogy", ["movement_id"], unique=False)
    op.create_index("ix_genealogy_report", "genealogy", ["report_id"], unique=False)
    op.create_index("ix_genealogy_up", "genealogy", ["child_id", "undone", "parent_id", "quantity"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_genealogy_up", table_name="genealogy")
    op.drop_index("ix_genealogy_report", table_name="genealogy")
    op.drop_index("ix_genealogy_movement", table_name="genealogy")
    op.drop_index("ix_genealogy_down", table_name="genealogy")
    op.drop_table("genealogy")
    op.drop_index(op.f("ix_readings_inspection_id"), table_name="readings")
    op.drop_index(op.f("ix_readings_characteristic_id"), table_name="readings")
    op.drop_table("readings")
    op.drop_index(
        "ix_movements_shipment",
        table_name="movements",
        sqlite_where=sa.text("shipment_id IS NOT NULL"),
        postgresql_where=sa.text("shipment_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_movements_report",
        table_name="movements",
        sqlite_where=sa.text("report_id IS NOT NULL"),
        postgresql_where=sa.text("report_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_movements_order",
        table_name="movements",
        sqlite_where=sa.text("order_id IS NOT NULL"),
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_movements_lot_id"), table_name="movements")
    op.drop_index("ix_movements_at", table_name="movements")
    op.drop_table("movements")
    op.drop_index(op.f("ix_defects_report_id"), table_name="defects")
    op.drop_index(op.f("ix_defects_lot_id"), table_name="defects")
    op.drop_index(op.f("ix_defects_job_id"), table_name="defects")
    op.drop_index(op.f("ix_defects_item_id"), table_name="defects")
    op.drop_index("ix_defects_day", table_name="defects")
    op.drop_index(op.f("ix_defects_code_id"), table_name="defects")
    op.drop_table("defects")
    op.drop_index(op.f("ix_production_reports_lot_id"), table_name="production_reports")
    op.drop_index(op.f("ix_production_reports_job_id"), table_name="production_reports")
    op.drop_index("ix_production_reports_day", table_name="production_reports")
    op.drop_index("ix_production_reports_at", table_name="production_reports")
    op.drop_table("production_reports")
    op.drop_index(op.f("ix_lot_holds_lot_id"), table_name="lot_holds")
    op.drop_table("lot_holds")
    op.drop_index(op.f("ix_inspections_lot_id"), table_name="inspections")
    op.drop_index(op.f("ix_inspections_job_id"), table_name="inspections")
    op.drop_index("ix_inspections_at", table_name="inspections")
    op.drop_table("inspections")
    op.drop_index("ix_downtimes_started", table_name="downtimes")
    op.drop_index(
        "ix_downtimes_open",
        table_name="downtimes",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_downtimes_job_id"), table_name="downtimes")
    op.drop_table("downtimes")
    op.drop_index("ix_calls_placed", table_name="calls")
    op.drop_index(
        "ix_calls_open",
        table_name="calls",
        sqlite_where=sa.text("solved_at IS NULL"),
        postgresql_where=sa.text("solved_at IS NULL"),
    )
    op.drop_index(op.f("ix_calls_job_id"), table_name="calls")
    op.drop_table("calls")
    op.drop_table("order_materials")
    op.drop_index(op.f("ix_lots_supplier_lot"), table_name="lots")
    op.drop_index(
        "ix_lots_stock",
        table_name="lots",
        sqlite_where=sa.text("on_hand > 0"),
        postgresql_where=sa.text("on_hand > 0"),
    )
    op.drop_index(op.f("ix_lots_receipt_id"), table_name="lots")
    op.drop_index(op.f("ix_lots_order_id"), table_name="lots")
    op.drop_index(op.f("ix_lots_location_id"), table_name="lots")
    op.drop_index(op.f("ix_lots_item_id"), table_name="lots")
    op.drop_table("lots")
    op.drop_index("ix_jobs_queue", table_name="jobs")
    op.drop_table("jobs")
    op.drop_table("bom_substitutes")
    op.drop_index("ix_work_orders_state", table_name="work_orders")
    op.drop_index("ix_work_orders_open", table_name="work_orders")
    op.drop_index(op.f("ix_work_orders_item_id"), table_name="work_orders")
    op.drop_table("work_orders")
    op.drop_index(op.f("ix_sign_ins_person_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("operations")
    op.drop_index(op.f("ix_bom_lines_component_id"), table_name="bom_lines")
    op.drop_table("bom_lines")
    op.drop_index(op.f("ix_stations_work_centre_id"), table_name="stations")
    op.drop_table("stations")
    op.drop_index(
        "ix_routings_one_released",
        table_name="routings",
        sqlite_where=sa.text("state = 'released'"),
        postgresql_where=sa.text("state = 'released'"),
    )
    op.drop_table("routings")
    op.drop_index(op.f("ix_machines_work_centre_id"), table_name="machines")
    op.drop_table("machines")
    op.drop_table("item_units")
    op.drop_index("ix_characteristics_item", table_name="characteristics")
    op.drop_table("characteristics")
    op.drop_index(
        "ix_boms_one_released",
        table_name="boms",
        sqlite_where=sa.text("state = 'released'"),
        postgresql_where=sa.text("state = 'released'"),
    )
    op.drop_table("boms")
    op.drop_table("work_centres")
    op.drop_table("uploads")
    op.drop_index(op.f("ix_shipments_customer_id"), table_name="shipments")
    op.drop_table("shipments")
    op.drop_table("receipts")
    op.drop_index(op.f("ix_person_skills_person_id"), table_name="person_skills")
    op.drop_table("person_skills")
    op.drop_table("items")
    op.drop_table("stop_reasons")
    op.drop_table("sequences")
    op.drop_table("plant")
    op.drop_table("persons")
    op.drop_table("partners")
    op.drop_table("one_time_keys")
    op.drop_table("locations")
    op.drop_index("ix_label_prints_subject", table_name="label_prints")
    op.drop_table("label_prints")
    op.drop_table("files")
    op.drop_index("ix_events_thing", table_name="events")
    op.drop_table("events")
    op.drop_table("defect_codes")
    op.drop_table("api_tokens")
