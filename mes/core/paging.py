"""Keyset paging: the next page starts after the last row seen, so the last page is as fast as the first."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import is_not
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Date, Integer, Select, String, and_, bindparam, or_
from sqlalchemy.orm import Session

from mes.core.fetch import fetch
from mes.core.types import UtcTime

T = TypeVar("T")
PAGE = 30
MOST = 200


@dataclass(frozen=True)
class Slice(Generic[T]):
    """One page of rows; ``next`` is the cursor of the following page, None on the last one."""

    rows: Sequence[T]
    next: str | None
    first: bool


def keyset(
    session: Session,
    query: Select[Any],
    *order: ColumnElement[Any] | Any,
    after: str | None = None,
    size: int = PAGE,
    newest_first: bool = False,
    whole_rows: bool = False,
) -> Slice[Any]:
    """The page of ``query`` after the cursor, ordered by ``order`` (none of them NULL, the last one unique).

    A query of one entity gives entities, one of several columns gives rows (``whole_rows``).
    An unreadable cursor starts at the first page.
    """
    size = max(1, min(size, MOST))
    seen = _read(after, order)
    if seen is not None:
        query = query.where(_beyond(order, seen, newest_first))
        keyed = _keyed(query, order, newest_first)
    else:
        keyed = _first_page(query, order, newest_first)
    rows_asked = {SIZE.key: size + 1}
    if whole_rows and keyed.plain:
        found = fetch(session, keyed.statement, **rows_asked)
    else:
        found = session.execute(keyed.statement, rows_asked).all()
    shown = found[:size]
    rows = shown if whole_rows else [row[0] for row in shown]
    last = shown[-1] if len(found) > size else None
    return Slice(rows, _write(last[-len(order) :]) if last else None, seen is None)


class _Keyed(NamedTuple):
    """The statement of a page, what it is ordered by, and whether its rows are nothing but values."""

    statement: Select[Any]
    order: Sequence[Any]
    plain: bool


SIZE = bindparam("rows_of_a_page", type_=Integer)
#: The statements of first pages: a query that is handed in again is not put together anew for each reader.
FIRST_PAGES: WeakKeyDictionary[Select[Any], dict[bool, _Keyed]] = WeakKeyDictionary()


def _first_page(query: Select[Any], order: Sequence[Any], newest_first: bool) -> _Keyed:
    known = FIRST_PAGES.setdefault(query, {})
    keyed = known.get(newest_first)
    if keyed is None or len(keyed.order) != len(order) or any(map(is_not, keyed.order, order)):
        keyed = known[newest_first] = _keyed(query, order, newest_first)
    return keyed


def _keyed(query: Select[Any], order: Sequence[Any], newest_first: bool) -> _Keyed:
    ordered = [column.desc() if newest_first else column.asc() for column in order]
    keys = [column.label(f"key_{place}") for place, column in enumerate(order)]
    plain = all(told["expr"] is not told["entity"] for told in query.column_descriptions)
    return _Keyed(query.add_columns(*keys).order_by(*ordered).limit(SIZE), order, plain)


def _beyond(order: Sequence[Any], seen: Sequence[Any], newest_first: bool) -> ColumnElement[bool]:
    steps = []
    for position, column in enumerate(order):
        same = [order[i] == seen[i] for i in range(position)]
        further = column < seen[position] if newest_first else column > seen[position]
        steps.append(and_(*same, further))
    return or_(*steps)


def _write(values: Sequence[Any]) -> str:
    plain = [
        {"t": v.isoformat()} if isinstance(v, datetime) else {"d": v.isoformat()} if isinstance(v, date) else v
        for v in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str | None, order: Sequence[Any]) -> list[Any] | None:
    if not cursor:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        read = [_value(value) for value in values]
    except (ValueError, KeyError, TypeError, OverflowError):  # the last: a moment that is before all years in UTC
        return None
    return read if len(read) == len(order) and all(map(_fits, read, order)) else None


def _fits(value: Any, column: Any) -> bool:
    """Whether a value can be one of this column's: an address may come back changed."""
    kind = column.type
    if isinstance(value, datetime):
        return isinstance(kind, UtcTime) and value.tzinfo is not None
    if isinstance(value, date):
        return isinstance(kind, Date)
    if isinstance(value, int):
        return isinstance(kind, Integer) and abs(value) < 2**63
    return isinstance(kind, String) and "\0" not in value


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _moment(value["t"]) if "t" in value else date.fromisoformat(value["d"])
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read.astimezone(UTC) if read.tzinfo is not None else read
