"""When an event happened, where the participant gave no time.

A dose counts as taken at noon of its day, a day's last drink at 23:00, other use at 23:30; each at
the moment of receipt where that is earlier, because nothing is told before it happens.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from app.timeline.days import at_local, local_day
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

MIDNIGHT, NOON, LAST_DRINK, LAST_USE = time(0), time(12), time(23), time(23, 30)


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
        return dose_at(event, zone)
    if isinstance(event, Drinks):
        if event.items:
            return last_drink_at(event, zone)
        return min(at_local(event.day, NOON, zone), event.received_at)
    if isinstance(event, Substances):
        times = [use_at(use, event, zone) for use in event.items]
        return max(times) if times else min(at_local(event.day, NOON, zone), event.received_at)
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
