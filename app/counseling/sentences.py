"""What the brief says "in short": fixed rules over the record, one small function each. Pure.

A rule answers with a sentence, or with nothing. It counts reported days alone, says so, and
judges nobody; what asks for action is a flag and stands elsewhere on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean

from app.counseling.record import Answered, Day, Record
from app.i18n import N_

MOST = 5
WEEK, FORTNIGHT, MONTH = 7, 14, 28
# How many reported days make a week that can be compared, and how large a change counts.
COMPARABLE_DAYS, CLEAR_CHANGE = 4, 0.1
URGE_DAYS, CLEAR_URGE = 3, 2.0
FREE_RUN = 7
MODERATE, SEVERE, RUN_CHECKINS, RUN_DAYS, FRESH_DAYS = 2, 3, 3, 3, 3
TOLD_DAYS = 4  # a use told on the day of a specimen or on one of the four before it explains it


@dataclass(frozen=True, slots=True)
class Item:
    """A check-in item, to be named in the reader's language."""

    code: str


@dataclass(frozen=True, slots=True)
class Level:
    """A step of the severity scale, 0-4."""

    value: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, 0 is Monday."""

    number: int


Value = str | int | float | date | Item | Level | Weekday


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text key with its values, and the days whose entries it rests on."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)
    days: tuple[date, ...] = ()


Rule = Callable[[Record], Sentence | None]


def in_short(record: Record) -> tuple[Sentence, ...]:
    """The sentences that hold, in the order of what a session should not overlook."""
    found = [sentence for rule in RULES if (sentence := rule(record)) is not None]
    return tuple(found[:MOST])


def opioid_use(record: Record) -> Sentence | None:
    """Opioid use that was told within two weeks."""
    days = tuple(day.day for day in record.last(FORTNIGHT) if day.opioids)
    if not days:
        return None
    text = N_("Days of the last two weeks for which opioid use was told: %(count)s.")
    return Sentence(text, {"count": len(days)}, days)


def urine_without_word(record: Record) -> Sentence | None:
    """A positive specimen, and no use told for that day or the four days before it."""
    since = record.today.toordinal() - FORTNIGHT
    told = {day.day.toordinal() for day in record.days if day.opioids}
    for test in sorted(record.urines, key=lambda each: each.at, reverse=True):
        day = test.day.toordinal()
        if test.opioid == "positive" and day >= since:
            if told & set(range(day - TOLD_DAYS, day + 1)):
                return None
            text = N_("The urine test was positive for opioids; no use was told for those days.")
            return Sentence(text, days=(test.day,))
    return None


def tablets_not_taken(record: Record) -> Sentence | None:
    """At least two tablets told as not taken within a week; a physician's hold is not one."""
    week = record.last(WEEK)
    days = tuple(day.day for day in week if day.tablet == "not_taken")
    told = sum(1 for day in week if day.tablet in ("taken", "not_taken"))
    if len(days) < 2:
        return None
    text = N_("Days of the last seven without the tablet: %(count)s of %(told)s reported.")
    return Sentence(text, {"count": len(days), "told": told}, days)


def heaviest_without_tablet(record: Record) -> Sentence | None:
    """The day with the most alcohol of two weeks was heavy and had no tablet."""
    told = [day for day in record.last(FORTNIGHT) if day.grams is not None]
    heaviest = max(told, key=_grams, default=None)
    if heaviest is None or _grams(heaviest) < record.heavy or heaviest.tablet != "not_taken":
        return None
    return Sentence(
        N_(
            "The day with the most alcohol of the last two weeks (%(drinks)s standard drinks) "
            "was also a day without the tablet."
        ),
        {"drinks": record.drinks(_grams(heaviest))},
        (heaviest.day,),
    )


def lasting_symptom(record: Record) -> Sentence | None:
    """A side effect that was at least moderate in every answer of the last check-ins."""
    latest = record.answered[-1] if record.answered else None
    if latest is None or (record.today - latest.day).days > FRESH_DAYS:
        return None
    runs = [run for item in latest.ratings if (run := _run(record.answered, item))]
    if not runs:
        return None
    item, days, lowest, now = max(runs, key=lambda run: (run[3], len(run[1])))
    values: dict[str, Value] = {
        "item": Item(item),
        "level": Level(lowest),
        "now": Level(now),
        "since": days[0],
    }
    text = N_("%(item)s: at least “%(level)s” in every answer since %(since)s, now “%(now)s”.")
    return Sentence(text, values, tuple(days))


def severe_last_time(record: Record) -> Sentence | None:
    """Side effects that were severe in the last answers, and had not lasted before."""
    latest = record.answered[-1] if record.answered else None
    if latest is None or (record.today - latest.day).days > FRESH_DAYS:
        return None
    severe = {
        item: level
        for item, level in latest.ratings.items()
        if level >= SEVERE and not _run(record.answered, item)
    }
    if not severe:
        return None
    worst = max(severe, key=lambda item: severe[item])
    values: dict[str, Value] = {
        "day": latest.day,
        "count": len(severe),
        "item": Item(worst),
        "level": Level(severe[worst]),
    }
    text = N_("Severe side effects on %(day)s: %(count)s. The worst: %(item)s, “%(level)s”.")
    return Sentence(text, values, (latest.day,))


def _run(answered: Sequence[Answered], item: str) -> tuple[str, list[date], int, int] | None:
    """The unbroken run of answers of at least moderate that ends now."""
    days: list[date] = []
    levels: list[int] = []
    for one in reversed(answered):
        level = one.ratings.get(item)
        if level is None:
            continue
        if level < MODERATE:
            break
        levels.append(level)
        if one.day not in days:
            days.append(one.day)
    if len(levels) < RUN_CHECKINS or len(days) < RUN_DAYS:
        return None
    return item, days[::-1], min(levels), levels[0]


def opioid_urge_rose(record: Record) -> Sentence | None:
    """The mean urge to use opioids is clearly higher than in the week before."""
    text = N_("The urge to use opioids rose from a mean of %(before)s to %(now)s of 10.")
    return _urge_rose(record, "opioid_urge", text)


def alcohol_urge_rose(record: Record) -> Sentence | None:
    """The mean urge to drink is clearly higher than in the week before."""
    text = N_("The urge to drink rose from a mean of %(before)s to %(now)s of 10.")
    return _urge_rose(record, "alcohol_urge", text)


def _urge_rose(record: Record, name: str, text: str) -> Sentence | None:
    week = {day.day: getattr(day, name) for day in record.last(WEEK)}
    now = {day: value for day, value in week.items() if value is not None}
    then = [getattr(day, name) for day in record.last(WEEK, before=WEEK)]
    before = [value for value in then if value is not None]
    if min(len(now), len(before)) < URGE_DAYS or fmean(now.values()) < fmean(before) + CLEAR_URGE:
        return None
    values: dict[str, Value] = {"before": fmean(before), "now": fmean(now.values())}
    return Sentence(text, values, tuple(now))


def weeks_compared(record: Record) -> Sentence | None:
    """Alcohol per reported day fell, or rose, from each of three weeks to the next."""
    weeks = [
        [day for day in record.last(WEEK, before=n * WEEK) if day.grams is not None]
        for n in (2, 1, 0)
    ]
    if min(len(week) for week in weeks) < COMPARABLE_DAYS:
        return None
    first, second, third = (fmean(_grams(day) for day in week) for week in weeks)
    down, up = 1 - CLEAR_CHANGE, 1 + CLEAR_CHANGE
    if second <= first * down and third <= second * down and first > 0:
        text = N_(
            "Alcohol per reported day fell twice, from week to week: "
            "%(first)s, %(second)s, then %(third)s standard drinks."
        )
    elif second >= first * up and third >= second * up and second > 0:
        text = N_(
            "Alcohol per reported day rose twice, from week to week: "
            "%(first)s, %(second)s, then %(third)s standard drinks."
        )
    else:
        return None
    values: dict[str, Value] = {
        name: record.drinks(amount)
        for name, amount in (("first", first), ("second", second), ("third", third))
    }
    return Sentence(text, values, tuple(day.day for day in weeks[2] if _grams(day) > 0))


def one_weekday(record: Record) -> Sentence | None:
    """At least half of four weeks' alcohol fell on one day of the week, more than once."""
    drank = [day for day in record.last(MONTH) if _grams(day) > 0]
    by_weekday: dict[int, list[Day]] = {}
    for day in drank:
        by_weekday.setdefault(day.day.weekday(), []).append(day)
    total = sum(map(_grams, drank))
    for number, days in by_weekday.items():
        # A tie leaves no one weekday to name; others must have been drinking days as well.
        if 2 <= len(days) < len(drank) and sum(map(_grams, days)) * 2 > total:
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
    if len(told) < COMPARABLE_DAYS or any(map(_grams, told)):
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


def _grams(day: Day) -> float:
    """For days that were told; a day without a word never gets here as a drinking day."""
    return day.grams or 0.0


RULES: tuple[Rule, ...] = (
    opioid_use,
    urine_without_word,
    heaviest_without_tablet,
    tablets_not_taken,
    lasting_symptom,
    severe_last_time,
    opioid_urge_rose,
    first_after_free_days,
    weeks_compared,
    one_weekday,
    alcohol_urge_rose,
    week_without_alcohol,
    blank_days,
)
