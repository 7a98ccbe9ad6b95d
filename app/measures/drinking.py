"""Drinking by the timeline follow-back: from the days that were told.

The denominator of every share is the days that were told; a day that was not told is left out, and
is never read as dry unless the caller says so (`Untold.DRY`, an assumption of some published
counts). A drinking day of unknown amount is a drinking day; it is in no figure about grams.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from statistics import fmean

from app.timeline.days import day_range
from app.timeline.known import DrinkDay, Known

# Grams of pure alcohol from which a day is heavy in US trials: five drinks of 14 g, women four.
US_HEAVY = {"male": 70.0, "female": 56.0}
# Mean grams a day up to which the risk is low, medium, high (WHO); above: very high.
WHO_LEVELS = {"male": (40.0, 60.0, 100.0), "female": (20.0, 40.0, 60.0)}
MONTH = 28


class Untold(Enum):
    """How a day that was not told is read."""

    LEFT_OUT = "left out"
    DRY = "dry"


def us_heavy_line(sex: str | None) -> float:
    """The US line; the lower one where the sex is not on record."""
    return US_HEAVY["male" if sex == "male" else "female"]


@dataclass(frozen=True, slots=True)
class Counted:
    """Drinking over a span of days."""

    days: int
    observed: int
    drinking_days: int
    heavy_days: int
    longest_dry_run: int
    """a day that was not told breaks it"""
    longest_dry_run_uncensored: int
    """over the days that were told, as if the others were not there"""
    first_drink: date | None
    first_heavy: date | None
    grams: tuple[float, ...]
    """of each observed day whose grams are known, in order"""

    @property
    def completeness(self) -> float | None:
        """Observed days as a share of the span."""
        return self.observed / self.days if self.days else None

    @property
    def percent_days_abstinent(self) -> float | None:
        """Dry days by observed days, in percent; missing days are left out."""
        if not self.observed:
            return None
        return 100 * (self.observed - self.drinking_days) / self.observed

    @property
    def grams_a_day(self) -> float | None:
        """Mean grams over observed days whose grams are known; missing days are left out."""
        return fmean(self.grams) if self.grams else None

    @property
    def grams_a_drinking_day(self) -> float | None:
        """Mean grams of the drinking days whose grams are known; `None` without one."""
        drunk = [one for one in self.grams if one > 0]
        return fmean(drunk) if drunk else None

    @property
    def highest_grams(self) -> float | None:
        """The most grams on one observed day."""
        return max(self.grams, default=None)

    def drinks_a_drinking_day(self, drink_grams: float) -> float | None:
        """Standard drinks of so many grams, per drinking day whose grams are known."""
        found = self.grams_a_drinking_day
        return None if found is None else found / drink_grams


def counted(
    known: Known, first: date, last: date, heavy: float, untold: Untold = Untold.LEFT_OUT
) -> Counted:
    """Drinking from `first` to `last`, both included; a day is heavy from `heavy` grams on."""
    told: Mapping[date, DrinkDay] = known.drinks
    days = day_range(first, last)
    dry_when_untold = untold is Untold.DRY
    observed = drinking = heavies = run = longest = told_run = told_longest = 0
    first_drink = first_heavy = None
    grams = []
    for day in days:
        found = told.get(day)
        if found is None and not dry_when_untold:
            run = 0
            continue
        observed += 1
        drank = found is not None and found.drank
        if found is None or not found.unknown:
            grams.append(found.grams if found else 0.0)
        if not drank:
            run, told_run = run + 1, told_run + 1
            longest, told_longest = max(longest, run), max(told_longest, told_run)
            continue
        run = told_run = 0
        drinking += 1
        first_drink = first_drink or day
        if found is not None and found.grams >= heavy:
            heavies += 1
            first_heavy = first_heavy or day
    return Counted(
        days=len(days),
        observed=observed,
        drinking_days=drinking,
        heavy_days=heavies,
        longest_dry_run=longest,
        longest_dry_run_uncensored=told_longest,
        first_drink=first_drink,
        first_heavy=first_heavy,
        grams=tuple(grams),
    )


def no_heavy_day(known: Known, first: date, last: date, heavy: float, grace_days: int = 0) -> bool:
    """No heavy drinking day from `first` to `last`, after a grace period at the start (FDA draft
    guidance 2015). A missing day and a day of unknown amount are failures."""
    begin = date.fromordinal(first.toordinal() + grace_days)
    found = counted(known, begin, last, heavy)
    return (
        found.days > 0
        and found.observed == found.days
        and not found.heavy_days
        and len(found.grams) == found.observed
    )


def who_level(grams_a_day: float, sex: str | None) -> int:
    """WHO risk level of a mean: 0 abstinent, 1 low, 2 medium, 3 high, 4 very high.

    The lower lines where the sex is not on record.
    """
    if grams_a_day <= 0:
        return 0
    lines = WHO_LEVELS["male" if sex == "male" else "female"]
    return 1 + sum(grams_a_day > line for line in lines)


def who_reduction(before: Counted, after: Counted, sex: str | None) -> int | None:
    """By how many WHO levels the risk fell from the baseline month to the last (Witkiewitz 2020).

    Mean grams a day over observed days. A month in which nothing was told is no reduction (0);
    without a baseline there is no value.
    """
    if before.grams_a_day is None:
        return None
    if after.grams_a_day is None:
        return 0
    return who_level(before.grams_a_day, sex) - who_level(after.grams_a_day, sex)
