"""Which day an answer is about, and which days can be filled in. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import former_zones, local_day
from app.typed import plain

# A phone's clock that is further off than this is not asked for the day.
TRUSTED_DELAY = timedelta(days=3)
SHORTLY = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days a participant may fill in: ``first`` to ``today``, both included.

    The protocol alone decides how far back that is, and whatever may be filled in can be opened.
    When somebody was enrolled or took the first tablet only decides which days are *asked* about:
    a run-in day before both is nobody's blank day, but who remembers it may write it down.
    """

    first: date
    today: date
    begun: date = date.min
    """the day that had begun on the wall before a move west: what was told of it stays open"""

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)

    def holds(self, day: date) -> bool:
        return self.first <= day <= max(self.today, self.begun)

    def shows(self, day: date, since: date) -> bool:
        """Whether there is a page of ``day``, also where nothing was told; asked ``since`` then."""
        return min(self.first, since) <= day <= max(self.today, self.begun)

    @classmethod
    def at(cls, now: datetime, zone: str, backfill_days: int) -> "Window":
        today = local_day(now, zone)
        moves = [local_day(until - SHORTLY, zone) for _, until in former_zones(zone)]
        return cls(today - timedelta(days=backfill_days), today, max(moves, default=date.min))


def day_meant(named: date | None, client_at: datetime | None, now: datetime, zone: str) -> date:
    """The day of an answer about "today".

    The page names its day, so that an answer tapped at 23:59 stays with its evening. A form that
    waited without a day (a phone without a connection) counts for the phone's own moment.
    """
    if named is not None:
        return named
    if client_at is not None and now - TRUSTED_DELAY <= client_at <= now:
        return local_day(client_at, zone)
    return local_day(now, zone)


def day_typed(text: str) -> date | None:
    """A date as a form sends it, also where another field of it is wrong; None where it is none."""
    try:
        return date.fromisoformat(plain(text))
    except ValueError:
        return None


def provenance_of(day: date, now: datetime, zone: str) -> str:
    """How fresh an entry about ``day`` is: same_day, late (told on the next day) or recalled."""
    days = (local_day(now, zone) - day).days
    return "same_day" if days <= 0 else "late" if days == 1 else "recalled"
