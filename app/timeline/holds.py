"""The days of a physician's hold, on which no tablet is due. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.timeline.days import ONE_DAY, local_day


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


@dataclass(frozen=True, slots=True)
class Hold:
    """A physician's hold as it is on record: nobody is asked about a tablet while it holds."""

    first: date
    until: date | None
    set_at: datetime
    lifted_at: datetime | None = None

    def covers(self, day: date, zone: str, known_at: datetime) -> bool:
        """Whether the hold covers `day`, as known at a moment."""
        if self.set_at > known_at:
            return False
        lifted = self.lifted_at if self.lifted_at and self.lifted_at <= known_at else None
        lifted_on = lifted and local_day(lifted, zone)
        return HeldSpan.of(self.first, self.until, lifted_on).covers(day)
