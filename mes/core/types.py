"""Column types that keep numbers exact and times unambiguous on both databases."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import add, floordiv, mod, mul, sub, truediv
from typing import Annotated, Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, Integer, String, Text, literal_column
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

#: Quantities and money carry six decimal places, everywhere.
PLACES = 6
#: One, as the database counts it.
ONE = 10**PLACES
SMALLEST = Decimal(1).scaleb(-PLACES)
#: Nothing, as SQL says it: where an index holds only rows above nothing, SQLite must see the number to use it.
NOTHING: ColumnElement[Decimal] = literal_column("0")
#: Above this a quantity is a typing error rather than a quantity (and would not fit the column).
LARGEST = Decimal(10) ** 12


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with six places, stored as a whole number of millionths so that sums are exact everywhere."""

    class Comparator(TypeDecorator.Comparator[Decimal], BigInteger.Comparator[Decimal]):
        """Sums and differences of quantities are quantities; the library would take them for plain whole numbers.

        A product or a quotient of millionths would be wrong by a million: it is worked out in Python.
        """

        def _adapt_expression(self, op: Any, other_comparator: Any) -> Any:
            if op in (mul, truediv, floordiv, mod):
                raise TypeError("multiply and divide quantities in Python: the database holds whole millionths")
            return (op, self.type) if op in (add, sub) else super()._adapt_expression(op, other_comparator)

    impl = BigInteger
    comparator_factory = Comparator
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(PLACES)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"more than {PLACES} decimal places: {value}")
        return whole

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        whole, rest = divmod(int(value), ONE)
        return plain(Decimal(int(value)).scaleb(-PLACES)) if rest else Decimal(whole)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 20.500000 -> 20.5, 3E+1 -> 30."""
    slim = value.normalize()
    return slim.quantize(Decimal(1)) if slim == slim.to_integral_value() else slim


class UtcTime(TypeDecorator[datetime]):
    """A moment, always timezone-aware UTC. A naive datetime is a programming error and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WordSet(TypeDecorator[frozenset[str]]):
    """A small set of words (roles, kinds), stored sorted and separated by commas."""

    impl = String(200)
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else ",".join(sorted(set(value)))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(word for word in value.split(",") if word)


BigId = BigInteger().with_variant(Integer, "sqlite")

Id = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Ref = Annotated[int, mapped_column(BigId)]
Qty = Annotated[Decimal, mapped_column(ExactDecimal)]
Moment = Annotated[datetime, mapped_column(UtcTime)]
Day = Annotated[date, mapped_column()]
Code = Annotated[str, mapped_column(String(64))]
Name = Annotated[str, mapped_column(String(200))]
Short = Annotated[str, mapped_column(String(100))]
Words = Annotated[frozenset[str], mapped_column(WordSet)]
LongText = Annotated[str, mapped_column(Text)]
