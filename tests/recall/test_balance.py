"""The arithmetic of the mass balance, without a database."""

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
from hypothesis import given, settings

from mes.recall.balance import PLACES_OF, Balance, Book, Family, Parting, balances, close
from tests.orders.bakery import D

F = Fraction


def total(found: Iterable[Balance]) -> Balance:
    """Several balances of one unit as one."""
    rows = list(found)
    return Balance(*(sum((getattr(row, one.name) for row in rows), F(0)) for one in fields(Balance)))


def test_a_lot_that_was_half_used_closes() -> None:
    book = Book(origin=D(100), consumed=D(30), drawn=D(28), lost=D(2), scrapped=D(5), shipped=D(40), stock=D(25))
    found = balances(Family({1: book}, []), {1: 1})[1]
    assert (found.received, found.accounted, found.gap, found.share) == (F(100), F(100), F(0), F(1))
    assert found.in_numbers()["drawn"] == 28


def test_a_part_under_another_label_belongs_to_it() -> None:
    family = Family({1: Book(origin=D(100), stock=D(60)), 2: Book(stock=D(10), shipped=D(30))}, [Parting(1, 2, D(40))])
    found = balances(family, {1: 1})[1]
    assert (found.received, found.stock, found.shipped, found.gap) == (F(100), F(70), F(30), F(0))


def test_a_mixed_lot_counts_by_proportion_and_the_worst_case_stands_beside_it() -> None:
    partings = [Parting(1, 3, D(10)), Parting(9, 3, D(20))]
    family = Family({1: Book(origin=D(10)), 3: Book(stock=D(24), shipped=D(6))}, partings)
    found = balances(family, {1: 1})[1]
    assert (found.received, found.stock, found.shipped) == (F(10), F(8), F(2))
    assert (found.worst_stock, found.worst_shipped) == (F(24), F(6))


def test_what_a_count_took_away_is_the_gap() -> None:
    found = balances(Family({1: Book(origin=D(100), counted=D(4), stock=D(96))}, []), {1: 1})[1]
    assert (found.gap, found.counted, found.unexplained, found.share) == (F(4), F(4), F(0), F(96, 100))


def test_nothing_received_has_no_share() -> None:
    assert balances(Family({1: Book()}, []), {1: 1})[1].share is None


def test_two_suspects_poured_together_are_not_counted_twice() -> None:
    partings = [Parting(1, 3, D(10)), Parting(2, 3, D(30))]
    family = Family({1: Book(origin=D(10)), 2: Book(origin=D(30)), 3: Book(stock=D(40))}, partings)
    found = balances(family, {1: 1, 2: 2, 3: 3})
    assert [found[lot].stock for lot in (1, 2, 3)] == [10, 30, 0]
    assert total(found.values()).received == 40


def test_a_circle_in_damaged_books_still_ends() -> None:
    family = Family({1: Book(origin=D(5)), 2: Book()}, [Parting(1, 2, D(5)), Parting(2, 1, D(5))])
    assert set(balances(family, {1: 1})) == {1}


PARTS = st.lists(st.fractions(-1000, 1000, max_denominator=997), min_size=1, max_size=9)


@given(PARTS)
def test_rounded_parts_still_sum_to_the_rounded_whole(parts: list[Fraction]) -> None:
    whole = sum(parts, Fraction(0))
    rounded = close(parts, whole)
    assert sum(rounded) * 10**6 == round(whole * 10**6)
    assert all(abs(Fraction(much) - part) < Fraction(1, 10**6) for much, part in zip(rounded, parts, strict=True))


QUANTITY = st.decimals(Decimal("0.000001"), Decimal(100), places=6)


@st.composite
def families(draw: st.DrawFn) -> tuple[Family, dict[int, int]]:
    """Lots made, divided and poured together in the order of their numbers; whatever leaves is in the books."""
    count = draw(st.integers(1, 9))
    left: dict[int, Decimal] = {}
    origin: dict[int, Decimal] = {}
    partings: list[Parting] = []
    for lot in range(count):
        sources = draw(st.sets(st.sampled_from(sorted(left)), max_size=3)) if left else set()
        came = Decimal(0)
        for parent in sorted(sources):
            much = min(draw(QUANTITY), left[parent])
            if much:
                left[parent] -= much
                came += much
                partings.append(Parting(parent, lot, much))
        origin[lot] = draw(QUANTITY) if not came or draw(st.booleans()) else Decimal(0)
        left[lot] = came + origin[lot]
    books = {}
    for lot, much in left.items():
        rest, fates = much, {}
        for name in ("consumed", "scrapped", "returned", "shipped", "counted"):
            fates[name] = min(draw(QUANTITY), rest) if draw(st.booleans()) else Decimal(0)
            rest -= fates[name]
        books[lot] = Book(origin=origin[lot], stock=rest, drawn=fates["consumed"] / 2, **fates)
    suspects = draw(st.sets(st.sampled_from(sorted(books)), min_size=1))
    return Family(books, partings), {lot: lot for lot in suspects}


def grains(family: Family, suspects: set[int]) -> Balance:
    """The naive way: every drop is followed by itself, lot after lot, and nothing is known of shares."""
    found = Balance()
    drops = [(lot, Fraction(family.inflow(lot))) for lot in suspects]
    found.received = sum((much for _lot, much in drops), Fraction(0))
    while drops:
        lot, much = drops.pop()
        book, whole = family.books[lot], Fraction(family.inflow(lot))
        if not whole:
            continue
        for name in PLACES_OF:
            value = book.consumed - book.drawn - book.lost if name == "in_process" else getattr(book, name)
            setattr(found, name, getattr(found, name) + much * Fraction(value) / whole)
        found.counted += much * Fraction(book.counted) / whole
        drops += [(one.child, much * Fraction(one.quantity) / whole) for one in family.out.get(lot, ())]
    return found


def _comes_from(family: Family, lot: int, suspects: set[int]) -> bool:
    return lot in suspects or any(_comes_from(family, one.parent, suspects) for one in family.into.get(lot, ()))


@settings(max_examples=150)
@given(families())
def test_it_closes_to_the_last_decimal_and_agrees_with_following_every_drop(
    given_family: tuple[Family, dict[int, int]],
) -> None:
    family, suspects = given_family
    found = total(balances(family, suspects).values())
    assert found.unexplained == 0
    assert found.received == found.accounted + found.counted
    one = total(balances(family, dict.fromkeys(suspects, 0)).values())
    assert (one.received, one.stock, one.shipped) == (found.received, found.stock, found.shipped)
    numbers = found.in_numbers()
    assert numbers["received"] == sum(numbers[name] for name in (*PLACES_OF, "counted", "unexplained"))
    if _simple(family, set(suspects)):
        naive = grains(family, set(suspects))
        assert [getattr(naive, name) for name in PLACES_OF] == [getattr(found, name) for name in PLACES_OF]


def _simple(family: Family, suspects: set[int]) -> bool:
    """Where no suspect is made of lots of which only a part is suspect, every drop can be followed by itself."""
    return all(not _comes_from(family, one.parent, suspects) for one in family.partings if one.child in suspects)
