"""Who takes part: body, habits with drink and diary, and what will befall them. Pure.

A person is drawn from a seed and a number alone. Study day 0 is the day of the planned first dose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from app.timeline.days import at_local
from bench.cohort.reactions import KINDS, SEVERITIES, Reaction, plant

FIRST_DOSE = date(2026, 3, 2)
RUN_IN = 7
ZONES = ("Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Europe/Kaliningrad")
# The share of people to whom at least one reaction happens, and the share of those with a second.
REACTING, AGAIN = 0.6, 0.2
KIND_WEIGHTS = (20, 25, 20, 20, 15)
SEVERITY_WEIGHTS = (25, 42, 33)


@dataclass(frozen=True, slots=True)
class Span:
    """Study days from `first` to `last`, both included."""

    first: int
    last: int

    def __contains__(self, day: int) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Use:
    """An opioid on a study day, at an hour; told after so many days, `None`: never."""

    day: int
    hour: float
    told_after: int | None


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares are 0-1. `late`: a check-in that waits on the phone; `ahead`: hours of its clock."""

    checks_in: float
    urges: float
    joint: float
    skips: float
    falls_silent: float
    takes: float
    tells_dose: float
    tells_untaken: float
    times_dose: float
    tells_drinks: float
    late: float
    ahead: float
    measures: float
    dose_hour: float
    morning_hour: float
    evening_hour: float
    attends: float


@dataclass(frozen=True, slots=True)
class Drinking:
    """Chance by weekday (Monday first), grams of an ordinary drinking day, what treatment takes."""

    chance: tuple[float, ...]
    grams: float
    effect: float


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cohort, with everything that will happen to them."""

    key: str
    code: str
    sex: str
    zone: str
    habits: Habits
    drinking: Drinking
    early: float
    colds: tuple[Span, ...]
    feverish: bool
    strains: tuple[Span, ...]
    uses: tuple[Use, ...]
    reactions: tuple[Reaction, ...]
    leaves: int | None
    old_use: int | None
    """days before enrolment of a use that only the interview tells"""

    def moment(self, day: int, hour: float) -> datetime:
        """An hour (with a fraction) on the wall of the person's zone."""
        minutes = min(23 * 60 + 50, max(0, round(hour * 60)))
        clock = time(minutes // 60, minutes % 60)
        return at_local(FIRST_DOSE + timedelta(days=day), clock, self.zone)


def draw(seed: int, number: int, weeks: int) -> Person:
    """The person of a number in the cohort of a seed; the same whenever they are drawn."""
    key = f"cohort/{seed}/{number}"
    dice = Random(key)
    zone = dice.choice(ZONES)
    habits = _habits(dice)
    uses, reactions = _reactions(habits, zone, weeks, Random(f"{key}/reactions"))
    return Person(
        key=key,
        code=f"C-{number:04d}",
        sex="male" if dice.random() < 0.65 else "female",
        zone=zone,
        habits=habits,
        drinking=_drinking(dice),
        early=dice.uniform(0.2, 1.0) if dice.random() < 0.6 else 0.0,
        colds=_spans(dice, weeks, chance=0.055, shortest=3, longest=7),
        feverish=dice.random() < 0.5,
        strains=_spans(dice, weeks, chance=0.07, shortest=1, longest=4),
        uses=uses,
        reactions=reactions,
        leaves=dice.randint(10, weeks * 7) if dice.random() < 0.12 else None,
        old_use=dice.randint(40, 260) if dice.random() < 0.6 else None,
    )


def _habits(dice: Random) -> Habits:
    return Habits(
        checks_in=dice.uniform(0.55, 0.98),
        urges=dice.uniform(0.4, 0.95),
        joint=dice.choice((0.1, 0.5, 0.9)),
        skips=dice.uniform(0.0, 0.05),
        falls_silent=dice.uniform(0.0, 0.03),
        takes=dice.uniform(0.75, 0.99),
        tells_dose=dice.uniform(0.45, 0.99),
        tells_untaken=dice.uniform(0.3, 0.95),
        times_dose=dice.uniform(0.3, 1.0),
        tells_drinks=dice.uniform(0.5, 0.98),
        late=dice.uniform(0.0, 0.08),
        ahead=dice.uniform(1, 4) if dice.random() < 0.03 else 0.0,
        measures=dice.choice((0.0, 0.0, 0.0, 0.5)),
        dose_hour=dice.uniform(7.5, 18.0),
        morning_hour=dice.uniform(7.0, 11.0),
        evening_hour=dice.uniform(18.0, 22.0),
        attends=dice.uniform(0.6, 0.98),
    )


def _drinking(dice: Random) -> Drinking:
    weekday = dice.uniform(0.1, 0.6)
    weekend = min(0.95, weekday + dice.uniform(0.1, 0.4))
    chance = (weekday,) * 4 + (weekend, weekend, weekday)
    return Drinking(chance, dice.uniform(25, 110), dice.uniform(0.1, 0.9))


def _spans(
    dice: Random, weeks: int, chance: float, shortest: int, longest: int
) -> tuple[Span, ...]:
    """Spells, ``chance`` for one to begin in each week."""
    starts = [week * 7 + dice.randint(0, 6) for week in range(-1, weeks) if dice.random() < chance]
    return tuple(Span(day, day + dice.randint(shortest, longest) - 1) for day in starts)


def _reactions(
    habits: Habits, zone: str, weeks: int, dice: Random
) -> tuple[tuple[Use, ...], tuple[Reaction, ...]]:
    """What is planted, and the opioid uses: before a precipitated reaction, and for nothing."""
    reactions: list[Reaction] = []
    uses = [_use(dice.randint(5, weeks * 7 - 1), dice)] if dice.random() < 0.12 else []
    count = (dice.random() < REACTING) * (1 + (dice.random() < AGAIN))
    for _ in range(count):
        kind = dice.choices(KINDS, KIND_WEIGHTS)[0]
        severity = dice.choices(SEVERITIES, SEVERITY_WEIGHTS)[0]
        day = _day(kind, weeks, dice)
        hour = habits.dose_hour + dice.uniform(0.5, 3)
        if kind == "precipitated":
            uses.append(_use(day - dice.randint(0, 3), dice, before=habits.dose_hour - 1))
        elif kind != "start":
            hour = dice.uniform(5, 21)
        onset = at_local(FIRST_DOSE + timedelta(days=day), time(int(hour)), zone)
        reaction = plant(kind, severity, onset, dice)
        if all(apart(reaction, other) for other in reactions):
            reactions.append(reaction)
    return tuple(uses), tuple(sorted(reactions, key=lambda one: one.onset))


def apart(one: Reaction, other: Reaction) -> bool:
    """Whether ten days lie between them: otherwise nobody could say which was found."""
    gap = timedelta(days=10)
    return one.onset > other.ends + gap or other.onset > one.ends + gap


def _day(kind: str, weeks: int, dice: Random) -> int:
    last = weeks * 7 - 5
    if kind == "start":
        return dice.randint(0, 3)
    if kind == "slow":
        return dice.randint(1, max(2, last // 2))
    if kind == "late":
        return dice.randint(min(20, last), last)
    return dice.randint(min(5, last), last)


def _use(day: int, dice: Random, before: float = 23.0) -> Use:
    return Use(day, dice.uniform(0, max(0.5, before)), dice.choice((0, 0, 1, 4, None, None)))
