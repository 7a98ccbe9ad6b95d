"""One participant in the pooled picture: every measure of theirs, up to a day. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.measures import weeks, words
from app.measures.drinking import Counted, counted
from app.measures.retention import Stay, stay
from app.protocol.model import Protocol
from app.timeline.days import ONE_DAY
from app.timeline.known import Known


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who took the first dose.

    `until` is the last day that counts: the day of the picture, the last of the treatment, or the
    day on which their part ended.
    `word` has one character for each week that is over, from urine and self-report.
    """

    id: int
    started: date
    until: date
    over: bool
    """whether the weeks of treatment are over"""
    stay: Stay
    word: str
    drinking: Counted
    specimens_due: int
    specimens_given: int
    used_opioids: bool
    """told, or shown by a specimen, since the first dose"""


def person(
    number: int, known: Known, plan: Protocol, day: date, left_on: date | None = None
) -> Person | None:
    """What counts of one record up to `day`; None before a first dose.

    Nothing is expected after `left_on`, the day on which somebody's part ended.
    """
    if not known.doses or known.doses[0].day > day:
        return None
    started = known.doses[0].day
    last = started + timedelta(weeks=plan.weeks) - ONE_DAY
    until = max(started, min(day, last, left_on or last))
    ended = (until - started).days // 7 if until < last else plan.weeks
    span = weeks.Weeks.from_day(started, max(ended, 1))
    tests = weeks.specimens(known)
    word = weeks.composite(weeks.urine_word(tests, span), weeks.told_word(weeks.told(known), span))
    due = {one for one in tests.due if started <= one <= until}
    given = {one for one in tests.results if started <= one <= until}
    return Person(
        id=number,
        started=started,
        until=until,
        over=day >= last,
        stay=stay(known, started, until),
        word=word if ended else "",
        drinking=counted(known, started, until, plan.heavy_day.grams(known.participant.sex)),
        specimens_due=len(due | given),
        specimens_given=len(given),
        used_opioids=any(started <= use.day <= until for use in known.opioid_uses),
    )


def abstinent_share(one: Person) -> float | None:
    """Share of the weeks that are over without opioids; None before the first is over."""
    return words.abstinent_share(one.word) if one.word else None
