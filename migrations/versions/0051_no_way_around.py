"""What was recorded is not emptied at once, nor written over by a row of the same number."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

#: Every table that refuses changes and removals already.
KEPT = (
    "alarm_answers", "calibrations", "chart_alarms", "chart_phases", "epcis_captures", "epcis_events", "epcis_things",
    "events", "genealogy", "movements", "nonconformance_checks", "nonconformance_costs", "nonconformance_steps",
    "production_reports", "report_counts", "signatures", "step_records",
)  # fmt: skip

#: What numbers the rows of a table, where it is not its id.
NUMBERED = {"report_counts": "report_id"}


def upgrade() -> None:
    _no_other_number()
    for table in KEPT:
        if op.get_bind().dialect.name == "sqlite":
            number = NUMBERED.get(table, "id")
            # INSERT OR REPLACE removes a row without asking the trigger that refuses removals
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  names of our own
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {number} = NEW.{number}) "
                f"BEGIN SELECT RAISE(ABORT, 'CHECK: {table} is append-only'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _no_other_number() -> None:
    """An edge may be marked as undone; nothing looked at its number."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER genealogy_no_renumber BEFORE UPDATE OF id ON genealogy "
            "BEGIN SELECT RAISE(ABORT, 'CHECK: genealogy is append-only'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER genealogy_no_renumber BEFORE UPDATE OF id ON genealogy "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER genealogy_no_renumber" + ("" if sqlite else " ON genealogy"))
    for table in KEPT:
        op.execute(f"DROP TRIGGER {table}_no_replace" if sqlite else f"DROP TRIGGER {table}_no_truncate ON {table}")
