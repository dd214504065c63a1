"""What was recorded is never edited or erased: the database itself refuses it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Tables of which no row may be changed or removed.
APPEND_ONLY = ("events", "movements", "production_reports")
#: The graph's rows may only be marked as undone.
MARKED_ONLY = "genealogy"
KEPT = ("parent_id", "child_id", "kind", "quantity", "movement_id", "report_id", "at")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in (*APPEND_ONLY, MARKED_ONLY):
            _sqlite(table, "DELETE", "")
        for table in APPEND_ONLY:
            _sqlite(table, "UPDATE", "")
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
        _sqlite(MARKED_ONLY, "UPDATE", f"WHEN {changed} OR NEW.undone < OLD.undone ")
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"
    )
    for table in APPEND_ONLY:
        _postgresql(table, "UPDATE OR DELETE", "")
    _postgresql(MARKED_ONLY, "DELETE", "")
    old, new = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("OLD", "NEW"))
    _postgresql(MARKED_ONLY, "UPDATE", f"WHEN (({old}) IS DISTINCT FROM ({new}) OR (OLD.undone AND NOT NEW.undone)) ")


def _sqlite(table: str, act: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, 'CHECK: {table} is append-only'); END"
    )


def _postgresql(table: str, act: str, when: str) -> None:
    name = f"{table}_no_{act.split()[0].lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in (*APPEND_ONLY, MARKED_ONLY):
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
        return
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_no_update ON {table}")
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER {MARKED_ONLY}_no_{act} ON {MARKED_ONLY}")
    op.execute("DROP FUNCTION refuse_change()")
