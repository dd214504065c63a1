"""Defects with pictures, marks and further places."""

import sqlalchemy as sa
from alembic import op

from mes.core.types import BigId, ExactDecimal

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MARK = "mark_x BETWEEN 0 AND 1000 AND mark_y BETWEEN 0 AND 1000 OR mark_x IS NULL AND mark_y IS NULL"


def upgrade() -> None:
    op.add_column("plant", sa.Column("rework_limit", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "defect_causes",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=True),
        sa.Column("name_vi", sa.String(200), nullable=True),
        sa.Column("group", sa.String(100), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect_causes")),
        sa.UniqueConstraint("code", name=op.f("uq_defect_causes_code")),
    )
    with op.batch_alter_table("defect_codes") as codes:
        codes.add_column(sa.Column("picture_id", BigId, nullable=True))
        codes.create_foreign_key(op.f("fk_defect_codes_picture_id_files"), "files", ["picture_id"], ["id"])
    with op.batch_alter_table("defects") as defects:
        defects.add_column(sa.Column("cause_id", BigId, nullable=True))
        defects.add_column(sa.Column("tool", sa.String(100), nullable=True))
        defects.add_column(sa.Column("cavity", sa.String(100), nullable=True))
        defects.add_column(sa.Column("mark_x", sa.Integer(), nullable=True))
        defects.add_column(sa.Column("mark_y", sa.Integer(), nullable=True))
        defects.add_column(sa.Column("sorted_good", ExactDecimal(), nullable=True))
        defects.add_column(sa.Column("approved_by", sa.String(100), nullable=True))
        defects.add_column(sa.Column("rework_lot_id", BigId, nullable=True))
        defects.create_foreign_key(op.f("fk_defects_cause_id_defect_causes"), "defect_causes", ["cause_id"], ["id"])
        defects.create_foreign_key(op.f("fk_defects_rework_lot_id_lots"), "lots", ["rework_lot_id"], ["id"])
        defects.create_check_constraint(op.f("ck_defects_mark_on_the_picture"), MARK)
    op.create_index(op.f("ix_defects_cause_id"), "defects", ["cause_id"])
    op.create_index(op.f("ix_defects_rework_lot_id"), "defects", ["rework_lot_id"])
    op.create_table(
        "defect_photos",
        sa.Column("id", BigId, nullable=False),
        sa.Column("defect_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["defect_id"], ["defects.id"], name=op.f("fk_defect_photos_defect_id_defects")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_defect_photos_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect_photos")),
        sa.UniqueConstraint("defect_id", "position", name=op.f("uq_defect_photos_defect_id_position")),
    )


def downgrade() -> None:
    op.drop_table("defect_photos")
    op.drop_index(op.f("ix_defects_rework_lot_id"), table_name="defects")
    op.drop_index(op.f("ix_defects_cause_id"), table_name="defects")
    with op.batch_alter_table("defects") as defects:
        defects.drop_constraint(op.f("ck_defects_mark_on_the_picture"), type_="check")
        defects.drop_constraint(op.f("fk_defects_rework_lot_id_lots"), type_="foreignkey")
        defects.drop_constraint(op.f("fk_defects_cause_id_defect_causes"), type_="foreignkey")
        for name in ("rework_lot_id", "approved_by", "sorted_good", "mark_y", "mark_x", "cavity", "tool", "cause_id"):
            defects.drop_column(name)
    with op.batch_alter_table("defect_codes") as codes:
        codes.drop_constraint(op.f("fk_defect_codes_picture_id_files"), type_="foreignkey")
        codes.drop_column("picture_id")
    op.drop_table("defect_causes")
    op.drop_column("plant", "rework_limit")
