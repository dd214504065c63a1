"""Quantities stay exact in whatever the database works out of them."""

from decimal import Decimal as D

import pytest
from sqlalchemy import func, literal, select

from mes.core.types import LARGEST, ExactDecimal
from tests.conftest import Shop

LARGE, SMALL = literal(LARGEST - 1, ExactDecimal), literal(D("0.000001"), ExactDecimal)


@pytest.mark.parametrize(
    ("sum_of", "exact"),
    [
        (LARGE + SMALL, "999999999999.000001"),
        (func.sum(LARGE + SMALL + SMALL), "999999999999.000002"),
        (SMALL - LARGE, "-999999999998.999999"),
        (-func.sum(SMALL), "-0.000001"),
        (func.coalesce(func.sum(LARGE), D(0)) - SMALL, "999999999998.999999"),
    ],
)
def test_sums_and_differences_of_quantities_are_quantities(shop: Shop, sum_of: object, exact: str) -> None:
    with shop.read() as read:
        assert read.scalar(select(sum_of)) == D(exact)  # type: ignore[call-overload]


def test_a_sum_is_compared_as_the_number_that_it_is(shop: Shop) -> None:
    both = SMALL + SMALL
    with shop.read() as read:
        assert read.execute(select(both < D("0.000003"), both > D("0.000002"))).one() == (True, False)


@pytest.mark.parametrize(
    "worked_out", [lambda: LARGE * 2, lambda: SMALL * SMALL, lambda: LARGE / SMALL, lambda: LARGE % 2]
)
def test_quantities_are_not_multiplied_by_the_database(worked_out: object) -> None:
    with pytest.raises(TypeError, match="in Python"):
        worked_out()  # type: ignore[operator]
