"""The eight people of the demo, shaped like a small pilot: 8 participants over 24 weeks.

Six of them have a withdrawal-like reaction: some at once, some building up over days. One uses
an opioid once; one person's drinking falls and stays low, another's returns; one falls silent; two
take back consent. Names, telephones and words are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.demo.persona import (
    BEER,
    CANS,
    COCKTAIL,
    VODKA,
    VODKA_LARGE,
    WINE,
    Drinking,
    Habits,
    OpioidUse,
    Persona,
    Reaction,
    Span,
)

DAILY = (0.75, 0.7, 0.75, 0.8, 0.95, 0.97, 0.85)
WEEKEND = (0.25, 0.2, 0.3, 0.35, 0.9, 0.95, 0.6)


@dataclass(frozen=True, slots=True)
class Story:
    """A persona with a code and a caseload. ``study_day``: which one (from 0) "today" is."""

    code: str
    name: str
    phone: str
    counselor: int
    study_day: int
    persona: Persona


SECOND_DAY = Story(
    "DB-001", "Марина Ильина", "+7 900 000-01-01", 0, 2,
    Persona(
        key="second day", language="ru", sex="female", zone="Europe/Moscow",
        usual=(WINE, VODKA), drinking=Drinking(WEEKEND, 0.045, 0.4),
        baseline=(("anxiety", 1), ("insomnia", 1)), alcohol_urge=4.2, opioid_urge=0.8,
        early_effects=0.8, opioid_free_weeks=11,
        habits=Habits(answers=1.0, takes_tablet=1.0, urges=1.0, skips_item=0.0, leaves_open=0.0,
                      morning_hour=7.1, evening_hour=20.2, measures=0.9),
        reaction=Reaction(1, 0, 4, 5, 0.8, "arousal", 6.0),
        session_weekday=2, session_hour=11,
    ),
)  # fmt: skip
BUILDING = Story(
    "DB-002", "Олег Тарасов", "+7 900 000-01-02", 0, 12,
    Persona(
        key="building", language="ru", sex="male", zone="Europe/Moscow",
        usual=(VODKA_LARGE, BEER), drinking=Drinking(DAILY, 0.13, 0.6, 8),
        baseline=(("fatigue", 1), ("irritability", 1), ("muscle_pain", 1)), alcohol_urge=5.5,
        opioid_urge=1.2, early_effects=0.5, opioid_free_weeks=26,
        habits=Habits(answers=0.97, takes_tablet=0.97, leaves_open=0.0, morning_hour=7.4),
        reaction=Reaction(3, 9, 3, 4, 0.6, "arousal", 2.0),
        session_weekday=3, session_hour=15,
    ),
)  # fmt: skip
FALLING = Story(
    "DB-003", "Сергей Лаптев", "+7 900 000-01-03", 0, 163,
    Persona(
        key="falling", language="ru", sex="male", zone="Europe/Moscow",
        usual=(BEER, VODKA), drinking=Drinking(DAILY, 0.11, 0.9, 10),
        baseline=(("insomnia", 1), ("headache", 1)), alcohol_urge=5.0, opioid_urge=0.4,
        early_effects=1.3, opioid_free_weeks=52,
        habits=Habits(answers=0.95, takes_tablet=0.98, comes=0.96, fills_in=0.6, urges=0.75,
                      morning_hour=6.9),
        reaction=Reaction(1, 0, 2, 4, 0.45, "flu", 1.0),
        infections=(Span(70, 74),), strains=(Span(47, 49), Span(118, 121)),
        session_weekday=1, session_hour=18,
    ),
)  # fmt: skip
RETURNING = Story(
    "DB-004", "Nina Adler", "+7 900 000-01-04", 1, 110,
    Persona(
        key="returning", language="en", sex="female", zone="Europe/Moscow",
        usual=(WINE, BEER), drinking=Drinking(WEEKEND, 0.09, 0.8, 9, returns=78),
        baseline=(("anxiety", 1), ("fatigue", 1)), alcohol_urge=5.2, opioid_urge=0.7,
        early_effects=1.0, opioid_free_weeks=17,
        habits=Habits(answers=0.9, takes_tablet=0.9, urges=0.65, comes=0.85, morning_hour=7.3),
        reaction=Reaction(4, 6, 3, 5, 0.46, "arousal", 2.5),
        strains=(Span(73, 79), Span(95, 97)), silences=(Span(58, 60),),
        session_weekday=4, session_hour=12,
    ),
)  # fmt: skip
OPIOID_ONCE = Story(
    "DB-005", "Денис Гуров", "+7 900 000-01-05", 1, 60,
    Persona(
        key="opioid once", language="ru", sex="male", zone="Europe/Moscow",
        usual=(VODKA, BEER), drinking=Drinking(WEEKEND, 0.12, 0.5, 14),
        baseline=(("irritability", 1), ("insomnia", 1), ("muscle_pain", 1)), alcohol_urge=4.5,
        opioid_urge=2.0, early_effects=0.7, opioid_free_weeks=9,
        habits=Habits(answers=0.93, takes_tablet=0.94, tells_untaken=1.0, leaves_open=0.0,
                      morning_hour=7.6, measures=0.5),
        reaction=Reaction(0, 0, 2, 4, 0.62, "gut", 4.0),
        opioid_uses=(OpioidUse(34, 1, "один раз, полтаблетки"),),
        strains=(Span(31, 35),), holds=(Span(36, 44),),
        session_weekday=0, session_hour=16,
    ),
)  # fmt: skip
SILENT = Story(
    "DB-006", "Peter Novak", "+7 900 000-01-06", 1, 47,
    Persona(
        key="silent", language="en", sex="male", zone="Europe/Kaliningrad",
        usual=(CANS, VODKA), drinking=Drinking(DAILY, 0.1, 0.35, 15),
        baseline=(("insomnia", 1),), alcohol_urge=4.8, opioid_urge=0.9, early_effects=1.1,
        opioid_free_weeks=20,
        habits=Habits(answers=0.82, takes_tablet=0.88, comes=0.8, fills_in=0.1),
        silences=(Span(39, 400),),
        session_weekday=3, session_hour=10,
    ),
)  # fmt: skip
LEAVES_EARLY = Story(
    "DB-007", "Антон Белов", "+7 900 000-01-07", 1, 92,
    Persona(
        key="leaves early", language="ru", sex="male", zone="Europe/Moscow",
        usual=(VODKA_LARGE, BEER), drinking=Drinking(DAILY, 0.15, 0.2, 20),
        baseline=(("anxiety", 1), ("sweating", 1)), alcohol_urge=6.0, opioid_urge=1.4,
        early_effects=1.2, opioid_free_weeks=10,
        habits=Habits(answers=0.88, takes_tablet=0.9, tells_untaken=0.95),
        reaction=Reaction(1, 1, 5, 7, 0.72, "flu", 4.0), holds=(Span(5, 8),),
        leaves=(20, "treatment", ""), session_weekday=1, session_hour=13,
    ),
)  # fmt: skip
LEAVES_LATER = Story(
    "DB-008", "Светлана Юдина", "+7 900 000-01-08", 0, 131,
    Persona(
        key="leaves later", language="ru", sex="female", zone="Europe/Moscow",
        usual=(COCKTAIL, WINE), drinking=Drinking(WEEKEND, 0.07, 0.55, 12),
        baseline=(("headache", 1), ("fatigue", 1)), alcohol_urge=3.6, opioid_urge=0.5,
        early_effects=1.6, opioid_free_weeks=31,
        habits=Habits(answers=0.9, takes_tablet=0.93, urges=0.65, comes=0.9),
        infections=(Span(6, 10), Span(40, 43)), strains=(Span(64, 68),),
        leaves=(72, "all", "Новая работа в другом городе."), session_weekday=2, session_hour=14,
    ),
)  # fmt: skip

STORIES = (
    SECOND_DAY,
    BUILDING,
    FALLING,
    RETURNING,
    OPIOID_ONCE,
    SILENT,
    LEAVES_EARLY,
    LEAVES_LATER,
)
