"""Local days and moments, for everything that is computed from a timeline.

The zone's own clock decides what a day is, so a day of a clock change has 23 or 25 hours. A local
time that a change skips or repeats is read with the offset that held before the change.

And when an event happened, where the participant gave no time: a dose counts as taken at noon of
its day, a day's last drink at 23:00, other use at 23:30; each at the moment of receipt where that
is earlier, because nothing is told before it happens.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from app.clock import local, local_day
from app.clock import moment_of as at_local
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Dose,
    Drinks,
    Event,
    Screen,
    Substances,
    Urinalysis,
    Use,
)

__all__ = [
    "MIDNIGHT",
    "NOON",
    "ONE_DAY",
    "Runs",
    "at_local",
    "at_receipt",
    "day_of",
    "day_range",
    "dose_at",
    "end_of_day",
    "first_day_of",
    "happened_at",
    "last_drink_at",
    "local",
    "local_day",
    "use_at",
]

ONE_DAY = timedelta(days=1)
MIDNIGHT, NOON, LAST_DRINK, LAST_USE = time(0), time(12), time(23), time(23, 30)


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


def dose_at(dose: Dose, zone: str) -> datetime:
    """When the dose was taken, or when the day without it is placed."""
    return dose.at or min(at_local(dose.day, NOON, zone), dose.received_at)


def last_drink_at(drinks: Drinks, zone: str) -> datetime:
    """The last drink that this entry reports."""
    return drinks.last_drink_at or min(at_local(drinks.day, LAST_DRINK, zone), drinks.received_at)


def use_at(use: Use, entry: Substances, zone: str) -> datetime:
    """When one substance was used."""
    return use.at or min(at_local(entry.day, LAST_USE, zone), entry.received_at)


def happened_at(event: Event, zone: str) -> datetime:
    """The one moment that stands for an event in the order of the timeline."""
    if isinstance(event, Dose):
        return event.at or dose_at(event, zone)
    if isinstance(event, Drinks):
        if event.items:
            return last_drink_at(event, zone)
        return min(at_local(event.day, NOON, zone), event.received_at)
    if isinstance(event, Substances):
        if event.items:
            return max([use_at(use, event, zone) for use in event.items])
        return min(at_local(event.day, NOON, zone), event.received_at)
    at = getattr(event, "at", None)
    return at if at is not None else event.received_at


def day_of(event: Event, zone: str) -> date:
    """The local day that an event is about: its own `day`, else the date of its time."""
    day: date | None = getattr(event, "day", None)
    return day if day is not None else local_day(happened_at(event, zone), zone)


def first_day_of(event: Event, zone: str) -> date:
    """The earliest local day that an event says anything about.

    An entry for one day may name a time on the evening before or after midnight; what is judged
    again when it arrives late begins at the earlier of the two.
    """
    days = [day_of(event, zone), local_day(happened_at(event, zone), zone)]
    if isinstance(event, Substances):
        days += [local_day(use.at, zone) for use in event.items if use.at is not None]
    return min(days)


def at_receipt(event: Event) -> Event:
    """The event with no time after its receipt: a clock that runs ahead tells no future."""
    received = event.received_at
    if isinstance(event, Checkin | Screen | Urinalysis | ConsentWithdrawn):
        if event.at > received:
            return replace(event, at=received, told_at=event.at)
    elif isinstance(event, Dose):
        if event.at is not None and event.at > received:
            return replace(event, at=received, told_at=event.at)
    elif isinstance(event, Drinks):
        last = event.last_drink_at
        if last is not None and last > received:
            return replace(event, last_drink_at=received, told_at=last)
    elif isinstance(event, Substances):
        ahead = [use.at for use in event.items if use.at is not None and use.at > received]
        if ahead:
            items = tuple(
                replace(use, at=received) if use.at is not None and use.at > received else use
                for use in event.items
            )
            return replace(event, items=items, told_at=max(ahead))
    return event
