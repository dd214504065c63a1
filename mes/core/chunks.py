"""Long lists in parts, or as one parameter."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, cast, func, literal, select
from sqlalchemy.orm import Session

T = TypeVar("T")
#: Values that one statement carries on either database, with room to spare.
CHUNK = 1000


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """A long list in parts that a statement can carry."""
    return (values[start : start + size] for start in range(0, len(values), size))


def among(session: Session, column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a column is one of many ids: as one parameter, as a driver takes only so many of them."""
    if session.get_bind().dialect.name == "sqlite":
        listed: Any = func.json_each(json.dumps(list(ids))).table_valued("value")
        found: ColumnElement[bool] = column.in_(select(listed.c.value))
        return found
    return column == any_(cast(literal(list(ids), ARRAY(BigInteger)), ARRAY(BigInteger)))  # type: ignore[no-any-return]
