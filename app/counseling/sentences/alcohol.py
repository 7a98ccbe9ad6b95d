"""Sentences about alcohol, and about days on which nothing of it was told. Pure."""

from __future__ import annotations

from statistics import fmean

from app.counseling.record import Day, Record
from app.counseling.sentences.model import MONTH, WEEK, Sentence, Value, Weekday, grams
from app.i18n import N_

# How many reported days make a week that can be compared, and how large a change counts.
COMPARABLE_DAYS, CLEAR_CHANGE = 4, 0.1
FREE_RUN = 7


def weeks_fell(record: Record) -> Sentence | None:
    """Alcohol per reported day fell from each of three weeks to the next."""
    text = N_(
        "Alcohol per reported day fell twice, from week to week: "
        "%(first)s, %(second)s, then %(third)s standard drinks.",
    )
    down = 1 - CLEAR_CHANGE
    weeks = _three_weeks(record)
    if weeks is None or not weeks[0] > 0 or weeks[1] > weeks[0] * down:
        return None
    return _compared(record, text, weeks) if weeks[2] <= weeks[1] * down else None


def weeks_rose(record: Record) -> Sentence | None:
    """Alcohol per reported day rose from each of three weeks to the next."""
    text = N_(
        "Alcohol per reported day rose twice, from week to week: "
        "%(first)s, %(second)s, then %(third)s standard drinks.",
    )
    up = 1 + CLEAR_CHANGE
    weeks = _three_weeks(record)
    if weeks is None or not weeks[1] > 0 or weeks[1] < weeks[0] * up:
        return None
    return _compared(record, text, weeks) if weeks[2] >= weeks[1] * up else None


def _three_weeks(record: Record) -> tuple[float, float, float] | None:
    """Mean grams per reported day of the last three weeks, the latest last."""
    weeks = [
        [grams(day) for day in record.last(WEEK, before=n * WEEK) if day.grams is not None]
        for n in (2, 1, 0)
    ]
    if min(len(week) for week in weeks) < COMPARABLE_DAYS:
        return None
    first, second, third = map(fmean, weeks)
    return first, second, third


def _compared(record: Record, text: str, weeks: tuple[float, float, float]) -> Sentence:
    names = ("first", "second", "third")
    values: dict[str, Value] = {
        name: record.drinks(amount) for name, amount in zip(names, weeks, strict=True)
    }
    return Sentence(text, values, tuple(day.day for day in record.last(WEEK) if grams(day) > 0))


def one_weekday(record: Record) -> Sentence | None:
    """At least half of four weeks' alcohol fell on one day of the week, more than once."""
    drank = [day for day in record.last(MONTH) if grams(day) > 0]
    by_weekday: dict[int, list[Day]] = {}
    for day in drank:
        by_weekday.setdefault(day.day.weekday(), []).append(day)
    total = sum(map(grams, drank))
    for number, days in by_weekday.items():
        # A tie leaves no one weekday to name; others must have been drinking days as well.
        if 2 <= len(days) < len(drank) and sum(map(grams, days)) * 2 > total:
            text = N_("Over four weeks most alcohol fell on one day of the week: %(weekday)s.")
            return Sentence(text, {"weekday": Weekday(number)}, tuple(day.day for day in days))
    return None


def first_after_free_days(record: Record) -> Sentence | None:
    """The first alcohol of the week came after at least seven reported days without."""
    week = {day.day for day in record.last(WEEK)}
    run = 0
    for day in record.days:
        if day.grams is None:
            run = 0
        elif day.grams == 0:
            run += 1
        elif run >= FREE_RUN and day.day in week:
            text = N_("Alcohol again; reported days without it just before: %(count)s.")
            return Sentence(text, {"count": run}, (day.day,))
        else:
            run = 0
    return None


def week_without_alcohol(record: Record) -> Sentence | None:
    """No alcohol on any reported day of the week, with enough of them reported."""
    told = [day for day in record.last(WEEK) if day.grams is not None]
    if len(told) < COMPARABLE_DAYS or any(map(grams, told)):
        return None
    text = N_("No alcohol on any reported day of the last seven; reported: %(count)s.")
    return Sentence(text, {"count": len(told)}, tuple(day.day for day in told))


def blank_days(record: Record) -> Sentence | None:
    """Nothing about alcohol was told for at least three days of the week that were asked about."""
    week = [day for day in record.last(WEEK) if day.day >= record.asked_from]
    days = tuple(day.day for day in week if day.grams is None)
    if len(days) < 3:
        return None
    text = N_("Days of the last seven for which nothing about alcohol was told: %(count)s.")
    return Sentence(text, {"count": len(days)}, days)
