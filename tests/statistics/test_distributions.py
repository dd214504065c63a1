"""Distributions against closed forms, sums and integrals that share no code with them."""

import math
from collections.abc import Callable
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.statistics.distributions import (
    beta_quantile,
    binomial_cdf,
    binomial_pmf,
    chi2_cdf,
    chi2_quantile,
    f_tail,
    normal_cdf,
    normal_quantile,
    poisson_cdf,
    poisson_pmf,
    t_quantile,
    t_tail,
    t_two_sided,
)


def simpson(function: Callable[[float], float], low: float, high: float, parts: int = 400) -> float:
    step = (high - low) / parts
    inner = math.fsum((4 if i % 2 else 2) * function(low + i * step) for i in range(1, parts))
    return (function(low) + inner + function(high)) * step / 3


def test_the_normal_distribution_is_good_in_its_tails() -> None:
    assert normal_cdf(-10) == pytest.approx(7.61985302416e-24, rel=1e-10)
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054)
    assert normal_cdf(1.3) == pytest.approx(NormalDist().cdf(1.3))


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 30.5])
@pytest.mark.parametrize("x", [0.1, 1.0, 2.5])
def test_student_t_is_the_integral_of_its_density(freedom: float, x: float) -> None:
    front = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    body = simpson(lambda t: front * (1 + t * t / freedom) ** (-(freedom + 1) / 2), 0, x)
    assert t_tail(x, freedom) == pytest.approx(0.5 - body, abs=1e-10)
    assert t_tail(-x, freedom) == pytest.approx(0.5 + body, abs=1e-10)
    assert t_two_sided(-x, freedom) == pytest.approx(1 - 2 * body, abs=1e-10)


def test_student_t_with_one_and_two_degrees_has_closed_forms() -> None:
    assert t_tail(2, 1) == pytest.approx(0.5 - math.atan(2) / math.pi)
    assert t_tail(2, 2) == pytest.approx(0.5 - 1 / math.sqrt(6))
    assert t_quantile(0.975, 1) == pytest.approx(math.tan(0.475 * math.pi))
    assert t_quantile(0.025, 8) == pytest.approx(-2.3060, abs=5e-5)


@pytest.mark.parametrize("freedom", [2, 4, 10])
def test_chi_square_of_even_degrees_is_a_sum_of_poisson(freedom: int) -> None:
    for x in (0.3, 3.0, 25.0):
        tail = math.fsum(math.exp(-x / 2) * (x / 2) ** k / math.factorial(k) for k in range(freedom // 2))
        assert chi2_cdf(x, freedom) == pytest.approx(1 - tail, abs=1e-13)


def test_quantiles_are_those_of_the_tables() -> None:
    assert chi2_quantile(0.95, 10) == pytest.approx(18.307, abs=5e-4)
    assert chi2_quantile(0.025, 124) == pytest.approx(95.070, abs=5e-3)
    assert f_tail(3.4903, 3, 12) == pytest.approx(0.05, abs=5e-6)
    assert chi2_quantile(0.975, 1e5 + 1) == pytest.approx(chi2_quantile(0.975, 1e5), rel=2e-5)
    assert chi2_quantile(0.975, 1e12) == pytest.approx(1e12, rel=1e-5)
    assert beta_quantile(0.5, 3, 3) == pytest.approx(0.5)


@given(p=st.floats(0.001, 0.999), freedom=st.floats(0.5, 200))
@settings(max_examples=10)
def test_a_quantile_is_where_its_probability_lies(p: float, freedom: float) -> None:
    assert chi2_cdf(chi2_quantile(p, freedom), freedom) == pytest.approx(p, abs=1e-9)


@given(x=st.floats(0.01, 50), freedom=st.integers(1, 60))
@settings(max_examples=20)
def test_f_with_one_degree_above_is_t_squared(x: float, freedom: int) -> None:
    assert f_tail(x, 1, freedom) == pytest.approx(t_two_sided(math.sqrt(x), freedom), rel=1e-9, abs=1e-14)


def test_f_with_two_degrees_below_has_a_closed_form() -> None:
    for x in (0.2, 1.0, 9.0):
        assert f_tail(x, 4, 2) == pytest.approx(1 - (4 * x / (2 + 4 * x)) ** 2)
    assert f_tail(0, 3, 3) == 1


@given(n=st.integers(1, 200), p=st.floats(0, 1), data=st.data())
@settings(max_examples=20)
def test_the_binomial_is_the_sum_of_its_terms(n: int, p: float, data: st.DataObject) -> None:
    c = data.draw(st.integers(-1, n))
    exact = math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(c + 1))
    assert binomial_cdf(c, n, p) == pytest.approx(exact, abs=1e-11)
    assert math.fsum(binomial_pmf(k, n, p) for k in range(n + 1)) == pytest.approx(1)


@given(expected=st.floats(0, 60), c=st.integers(-1, 90))
@settings(max_examples=20)
def test_the_poisson_is_the_sum_of_its_terms(expected: float, c: int) -> None:
    exact = math.fsum(math.exp(-expected) * expected**k / math.factorial(k) for k in range(c + 1))
    assert poisson_cdf(c, expected) == pytest.approx(exact, abs=1e-11)
    assert poisson_pmf(c, expected) == pytest.approx(exact - poisson_cdf(c - 1, expected), abs=1e-10)
