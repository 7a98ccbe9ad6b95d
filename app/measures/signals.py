"""What a small trial can say of a rate: intervals, and the boundary that was set before.

Exact where it can be: with a uniform prior the posterior of a share is a beta distribution with
whole parameters, whose tails are sums of binomial probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, fsum, lgamma, log

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both shares from 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Boundary:
    """Crossed when it is at least `certainty` probable that the rate is above `share`.

    From `least` people with the event on; the prior is uniform (Thall and Simon 1994).
    """

    share: float
    certainty: float
    least: int = 1

    def crossed(self, events: int, people: int) -> bool:
        """Whether `events` of `people` cross it."""
        if events < self.least:
            return False
        return probably_above(events, people, self.share) >= self.certainty

    def needed(self, people: int) -> int | None:
        """The fewest of `people` that cross it; `None` where not even all of them would."""
        return next((n for n in range(1, people + 1) if self.crossed(n, people)), None)


def at_most(events: int, people: int, share: float) -> float:
    """The binomial probability of no more than `events` among `people`, each with `share`."""
    if events < 0:
        return 0.0
    if events >= people or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    yes, no = log(share), log(1 - share)
    whole = lgamma(people + 1)
    return min(
        1.0,
        fsum(
            exp(whole - lgamma(n + 1) - lgamma(people - n + 1) + n * yes + (people - n) * no)
            for n in range(events + 1)
        ),
    )


def probably_above(events: int, people: int, share: float) -> float:
    """The posterior probability that the rate is above `share`, from a uniform prior."""
    return at_most(events, people + 1, share)


def exact(events: int, people: int, confidence: float = 0.95) -> Interval:
    """Clopper-Pearson: never less than `confidence`, for any true rate. Nobody: from 0 to 1."""
    tail = (1 - confidence) / 2
    low = 0.0 if not events else _where(lambda p: 1 - at_most(events - 1, people, p), tail)
    high = 1.0 if events == people else _where(lambda p: 1 - at_most(events, people, p), 1 - tail)
    return Interval(low, high)


def bayesian(events: int, people: int, confidence: float = 0.95) -> Interval:
    """Equal tails of the posterior, from a uniform prior."""
    tail = (1 - confidence) / 2

    def below(share: float) -> float:
        return 1 - probably_above(events, people, share)

    return Interval(_where(below, tail), _where(below, 1 - tail))


def _where(rising: Callable[[float], float], wanted: float) -> float:
    """Where a function that rises from 0 to 1 comes to `wanted`."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def crossing(outcomes: Iterable[bool], boundary: Boundary) -> int | None:
    """At which participant, counted from 1 in the order given, the boundary is crossed first."""
    events = 0
    for people, had in enumerate(outcomes, 1):
        events += had
        if boundary.crossed(events, people):
            return people
    return None


def soonest_and_latest(events: int, people: int, boundary: Boundary) -> tuple[int, int] | None:
    """Where nobody knows the order: the first and the last participant at which it can cross.

    `None` where so many do not cross it in every order.
    """
    first = crossing([True] * events + [False] * (people - events), boundary)
    last = crossing([False] * (people - events) + [True] * events, boundary)
    return None if first is None or last is None else (first, last)
