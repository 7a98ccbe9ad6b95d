"""What the urine tests of a simulated person show. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from app.demo.persona import Persona
from app.demo.told import SpecimenTested

# An opioid shows in urine for about three days.
SHOWS_FOR_DAYS = 3
PANEL = ("opioid", "sedative", "stimulant", "cannabis")


def tested(persona: Persona, day: int, at: datetime, dice: Random) -> SpecimenTested:
    """The cup of a visit on study day ``day``, and its results."""
    results = dict.fromkeys(PANEL, "negative")
    if any(use.day <= day <= use.day + SHOWS_FOR_DAYS for use in persona.opioid_uses):
        results["opioid"] = "positive"
    for name, share in persona.other_uses:
        if dice.random() < min(0.9, share * 5):
            results[name] = "positive"
    if dice.random() < 0.01:
        results = dict.fromkeys(PANEL, "invalid")
    entered = at + timedelta(minutes=dice.randint(80, 150))
    return SpecimenTested(entered, at, tuple(results.items()))


def enrolment_test(at: datetime) -> SpecimenTested:
    """Nobody is enrolled with opioids in the urine."""
    negative = tuple(dict.fromkeys(PANEL, "negative").items())
    return SpecimenTested(at + timedelta(minutes=30), at, negative)
