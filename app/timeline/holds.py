"""The days of a physician's hold, on which no tablet is due. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.timeline.days import ONE_DAY


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """Both days included; `last` is `None` while the hold is open."""

    first: date
    last: date | None

    @classmethod
    def of(cls, first: date, until: date | None, lifted_on: date | None) -> HeldSpan:
        """Lifting ends a hold from its own day on: a day before that was held."""
        if lifted_on is None:
            return cls(first, until)
        before = lifted_on - ONE_DAY
        return cls(first, before if until is None else min(until, before))

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)
