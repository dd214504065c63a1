"""Writing the rows of the ledger without the unit of work.

What a report writes (lots, movements, genealogy, sums) are plain rows: each says by number which other rows it
belongs to. The ORM's flush sorts, compares and dispatches for all that could be, and costs several times what the
statements cost. A model that says ``straight = True`` is written here instead: one statement for all new rows of a
table, one for all that changed alike. To everybody else, its objects are like any other.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Insert, Table, Update, bindparam, inspect
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.exc import StaleDataError


def write(session: Session) -> None:
    """Write what is new and what has changed of all straight models, parents first."""
    new = [thing for thing in session.new if is_straight(thing)]
    for kind in _kinds(new):
        _insert(session, _shape(kind), [thing for thing in new if type(thing) is kind])
    changed = [thing for thing in session.dirty if is_straight(thing)]
    for kind in _kinds(changed):
        _update(session, _shape(kind), [thing for thing in changed if type(thing) is kind])


def is_straight(thing: object) -> bool:
    """Whether its rows are written here."""
    return getattr(thing, "straight", False)


def _kinds(things: Iterable[object]) -> list[type[Any]]:
    return sorted({type(thing) for thing in things}, key=lambda kind: _shape(kind).rank)


def _insert(session: Session, shape: "_Shape", things: Sequence[Any]) -> None:
    values = [shape.values(thing) for thing in things]
    connection = session.connection()
    if shape.numbered and len(things) > 1:
        for thing, (key,) in zip(things, connection.execute(shape.insert_many, values), strict=True):
            thing.__dict__[shape.key] = key
    else:
        done = connection.execute(shape.insert, values)
        if shape.numbered:
            [things[0].__dict__[shape.key]] = done.inserted_primary_key or [None]
    # what a flush does when it has written
    session._register_persistent({inspect(thing) for thing in things})


def _update(session: Session, shape: "_Shape", things: Sequence[Any]) -> None:
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for thing in things:
        state: InstanceState[Any] = inspect(thing)
        for name, column in shape.pointers:
            if name in state.committed_state:
                other = state.dict[name]
                setattr(thing, column, None if other is None else _number(other))
        known = state.dict
        before = state.committed_state
        names = tuple(name for name in before if name in shape.columns and before[name] != known[name])
        if names:
            row = {f"new_{name}": known[name] for name in names} | {"the_key": known[shape.key]}
            if shape.version:
                row["the_version"] = known[shape.version]
                known[shape.version] += 1
            alike.setdefault(names, []).append(row)
        state._commit_all(known, session.identity_map)
    for names, rows in alike.items():
        done = session.connection().execute(shape.update(names), rows)
        if shape.version and done.rowcount != len(rows):
            raise StaleDataError(f"{shape.table}: somebody else changed a row meanwhile")


class _Shape:
    """How the rows of one table are written."""

    def __init__(self, mapper: Mapper[Any]) -> None:
        self.table: Table = mapper.local_table  # type: ignore[assignment]  # every model here is one real table
        self.rank = [*self.table.metadata.sorted_tables].index(self.table)
        [key] = mapper.primary_key
        self.key = mapper.get_property_by_column(key).key
        self.numbered = key.autoincrement is True
        self.version = mapper.version_id_col.key if mapper.version_id_col is not None else None
        self.columns = {mapper.get_property_by_column(column).key: column for column in self.table.columns}
        self.defaults = {name: _default(column) for name, column in self.columns.items()}
        if self.numbered:
            del self.defaults[self.key]
        self.pointers = [
            (relation.key, mapper.get_property_by_column(column).key)
            for relation in mapper.relationships
            if not relation.uselist
            for column in relation.local_columns
        ]
        self.insert: Insert = self.table.insert()
        self.insert_many = self.insert.returning(key, sort_by_parameter_order=True)
        self._updates: dict[tuple[str, ...], Update] = {}

    def values(self, thing: Any) -> dict[str, Any]:
        """The values of a new row; what nobody has set gets its default."""
        known = thing.__dict__
        for name, column in self.pointers:
            other = known.get(name)
            if other is not None and known.get(column) is None:
                known[column] = _number(other)
        if self.numbered and known.get(self.key) is not None:
            raise ValueError(f"the database numbers the rows of {self.table}")
        for name, default in self.defaults.items():
            if name not in known:
                known[name] = default
        return {self.columns[name].key: known[name] for name in self.defaults}

    def update(self, names: tuple[str, ...]) -> Update:
        """The statement that changes some columns of a row."""
        if names not in self._updates:
            chosen = self.table.update().where(self.columns[self.key] == bindparam("the_key"))
            new: dict[Any, Any] = {self.columns[name]: bindparam(f"new_{name}") for name in names}
            if self.version:
                version = self.columns[self.version]
                chosen = chosen.where(version == bindparam("the_version"))
                new[version] = version + 1
            self._updates[names] = chosen.values(new)
        return self._updates[names]


_shapes: dict[type[Any], _Shape] = {}


def _shape(model: type[Any]) -> _Shape:
    if model not in _shapes:
        _shapes[model] = _Shape(inspect(model))
    return _shapes[model]


def _number(other: Any) -> int:
    """The number of a row that another one points to; it must have been written before."""
    if other.id is None:
        raise ValueError(f"{other} must be written before what points to it")
    return int(other.id)


def _default(column: Column[Any]) -> Any:
    return getattr(column.default, "arg", None)
