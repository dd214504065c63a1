"""Distributions: normal, Student t, chi-square, F, binomial, Poisson.

``..._cdf`` is P(X <= x), ``..._tail`` is P(X > x) (worked out by itself, not as 1 - cdf), ``..._quantile`` the x with
P(X <= x) = p. Definitions as in Abramowitz and Stegun, chapter 26.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

from mes.statistics.special import beta_tails, gamma_tails, root

_NORMAL = NormalDist()


def normal_cdf(x: float) -> float:
    """P(Z <= x) of the standard normal, good in both tails."""
    return math.erfc(-x / math.sqrt(2)) / 2


def normal_quantile(p: float) -> float:
    """The x with P(Z <= x) = p, 0 < p < 1."""
    return _NORMAL.inv_cdf(p)


def t_tail(x: float, freedom: float) -> float:
    """P(T > x) of Student's t."""
    half = beta_tails(freedom / 2, 0.5, freedom / (freedom + x * x))[0] / 2
    return half if x >= 0 else 1 - half


def t_two_sided(x: float, freedom: float) -> float:
    """P(|T| > |x|): the p-value of a two-sided t test."""
    return beta_tails(freedom / 2, 0.5, freedom / (freedom + x * x))[0]


@lru_cache(maxsize=256)
def t_quantile(p: float, freedom: float) -> float:
    """The x with P(T <= x) = p."""
    if p < 0.5:
        return -t_quantile(1 - p, freedom)
    return _grow(lambda x: (1 - p) - t_tail(x, freedom))


def chi2_cdf(x: float, freedom: float) -> float:
    """P(X <= x) of chi-square."""
    return gamma_tails(freedom / 2, x / 2)[0]


@lru_cache(maxsize=256)
def chi2_quantile(p: float, freedom: float) -> float:
    """The x with P(X <= x) = p; from 100 000 degrees of freedom on by Wilson and Hilferty, good to seven digits."""
    if freedom > 1e5:
        part = 2 / (9 * freedom)
        return freedom * (1 - part + normal_quantile(p) * math.sqrt(part)) ** 3
    return _grow(lambda x: chi2_cdf(x, freedom) - p)


def f_tail(x: float, above: float, below: float) -> float:
    """P(F > x) with ``above`` and ``below`` degrees of freedom: the p-value of an F test."""
    if x <= 0:
        return 1.0
    return beta_tails(below / 2, above / 2, below / (below + above * x))[0]


def beta_quantile(p: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = p."""
    return root(lambda x: beta_tails(a, b, x)[0] - p, 0.0, 1.0)


def binomial_cdf(c: int, n: int, p: float) -> float:
    """P(X <= c): at most ``c`` nonconforming among ``n`` at a share ``p``."""
    if c < 0:
        return 0.0
    return 1.0 if c >= n else beta_tails(c + 1, n - c, p)[1]


def binomial_pmf(k: int, n: int, p: float) -> float:
    """P(X = k)."""
    if not 0 <= k <= n:
        return 0.0
    if p in (0, 1):
        return 1.0 if k == n * p else 0.0
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))


def poisson_cdf(c: int, expected: float) -> float:
    """P(X <= c): at most ``c`` nonconformities where ``expected`` are."""
    return gamma_tails(c + 1, expected)[1] if c >= 0 else 0.0


def poisson_pmf(k: int, expected: float) -> float:
    """P(X = k)."""
    if k < 0:
        return 0.0
    if expected == 0:
        return 1.0 if k == 0 else 0.0
    return math.exp(k * math.log(expected) - expected - math.lgamma(k + 1))


def _grow(function: Callable[[float], float]) -> float:
    high = 1.0
    while function(high) < 0:
        high *= 2
    return root(function, 0.0, high)
