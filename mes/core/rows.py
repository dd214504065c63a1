"""Writing the rows of the ledger without the unit of work.

What a report writes (lots, movements, genealogy, sums) are plain rows: each says by number which other rows it
belongs to. The ORM's flush sorts, compares and dispatches for all that could be, and costs several times what the
statements cost. A model that says ``straight = True`` is written here instead: one statement for all new rows of a
table, one for all that changed alike. To everybody else, its objects are like any other.

New objects can have their numbers before they are written, so that what belongs to them can say so, and everything
that an act makes is written together at its end.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    CompoundSelect,
    Insert,
    Integer,
    Select,
    Table,
    Update,
    bindparam,
    func,
    inspect,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError

from mes.core.sending import BY_KEY, UNANSWERED


def are_waiting(session: Session) -> bool:
    """Whether anything at all waits to be written."""
    return bool(session._new or session.identity_map._modified or session._deleted or PLAIN in session.info)


def write(session: Session) -> None:
    """Write what is new and what has changed of all straight models, parents first."""
    if any(session.info.get(SPARE, {}).values()):  # SQLite would give a number that is spoken for to one without
        number(session)
    new, plain = _by_kind(session.new), session.info.pop(PLAIN, {})
    for kind in sorted({*new, *plain}, key=lambda kind: _shape(kind).rank):
        if kind in new:
            _insert(session, _shape(kind), new[kind])
        if kind in plain:
            session.connection().execute(_shape(kind).insert_numbered, plain[kind])
    changed = _by_kind(session.dirty)
    for kind in sorted(changed, key=lambda kind: _shape(kind).rank):
        _update(session, _shape(kind), changed[kind])


#: Where a session keeps the rows that nobody needs as objects, the last numbers given to rows not yet written, how
#: many more will be needed, and those that were asked for in advance.
PLAIN, GIVEN, COMING, SPARE = "plain rows", "numbers given", "rows to come", "spare numbers"


def put(session: Session, kind: type[Any], values: Iterable[Mapping[str, Any]]) -> None:
    """New rows that nobody needs as objects; they are written with the others."""
    if rows := [_shape(kind).plain(row) for row in values]:
        session.info.setdefault(PLAIN, {}).setdefault(kind, []).extend(rows)


def reserve(session: Session, kind: type[Any], count: int) -> None:
    """So many rows of a kind will come later in this act: their numbers are asked for with the next ones."""
    coming = session.info.setdefault(COMING, {})
    coming[kind] = coming.get(kind, 0) + count


def number(session: Session) -> None:
    """Give all new objects their numbers, with one statement or those reserved; they are written later."""
    without = {kind: _without_number(_shape(kind), things) for kind, things in _by_kind(session.new).items()}
    needed = {kind: len(things) for kind, things in without.items() if things}
    spare = session.info.setdefault(SPARE, {})
    if any(count > len(spare.get(kind, ())) for kind, count in needed.items()):
        _take_numbers(session, needed, spare)
    for kind in needed:
        for thing in without[kind]:
            thing.__dict__["id"] = spare[kind].popleft()
    for kind in needed:
        for thing in without[kind]:
            _shape(kind).complete(thing)


def _take_numbers(session: Session, needed: Mapping[type[Any], int], spare: dict[type[Any], deque[int]]) -> None:
    coming = session.info.pop(COMING, {})
    wanted = {kind: needed.get(kind, 0) + coming.get(kind, 0) for kind in {**needed, **coming}}
    numbers = iter(_numbers(session, wanted))
    for kind, count in wanted.items():
        spare.setdefault(kind, deque()).extend(islice(numbers, count))


def _without_number(shape: "_Shape", things: Sequence[Any]) -> list[Any]:
    return [thing for thing in things if shape.numbered and thing.__dict__.get("id") is None]


def _numbers(session: Session, wanted: Mapping[type[Any], int]) -> list[int]:
    """So many free numbers of each table, one after the other."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        counts = {f"count_{place}": count for place, count in enumerate(wanted.values())}
        free = connection.execute(_next_numbers(tuple(wanted)), counts)
        return [number for _place, number in sorted(free.all())]
    # nobody else writes meanwhile: the numbers after the last one are free
    last = connection.execute(_last_numbers(tuple(wanted))).one()
    given = session.info.setdefault(GIVEN, {})
    numbers: list[int] = []
    for (kind, count), newest in zip(wanted.items(), last, strict=True):
        begin = max(newest or 0, given.get(kind, 0)) + 1
        numbers += range(begin, begin + count)
        given[kind] = begin + count - 1
    return numbers


@cache
def _last_numbers(kinds: tuple[type[Any], ...]) -> Select[*tuple[int | None, ...]]:
    return select(*(select(func.max(kind.id)).scalar_subquery() for kind in kinds))


@cache
def _next_numbers(kinds: tuple[type[Any], ...]) -> CompoundSelect[int, int]:
    """As many numbers of each as ``count_0``, ``count_1``, … say, each with the place of its kind among them."""
    parts = []
    for place, kind in enumerate(kinds):
        free = func.nextval(func.pg_get_serial_sequence(kind.__tablename__, "id"))
        counted = func.generate_series(1, bindparam(f"count_{place}", type_=Integer))
        parts.append(select(literal_column(str(place), Integer), free).select_from(counted.alias()))
    return union_all(*parts).execution_options(**BY_KEY)


def is_straight(thing: object) -> bool:
    """Whether its rows are written here."""
    return getattr(thing, "straight", False)


def _by_kind(things: Iterable[object]) -> dict[type[Any], list[Any]]:
    found: dict[type[Any], list[Any]] = {}
    for thing in things:
        if is_straight(thing):
            found.setdefault(type(thing), []).append(thing)
    return found


def _insert(session: Session, shape: "_Shape", things: Sequence[Any]) -> None:
    connection = session.connection()
    fresh = _without_number(shape, things)
    known = [thing for thing in things if thing.__dict__.get("id") is not None] if fresh else things
    if known:
        connection.execute(shape.insert_numbered, [shape.values(thing) for thing in known])
    values = [shape.values(thing) for thing in fresh]
    if len(fresh) > 1:
        for thing, (key,) in zip(fresh, connection.execute(shape.insert_many, values), strict=True):
            thing.__dict__["id"] = key
    elif fresh:
        [fresh[0].__dict__["id"]] = connection.execute(shape.insert, values).inserted_primary_key or [None]
    # what a flush does when it has written
    session._register_persistent({instance_state(thing) for thing in things})


def _update(session: Session, shape: "_Shape", things: Sequence[Any]) -> None:
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for thing in things:
        state: InstanceState[Any] = instance_state(thing)
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
            del self.defaults["id"]
        self.pointers = [
            (relation.key, mapper.get_property_by_column(column).key)
            for relation in mapper.relationships
            if not relation.uselist
            for column in relation.local_columns
        ]
        self.names = [(name, self.columns[name].key) for name in self.defaults]
        self.insert: Insert = self.table.insert().execution_options(**BY_KEY)
        self.insert_numbered: Insert = self.table.insert().inline().execution_options(**UNANSWERED)
        self.insert_many = self.insert.returning(key, sort_by_parameter_order=True)
        self._updates: dict[tuple[str, ...], Update] = {}

    def complete(self, thing: Any) -> dict[str, Any]:
        """What a new object knows; what nobody has set gets its default."""
        known: dict[str, Any] = thing.__dict__
        for name, column in self.pointers:
            other = known.get(name)
            if other is not None and known.get(column) is None:
                known[column] = _number(other)
        for name, default in self.defaults.items():
            known.setdefault(name, default)
        return known

    def values(self, thing: Any) -> dict[str, Any]:
        """The values of a new row, with its number if it has one."""
        known = self.complete(thing)
        row = {column: known[name] for name, column in self.names}
        if self.numbered and known.get("id") is not None:
            row["id"] = known["id"]
        return row

    def plain(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a new row that is no object."""
        return {column: row.get(name, self.defaults[name]) for name, column in self.names}

    def update(self, names: tuple[str, ...]) -> Update:
        """The statement that changes some columns of a row."""
        if names not in self._updates:
            chosen = self.table.update().where(self.columns[self.key] == bindparam("the_key"))
            new: dict[Any, Any] = {self.columns[name]: bindparam(f"new_{name}") for name in names}
            if self.version:
                version = self.columns[self.version]
                chosen = chosen.where(version == bindparam("the_version"))
                new[version] = version + 1
            # whether a row of a version was there is an answer
            told = BY_KEY if self.version else UNANSWERED
            self._updates[names] = chosen.values(new).execution_options(**told)
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
