"""Long lists in parts."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
#: Values that one statement carries on either database, with room to spare.
CHUNK = 1000


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """A long list in parts that a statement can carry."""
    return (values[start : start + size] for start in range(0, len(values), size))
