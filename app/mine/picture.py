"""What a participant told, day by day or week by week, and totals. Pure.

Nothing here is a score. A day about which nothing was told is blank, in no sum and in no mean, and
every figure of a week stands beside the days it was counted over.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from app.brief.record import Day, Record
from app.timeline.days import ONE_DAY, day_range
from app.timeline.events import Drinks
from app.timeline.known import Known
from app.timeline.measures import drinks_in

WEEKS, DAYS = 4, 7
TABLET = ("tablet",)


@dataclass(frozen=True, slots=True)
class PictureDay:
    """One day: the record's answers, drinks and tablets as counted, and what was asked."""

    day: Day
    drinks: float | None
    tablets: int
    asked: bool
    """something was asked about it, and it is over"""
    tablet_asked: bool
    """so was the tablet: it was due"""

    def blank(self, fields: Sequence[str]) -> bool:
        """Whether one of `fields` was asked about, and none told."""
        asked = self.tablet_asked if tuple(fields) == TABLET else self.asked
        return asked and not self.told(fields)

    def told(self, fields: Sequence[str]) -> bool:
        """Whether the record has an answer to one of `fields` on this day."""
        return any(getattr(self.day, field) is not None for field in fields)

    @property
    def anything(self) -> bool:
        return self.day != Day(self.day.day)


@dataclass(frozen=True, slots=True)
class Span:
    """The days of one column, oldest first: one, or a week from Monday."""

    days: tuple[PictureDay, ...]

    @property
    def first(self) -> date:
        return self.days[0].day.day

    @property
    def last(self) -> date:
        return self.days[-1].day.day

    def asked(self, fields: Sequence[str]) -> int:
        """Days that are over and were asked about, or told of before they were over."""
        return sum(1 for one in self.days if one.blank(fields) or one.told(fields))

    def told(self, fields: Sequence[str]) -> int:
        """Days with an answer."""
        return sum(1 for one in self.days if one.told(fields))

    def drinks(self) -> list[float]:
        return [one.drinks for one in self.days if one.drinks is not None]

    def tablets(self) -> int | None:
        """How many were taken, two on one day as two; nothing where nothing was told."""
        return sum(one.tablets for one in self.days) if self.told(TABLET) else None

    def values(self, field: str) -> list[Any]:
        """What was told of one field of the record; a blank day is not there."""
        found = (getattr(one.day, field) for one in self.days)
        return [value for value in found if value is not None]


@dataclass(frozen=True, slots=True)
class Picture:
    """Columns in the order of time; `daily` where each is a day."""

    spans: tuple[Span, ...]
    daily: bool

    @property
    def days(self) -> list[PictureDay]:
        return [one for span in self.spans for one in span.days]

    @property
    def weeks(self) -> tuple[Span, ...]:
        """Calendar weeks, whatever the columns are."""
        days = self.days
        return tuple(Span(tuple(days[at : at + DAYS])) for at in range(0, len(days), DAYS))

    @property
    def empty(self) -> bool:
        return not any(one.anything for one in self.days)


@dataclass(frozen=True, slots=True)
class Counts:
    """By day how many drinks were told, and how many tablets were taken."""

    drinks: Mapping[date, float]
    tablets: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts since the beginning."""

    days_told: int
    days_free: int
    tablets: int
    checkins: int


def total(values: Iterable[float]) -> float | None:
    """The sum of what was told; nothing where nothing was."""
    told = list(values)
    return sum(told) if told else None


def mean(values: Iterable[float]) -> float | None:
    told = list(values)
    return fmean(told) if told else None


def drinks_by_day(known: Known) -> dict[date, float]:
    """How many drinks each reported day had; 0 is a day without alcohol."""
    found: dict[date, float] = {}
    for entry in known.of(Drinks):
        found[entry.day] = found.get(entry.day, 0.0) + drinks_in(entry.items)
    return found


def counts_of(known: Known) -> Counts:
    return Counts(drinks_by_day(known), Counter(dose.day for dose in known.doses))


def totals(known: Known) -> Totals:
    return Totals(
        days_told=len(known.drinks),
        days_free=sum(1 for day in known.drinks.values() if day.grams == 0),
        tablets=len(known.doses),
        checkins=len(known.checkins),
    )


def four_weeks(record: Record, counts: Counts, began: date) -> Picture:
    """Four calendar weeks from Monday with the running one, a column a day."""
    monday = _monday(record.today)
    days = _days(record, counts, began, monday - timedelta(days=(WEEKS - 1) * DAYS))
    return Picture(tuple(Span((one,)) for one in days), daily=True)


def since_the_beginning(record: Record, counts: Counts, began: date) -> Picture:
    """A column a week, from the first day that was told or asked about."""
    told = [day.day for day in (*record.days, record.so_far) if day != Day(day.day)]
    first = min([began, *told])
    days = _days(record, counts, began, _monday(first))
    return Picture(Picture(tuple(Span((one,)) for one in days), daily=True).weeks, daily=False)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _days(record: Record, counts: Counts, began: date, first: date) -> tuple[PictureDay, ...]:
    """Every day from `first` to the Sunday of the running week, the days to come too."""
    known = {one.day: one for one in (*record.days, record.so_far)}
    last = _monday(record.today) + (DAYS - 1) * ONE_DAY

    def told(day: date) -> PictureDay:
        asked = began <= day < record.today and record.asks(day)
        return PictureDay(
            known.get(day, Day(day)),
            counts.drinks.get(day),
            counts.tablets.get(day, 0),
            asked,
            asked and record.asks_tablet(day),
        )

    return tuple(map(told, day_range(first, last)))
