"""From a wall clock to a moment, strictly. Pure.

Elsewhere a time that a clock change skips or repeats is read one way and nobody minds; two people
who agree on an hour would wait for each other.
"""

from datetime import UTC, date, datetime, time, timedelta

from app.clock import zone


class ClockChange(ValueError):
    """The clock of the zone shows this time not at all on that day, or twice."""

    def __init__(self, day: date, twice: bool):
        super().__init__(day)
        self.day = day
        self.twice = twice


def moment_at(day: date, clock: time, zone_name: str) -> datetime:
    """The one UTC moment at which the clock on the wall shows ``clock`` on ``day``.

    Raises ClockChange.
    """
    wall = datetime.combine(day, clock, tzinfo=zone(zone_name))
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if first.astimezone(zone(zone_name)).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise ClockChange(day, twice=False)
    if first != second:
        raise ClockChange(day, twice=True)
    return first


def weekly(first: date, last: date) -> list[date]:
    """``first`` and the same weekday of every week up to ``last``."""
    return [first + timedelta(days=back) for back in range(0, (last - first).days + 1, 7)]
