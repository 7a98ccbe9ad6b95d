"""Sentences about alcohol, and about days on which nothing of it was told. Pure."""

from __future__ import annotations

from app.brief.record import Day, Record
from app.brief.sentences.model import MONTH, WEEK, Sentence, Value, Weekday, grams
from app.i18n import N_

# How many reported days say something about a week, and about a day of the week.
TOLD_DAYS, PATTERN_DAYS, PATTERN_WEEKS = 4, 14, 3
FREE_RUN = 7


def one_weekday(record: Record) -> Sentence | None:
    """More than half of four weeks' alcohol fell on one day of the week, more than once.

    Few reported days, or days of few weeks, show no pattern.
    """
    month = record.last(MONTH)
    told = [day for day in month if day.grams is not None]
    weeks = {((record.today - day.day).days - 1) // WEEK for day in told}
    if len(told) < PATTERN_DAYS or len(weeks) < PATTERN_WEEKS:
        return None
    drank = [day for day in told if day.grams]
    by_weekday: dict[int, list[Day]] = {}
    for day in drank:
        by_weekday.setdefault(day.day.weekday(), []).append(day)
    total = sum(map(grams, drank))
    for number, days in by_weekday.items():
        # A tie leaves no one weekday to name; others must have been drinking days as well.
        if 2 <= len(days) < len(drank) and sum(map(grams, days)) * 2 > total:
            text = N_(
                "Of the alcohol told over four weeks most fell on one day of the week: "
                "%(weekday)s. Days reported: %(told)s of %(asked)s.",
            )
            asked = sum(1 for day in month if record.asks(day.day) or day.grams is not None)
            values: dict[str, Value] = {
                "weekday": Weekday(number),
                "told": len(told),
                "asked": asked,
            }
            return Sentence(text, values, tuple(day.day for day in days))
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
    if len(told) < TOLD_DAYS or any(map(grams, told)):
        return None
    text = N_("No alcohol on any reported day of the last seven; reported: %(count)s.")
    return Sentence(text, {"count": len(told)}, tuple(day.day for day in told))


def blank_days(record: Record) -> Sentence | None:
    """Nothing about alcohol was told for at least three days of the week that were asked about."""
    week = [day for day in record.last(WEEK) if record.asks(day.day)]
    days = tuple(day.day for day in week if day.grams is None)
    if len(days) < 3:
        return None
    text = N_("Days of the last seven for which nothing about alcohol was told: %(count)s.")
    return Sentence(text, {"count": len(days)}, days)
