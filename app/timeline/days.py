"""Local days and moments, for everything that is computed from a timeline.

The zone's own clock decides what a day is, so a day of a clock change has 23 or 25 hours. A local
time that a change skips or repeats is read with the offset that held before the change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from app.clock import local, local_day, moment_of

__all__ = ["ONE_DAY", "Runs", "at_local", "day_range", "end_of_day", "local", "local_day"]

ONE_DAY = timedelta(days=1)


def at_local(day: date, clock: time, zone_name: str) -> datetime:
    """The UTC moment at which a wall clock of `zone_name` shows `clock` on `day`."""
    return moment_of(day, clock, zone_name)


def end_of_day(day: date, zone_name: str) -> datetime:
    """The UTC moment at which `day` is over: the next local midnight."""
    return at_local(day + ONE_DAY, time(0), zone_name)


def day_range(first: date, last: date) -> list[date]:
    """Every date from `first` to `last`, both included; empty where `last` is earlier."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


class Runs:
    """A set of days as unbroken runs, so that a run is found without walking along it."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, days: Iterable[date] = ()) -> None:
        self._firsts: list[date] = []
        self._lasts: list[date] = []
        for day in sorted(set(days)):
            self.add(day)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Runs):
            return NotImplemented
        return (self._firsts, self._lasts) == (other._firsts, other._lasts)

    __hash__ = None  # type: ignore[assignment]

    def first_of(self, day: date) -> date | None:
        """The first day of the run that holds `day`; `None` where none does."""
        place = bisect_right(self._firsts, day) - 1
        return self._firsts[place] if place >= 0 and day <= self._lasts[place] else None

    def add(self, day: date) -> None:
        """Put a day in; it may join two runs."""
        if self.first_of(day) is not None:
            return
        place = bisect_right(self._firsts, day)
        after = place < len(self._firsts) and self._firsts[place] == day + ONE_DAY
        before = place > 0 and self._lasts[place - 1] == day - ONE_DAY
        if before and after:
            self._lasts[place - 1] = self._lasts[place]
            del self._firsts[place], self._lasts[place]
        elif before:
            self._lasts[place - 1] = day
        elif after:
            self._firsts[place] = day
        else:
            self._firsts.insert(place, day)
            self._lasts.insert(place, day)

    def remove(self, day: date) -> None:
        """Take a day out; it may part a run in two."""
        if self.first_of(day) is None:
            return
        place = bisect_right(self._firsts, day) - 1
        first, last = self._firsts[place], self._lasts[place]
        parts = [(first, day - ONE_DAY), (day + ONE_DAY, last)]
        left = [(one, end) for one, end in parts if one <= end]
        self._firsts[place : place + 1] = [one for one, _ in left]
        self._lasts[place : place + 1] = [end for _, end in left]
