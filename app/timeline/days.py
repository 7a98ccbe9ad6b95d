"""Local days and moments, for everything that is computed from a timeline.

The zone's own clock decides what a day is, so a day of a clock change has 23 or 25 hours. A local
time that a change skips or repeats is read with the offset that held before the change.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app.clock import local, local_day, moment_of

__all__ = ["ONE_DAY", "at_local", "day_range", "end_of_day", "local", "local_day"]

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
