"""Constants of control charts for n readings of a normal distribution, worked out rather than typed in.

With X1..Xn standard normal, W their range and S their standard deviation: d2 = E W, d3 = sqrt(Var W), c4 = E S and
c5 = sqrt(Var S). The others follow (ASTM Manual 7, AIAG SPC): A2 = 3 / (d2 sqrt n), D3, D4 = 1 -+ 3 d3 / d2 and so on,
limits below zero cut. E W and E W^2 are integrals over the distribution of the range; the trapezium rule is exact to
rounding for smooth functions that vanish at both ends. Good to eight decimals.
"""

import math
from dataclasses import dataclass
from functools import cache

SMALLEST, LARGEST = 2, 25
_STEP = 1 / 16
_END = 9.0


@dataclass(frozen=True)
class Constants:
    """All constants for one subgroup size."""

    n: int
    d2: float
    d3: float
    c4: float
    c5: float
    A2: float
    A3: float
    B3: float
    B4: float
    B5: float
    B6: float
    D1: float
    D2: float
    D3: float
    D4: float
    E2: float


@cache
def constants(n: int) -> Constants:
    """The constants for subgroups of ``n`` readings, n = 2 to 25."""
    if not SMALLEST <= n <= LARGEST:
        raise ValueError(f"constants are for subgroups of {SMALLEST} to {LARGEST} readings, not {n}")
    mean, spread, unbias = d2(n), d3(n), c4(n)
    loss = c5(n)
    return Constants(
        n=n, d2=mean, d3=spread, c4=unbias, c5=loss,
        A2=3 / (mean * math.sqrt(n)), A3=3 / (unbias * math.sqrt(n)),
        B3=max(0.0, 1 - 3 * loss / unbias), B4=1 + 3 * loss / unbias,
        B5=max(0.0, unbias - 3 * loss), B6=unbias + 3 * loss,
        D1=max(0.0, mean - 3 * spread), D2=mean + 3 * spread,
        D3=max(0.0, 1 - 3 * spread / mean), D4=1 + 3 * spread / mean,
        E2=3 / mean,
    )  # fmt: skip


@cache
def c4(n: int) -> float:
    """Mean of the standard deviation of n standard normal readings, n from 2 (any size)."""
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


@cache
def c5(n: int) -> float:
    """Standard deviation of the standard deviation of n standard normal readings."""
    return math.sqrt(1 - c4(n) ** 2)


@cache
def d2(n: int) -> float:
    """Mean of the range of n standard normal readings: the integral of 1 - F(x)^n - (1 - F(x))^n."""
    return _STEP * math.fsum(1 - low**n - high**n for low, high in _tails())


@cache
def d3(n: int) -> float:
    """Standard deviation of the range of n standard normal readings.

    E W^2 = 2 times the integral over y < z of 1 - F(z)^n - (1 - F(y))^n + (F(z) - F(y))^n.
    """
    return math.sqrt(_mean_square_range(n) - d2(n) ** 2)


def d2_star(m: int, g: int) -> float:
    """The mean square constant of Duncan for g ranges of m readings: (R-bar / d2*)^2 estimates the variance unbiased.

    E (R-bar)^2 = sigma^2 (d2^2 + d3^2 / g), from the variance of a mean of g independent ranges (Patnaik 1950).
    """
    return math.sqrt(d2(m) ** 2 + d3(m) ** 2 / g)


@cache
def _tails() -> list[tuple[float, float]]:
    """F(x) and 1 - F(x) on the grid, each without loss of digits."""
    count = round(2 * _END / _STEP)
    grid = [-_END + _STEP * place for place in range(count + 1)]
    return [(math.erfc(-x / math.sqrt(2)) / 2, math.erfc(x / math.sqrt(2)) / 2) for x in grid]


def _mean_square_range(n: int) -> float:
    tails = _tails()
    lows = [low for low, _ in tails]
    below = [low**n for low in lows]
    above = [high**n for _, high in tails]
    # Along w = z - y the integrand is 2 E max(W - w, 0), with slope -2 at its edge w = 0: the points of the edge count
    # half, and the trapezium rule is too large by step^2 / 6 there (Euler and Maclaurin).
    total = math.fsum((1 - below[i] - above[i]) / 2 for i in range(len(tails)))
    total += math.fsum(
        1 - below[j] - above[i] + (lows[j] - lows[i]) ** n for i in range(len(tails)) for j in range(i + 1, len(tails))
    )
    return 2 * _STEP**2 * total - _STEP**2 / 6
