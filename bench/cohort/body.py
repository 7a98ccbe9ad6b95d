"""What a body feels on a day, as numbers that nobody has rounded or told yet. Pure.

Each answer is the person's own usual level, a good or bad day that lasts (one factor for all
items, and one for each), and causes: first tablets, a cold, the evening before, drying out, a
hard week, a planted reaction. ``noise`` scales only the good and bad days, so that the same
people live the same life more or less steadily.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from random import Random

from bench.cohort.people import RUN_IN, Person

AROUSAL = ("anxiety", "irritability", "agitation", "insomnia", "fatigue")
BODY = (
    "nausea", "stomach_cramps", "muscle_pain", "tremor", "twitching", "sweating", "chills",
    "runny_nose_tears", "yawning", "palpitations", "headache", "dizziness", "cough_sore_throat",
)  # fmt: skip
ITEMS = AROUSAL + BODY
# How long a bad day lasts: correlation with the day before, of the person and of one item.
LASTING, ITEM_LASTING = 0.55, 0.3
COLD = {
    "cough_sore_throat": 2.2, "runny_nose_tears": 1.7, "headache": 1.2, "fatigue": 1.4,
    "chills": 0.9, "muscle_pain": 0.9, "sweating": 0.5,
}  # fmt: skip
HANGOVER = {
    "headache": 1.1, "fatigue": 1.0, "nausea": 0.8, "irritability": 0.5, "tremor": 0.3,
    "sweating": 0.3, "dizziness": 0.4,
}  # fmt: skip
DRYING_OUT = {
    "tremor": 1.3, "sweating": 1.2, "anxiety": 1.1, "insomnia": 1.1, "palpitations": 0.6,
    "irritability": 0.6, "nausea": 0.4,
}  # fmt: skip
FIRST_TABLETS = {
    "nausea": 1.3, "dizziness": 1.2, "headache": 0.9, "insomnia": 0.7, "fatigue": 0.6,
}  # fmt: skip
STRAIN = {"anxiety": 1.2, "irritability": 1.2, "insomnia": 1.0, "agitation": 0.5, "fatigue": 0.5}
# Grams from which the next morning is felt, and from which three evenings make a drying out.
FELT, HEAVY = 60.0, 90.0
CAUSES = (
    "cold",
    "drying out",
    "hangover",
    "first tablets",
    "hard days",
    "usual drinking",
    "noise",
    "nothing",
)


@dataclass(frozen=True, slots=True)
class Usual:
    """A person's ordinary level by item, and of craving and blood pressure."""

    items: Mapping[str, float]
    opioids: float
    alcohol: float
    systolic: float
    diastolic: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day without its reaction: what each item would be, how much of it is noise, and why."""

    items: Mapping[str, float]
    noise: Mapping[str, float]
    opioids: float
    alcohol: float
    systolic: float
    diastolic: float
    temperature: float
    causes: tuple[str, ...]


def usual_of(person: Person) -> Usual:
    dice = Random(f"{person.key}/usual")
    items = {item: dice.gammavariate(1.4, 0.55) for item in AROUSAL}
    items |= {item: dice.gammavariate(0.7, 0.4) - 0.15 for item in BODY}
    return Usual(
        items=items,
        opioids=dice.uniform(0, 30),
        alcohol=dice.uniform(15, 60),
        systolic=dice.gauss(127, 9),
        diastolic=dice.gauss(81, 6),
    )


def days_of(person: Person, last: int, drank: Mapping[int, float], noise: float) -> dict[int, Day]:
    """Every study day from the run-in to ``last``. ``drank``: true grams by study day."""
    usual, dice = usual_of(person), Random(f"{person.key}/days")
    mood = dice.gauss(0, 1)
    own = {item: dice.gauss(0, 1) for item in ITEMS}
    days = {}
    for day in range(-RUN_IN, last + 1):
        mood = _next(mood, LASTING, dice)
        own = {item: _next(value, ITEM_LASTING, dice) for item, value in own.items()}
        swing = {item: noise * _swing(item, mood, value) for item, value in own.items()}
        causes = _causes(person, day, drank)
        felt = dict(usual.items)
        for rises, by in causes.values():
            for item, rise in rises.items():
                felt[item] += rise * by
        hard = 15 * ("hard days" in causes)
        days[day] = Day(
            items={item: value + swing[item] for item, value in felt.items()},
            noise=swing,
            opioids=usual.opioids + hard + noise * (5 * mood + dice.gauss(0, 7)),
            alcohol=usual.alcohol + hard + noise * dice.gauss(0, 12),
            systolic=usual.systolic + noise * dice.gauss(0, 7),
            diastolic=usual.diastolic + noise * dice.gauss(0, 5),
            temperature=36.6 + dice.gauss(0, 0.2) + _fever(person, day),
            causes=tuple(causes) or (("usual drinking",) if drank.get(day - 1) else ()),
        )
    return days


def _next(value: float, lasting: float, dice: Random) -> float:
    return lasting * value + sqrt(1 - lasting**2) * dice.gauss(0, 1)


def _swing(item: str, mood: float, own: float) -> float:
    """How far a day moves an item; what is felt in the mind moves more than the body does."""
    return 0.50 * mood + 0.80 * own if item in AROUSAL else 0.20 * mood + 0.62 * own


def _causes(
    person: Person, day: int, drank: Mapping[int, float]
) -> dict[str, tuple[Mapping[str, float], float]]:
    """By name, in the order of `CAUSES`: which items rise, and how much of it there is."""
    found: dict[str, tuple[Mapping[str, float], float]] = {}
    cold = next((one for one in person.colds if day in one), None)
    if cold:
        found["cold"] = COLD, 1.0 if day - cold.first < 4 else 0.6
    evening = drank.get(day - 1, 0.0)
    heavy = sum(drank.get(day - n, 0.0) >= HEAVY for n in (2, 3, 4))
    if heavy == 3 and evening == 0:
        found["drying out"] = DRYING_OUT, 1.0
    if evening > FELT:
        found["hangover"] = HANGOVER, min(1.5, evening / 100)
    if person.early and 0 <= day < 8:
        found["first tablets"] = FIRST_TABLETS, person.early * 0.75**day
    if any(day in one for one in person.strains):
        found["hard days"] = STRAIN, 1.0
    return found


def _fever(person: Person, day: int) -> float:
    cold = next((one for one in person.colds if day in one), None)
    return 1.5 if cold and person.feverish and day - cold.first < 3 else 0.0


def cause_of(day: Day) -> str:
    """The one cause that a flag of this day is counted under: the foremost of `CAUSES`.

    A day without any counts as noise where its own swing moved the answers by three points.
    """
    for cause in CAUSES[:-2]:
        if cause in day.causes:
            return cause
    moved = sum(
        max(0, answer(value) - answer(value - day.noise[item])) for item, value in day.items.items()
    )
    return "noise" if moved >= 3 else "nothing"


def answer(felt: float) -> int:
    """The button that is nearest to what is felt."""
    return min(4, max(0, int(felt + 0.5))) if felt > 0 else 0


def at_height(person: Person, moment: datetime) -> tuple[dict[str, float], float, float, float]:
    """What reactions add at a moment: points by item, craving, systolic, episodes of vomiting."""
    items: dict[str, float] = {}
    craving = pressure = vomiting = 0.0
    for reaction in person.reactions:
        height = reaction.height(moment)
        if height:
            for item, rise in reaction.rises.items():
                items[item] = items.get(item, 0.0) + rise * height
            craving += reaction.craving * height
            pressure += reaction.pressure * height
            vomiting += reaction.vomiting * height
    return items, craving, pressure, vomiting
