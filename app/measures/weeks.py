"""The weeks of one person as words: from urine, from what was told, and from both.

A word has one character a study week (see `words.py`); weeks before week 1 make a word of their
own. Nothing is imputed here: how a missing week is read is the endpoint's own rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.measures.words import MISSING, MIXED, NEGATIVE, NOT_DUE, POSITIVE
from app.timeline.days import day_range, local_day
from app.timeline.events import SpecimenDue, Substances, Urinalysis
from app.timeline.known import Known

OPIOID = "opioid"
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Weeks:
    """The days that count, `first` to `last`, in weeks of which week 1 begins on `begins`.

    The days before it are weeks 0, -1, …; the first and the last week may be shorter than seven
    days.
    """

    begins: date
    first: date
    last: date

    @classmethod
    def from_day(cls, begins: date, weeks: int) -> Weeks:
        """So many whole weeks from `begins` on."""
        return cls(begins, begins, begins + weeks * WEEK - timedelta(days=1))

    def week(self, day: date) -> int:
        """The number of the week of `day`."""
        return (day - self.begins).days // 7 + 1

    def holds(self, day: date) -> bool:
        """Whether `day` counts at all."""
        return self.first <= day <= self.last

    @property
    def numbers(self) -> range:
        """The numbers of all weeks with a day that counts."""
        return range(self.week(self.first), self.week(self.last) + 1)

    def from_week_1(self) -> Weeks:
        """The weeks from the first on, without those before."""
        return Weeks(self.begins, max(self.begins, self.first), self.last)

    def before_week_1(self) -> Weeks:
        """The weeks before the first."""
        return Weeks(self.begins, self.first, min(self.begins - timedelta(days=1), self.last))


@dataclass(frozen=True, slots=True)
class Specimens:
    """One person's specimens: the results by day, and the days on which one was due."""

    results: Mapping[date, tuple[bool, ...]]
    """whether positive, for each valid specimen of the day"""
    due: frozenset[date]


def specimens(known: Known, substance: str = OPIOID) -> Specimens:
    """What the record says of `substance`; an invalid result says nothing, as if none was given."""
    results: dict[date, tuple[bool, ...]] = {}
    for test in known.of(Urinalysis):
        result = test.results.get(substance)
        if result in ("positive", "negative"):
            day = local_day(test.at, known.zone)
            results[day] = (*results.get(day, ()), result == "positive")
    return Specimens(results, frozenset(event.day for event in known.of(SpecimenDue)))


def urine_word(found: Specimens, weeks: Weeks) -> str:
    """One character a week from specimens alone: positive and negative come before missing."""
    signs: dict[int, set[bool]] = {}
    for day, results in found.results.items():
        if weeks.holds(day):
            signs.setdefault(weeks.week(day), set()).update(results)
    due = {weeks.week(day) for day in found.due if weeks.holds(day)}
    return "".join([_urine(signs.get(n), due=n in due) for n in weeks.numbers])


def _urine(found: set[bool] | None, *, due: bool) -> str:
    if not found:
        return MISSING if due else NOT_DUE
    if len(found) == 2:
        return MIXED
    return POSITIVE if True in found else NEGATIVE


@dataclass(frozen=True, slots=True)
class Told:
    """What one person told of a substance: the days with use, and all days that were told."""

    used: frozenset[date]
    days: frozenset[date]


def told(known: Known, substance: str = OPIOID) -> Told:
    """Days by self-report alone, whoever wrote it down; a specimen tells nothing here."""
    used, days = set(), set()
    for entry in known.of(Substances):
        days.add(entry.day)
        if any(use.substance == substance for use in entry.items):
            used.add(entry.day)
    return Told(frozenset(used), frozenset(days))


def told_word(found: Told, weeks: Weeks) -> str:
    """One character a week from self-report alone: `+` use on two days or more, `*` on one day,
    `-` on none; `o` where nothing was told of the week at all."""
    used = _by_week(found.used, weeks)
    days = _by_week(found.days, weeks)
    return "".join([_told(used.get(n, 0), days.get(n, 0)) for n in weeks.numbers])


def _by_week(days: Iterable[date], weeks: Weeks) -> dict[int, int]:
    counts: dict[int, int] = {}
    for day in days:
        if weeks.holds(day):
            counts[weeks.week(day)] = counts.get(weeks.week(day), 0) + 1
    return counts


def _told(used: int, days: int) -> str:
    if not days:
        return MISSING
    if used > 1:
        return POSITIVE
    return MIXED if used else NEGATIVE


def composite(urine: str, told: str, *, untold: str = MISSING) -> str:
    """Weekly abstinence from urine and self-report: negative where a valid specimen is negative,
    none is positive, and no use was told on any of the week's days.

    Use that was told beats a negative specimen. A week without a valid specimen is missing, so is
    one about which nothing was told; `untold` as `-` reads silence as no use, as papers do.
    """
    pairs = zip(urine, told.replace(MISSING, untold), strict=True)
    return "".join([_both(one, other) for one, other in pairs])


def _both(urine: str, told: str) -> str:
    if POSITIVE in (urine, told) or MIXED in (urine, told):
        return POSITIVE
    if urine == NOT_DUE:
        return NOT_DUE
    return NEGATIVE if (urine, told) == (NEGATIVE, NEGATIVE) else MISSING


def seven_days_told(found: Told, weeks: Weeks, days: int = 7) -> date | None:
    """The first day of so many days in a row with use told (Lee 2018, the part by days).

    A day that was not told breaks the run: nothing is imputed.
    """
    run = 0
    for day in day_range(weeks.first, weeks.last):
        run = run + 1 if day in found.used else 0
        if run == days:
            return day - timedelta(days=days - 1)
    return None


def ten_of_28(
    found: Told, tests: Specimens, weeks: Weeks, days: int = 10, window: int = 28, counts: int = 5
) -> date | None:
    """The first of 28 days with use on ten at least (Lee 2016).

    A positive or missing specimen counts as five days of use: its own and the four before, which
    are counted once where use was told on them. A day that was not told counts as no use.
    """
    shown = {day for day, results in tests.results.items() if True in results}
    missing = {
        day for day in tests.due if not any(test_in_week(day, one, weeks) for one in tests.results)
    }
    used = {
        day - timedelta(days=n)
        for day in shown | missing
        if weeks.holds(day)
        for n in range(counts)
    } | found.used
    within = [day for day in sorted(used) if weeks.holds(day)]
    for place in range(len(within) - days + 1):
        if (within[place + days - 1] - within[place]).days < window:
            return within[place]
    return None


def test_in_week(due: date, given: date, weeks: Weeks) -> bool:
    """Whether a specimen answers one that was due: it was given in the same study week."""
    return weeks.week(due) == weeks.week(given)
