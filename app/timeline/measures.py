"""Plain measures of what was reported: grams, days, pressure. Pure; never guesses a missing day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.timeline.days import day_range
from app.timeline.events import Drink

ETHANOL_G_PER_ML = 0.789


def grams(ml: float, abv: float, count: float = 1) -> float:
    """Pure alcohol in grams of `count` drinks of `ml` millilitres at `abv` percent."""
    return ml * abv / 100 * ETHANOL_G_PER_ML * count


def grams_of(items: Iterable[Drink]) -> float:
    """Pure alcohol in grams of all `items`, free of the noise of binary fractions."""
    return round(sum([grams(item.ml, item.abv, item.count) for item in items]), 6)


def drinks_in(items: Iterable[Drink]) -> float:
    """How many of `items` are drinks: one without alcohol is none, as it adds no grams."""
    return sum(item.count for item in items if grams_of([item]) > 0)


Pressure = tuple[float | None, float | None]


def blood_pressure(ratings: Mapping[str, float]) -> Pressure:
    """Systolic and diastolic in mmHg: the repeat where there is one, `None` where not measured.

    Each value has a repeat of its own: where only one was measured again, the other stands.
    """
    return (
        ratings.get("systolic_bp_repeat", ratings.get("systolic_bp")),
        ratings.get("diastolic_bp_repeat", ratings.get("diastolic_bp")),
    )


def uncalmed_pressure(ratings: Mapping[str, float]) -> Pressure:
    """The pressure that a rule about danger reads: only a repeat of both values calms a reading.

    Where one of the repeat's values is missing, the higher of reading and repeat stands.
    """
    first = ratings.get("systolic_bp"), ratings.get("diastolic_bp")
    again = ratings.get("systolic_bp_repeat"), ratings.get("diastolic_bp_repeat")
    if again[0] is not None and again[1] is not None:
        return again
    return _higher(first[0], again[0]), _higher(first[1], again[1])


def _higher(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of `expected` days were reported."""

    reported: int
    expected: int

    @property
    def share(self) -> float | None:
        """Reported days as a share of 1; `None` where no day was expected."""
        return self.reported / self.expected if self.expected else None


@dataclass(frozen=True, slots=True)
class Drinking:
    """Drinking over a span of days; every figure counts reported days alone."""

    coverage: Coverage
    drinking_days: int
    heavy_days: int
    total_grams: float
    highest_grams: float
    longest_free_run: int

    @property
    def free_days(self) -> int:
        """Reported days without alcohol."""
        return self.coverage.reported - self.drinking_days


def drinking(day_grams: Mapping[date, float], first: date, last: date, heavy: float) -> Drinking:
    """Measures of the days `first` to `last` (both included) from grams by reported day.

    `heavy` is the line of a heavy day in grams. A day that is not in `day_grams` was not
    reported: it is in no numerator, and it breaks a run of alcohol-free days.
    """
    days = day_range(first, last)
    seen = [day_grams[day] for day in days if day in day_grams]
    run = longest = 0
    for day in days:
        run = run + 1 if day_grams.get(day) == 0 else 0
        longest = max(longest, run)
    return Drinking(
        coverage=Coverage(len(seen), len(days)),
        drinking_days=sum(1 for amount in seen if amount > 0),
        heavy_days=sum(1 for amount in seen if amount >= heavy),
        total_grams=sum(seen),
        highest_grams=max(seen, default=0.0),
        longest_free_run=longest,
    )
