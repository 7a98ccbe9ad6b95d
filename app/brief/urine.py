"""Specimens beside what was told for the days that they cover. Pure.

A test and a diary can differ for many reasons; this puts them side by side and concludes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from app.brief.record import Record, Urine
from app.timeline.days import ONE_DAY, day_range


@dataclass(frozen=True, slots=True)
class Compared:
    """One specimen and its window, both ends included.

    The window begins no earlier than the diary: nothing was asked about the days before. `told`
    are its days for which opioid use was told, `reported` how many of them say anything about other
    substances.
    """

    urine: Urine
    first: date
    told: tuple[date, ...]
    reported: int

    @property
    def days(self) -> int:
        """How many days the window has."""
        return (self.urine.day - self.first).days + 1


def compared(record: Record) -> tuple[Compared, ...]:
    """The specimens whose whole window is on record, the newest first."""
    days = {day.day: day.opioids for day in (*record.days, record.so_far)}
    begin = min(days) + record.urine_days * ONE_DAY
    newest = sorted(record.urines, key=attrgetter("at"), reverse=True)
    return tuple([_beside(record, test, days) for test in newest if test.day >= begin])


def _beside(record: Record, test: Urine, days: dict[date, bool | None]) -> Compared:
    begun = min(record.asked_from, test.day)
    first = max(test.day - record.urine_days * ONE_DAY, begun)
    window = day_range(first, test.day)
    return Compared(
        urine=test,
        first=first,
        told=tuple([day for day in window if days.get(day)]),
        reported=len([day for day in window if days.get(day) is not None]),
    )
