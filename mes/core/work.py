"""The one write door. Only this file begins, commits or rolls back.

One business act is one transaction: a view or command makes a ``Work``, one service function uses it, and the
act is committed as a whole with its events; flash, print and mail happen after the commit.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from mes.core import events, keys, losses, rows
from mes.core.access import Actor
from mes.core.db import WAIT_SECONDS, Base, Database
from mes.core.errors import Busy, GoneMeanwhile, Refused, StaleEdit
from mes.core.i18n import zone
from mes.core.tries import tried

T = TypeVar("T", bound=Base)
Result = TypeVar("Result")
Reader = Session


def utc_now() -> datetime:
    """The clock. Services take the time from ``Work.now`` instead."""
    return datetime.now(UTC)


class Work:
    """One business act: session, actor, time, station and source. The transaction begins with the first use."""

    def __init__(
        self,
        database: Database,
        actor: Actor,
        *,
        source: str,
        now: datetime | None = None,
        key: tuple[str, str] | None = None,
        late: bool = False,
    ) -> None:
        self.database = database
        self.actor = actor
        self.source = source
        self.now = now or utc_now()
        #: Whether this is an entry of earlier that waited for the connection; ``now`` is then when it was made.
        self.late = late
        self._key = key
        self._session: Session | None = None
        self._events: list[events.Entry] = []
        self._after: list[Callable[[], object]] = []
        #: What the browser keeps once this run of the deed is recorded (``core.acts``).
        self.in_browser: list[Callable[[], object]] = []

    @property
    def session(self) -> Session:
        """The session of the running transaction."""
        if self._session is None:
            self._session = self._begin()
        return self._session

    @property
    def today(self) -> date:
        """Today's date in the plant's time zone."""
        return self.now.astimezone(zone()).date()

    def after(self, act: Callable[[], object]) -> None:
        """Do something that leaves the database (print, mail) once the act is committed."""
        self._after.append(act)

    def lock(self, model: type[T], ident: int) -> T:
        """The row with this id, locked until the act ends, as it is now, whatever was read of it before.

        A plain statement: ``get_one`` would take a row that somebody else changed while we waited for a fault. Raises
        GoneMeanwhile.
        """
        query = select(model).where(getattr(model, "id") == ident).with_for_update()
        found = self.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if found is None:
            raise GoneMeanwhile
        return found

    def add(self, thing: T, verb: str, *, reason: str | None = None, code: str | None = None) -> T:
        """Record a new thing, and the event of its making. It has its number from now on."""
        self.session.add(thing)
        if rows.is_straight(thing):
            rows.number(self.session)
        else:
            self.session.flush()
        self.record(verb, thing, after=_columns(thing), reason=reason, code=code)
        return thing

    @contextmanager
    def change(self, thing: Base, verb: str, *, reason: str | None = None) -> Iterator[None]:
        """Record what the block changes on a thing; no event when nothing changed."""
        before = _columns(thing)
        yield
        after = _columns(thing)
        names = [name for name in after if before.get(name) != after[name] and name != "version"]
        if names:
            self.record(
                verb,
                thing,
                before={n: before.get(n) for n in names},
                after={n: after[n] for n in names},
                reason=reason,
            )

    def record(
        self,
        verb: str,
        thing: Base,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str | None = None,
        code: str | None = None,
    ) -> None:
        """Note an event; it is written with the commit. ``verb`` is "room.verb", e.g. "orders.release"."""
        self._events.append(
            events.Entry(
                at=self.now,
                actor_id=self.actor.person_id,
                actor=self.actor.name,
                station=self.actor.station,
                source=self.source,
                verb=verb,
                thing=thing.__tablename__,
                thing_id=getattr(thing, "id"),
                thing_code=code or str(getattr(thing, "code", "")),
                before=events.as_text(before),
                after=events.as_text(after),
                reason=reason,
            )
        )

    def _begin(self) -> Session:
        if self.database.queue and not self.database.queue.enter(WAIT_SECONDS):
            raise Busy
        session = self.database.write()
        try:
            connection = session.connection()
            if self.database.alone:
                connection.execute(losses.AWAIT_NOBODY)
            if self._key:
                keys.look_up(session, *self._key)
        except BaseException:
            try:
                session.close()
            finally:
                self._leave()
            raise
        return session

    def _look_again(self) -> None:
        """While this sending waited for its locks another one with its key may have been recorded: then what that one
        was answered counts, and not that the same cannot be done twice. Raises AlreadyDone."""
        if self._key and self._session is not None:
            with self._session.no_autoflush:
                keys.look_up(self._session, *self._key)

    def _finish(self, answer: Mapping[str, object] | None) -> None:
        if self._key and answer is not None:
            key, content = self._key
            self.session.add(keys.OneTimeKey(key=key, fingerprint=content, at=self.now, answer=json.dumps(answer)))
        if self._session is None and not self._events:
            return
        self.session.flush()
        if self._events:
            events.append(self.session, self._events)
        losses.commit(self.session)
        self.database.written += 1
        if self.database.log is not None:
            self.database.log.look(self.database.engine)

    def _leave(self) -> None:
        if self.database.queue:
            self.database.queue.leave()

    def _close(self) -> None:
        if self._session is not None:
            try:
                self._session.close()
            finally:  # whatever became of the connection, the next one who records is let in
                self._session = None
                self._leave()


def check_version(work: Work, thing: Base, version: int | None) -> None:
    """Refuse a save of a row that moved on since its form was opened. Raises StaleEdit naming who changed it."""
    if version is None or getattr(thing, "version") == version:
        return
    newest = next(iter(events.history(work.session, thing.__tablename__, getattr(thing, "id"))), None)
    raise StaleEdit(
        who=newest.actor if newest else "-",
        when=newest.at if newest else None,
        code=str(getattr(thing, "code", "")),
        version=getattr(thing, "version"),
    )


def act(
    database: Database,
    actor: Actor,
    deed: Callable[[Work], Result],
    *,
    source: str,
    now: datetime | None = None,
    key: tuple[str, str] | None = None,
    answer: Callable[[Result], Mapping[str, object] | None] | None = None,
    late: bool = False,
) -> Result:
    """Do one business act as one transaction and give back what ``deed`` returned.

    A deed may run several times before it is recorded, and touches nothing but its session: what else an act brings
    about is left to ``Work.after``. A deadlock is done over without a word. A lock wait that ended, a row that was
    changed meanwhile, or a connection that was lost is tried once more in silence: with a one-time key even when it
    was lost at the commit.

    ``key`` is (one-time key, fingerprint of content); ``answer`` makes of the result what a repetition of the same
    write gets; None keeps nothing and rolls back. ``late``: an entry of the moment ``now`` that waited on a tablet.
    Raises ``Refused``; a rule of the database that fires becomes one.
    """
    once = partial(_act_once, database, actor, deed, source, now, key, answer, late)
    result, steps = tried(database, once, keyed=key is not None)
    for step in steps:  # whatever goes wrong with them, the act is recorded and not done again
        step()
    return result


def _act_once(
    database: Database,
    actor: Actor,
    deed: Callable[[Work], Result],
    source: str,
    now: datetime | None,
    key: tuple[str, str] | None,
    answer: Callable[[Result], Mapping[str, object] | None] | None,
    late: bool,
) -> tuple[Result, list[Callable[[], object]]]:
    """Gives the result, and what is to be done after it."""
    work = Work(database, actor, source=source, now=now, key=key, late=late)
    try:
        result = deed(work)
        kept = answer(result) if answer else {}
        if kept is not None:
            work._finish(kept)
        elif work._session is not None:
            work._session.rollback()
    except Refused:
        work._look_again()
        raise
    except losses.CommitLost as lost:
        lost.run = work
        raise
    finally:
        work._close()
    return result, work._after


def _columns(thing: Base) -> dict[str, Any]:
    known = thing.__dict__
    return {n: known[n] for n in _told(type(thing)) if n in known and not isinstance(known[n], bytes)}


@cache
def _told(model: type[Base]) -> tuple[str, ...]:
    """The columns of which events tell."""
    return tuple(column.key for column in inspect(model).column_attrs if not is_secret(column.columns[0]))


def is_secret(column: ColumnElement[Any]) -> bool:
    """What opens a door (a hash, a badge) does not belong into the event log."""
    return str(column.name).endswith("_hash") or bool(column.info.get("secret"))
