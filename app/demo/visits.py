"""When a simulated person comes to the clinic: the weekly session and its urine test. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app.demo.appointments import session_held
from app.demo.body import dice_of
from app.demo.persona import Persona
from app.demo.specimens import enrolment_test, tested
from app.demo.told import SessionHeld, Told
from app.timeline.days import at_local

SITE_ZONE = "Europe/Moscow"


def session_at(persona: Persona, first_dose_on: date, week: int) -> datetime:
    """The planned moment of the session of a study week (1 holds the first dose)."""
    start = first_dose_on + timedelta(days=7 * (week - 1))
    day = start + timedelta(days=(persona.session_weekday - start.weekday()) % 7)
    return at_local(day, time(persona.session_hour), SITE_ZONE)


def visits(persona: Persona, first_dose_on: date, weeks: int) -> list[Told]:
    """Every session of the study with its urine test, and the test at enrolment."""
    enrolled = first_dose_on - timedelta(days=7)
    found: list[Told] = [enrolment_test(at_local(enrolled, time(10, 40), SITE_ZONE))]
    for week in range(1, weeks + 1):
        planned_at = session_at(persona, first_dose_on, week)
        day = (planned_at.date() - first_dose_on).days
        dice = dice_of(persona, day, "session")
        silent = any(day in span for span in persona.silences)
        attended = dice.random() < persona.habits.comes * (0.3 if silent else 1)
        recorded = planned_at + timedelta(minutes=dice.randint(50, 75))
        found.append(session_held(persona, day, week, planned_at, recorded, attended))
        if attended and dice.random() < 0.95:
            found.append(tested(persona, day, planned_at, dice))
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
