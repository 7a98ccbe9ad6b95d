"""Point-prevalence, continuous and prolonged abstinence from what was told by day.

A window runs from its first day up to the day before the visit that it ends at. Two readings of
what is missing: *intention to treat*, a missing visit and a missing day are no abstinence;
*responders only*, they make the value missing (`None`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum

from app.timeline.days import day_range

ONE_DAY = timedelta(days=1)
GRACE_DAYS = 14


class Reading(Enum):
    """How missing days and visits are read."""

    INTENTION_TO_TREAT = "itt"
    RESPONDERS_ONLY = "ro"


def continuous(
    amounts: Mapping[date, float], first: date | None, visit: date | None, reading: Reading
) -> bool | None:
    """No use on any day from `first` up to the day before `visit`; `None` days are missing visits.

    Use on a told day decides under intention to treat, whatever is missing beside it.
    """
    found = _window(amounts, first, visit)
    if found is None:
        return _missing(reading)
    told, complete = found
    if reading is Reading.RESPONDERS_ONLY and not complete:
        return None
    return complete and not any(told)


def point_prevalence(
    amounts: Mapping[date, float], visit: date | None, days: int, reading: Reading
) -> bool | None:
    """No use on the so many days before `visit`."""
    first = None if visit is None else visit - days * ONE_DAY
    return continuous(amounts, first, visit, reading)


def prolonged(
    amounts: Mapping[date, float],
    quit_on: date | None,
    visit: date | None,
    reading: Reading,
    lapse: float | None = None,
    grace_days: int = GRACE_DAYS,
) -> bool | None:
    """No lapse from the end of a grace period after `quit_on` up to the day before `visit`.

    A lapse is any use, or a sum of `lapse` and more over the window. Missing days as above.
    """
    first = None if quit_on is None else quit_on + grace_days * ONE_DAY
    if lapse is None:
        return continuous(amounts, first, visit, reading)
    found = _window(amounts, first, visit)
    if found is None or not found[1]:
        return _missing(reading)
    return sum(found[0]) < lapse


def _missing(reading: Reading) -> bool | None:
    return False if reading is Reading.INTENTION_TO_TREAT else None


def _window(
    amounts: Mapping[date, float], first: date | None, visit: date | None
) -> tuple[list[float], bool] | None:
    """What was told of the window's days, and whether all of them were; `None` without one."""
    if first is None or visit is None or first >= visit:
        return None
    days = day_range(first, visit - ONE_DAY)
    told = [amounts[day] for day in days if day in amounts]
    return told, len(told) == len(days)
