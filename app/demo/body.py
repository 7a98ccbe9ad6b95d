"""What a simulated body feels on a study day: symptoms, urges, blood pressure, fever. Pure.

Each is a sum of causes (the person's ordinary days, first tablets, a reaction, an infection, the
evening before, strain) with personal noise, rounded to what the form can take.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from app.demo.persona import PROFILES, Persona
from app.demo.told import Drink
from app.instruments.vocabulary import SYMPTOMS

NOISE = 0.42
# Pure alcohol in litres from which the next morning is felt.
FELT = 0.09
FIRST_TABLETS = {
    "nausea": 1.0,
    "dizziness": 0.9,
    "headache": 0.8,
    "insomnia": 0.6,
    "fatigue": 0.6,
    "sweating": 0.2,
}
INFECTION = {
    "cough_sore_throat": 2.6,
    "runny_nose_tears": 1.8,
    "headache": 1.4,
    "fatigue": 1.9,
    "chills": 1.5,
    "muscle_pain": 1.3,
    "sweating": 0.9,
}
STRAIN = {"anxiety": 1.2, "irritability": 1.3, "insomnia": 1.1, "agitation": 0.5, "fatigue": 0.6}
MORNING_AFTER = {"headache": 1.1, "fatigue": 1.0, "nausea": 0.7, "irritability": 0.5}
DRY_AFTER_HEAVY = {
    "tremor": 1.1,
    "sweating": 1.0,
    "anxiety": 0.8,
    "insomnia": 0.8,
    "palpitations": 0.5,
    "irritability": 0.5,
}


def dice_of(persona: Persona, day: int, purpose: str) -> Random:
    """Dice of one day and purpose: no day depends on how far the story is told."""
    return Random(f"{persona.key}/{day}/{purpose}")  # noqa: S311


def symptoms(
    persona: Persona, day: int, drank: Mapping[int, float], dice: Random
) -> dict[str, int]:
    """Every symptom 0-4 at its worst on a study day. ``drank``: litres of alcohol by study day."""
    felt = dict.fromkeys(SYMPTOMS, 0.0)
    for item, value in persona.baseline:
        felt[item] += value
    for item, rise in _causes(persona, day, drank):
        felt[item] += rise
    return {item: _round(value + dice.gauss(0, NOISE)) for item, value in felt.items()}


def _causes(persona: Persona, day: int, drank: Mapping[int, float]) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    if 0 <= day < 12 and not _held(persona, day):
        found += _scaled(FIRST_TABLETS, persona.early_effects * 0.72**day)
    height = reaction_height(persona, day)
    if height and persona.reaction:
        found += _scaled(PROFILES[persona.reaction.profile], 4 * persona.reaction.strength * height)
    if any(day in span for span in persona.infections):
        found += _scaled(INFECTION, 1)
    if any(day in span for span in persona.strains):
        found += _scaled(STRAIN, 1)
    yesterday = drank.get(day - 1, 0.0)
    if yesterday > FELT:
        found += _scaled(MORNING_AFTER, 1)
    elif not yesterday and sum(drank.get(day - n, 0.0) for n in (2, 3, 4)) > 3 * FELT:
        found += _scaled(DRY_AFTER_HEAVY, 1)
    return found


def _scaled(weights: Mapping[str, float], by: float) -> list[tuple[str, float]]:
    return [(item, weight * by) for item, weight in weights.items()]


def _held(persona: Persona, day: int) -> bool:
    return any(day in span for span in persona.holds)


def reaction_height(persona: Persona, day: int) -> float:
    """0-1: how much of the planted reaction a study day carries."""
    return persona.reaction.height(day) if persona.reaction else 0.0


def urges(persona: Persona, day: int, dice: Random) -> tuple[int, int]:
    """The urges for alcohol and for opioids, 0-10, at one moment of a study day."""
    alcohol = persona.alcohol_urge * (0.35 + 0.65 * persona.drinking.level(day))
    opioid = persona.opioid_urge
    if persona.reaction:
        opioid += persona.reaction.craving * persona.reaction.height(day)
    if any(use.day - 1 <= day <= use.day + 2 for use in persona.opioid_uses):
        opioid += 3.5
    if any(day in span for span in persona.strains):
        alcohol, opioid = alcohol + 1.2, opioid + 0.8
    return _round(alcohol + dice.gauss(0, 1.1), 10), _round(opioid + dice.gauss(0, 0.6), 10)


def gut(persona: Persona, day: int, dice: Random) -> dict[str, int]:
    """Episodes of vomiting and diarrhea in the last 24 hours."""
    height = reaction_height(persona, day)
    strong = height * (persona.reaction.strength if persona.reaction else 0)
    if persona.reaction and persona.reaction.profile == "gut" and strong > 0.3:
        return {"vomiting_24h": dice.randint(0, 3), "diarrhea_24h": dice.randint(1, 4)}
    rare = dice.random()
    early = 0 <= day < 3 and rare < 0.08 * persona.early_effects
    return {"vomiting_24h": 1 if early else 0, "diarrhea_24h": 1 if rare > 0.95 else 0}


def pressure(persona: Persona, day: int, dice: Random) -> dict[str, int]:
    """One reading of a cuff at home."""
    upper, lower = persona.pressure
    height = reaction_height(persona, day) * (persona.reaction.strength if persona.reaction else 0)
    upper += round(30 * height + dice.gauss(0, 6))
    lower += round(17 * height + dice.gauss(0, 4))
    return {"systolic_bp": upper, "diastolic_bp": min(lower, upper - 20)}


def temperature(persona: Persona, day: int, dice: Random) -> dict[str, float]:
    """A reading of the thermometer, taken when somebody feels ill."""
    if not any(day in span for span in persona.infections) or dice.random() < 0.4:
        return {}
    return {"temperature": round(dice.uniform(37.2, 38.7), 1)}


def evening(persona: Persona, day: int, weekday: int, dice: Random) -> tuple[Drink, ...]:
    """What is drunk on a study day that is such a weekday (Monday is 0); empty on a dry day."""
    habit = persona.drinking
    level = habit.level(day)
    if reaction_height(persona, day) > 0.5:
        level *= 0.5
    if dice.random() >= habit.share[weekday] * (0.25 + 0.75 * level):
        return ()
    wanted = habit.litres * (0.3 + 0.7 * level) * dice.uniform(0.6, 1.4)
    first = persona.usual[0] if dice.random() < 0.65 else persona.usual[-1]
    rest = persona.usual[-1] if dice.random() < 0.3 and first != persona.usual[-1] else None
    items = [_count(first, wanted * (0.7 if rest else 1))]
    if rest:
        items.append(_count(rest, wanted * 0.3))
    return tuple(items)


def _count(drink: tuple[str, float, float], litres: float) -> Drink:
    beverage, ml, percent = drink
    return Drink(beverage, ml, percent, max(1, round(litres * 100_000 / (ml * percent))))


def _round(value: float, highest: int = 4) -> int:
    return min(highest, max(0, round(value)))
