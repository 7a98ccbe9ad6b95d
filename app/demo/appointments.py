"""How a simulated session went: where, moved or cancelled, what its note says. Pure.

Dice of their own, so that who came is what it always was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from app.demo.body import dice_of
from app.demo.persona import Persona
from app.demo.told import NoteWritten, SessionHeld
from app.demo.words import in_own_words

PLANNED_AHEAD = timedelta(days=7)
MOVED_AHEAD = timedelta(days=2)
CANCELLED_AHEAD = timedelta(hours=20)
# Shares: by phone or video, moved, cancelled instead of not attended, brief read, late,
# note left open, amended, with free text.
BY_PHONE, BY_VIDEO, MOVED, CALLED_OFF = 0.1, 0.05, 0.12, 0.4
READ, LATE, LEFT_OPEN, AMENDED, WORDED = 0.8, 0.15, 0.03, 0.06, 0.5
TOPICS = ("alcohol", "urges", "side_effects", "tablet", "mood_sleep", "people", "daily_life")
PLAN = ("diary", "tablet", "step", "coping_plan", "person")
RISKS = ("self_harm", "overdose", "opioid_return", "withdrawal")


def session_held(
    persona: Persona, day: int, week: int, planned_at: datetime, recorded: datetime, attended: bool
) -> SessionHeld:
    """One session of study day ``day`` (from 0); some that nobody came to were cancelled before."""
    dice = dice_of(persona, day, "appointment")
    place = dice.choices(("phone", "video", "clinic"), (BY_PHONE, BY_VIDEO, 1))[0]
    moved, read, cancelled = dice.random(), dice.random(), dice.random()
    minutes = dice.randint(5, 45)
    if not attended and cancelled < CALLED_OFF:
        return SessionHeld(planned_at - CANCELLED_AHEAD, planned_at, week, None, place)
    return SessionHeld(
        recorded,
        planned_at,
        week,
        attended,
        place,
        moved_from=planned_at - timedelta(days=1) if attended and moved < MOVED else None,
        read_at=planned_at - timedelta(minutes=minutes) if read < READ else None,
        note=_note(persona, day, week, recorded, attended, dice),
    )


def _note(
    persona: Persona, day: int, week: int, recorded: datetime, attended: bool, dice: Random
) -> NoteWritten:
    at = recorded + timedelta(minutes=dice.randint(5, 40))
    amended_at = recorded + timedelta(hours=dice.randint(20, 44)) if attended else None
    if dice.random() >= AMENDED:
        amended_at = None
    left_open = attended and amended_at is None and dice.random() < LEFT_OPEN
    if not attended:
        return NoteWritten(at, "no_show", (), 0, ("sooner",), (), "", closed=True)
    used = any(use.day <= day <= use.day + 7 for use in persona.opioid_uses)
    risks = [(risk, "asked") for risk in RISKS]
    if used:
        risks[2] = ("opioid_return", "asked_concern")
    return NoteWritten(
        at,
        "late" if dice.random() < LATE else "attended",
        (f"week_{week}", *dice.sample(TOPICS, 2)),
        dice.randint(1, 2),
        (dice.choice(PLAN),),
        tuple(risks),
        _words("session", persona, dice) if dice.random() < WORDED else "",
        closed=not left_open,
        amended_at=amended_at,
        reason=_words("amended", persona, dice) if amended_at else "",
    )


def _words(mood: str, persona: Persona, dice: Random) -> str:
    return in_own_words(mood, persona.language, dice, ()) or ""
