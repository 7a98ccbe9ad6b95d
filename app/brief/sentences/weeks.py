"""Sentences that hold weeks beside each other: alcohol, and heavy days. Pure.

A week counts from six reported days on. Amounts are compared over the days of the week that were
reported in every one of the weeks: a blank weekend would look like a change otherwise. A day that
is told and cannot be compared is not passed over in silence: where it would turn a fall into none,
nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from statistics import fmean

from app.brief.record import Day, Record
from app.brief.sentences.model import WEEK, Sentence, Value, grams
from app.i18n import N_

COMPARABLE_DAYS = 6
# From week to week twice a tenth is clear; between two weeks it takes a quarter, and a part of
# a standard drink a day, so that little of little is no change.
CLEAR_CHANGE, CLEAR_ONCE, CLEAR_DRINKS = 0.1, 0.25, 0.5
# One day more or less may hang on the day that is blank; two cannot.
CLEAR_DAYS = 2


@dataclass(frozen=True)
class Weeks:
    """Weeks one after another, the latest last, and the places of the days told in all of them.

    `means` are grams per day over those places.
    """

    all: tuple[tuple[Day, ...], ...]
    places: tuple[int, ...]

    @cached_property
    def means(self) -> tuple[float, ...]:
        return tuple([fmean([week[i].grams or 0.0 for i in self.places]) for week in self.all])


def weeks_fell(record: Record) -> Sentence | None:
    """Alcohol per day fell from each of three weeks to the next."""
    text = N_(
        "Alcohol per day fell twice, from week to week: %(first)s, %(second)s, then %(third)s "
        "standard drinks. Days of each week compared: %(count)s.",
    )
    weeks = comparable(record, 3)
    if weeks is None or _hidden(weeks) or not weeks.means[0] > 0:
        return None
    if any(later > sooner * (1 - CLEAR_CHANGE) for sooner, later in _steps(weeks)):
        return None
    return _named(record, text, weeks, ("first", "second", "third"))


def weeks_rose(record: Record) -> Sentence | None:
    """Alcohol per day rose from each of three weeks to the next."""
    text = N_(
        "Alcohol per day rose twice, from week to week: %(first)s, %(second)s, then %(third)s "
        "standard drinks. Days of each week compared: %(count)s.",
    )
    weeks = comparable(record, 3)
    if weeks is None or not weeks.means[1] > 0:
        return None
    if any(later < sooner * (1 + CLEAR_CHANGE) for sooner, later in _steps(weeks)):
        return None
    return _named(record, text, weeks, ("first", "second", "third"))


def week_fell(record: Record) -> Sentence | None:
    """Alcohol per day is clearly less than in the week before, where three weeks say no more."""
    text = N_(
        "Less alcohol per day than in the week before: %(now)s standard drinks, before that "
        "%(before)s. Days of each week compared: %(count)s.",
    )
    weeks = comparable(record, 2)
    if weeks is None or _hidden(weeks) or weeks_fell(record):
        return None
    before, now = weeks.means
    return _named(record, text, weeks, ("before", "now")) if _less(record, now, before) else None


def week_rose(record: Record) -> Sentence | None:
    """Alcohol per day is clearly more than in the week before, where three weeks say no more."""
    text = N_(
        "More alcohol per day than in the week before: %(now)s standard drinks, before that "
        "%(before)s. Days of each week compared: %(count)s.",
    )
    weeks = comparable(record, 2)
    if weeks is None or weeks_rose(record):
        return None
    before, now = weeks.means
    return _named(record, text, weeks, ("before", "now")) if _less(record, before, now) else None


def heavy_days(record: Record) -> Sentence | None:
    """At least two heavy days more or fewer than in the week before."""
    weeks = comparable(record, 2)
    if weeks is None:
        return None
    before, now = (_heavy(record, week) for week in weeks.all)
    if abs(len(before) - len(now)) < CLEAR_DAYS:
        return None
    told_before, told = map(_told, weeks.all)
    text = N_(
        "Heavy days in the last seven: %(now)s of %(told)s reported; "
        "in the week before: %(before)s of %(told_before)s.",
    )
    values: dict[str, Value] = {
        "now": len(now),
        "told": told,
        "before": len(before),
        "told_before": told_before,
    }
    return Sentence(
        text,
        values,
        tuple(day.day for day in now) or _entries(weeks.all[1]),
        tuple(day.day for day in before) or _entries(weeks.all[0]),
    )


def comparable(record: Record, count: int) -> Weeks | None:
    """The last `count` weeks, where each has enough reported days."""
    weeks = tuple(record.last(WEEK, before=n * WEEK) for n in reversed(range(count)))
    if any(len(week) < WEEK or _told(week) < COMPARABLE_DAYS for week in weeks):
        return None
    return _beside(weeks)


def _beside(weeks: tuple[tuple[Day, ...], ...]) -> Weeks:
    blank = {i for week in weeks for i, day in enumerate(week) if day.grams is None}
    return Weeks(weeks, tuple([i for i in range(WEEK) if i not in blank]))


def _steps(weeks: Weeks) -> list[tuple[float, ...]]:
    """Means of each week and the next: over the days of all the weeks, and over all that the two
    tell, so that a third week's blank day hides none of theirs."""
    both = [_beside(weeks.all[n : n + 2]).means for n in range(len(weeks.all) - 1)]
    return [*pairwise(weeks.means), *both]


def _hidden(weeks: Weeks) -> bool:
    """Whether a told day that is not compared takes the latest week up to the one before."""
    told = [grams(day) for day in weeks.all[-1] if day.grams is not None]
    return fmean(told) >= weeks.means[-2]


def _told(week: Sequence[Day]) -> int:
    return len([day for day in week if day.grams is not None])


def _heavy(record: Record, week: Sequence[Day]) -> list[Day]:
    return [day for day in week if grams(day) >= record.heavy]


def _less(record: Record, less: float, more: float) -> bool:
    clear = record.drinks(more - less) >= CLEAR_DRINKS
    return clear and less <= more * (1 - CLEAR_ONCE)


def _named(record: Record, text: str, weeks: Weeks, names: tuple[str, ...]) -> Sentence:
    values: dict[str, Value] = {
        name: record.drinks(mean) for name, mean in zip(names, weeks.means, strict=True)
    }
    values["count"] = len(weeks.places)
    compared = [[week[i] for i in weeks.places] for week in weeks.all]
    before = [day for week in compared[:-1] for day in _entries(week)]
    return Sentence(text, values, _entries(compared[-1]), tuple(before))


def _entries(week: Sequence[Day]) -> tuple[date, ...]:
    """The days with alcohol; where there are none, those that say so."""
    told = [day for day in week if day.grams is not None]
    return tuple(day.day for day in told if day.grams) or tuple(day.day for day in told)
