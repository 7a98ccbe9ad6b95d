"""The figures of the pre-session brief. Pure: a record in, numbers with their denominators out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from app.brief.record import Answered, Day, Record, Urine, Words, newest_answers
from app.brief.sentences import Sentence, holding
from app.instruments.vocabulary import SYMPTOMS
from app.timeline.measures import Drinking, drinking

WEEK = 7
# Somebody's words stay on the page until the next two sessions have passed.
WORDS_DAYS = 14


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over the days that have an answer, and the highest of all answers: it may hide one."""

    value: float
    days: int
    highest: float


@dataclass(frozen=True, slots=True)
class Week:
    """Seven full local days. Every count stands beside how many days were reported."""

    drinking: Drinking
    alcohol_urge: Mean | None
    opioid_urge: Mean | None
    tablets_taken: int
    tablets_told: int
    tablets_not_taken: tuple[date, ...]
    tablets_held: int
    opioid_days: int
    opioids_told: int


@dataclass(frozen=True, slots=True)
class Effect:
    """A side effect, 0-4. `earlier`: the day of the answer, where the latest check-in has none."""

    item: str
    level: int
    earlier: date | None = None


@dataclass(frozen=True, slots=True)
class SideEffects:
    """The newest answers about side effects, up to a week before the latest check-in.

    `present` is worst first, `absent` counts what was answered with none; `unanswered` are those
    without an answer in that time.
    """

    asked: Answered
    present: tuple[Effect, ...]
    absent: int
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """All that the page shows of the record."""

    record: Record
    week: Week
    before: Week
    sentences: tuple[Sentence, ...]
    """all that hold"""
    side_effects: SideEffects | None
    last_urine: Urine | None
    words: tuple[Words, ...]

    @property
    def asked(self) -> int:
        """Days of the record about which anything was asked or told."""
        return len(self.record.asked())

    @property
    def told(self) -> int:
        """Days of the record whose alcohol was told."""
        return len([day for day in self.record.days if day.grams is not None])

    @property
    def from_memory(self) -> int:
        """How many of them were told later than on the next day."""
        told_late = [day for day in self.record.days if day.from_memory and day.grams is not None]
        return len(told_late)


def brief_of(record: Record) -> Brief:
    """The brief of a record of at least two weeks."""
    return Brief(
        record=record,
        week=week_of(record.last(WEEK), record.heavy),
        before=week_of(record.last(WEEK, before=WEEK), record.heavy),
        sentences=holding(record),
        side_effects=side_effects(record.answered),
        last_urine=last_urine(record.urines),
        words=recent_words(record),
    )


def week_of(days: Sequence[Day], heavy: float) -> Week:
    """The figures of some days, `heavy` grams being a heavy day. Raises ValueError for no days."""
    if not days:
        raise ValueError("a week has days")
    grams = {day.day: day.grams for day in days if day.grams is not None}
    tablets = [day.tablet for day in days if day.tablet is not None]
    return Week(
        drinking=drinking(grams, days[0].day, days[-1].day, heavy),
        alcohol_urge=_mean((day.alcohol_urge, day.alcohol_highest) for day in days),
        opioid_urge=_mean((day.opioid_urge, day.opioid_highest) for day in days),
        tablets_taken=tablets.count("taken"),
        tablets_told=len(tablets),
        tablets_not_taken=tuple(day.day for day in days if day.tablet == "not_taken"),
        tablets_held=tablets.count("held"),
        opioid_days=sum(1 for day in days if day.opioids),
        opioids_told=sum(1 for day in days if day.opioids is not None),
    )


def _mean(days: Iterable[tuple[float | None, float | None]]) -> Mean | None:
    """Of each day's mean and its highest answer."""
    told = [(mean, highest or mean) for mean, highest in days if mean is not None]
    if not told:
        return None
    return Mean(fmean(mean for mean, _ in told), len(told), max(highest for _, highest in told))


def side_effects(answered: Sequence[Answered]) -> SideEffects | None:
    """What these check-ins, the earliest first, say about now; `None` where there are none."""
    if not answered:
        return None
    latest, newest = answered[-1], newest_answers(answered, WEEK - 1)
    present = [
        Effect(item, level, None if one.day == latest.day else one.day)
        for item, one in newest.items()
        if (level := one.ratings[item]) > 0
    ]
    present.sort(key=lambda effect: -effect.level)
    unanswered = tuple(item for item in SYMPTOMS if item not in newest)
    return SideEffects(latest, tuple(present), len(newest) - len(present), unanswered)


def last_urine(urines: Sequence[Urine]) -> Urine | None:
    """The newest specimen that was tested for opioids; without one, the newest of all."""
    tested = [test for test in urines if test.opioid is not None]
    return max(tested or urines, key=lambda test: test.at, default=None)


def recent_words(record: Record) -> tuple[Words, ...]:
    """Own words of the last two weeks, the latest first."""
    since = record.today.toordinal() - WORDS_DAYS
    recent = [one for one in record.words if one.day.toordinal() >= since]
    return tuple(sorted(recent, key=lambda one: one.at, reverse=True))
