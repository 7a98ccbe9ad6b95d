"""Kaplan-Meier: who is still there, with numbers at risk and log-log bands.

An event and a censoring at one time: the event comes first, as usual. Nothing is imputed: whoever
is censored leaves the numbers at risk and counts nowhere as an event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Step:
    """The curve from `time` on, until the next step.

    The band is `None` where it is not defined: before the first event, and where nobody is left.
    """

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    low: float | None
    high: float | None


def kaplan_meier(
    people: Iterable[tuple[float, bool]], confidence: float = 0.95
) -> tuple[Step, ...]:
    """One step for every time at which somebody had the event or was censored.

    `people`: (time, whether the event happened). Greenwood's variance on the scale of
    log(-log(survival)), so that the band stays between 0 and 1 also for a handful of people.
    """
    told = list(people)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    events = Counter(time for time, event in told if event)
    left = Counter(time for time, event in told if not event)
    at_risk, survival, variance = len(told), 1.0, 0.0
    steps = []
    for time in sorted(events | left):
        died = events[time]
        if died:
            survival *= 1 - died / at_risk
            if at_risk > died:
                variance += died / (at_risk * (at_risk - died))
        low, high = _band(survival, variance, z)
        steps.append(Step(time, at_risk, died, left[time], survival, low, high))
        at_risk -= died + left[time]
    return tuple(steps)


def _band(survival: float, variance: float, z: float) -> tuple[float | None, float | None]:
    if not 0 < survival < 1:
        return None, None
    scaled = z * sqrt(variance) / abs(log(survival))
    return survival ** exp(scaled), survival ** exp(-scaled)


def survival_at(steps: Sequence[Step], time: float) -> float:
    """The share still without the event at `time`."""
    found = [step.survival for step in steps if step.time <= time]
    return found[-1] if found else 1.0


def at_risk_at(steps: Sequence[Step], times: Iterable[float]) -> tuple[int, ...]:
    """The numbers at risk just before each of `times`."""
    return tuple(next((s.at_risk for s in steps if s.time >= time), 0) for time in times)
