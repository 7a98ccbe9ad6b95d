"""The last weeks as the participant told them, and totals that no later day takes away. Pure.

Nothing here is a score: a day is with alcohol, without, or blank, and every number stands beside
the days it was counted over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.i18n import Translator
from app.timeline.days import ONE_DAY, day_range
from app.timeline.events import Drinks
from app.timeline.known import Known

WEEKS, DAYS = 4, 7


@dataclass(frozen=True, slots=True)
class Mark:
    """One day, as the strip of a week shows it; ``says`` is the mark in words."""

    label: str
    kind: str
    number: str
    says: str
    today: bool


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, oldest first. ``asked``: days that are over, or were told of before they were;
    ``told``: days written about; ``free``: of those, without alcohol.
    """

    first: date
    last: date
    marks: tuple[Mark, ...]
    asked: int
    told: int
    free: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts since the beginning."""

    days_told: int
    days_free: int
    tablets: int
    checkins: int


def drinks_by_day(known: Known) -> dict[date, float]:
    """How many drinks each reported day had; 0 is a day without alcohol."""
    found: dict[date, float] = {}
    for entry in known.of(Drinks):
        count = sum(one.count for one in entry.items)
        found[entry.day] = found.get(entry.day, 0.0) + count
    return found


def totals(known: Known, drinks: Mapping[date, float]) -> Totals:
    return Totals(
        days_told=len(drinks),
        days_free=sum(1 for count in drinks.values() if count == 0),
        tablets=len(known.doses),
        checkins=len(known.checkins),
    )


def last_seven(drinks: Mapping[date, float], today: date, began: date, tr: Translator) -> Week:
    """The seven days before today: today is not over yet."""
    return _week(today - DAYS * ONE_DAY, drinks, today, began, tr)


def four_weeks(
    drinks: Mapping[date, float], today: date, began: date, tr: Translator
) -> tuple[Week, ...]:
    """Four calendar weeks from Monday, the running one first."""
    monday = today - timedelta(days=today.weekday())
    starts = (monday - back * DAYS * ONE_DAY for back in range(WEEKS))
    weeks = (_week(first, drinks, today, began, tr) for first in starts)
    return tuple(week for week in weeks if week.last >= began)


def _week(
    first: date, drinks: Mapping[date, float], today: date, began: date, tr: Translator
) -> Week:
    days = list(day_range(first, first + (DAYS - 1) * ONE_DAY))
    told = [drinks[day] for day in days if day in drinks]
    return Week(
        first=days[0],
        last=days[-1],
        marks=tuple(_mark(day, drinks, today, began, tr) for day in days),
        asked=sum(1 for day in days if day in drinks or began <= day < today),
        told=len(told),
        free=sum(1 for count in told if count == 0),
    )


def _mark(
    day: date, drinks: Mapping[date, float], today: date, began: date, tr: Translator
) -> Mark:
    kind, number, words = "", "", tr("still to come")
    if day in drinks and drinks[day] == 0:
        kind, words = "none", tr("no alcohol")
    elif day in drinks:
        kind, number = "some", str(max(1, round(drinks[day])))
        words = tr("%(amount)s drinks", amount=tr.number(drinks[day], 2))
    elif day < began:
        words = tr("before the study")
    elif day < today:
        kind, words = "blank", tr("not filled in")
    elif day == today:
        number, words = str(day.day), tr("today")
    says = f"{tr.day(day, 'EEEE')}: {words}"
    return Mark(tr.day(day, "EEE"), kind, number, says, day == today)
