"""Inspection standards are versioned and approved; sampling knows how hard the lots of a supplier are looked at.

What was measured so far becomes the first revision of a standard for each item and kind of inspection. What was no
longer in use becomes an obsolete revision before it: its readings keep the characteristic they belong to.
"""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, UtcTime, WordSet

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RELEASED, DRAFT = sa.text("state = 'released'"), sa.text("state = 'draft'")
#: How every piece was inspected before there was a choice.
FIRST = {
    "item_id": 0, "kind": "", "scope": "", "revision": 1, "state": "", "sample_rule": "fixed", "sample_size": 1,
    "triggers": "", "double_plan": False, "gate": False, "hold_back": False, "version": 1,
}  # fmt: skip
#: What ended goes before what is measured now; an inspection of which nothing is measured any more has one, too.
FILL = (
    "SELECT DISTINCT item_id, kind, 1, 'obsolete' FROM characteristics WHERE NOT active",
    """
    SELECT DISTINCT item_id, kind,
        1 + (SELECT COUNT(*) FROM inspection_standards AS ended
             WHERE ended.item_id = measured.item_id AND ended.kind = measured.kind),
        'released'
    FROM characteristics AS measured WHERE active
    """,
    """
    SELECT DISTINCT item_id, kind, 1, 'obsolete' FROM inspections
    WHERE NOT EXISTS (SELECT 1 FROM inspection_standards AS there
                      WHERE there.item_id = inspections.item_id AND there.kind = inspections.kind)
    """,
)
PLACE = """
    UPDATE characteristics SET stem_id = id, standard_id = (
        SELECT id FROM inspection_standards AS found
        WHERE found.item_id = characteristics.item_id AND found.kind = characteristics.kind
        AND found.state = CASE WHEN characteristics.active THEN 'released' ELSE 'obsolete' END)
"""
#: The revision in force comes first, as it did when they were recorded.
BELONG = """
    UPDATE inspections SET standard_id = (
        SELECT MAX(id) FROM inspection_standards AS found
        WHERE found.item_id = inspections.item_id AND found.kind = inspections.kind
        AND found.revision = (SELECT MAX(revision) FROM inspection_standards AS newest
                              WHERE newest.item_id = inspections.item_id AND newest.kind = inspections.kind))
"""
BACK = """
    UPDATE characteristics SET
        item_id = (SELECT item_id FROM inspection_standards WHERE id = standard_id),
        kind = (SELECT kind FROM inspection_standards WHERE id = standard_id),
        active = EXISTS (SELECT 1 FROM inspection_standards AS found WHERE found.id = standard_id
                         AND found.state = 'released' AND found.operation IS NULL AND found.partner_id IS NULL)
"""
SAMPLE = "ck_characteristics_sample_above_zero"


def upgrade() -> None:
    _standards()
    _sampling_states()
    _first_revisions()
    _characteristics()
    _inspections()
    _choices()
    _sampling_steps()


def _standards() -> None:
    op.create_table(
        "inspection_standards",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=True),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("sample_rule", sa.String(24), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=True),
        sa.Column("triggers", WordSet(), nullable=False),
        sa.Column("aql", sa.String(8), nullable=True),
        sa.Column("level", sa.String(4), nullable=True),
        sa.Column("double_plan", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.Boolean(), nullable=False),
        sa.Column("hold_back", sa.Boolean(), nullable=False),
        sa.Column("act_by", sa.String(100), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("reaction", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("drafted_at", UtcTime(), nullable=True),
        sa.Column("drafted_by", sa.String(100), nullable=True),
        sa.Column("approved_at", UtcTime(), nullable=True),
        sa.Column("approved_by", sa.String(100), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("sample_size > 0", name=op.f("ck_inspection_standards_sample_above_zero")),
        sa.CheckConstraint("every IS NULL OR every > 0", name=op.f("ck_inspection_standards_every_above_zero")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_inspection_standards_item_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_inspection_standards_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_standards")),
        sa.UniqueConstraint("scope", "revision", name=op.f("uq_inspection_standards_scope_revision")),
    )
    op.create_index("ix_inspection_standards_item", "inspection_standards", ["item_id", "kind", "state"])
    for name, state in (("released", RELEASED), ("draft", DRAFT)):
        op.create_index(
            f"uq_inspection_standards_{name}", "inspection_standards", ["scope"], unique=True,
            sqlite_where=state, postgresql_where=state,
        )  # fmt: skip


def _first_revisions() -> None:
    connection = op.get_bind()
    kept = sa.table("inspection_standards", *(sa.column(name) for name in FIRST))
    for chosen in FILL:
        rows = connection.execute(sa.text(chosen)).all()
        made = [
            {**FIRST, "item_id": row[0], "kind": row[1], "revision": row[2], "state": row[3],
             "scope": f"{row[0]}/{row[1]}/-/-"}
            for row in rows
        ]  # fmt: skip
        if made:
            connection.execute(kept.insert(), made)


def _characteristics() -> None:
    op.add_column("characteristics", sa.Column("standard_id", BigId, nullable=True))
    op.add_column("characteristics", sa.Column("stem_id", BigId, nullable=True))
    op.execute(PLACE)
    op.drop_index("ix_characteristics_item", table_name="characteristics")
    with op.batch_alter_table("characteristics") as table:
        table.drop_constraint("fk_characteristics_item_id", type_="foreignkey")
        for name in ("item_id", "kind", "active", "version"):
            table.drop_column(name)
        table.alter_column("standard_id", existing_type=BigId, nullable=False)
        table.alter_column("stem_id", existing_type=BigId, nullable=False)
        table.add_column(sa.Column("nature", sa.String(24), nullable=False, server_default="variable"))
        table.add_column(sa.Column("decimals", sa.Integer(), nullable=True))
        table.add_column(sa.Column("of_process", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("sample_size", sa.Integer(), nullable=True))
        table.add_column(sa.Column("gauge_type", sa.String(100), nullable=True))
        table.add_column(sa.Column("method", sa.Text(), nullable=True))
        table.add_column(sa.Column("frequency", sa.String(100), nullable=True))
        table.add_column(sa.Column("reaction", sa.Text(), nullable=True))
        table.add_column(sa.Column("special", sa.String(16), nullable=True))
        table.add_column(sa.Column("pfmea", sa.String(100), nullable=True))
        table.add_column(sa.Column("limit_sample", sa.Text(), nullable=True))
        table.add_column(sa.Column("good_photo_id", BigId, nullable=True))
        table.add_column(sa.Column("bad_photo_id", BigId, nullable=True))
        table.create_foreign_key("fk_characteristics_standard_id", "inspection_standards", ["standard_id"], ["id"])
        table.create_check_constraint(SAMPLE, "sample_size IS NULL OR sample_size > 0")
        for name in ("good_photo_id", "bad_photo_id"):
            table.create_foreign_key(f"fk_characteristics_{name}", "files", [name], ["id"])
    op.create_index(op.f("ix_characteristics_standard_id"), "characteristics", ["standard_id"])
    op.create_index(op.f("ix_characteristics_stem_id"), "characteristics", ["stem_id"])


def _inspections() -> None:
    op.add_column("inspections", sa.Column("standard_id", BigId, nullable=True))
    op.execute(BELONG)
    with op.batch_alter_table("inspections") as table:
        table.alter_column("standard_id", existing_type=BigId, nullable=False)
        table.add_column(sa.Column("lot_size", sa.Integer(), nullable=True))
        table.add_column(sa.Column("severity", sa.String(24), nullable=True))
        table.add_column(sa.Column("found", sa.Integer(), nullable=True))
        table.add_column(sa.Column("found_in_both", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_inspections_standard_id", "inspection_standards", ["standard_id"], ["id"])
    op.create_index(op.f("ix_inspections_standard_id"), "inspections", ["standard_id"])


def _choices() -> None:
    op.create_table(
        "characteristic_choices",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("characteristic_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_en", sa.String(100), nullable=True),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["characteristic_id"], ["characteristics.id"], name=op.f("fk_characteristic_choices_characteristic_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_characteristic_choices")),
        sa.UniqueConstraint("characteristic_id", "name", name=op.f("uq_characteristic_choices_characteristic_id_name")),
    )


def _sampling_states() -> None:
    op.create_table(
        "sampling_states",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("series", sa.String(100), nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=True),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("supplier_id", BigId, nullable=True),
        sa.Column("severity", sa.String(24), nullable=False),
        sa.Column("recent", sa.String(5), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("reduced_by", sa.String(100), nullable=True),
        sa.Column("reduced_why", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_sampling_states_item_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_sampling_states_partner_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["partners.id"], name=op.f("fk_sampling_states_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_states")),
        sa.UniqueConstraint("series", name=op.f("uq_sampling_states_series")),
    )
    for name in ("item_id", "supplier_id"):
        op.create_index(op.f(f"ix_sampling_states_{name}"), "sampling_states", [name])


def _sampling_steps() -> None:
    op.create_table(
        "sampling_steps",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("state_id", BigId, nullable=False),
        sa.Column("inspection_id", BigId, nullable=True),
        sa.Column("lot_id", BigId, nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("letter", sa.String(1), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("severity", sa.String(24), nullable=False),
        sa.Column("severity_after", sa.String(24), nullable=False),
        sa.Column("score_after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_sampling_steps_inspection_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_sampling_steps_lot_id")),
        sa.ForeignKeyConstraint(["state_id"], ["sampling_states.id"], name=op.f("fk_sampling_steps_state_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_steps")),
        sa.UniqueConstraint("inspection_id", name=op.f("uq_sampling_steps_inspection_id")),
        sa.UniqueConstraint("state_id", "lot_id", name=op.f("uq_sampling_steps_state_id_lot_id")),
    )
    op.create_index(op.f("ix_sampling_steps_state_id"), "sampling_steps", ["state_id"])


def downgrade() -> None:
    op.drop_table("sampling_steps")
    op.drop_table("sampling_states")
    op.drop_table("characteristic_choices")
    op.drop_index(op.f("ix_inspections_standard_id"), table_name="inspections")
    with op.batch_alter_table("inspections") as table:
        table.drop_constraint("fk_inspections_standard_id", type_="foreignkey")
        for name in ("standard_id", "lot_size", "severity", "found", "found_in_both"):
            table.drop_column(name)
    _single_characteristics()
    op.drop_table("inspection_standards")


def _single_characteristics() -> None:
    for name in ("standard_id", "stem_id"):
        op.drop_index(op.f(f"ix_characteristics_{name}"), table_name="characteristics")
    op.add_column("characteristics", sa.Column("item_id", BigId, nullable=True))
    op.add_column("characteristics", sa.Column("kind", sa.String(24), nullable=True))
    op.add_column("characteristics", sa.Column("active", sa.Boolean(), nullable=True))
    op.execute(BACK)
    with op.batch_alter_table("characteristics") as table:
        table.drop_constraint(SAMPLE, type_="check")
        for name in ("standard_id", "good_photo_id", "bad_photo_id"):
            table.drop_constraint(f"fk_characteristics_{name}", type_="foreignkey")
        for name in (
            "standard_id", "stem_id", "nature", "decimals", "of_process", "sample_size", "gauge_type", "method",
            "frequency", "reaction", "special", "pfmea", "limit_sample", "good_photo_id", "bad_photo_id",
        ):  # fmt: skip
            table.drop_column(name)
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.alter_column("item_id", existing_type=BigId, nullable=False)
        table.alter_column("kind", existing_type=sa.String(24), nullable=False)
        table.alter_column("active", existing_type=sa.Boolean(), nullable=False)
        table.create_foreign_key("fk_characteristics_item_id", "items", ["item_id"], ["id"])
    op.create_index("ix_characteristics_item", "characteristics", ["item_id", "kind"])
