"""What staff record about a simulated person: weekly sessions and urine tests. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from app.demo.appointments import session_held
from app.demo.body import dice_of
from app.demo.persona import Persona
from app.demo.told import SessionHeld, SpecimenTested, Told
from app.timeline.days import at_local

SITE_ZONE = "Europe/Moscow"
# An opioid shows in urine for about three days.
SHOWS_FOR_DAYS = 3
PANEL = ("opioid", "sedative", "stimulant", "cannabis")


def session_at(persona: Persona, first_dose_on: date, week: int) -> datetime:
    """The planned moment of the session of a study week (1 holds the first dose)."""
    start = first_dose_on + timedelta(days=7 * (week - 1))
    day = start + timedelta(days=(persona.session_weekday - start.weekday()) % 7)
    return at_local(day, time(persona.session_hour), SITE_ZONE)


def visits(persona: Persona, first_dose_on: date, weeks: int) -> list[Told]:
    """Every session of the study with its urine test, and the test at enrolment."""
    found: list[Told] = [_enrolment_test(first_dose_on)]
    for week in range(1, weeks + 1):
        planned_at = session_at(persona, first_dose_on, week)
        day = (planned_at.date() - first_dose_on).days
        dice = dice_of(persona, day, "session")
        silent = any(day in span for span in persona.silences)
        attended = dice.random() < persona.habits.comes * (0.3 if silent else 1)
        recorded = planned_at + timedelta(minutes=dice.randint(50, 75))
        found.append(session_held(persona, day, week, planned_at, recorded, attended))
        if attended and dice.random() < 0.95:
            found.append(_test(persona, day, planned_at, dice))
    return found


def next_session(
    persona: Persona, first_dose_on: date, weeks: int, until: datetime
) -> SessionHeld | None:
    """The session that is next at ``until``; None after the last one, or without consent."""
    ends = persona.ends()
    if ends is not None and first_dose_on + timedelta(days=ends) <= until.date():
        return None
    held = (one for one in visits(persona, first_dose_on, weeks) if isinstance(one, SessionHeld))
    return next((one for one in held if one.at > until), None)


def _test(persona: Persona, day: int, at: datetime, dice: Random) -> SpecimenTested:
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


def _enrolment_test(first_dose_on: date) -> SpecimenTested:
    at = at_local(first_dose_on - timedelta(days=7), time(10, 40), SITE_ZONE)
    negative = tuple(dict.fromkeys(PANEL, "negative").items())
    return SpecimenTested(at + timedelta(minutes=30), at, negative)
