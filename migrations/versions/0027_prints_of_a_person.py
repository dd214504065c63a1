"""What somebody had printed is found without reading every print job."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_print_jobs_person_id"), "print_jobs", ["person_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_print_jobs_person_id"), table_name="print_jobs")
