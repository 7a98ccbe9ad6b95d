"""A participant's record day by day, as the brief reads it. Pure.

A day without a word about something says nothing about it: such fields are `None`, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from statistics import fmean
from typing import Literal

from app.instruments.vocabulary import SYMPTOMS
from app.protocol.model import Protocol
from app.timeline.days import ONE_DAY, day_range, local_day
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Drinks,
    Note,
    Substances,
    Urinalysis,
)
from app.timeline.holds import HeldSpan
from app.timeline.known import Known

Tablet = Literal["taken", "not_taken", "held"]
SYMPTOM_SET = frozenset(SYMPTOMS)
ALCOHOL, OPIOID = "alcohol_craving", "opioid_craving"
URGE_SCALE = 10
LEAST_DAYS = 21
# Told to somebody else, who may have asked on the day itself or long after it.
THROUGH_STAFF = frozenset({"with_staff", "by_phone"})


@dataclass(frozen=True, slots=True)
class Day:
    """What was told about one local day.

    `grams`: pure alcohol. Urges: the mean of the day's answers, 0-10, and the highest of them where
    there were several. `opioids`: used or not, as told. `worst`: the highest answer about a side
    effect, 0-4. `from_memory`: the alcohol was told later than on the next day.
    """

    day: date
    grams: float | None = None
    from_memory: bool = False
    alcohol_urge: float | None = None
    opioid_urge: float | None = None
    alcohol_highest: float | None = None
    opioid_highest: float | None = None
    tablet: Tablet | None = None
    opioids: bool | None = None
    worst: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One check-in that asked about side effects; `ratings` holds those alone, 0-4."""

    day: date
    at: datetime
    ratings: Mapping[str, int]


def newest_answers(answered: Sequence[Answered], days: int) -> dict[str, Answered]:
    """By item the newest check-in that has an answer, of those up to `days` before the newest.

    A check-in may be left half way: what it did not ask stands as it was answered before.
    """
    found: dict[str, Answered] = {}
    for one in reversed(answered):
        if (answered[-1].day - one.day).days > days:
            break
        for item in one.ratings:
            found.setdefault(item, one)
    return found


@dataclass(frozen=True, slots=True)
class Urine:
    """One specimen: when, and its result for opioids (`None`: not tested for)."""

    day: date
    at: datetime
    opioid: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """A participant's own words."""

    day: date
    at: datetime
    text: str


@dataclass(frozen=True)
class Record:
    """Full local days, oldest first, the last one yesterday; and what is not about whole days.

    `heavy` and `standard` are grams of pure alcohol: the line of a heavy day, a standard drink.
    `today` is the participant's local date, whose entries are in `so_far` and `answered`, not in
    `days`. `asked_from` is the first day about which anything was asked, `asked_until` the last
    one for somebody who left the study: days outside are not blank. The tablet is asked about from
    `tablets_from` on (`None`: not yet) and on no day of `holds`. A specimen speaks for its day and
    the `urine_days` before it.
    """

    days: tuple[Day, ...]
    today: date
    asked_from: date
    heavy: float
    standard: float
    answered: tuple[Answered, ...] = ()
    urines: tuple[Urine, ...] = ()
    words: tuple[Words, ...] = ()
    urine_days: int = 4
    told_today: Day | None = None
    asked_until: date | None = None
    tablets_from: date | None = date.min
    holds: tuple[HeldSpan, ...] = ()

    @property
    def so_far(self) -> Day:
        """Today until now: not a full day, and in no figure."""
        return self.told_today or Day(self.today)

    def last(self, count: int, before: int = 0) -> tuple[Day, ...]:
        """The `count` days that end `before` days before the last one; fewer where there are."""
        end = max(len(self.days) - before, 0)
        return self.days[max(end - count, 0) : end]

    def asks(self, day: date) -> bool:
        """Whether something was asked about `day`, so that it is blank where nothing was told."""
        return self.asked_from <= day <= (self.asked_until or self.today)

    def asks_tablet(self, day: date) -> bool:
        """Whether a tablet was due on `day`: not before the first dose, nor during a hold."""
        begun = self.tablets_from is not None and self.tablets_from <= day
        return begun and self.asks(day) and not any(hold.covers(day) for hold in self.holds)

    @cached_property
    def asked_on(self) -> list[bool]:
        """`asks` for each of the days."""
        first, last = self.asked_from, self.asked_until or self.today
        return [first <= day.day <= last for day in self.days]

    def asked(self) -> list[Day]:
        """The days about which something was asked, or whose alcohol was told anyway."""
        days = zip(self.days, self.asked_on, strict=True)
        return [day for day, asked in days if asked or day.grams is not None]

    def drinks(self, grams: float) -> float:
        """Grams as standard drinks."""
        return grams / self.standard


def record_of(
    known: Known,
    now: datetime,
    protocol: Protocol,
    days: int,
    enrolled: date | None = None,
    holds: Iterable[HeldSpan] = (),
    *,
    left: bool = False,
) -> Record:
    """The last `days` full local days before `now`, and what was answered since they began.

    Where the diary began later (with `enrolled`, the first entry or the planned first dose), the
    record begins there, but it keeps at least three weeks. `left`: they are in the study no more;
    nothing is asked from the day on which consent was taken back, or else after the last day that
    was told.
    """
    today = known.day(now)
    begun = [day for day in (enrolled, known.diary_from) if day is not None]
    asked_from = min(begun, default=today)
    first = max(today - days * ONE_DAY, min(asked_from, today - min(days, LEAST_DAYS) * ONE_DAY))
    dated = [(local_day(one.at, known.zone), one) for one in known.checkins]
    since = [(day, one) for day, one in dated if day >= first]
    answered = _answered(since)
    days_told = _days(known, first, today, since, answered)
    return Record(
        days=tuple(days_told[:-1]),
        told_today=days_told[-1],
        today=today,
        asked_from=asked_from,
        asked_until=_asked_until(known, left),
        tablets_from=_tablets_from(known),
        holds=tuple(holds),
        heavy=protocol.heavy_day.grams(known.participant.sex),
        standard=protocol.standard_drink.grams,
        answered=answered,
        urines=tuple(
            Urine(known.day(test.at), test.at, test.results.get("opioid"))
            for test in known.of(Urinalysis)
        ),
        words=tuple(Words(known.day(note.at), note.at, note.text) for note in known.of(Note)),
        urine_days=protocol.rules.uds.told_days,
    )


def _tablets_from(known: Known) -> date | None:
    """The planned first dose, or one before it that was told as taken."""
    planned = known.participant.first_dose_on
    first = known.first_dose
    return min((day for day in (planned, first and first[1]) if day is not None), default=None)


def _asked_until(known: Known, left: bool) -> date | None:
    withdrawn = [known.day(event.at) for event in known.of(ConsentWithdrawn)]
    if withdrawn:
        return min(withdrawn) - ONE_DAY
    return max(known.reported_days, default=date.min) if left else None


# A check-in and its local day.
Dated = tuple[date, Checkin]


def _days(
    known: Known,
    first: date,
    last: date,
    checkins: Sequence[Dated],
    answered: Iterable[Answered],
) -> list[Day]:
    from_memory = _from_memory(known)
    alcohol, opioid = _urges(checkins, ALCOHOL), _urges(checkins, OPIOID)
    alcohol_mean, opioid_mean = _means(alcohol), _means(opioid)
    opioids = _opioids(known)
    taken = {dose.day for dose in known.doses}
    untaken = known.untaken
    worst = _worst(answered)
    drinks = known.drinks
    found = []
    for day in day_range(first, last):
        tablet: Tablet | None = None
        if day in taken:
            tablet = "taken"
        elif day in untaken:
            tablet = "held" if untaken[day].held else "not_taken"
        found.append(
            Day(
                day,
                drinks[day].grams if day in drinks else None,
                day in from_memory,
                alcohol_urge=alcohol_mean.get(day),
                opioid_urge=opioid_mean.get(day),
                alcohol_highest=max(alcohol[day]) if day in alcohol else None,
                opioid_highest=max(opioid[day]) if day in opioid else None,
                tablet=tablet,
                opioids=opioids.get(day),
                worst=worst.get(day),
            )
        )
    return found


def _from_memory(known: Known) -> set[date]:
    """Days told later than on the next day. An interview may have been on the day itself."""
    return {
        entry.day
        for entry in known.of(Drinks)
        if entry.provenance == "recalled"
        or (
            entry.provenance in THROUGH_STAFF and known.day(entry.received_at) > entry.day + ONE_DAY
        )
    }


def _urges(checkins: Iterable[Dated], item: str) -> dict[date, list[float]]:
    found: dict[date, list[float]] = {}
    for day, one in checkins:
        if item in one.ratings:
            found.setdefault(day, []).append(one.ratings[item] / URGE_SCALE)
    return found


def _means(answers: Mapping[date, list[float]]) -> dict[date, float]:
    """Most days have one answer."""
    return {day: told[0] if len(told) == 1 else fmean(told) for day, told in answers.items()}


def _opioids(known: Known) -> dict[date, bool]:
    found: dict[date, bool] = {}
    for entry in known.of(Substances):
        used = "opioid" in [use.substance for use in entry.items] if entry.items else False
        found[entry.day] = found.get(entry.day, False) or used
    return found


def _answered(checkins: Iterable[Dated]) -> tuple[Answered, ...]:
    """Those that answer about side effects."""
    found = []
    for day, one in checkins:
        if not SYMPTOM_SET.isdisjoint(one.ratings):
            told = {item: int(one.ratings[item]) for item in one.ratings if item in SYMPTOM_SET}
            found.append(Answered(day, one.at, told))
    return tuple(found)


def _worst(answered: Iterable[Answered]) -> dict[date, int]:
    found: dict[date, int] = {}
    for one in answered:
        found[one.day] = max(found.get(one.day, 0), *one.ratings.values())
    return found
