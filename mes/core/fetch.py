"""Reading what every scan and report reads.

The ORM works out at each run how a row becomes an object, which costs several times what the statement costs. A
``Fetch`` has worked it out once. Its objects are like any other of the session: one that is there already is brought
up to date, unless it holds a change that is not written yet.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import CursorResult, Executable, Row, Select, inspect
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state

from mes.core.sending import BY_KEY, LATER

T = TypeVar("T")


#: Where a session keeps what it asked and has not read yet: by its question the values, and the answer to come.
ASKED = "asked"
Asked = dict[Executable, tuple[dict[str, Any], CursorResult[Any]]]
NOTHING: Asked = {}


def ask(session: Session, query: Executable, **values: Any) -> None:
    """Ask now what ``fetch`` will read later in this act: several questions make one round trip.

    What comes is the answer of now, with locks taken in the order of asking. It is forgotten if anything is written
    before it is read. SQLite is no trip away: there nothing is asked before it is read.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        kept: Asked = session.info.setdefault(ASKED, {})
        kept[query] = values, connection.execute(query, values, execution_options=LATER)


def forget(session: Session) -> None:
    """What was asked and not read is no longer true."""
    session.info.pop(ASKED, None)


def fetch(session: Session, query: Executable, **values: Any) -> Sequence[Row[*tuple[Any, ...]]]:
    """Plain rows, as they are with everything written that waits to be."""
    if session.autoflush:
        session.flush()
    if query in (kept := session.info.get(ASKED, NOTHING)):
        asked, answer = kept.pop(query)
        if asked == values:
            return list(answer.all())
    return session.connection().execute(query, values).all()


class Fetch(Generic[T]):
    """A select of whole rows of one model, or of several that are joined.

    Each row becomes the object of the first model; those of the others hang at it, and at each other, as their
    relationships say.
    """

    def __init__(self, model: type[T], query: Select[*tuple[Any, ...]]) -> None:
        models = [told["entity"] for told in query.column_descriptions]
        if models[0] is not model:
            raise TypeError(f"the first of the rows must be those of {model}")
        self._parts: list[_Part] = []
        for one in models:
            self._parts.append(_Part(inspect(one), self._parts[-1].end if self._parts else 0, models))
        columns = [getattr(part.model, name) for part in self._parts for name in part.names]
        self.query = query.with_only_columns(*columns, maintain_column_froms=True).execution_options(**BY_KEY)

    def ask(self, session: Session, **values: Any) -> None:
        """Ask for what will be read later in this act."""
        ask(session, self.query, **values)

    def all(self, session: Session, **values: Any) -> list[T]:
        """The objects of all rows, in their order."""
        return [self._object(session, row) for row in fetch(session, self.query, **values)]

    def first(self, session: Session, **values: Any) -> T | None:
        """The object of the first row."""
        return next(iter(self.all(session, **values)), None)

    def _object(self, session: Session, row: Row[*tuple[Any, ...]]) -> Any:
        found = {part.model: part.object(session, row) for part in self._parts}
        for part in self._parts:
            thing = found[part.model]
            if thing is not None:
                thing.__dict__.update([(name, found[other]) for name, other in part.links])
        return found[self._parts[0].model]


class _Part:
    """The columns of one model within a row."""

    def __init__(self, mapper: Mapper[Any], begin: int, others: Sequence[type[Any]]) -> None:
        self.model = mapper.class_
        self.names = [mapper.get_property_by_column(column).key for column in mapper.local_table.c]
        self.begin, self.end = begin, begin + len(self.names)
        [key] = mapper.primary_key
        self.key = begin + self.names.index(mapper.get_property_by_column(key).key)
        self.relations = [relation.key for relation in mapper.relationships]
        self.links = [
            (relation.key, relation.mapper.class_)
            for relation in mapper.relationships
            if not relation.uselist and relation.mapper.class_ in others
        ]
        self._new = mapper.class_manager.new_instance

    def object(self, session: Session, row: Row[*tuple[Any, ...]]) -> Any:
        """The object of this part of a row; None where nothing was joined."""
        number = row[self.key]
        if number is None:
            return None
        key = (self.model, (number,), None)
        thing = session.identity_map.get(key)
        if thing is None:
            thing = self._new()
            state = instance_state(thing)
            state.key, state.session_id = key, session.hash_key
            session.identity_map.add(state)
        else:
            state = instance_state(thing)
            if state.modified:
                return thing
            for name in self.relations:
                state.dict.pop(name, None)
        state.dict.update(zip(self.names, row[self.begin : self.end], strict=True))
        # what a load of the ORM does when it has read
        state._commit_all(state.dict, session.identity_map)
        return thing
