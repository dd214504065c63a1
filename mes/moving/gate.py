"""The gate: while a plant moves, and after it has moved, its old database takes nothing more, whoever asks.

The database itself refuses, by a trigger on each table: that holds for servers that are still running, for programs of
another machine, and after this one was killed. Pages can be looked at meanwhile.
"""

from collections.abc import Sequence

from mes.core.errors import PlantMoves
from mes.keeping.marks import MARK, TABLE, Mark, read_text
from mes.moving.sides import Side
from mes.moving.values import Shape

_TRIGGER = "gate_{act}_{table}"
GATE = PlantMoves.GATE
_ACTS = ("insert", "update", "delete")
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_while_moving() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"RAISE EXCEPTION '{GATE}: the plant moves to another database' USING ERRCODE = 'check_violation'; END $$"
)


def find_mark(side: Side) -> Mark | None:
    """The mark that a database bears."""
    if TABLE not in side.things():
        return None
    kept = side.run(f"SELECT told FROM {TABLE} WHERE name = ?", MARK)  # noqa: S608  our own name
    return read_text(kept[0][0]) if kept else None


def set_mark(side: Side, mark: Mark) -> None:
    """Let a database bear a mark."""
    note(side, MARK, mark.text())


def note(side: Side, name: str, told: str) -> None:
    """Keep something beside the mark, in place of what was kept by that name."""
    side.run(f"CREATE TABLE IF NOT EXISTS {TABLE} (name VARCHAR(200) NOT NULL PRIMARY KEY, told TEXT NOT NULL)")
    side.run(f"DELETE FROM {TABLE} WHERE name = ?", name)  # noqa: S608  our own name
    side.run(f"INSERT INTO {TABLE} (name, told) VALUES (?, ?)", name, told)  # noqa: S608


def noted(side: Side) -> dict[str, str]:
    """What is kept beside the mark."""
    return {str(name): str(told) for name, told in side.run(f"SELECT name, told FROM {TABLE}")}  # noqa: S608


def remove_mark(side: Side) -> None:
    """The database bears no mark any more."""
    side.run(f"DROP TABLE IF EXISTS {TABLE}")


def close_gate(side: Side, shapes: Sequence[Shape], mark: Mark) -> None:
    """From now on nothing is recorded here. Who is just writing finishes first."""
    with side.doing():
        if not side.is_sqlite:
            side.run(_FUNCTION)
        for shape in shapes:
            for command in _sqlite(shape) if side.is_sqlite else _postgresql(shape):
                side.run(command)
        set_mark(side, mark)


def open_gate(side: Side, shapes: Sequence[Shape]) -> None:
    """The plant works here again."""
    with side.doing():
        for shape in shapes:
            for act in _ACTS if side.is_sqlite else ("any",):
                name = _TRIGGER.format(act=act, table=shape.name)
                side.run(f"DROP TRIGGER IF EXISTS {name}" + ("" if side.is_sqlite else f' ON "{shape.name}"'))
        if not side.is_sqlite:
            side.run("DROP FUNCTION IF EXISTS refuse_while_moving()")
        remove_mark(side)


def _sqlite(shape: Shape) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {_TRIGGER.format(act=act, table=shape.name)} BEFORE {act.upper()} "
        f"ON \"{shape.name}\" BEGIN SELECT RAISE(ABORT, '{GATE}: the plant moves to another database'); END"
        for act in _ACTS
    ]


def _postgresql(shape: Shape) -> list[str]:
    name = _TRIGGER.format(act="any", table=shape.name)
    acts, then = "BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE", "EXECUTE FUNCTION refuse_while_moving()"
    return [
        f'DROP TRIGGER IF EXISTS {name} ON "{shape.name}"',
        f'CREATE TRIGGER {name} {acts} ON "{shape.name}" FOR EACH STATEMENT {then}',
    ]
