"""95% intervals, without a library: Wilson for a share, exact Poisson for a rate. Pure."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt

Z = 1.959963984540054


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The interval of a share; all of it where nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, Z * Z / whole
    centre = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / whole + square / (4 * whole)) / (1 + square)
    low = 0.0 if part == 0 else centre - half
    high = 1.0 if part == whole else centre + half
    return low, high


def poisson(count: int) -> tuple[float, float]:
    """The exact interval of the mean behind a count."""
    low = 0.0 if count == 0 else _root(lambda mean: 1 - _at_most(count - 1, mean), 0.025, count)
    return low, _root(lambda mean: 1 - _at_most(count, mean), 0.975, count)


def _at_most(count: int, mean: float) -> float:
    """The chance of at most ``count`` where so many are expected."""
    if mean <= 0:
        return 1.0
    term, total = -mean, 0.0
    for n in range(count + 1):
        if n:
            term += log(mean / n)
        total += exp(term)
    return total


def _root(rising: Callable[[float], float], wanted: float, count: int) -> float:
    low, high = 0.0, 4.0 * count + 20
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2
