"""Proving the chain of events: which row was changed, removed, put in or moved since it was recorded.

The events are read once, in the order of their numbers, as the database holds them. A row whose hash does not fit its
content was changed. A row that does not follow the one before it is judged once all are read: by where the row stands
that it does follow, and which row follows the one before it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, select, type_coerce
from sqlalchemy.orm import Session

from mes.core.events import CONTENT, FIRST, Event, link_cells

#: Breaks that are judged; somebody who rewrote half the log is told so with the first ones.
MOST = 200
#: Rows fetched at once.
AT_ONCE = 2000


class Kind(StrEnum):
    """What was done to the log."""

    #: The content is not what it was when the hash was made.
    CHANGED = "changed"
    #: The content fits its hash, but the next event was chained to something else that is not there.
    REWRITTEN = "rewritten"
    #: Between two events whose numbers leave room, something is missing.
    REMOVED = "removed"
    #: The next event follows one further up: this one was put in between.
    INSERTED = "inserted"
    #: Two events stand in each other's place.
    SWAPPED = "swapped"
    #: An event stands somewhere else than it was recorded.
    MOVED = "moved"


class Seen(NamedTuple):
    """A row as it was met: its number, its place in the chain, and what a person knows it by."""

    id: int
    previous: str
    hash: str
    at: Any
    verb: str
    code: str


class Break(NamedTuple):
    """One place where the log is not what was recorded: the row that is named, and the other one where there is."""

    kind: Kind
    row: Seen
    other: Seen | None = None


@dataclass(frozen=True)
class Begin:
    """From where a part of the log is proved: the number, hash and count of the event before it."""

    #: None: from the very first one, whatever number somebody gave it.
    id: int | None = None
    hash: str = FIRST
    count: int = 0


@dataclass
class Walk:
    """What was met on the way along the log."""

    count: int = 0
    last: Seen | None = None
    breaks: list[Break] = field(default_factory=list)
    #: Hash and running count at the numbers that were asked for.
    marks: dict[int, tuple[str, int]] = field(default_factory=dict)
    #: The row whose hash begins as asked, and how many there were up to it.
    found: tuple[Seen, int] | None = None


#: A jump of the chain: the row before, and the row that does not follow it.
Jump = tuple[Seen | None, Seen]


def walk(
    session: Session,
    *,
    marks: Collection[int] = (),
    begins: str = "",
    after: Begin | None = None,
    most: int | None = None,
) -> Walk:
    """Read the log from an event on (all of it, or ``most`` rows) and prove each row.

    ``marks``: numbers of events whose hash and count are wanted; ``begins``: how a hash begins that is looked for.
    """
    begin = after or Begin()
    done, wanted, jumps = Walk(count=begin.count), frozenset(marks), list[Jump]()
    previous, changed = begin.hash, list[Seen]()
    for row, fits in _rows(session, begin.id, most):
        done.count += 1
        if row.previous != previous and len(jumps) < MOST:
            jumps.append((done.last, row))
        if not fits and len(changed) < MOST:
            changed.append(row)
        if row.id in wanted:
            done.marks[row.id] = row.hash, done.count
        if begins and row.hash.startswith(begins):
            done.found = row, done.count
        previous, done.last = row.hash, row
    breaks = [Break(Kind.CHANGED, row) for row in changed]
    known = {row.id for row in changed}
    # a changed row whose hash was spoilt too is told once: that the next one does not follow it says nothing more
    open_jumps = [jump for jump in jumps if jump[0] is None or jump[0].id not in known]
    breaks += _judged(session, begin, [jump for jump in open_jumps if jump[1].id not in known])
    done.breaks = sorted(breaks, key=lambda one: one.row.id)
    return done


def _rows(session: Session, after: int | None, most: int | None) -> Iterator[tuple[Seen, bool]]:
    """Each row, and whether its hash fits its content. Times are read as they lie there: a forged one is no time."""
    cells = [as_it_lies(session, Event.at) if name == "at" else getattr(Event, name) for name in CONTENT]
    query = select(Event.id, Event.previous, Event.hash, *cells).order_by(Event.id).limit(most)
    query = query if after is None else query.where(Event.id > after)
    options = {"yield_per": AT_ONCE, "stream_results": True}
    time, verb, code = (CONTENT.index(name) for name in ("at", "verb", "thing_code"))
    for ident, previous, kept, *content in session.execute(query, execution_options=options):
        content[time] = moment(content[time])
        row = Seen(ident, str(previous), str(kept), content[time], content[verb], content[code])
        yield row, link_cells(previous, content) == kept


def as_it_lies(session: Session, column: Any) -> ColumnElement[Any]:
    """A column of times, read as it lies there: SQLite holds a text, which need not be a time (``moment``)."""
    is_text = session.get_bind().dialect.name == "sqlite"
    return type_coerce(column, String) if is_text else type_coerce(column, column.type)


def moment(value: Any) -> Any:
    """A time as the database holds it; what is none stays as it is."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


class _Places(NamedTuple):
    """Where rows stand that belong to the jumps: by their hash, and by the hash that they follow."""

    by_hash: dict[str, int]
    heirs: dict[str, list[int]]


def _judged(session: Session, begin: Begin, jumps: Sequence[Jump]) -> Iterator[Break]:
    if not jumps:
        return
    places = _places(session, begin, jumps)
    rows = {row.id: row for _before, row in jumps}
    before = {row.id: one for one, row in jumps}
    behind = {one.id: row.id for one, row in jumps if one is not None}
    told: set[int] = set()
    for one, row in jumps:
        if row.id in told:
            continue
        expected = one.hash if one else begin.hash
        heir = next((rows[ident] for ident in places.heirs.get(expected, ()) if ident in rows and ident > row.id), None)
        owner = places.by_hash.get(row.previous)
        if heir is not None:
            yield _displaced(row, heir, before[heir.id], behind.get(row.id), places)
            also = next((other.id for _one, other in jumps if other.previous == row.hash), None)
            told |= {ident for ident in (row.id, heir.id, behind.get(row.id), behind.get(heir.id), also) if ident}
        elif owner is not None and one is not None and owner < one.id:
            yield Break(Kind.INSERTED, one, row)
        elif one is not None and row.id == one.id + 1:
            yield Break(Kind.REWRITTEN, one, row)
        else:
            yield Break(Kind.REMOVED, row, one)


def _displaced(row: Seen, heir: Seen, stood: Seen | None, follower: int | None, places: _Places) -> Break:
    """What was done when the row that belongs in a row's place (``heir``) stands further down, behind ``stood``."""
    if (stood is not None and stood != row and row.previous == stood.hash) or (
        row.previous == heir.hash and follower == heir.id
    ):
        return Break(Kind.SWAPPED, row, heir)
    if row.previous == heir.hash:
        return Break(Kind.MOVED, heir, row)
    only = len(places.heirs.get(row.previous, ())) == 1 and row.previous in places.by_hash
    return Break(Kind.MOVED if only else Kind.INSERTED, row, heir)


def _places(session: Session, begin: Begin, jumps: Sequence[Jump]) -> _Places:
    follow = {row.previous for _before, row in jumps}
    lead = {one.hash if one else begin.hash for one, _row in jumps} | follow
    owners = select(Event.hash, Event.id).where(Event.hash.in_(follow)).order_by(Event.id)
    heirs: dict[str, list[int]] = {}
    for previous, ident in session.execute(
        select(Event.previous, Event.id).where(Event.previous.in_(lead)).order_by(Event.id)
    ):
        heirs.setdefault(previous, []).append(ident)
    by_hash = {str(kept): int(ident) for kept, ident in session.execute(owners)}
    return _Places(by_hash | {begin.hash: begin.id or 0}, heirs)
