"""Long lists in parts, or as one parameter."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, cast, func, literal, select
from sqlalchemy.orm import Session

T = TypeVar("T")
#: Values that one statement carries on either database, with room to spare.
CHUNK = 1000
#: A list of more numbers is joined to: PostgreSQL plans by looking at each one, at every table it is asked of.
FEW = 100


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """A long list in parts that a statement can carry."""
    return (values[start : start + size] for start in range(0, len(values), size))


def among(session: Session, column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a column is one of many ids: as one parameter, as a driver takes only so many of them."""
    if session.get_bind().dialect.name == "sqlite":
        listed: Any = func.json_each(json.dumps(list(ids))).table_valued("value")
        found: ColumnElement[bool] = column.in_(select(listed.c.value))
        return found
    # as text: the driver would write a list number by number, which takes longer than finding the rows
    numbers = cast(literal(f"{{{','.join(map(str, ids))}}}"), ARRAY(BigInteger))
    if len(ids) > FEW:
        return column.in_(select(func.unnest(numbers)))  # type: ignore[no-any-return]
    return column == any_(numbers)  # type: ignore[no-any-return]
