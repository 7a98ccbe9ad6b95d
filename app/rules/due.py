"""By when staff act on a flag. Pure.

Some urgent rules are counted by the clock, day and night; the others in the site's working hours.
"""

from datetime import date, datetime, time, timedelta

from app.protocol.model import Protocol, WorkingHours
from app.rules.finding import Severity
from app.timeline.days import ONE_DAY, at_local, end_of_day, local_day

BY_THE_CLOCK = frozenset({"WDL", "AWD", "OPI", "SUI", "BP"})
RULES_BY_THE_CLOCK = frozenset({"ALC-3"})


def due_after(
    rule: str, severity: Severity, start: datetime, protocol: Protocol, zone: str
) -> datetime | None:
    """When the time to act is over; None is "before the next session". ``zone``: the site's."""
    due = protocol.due
    wait = {
        Severity.EMERGENCY: due.emergency,
        Severity.URGENT: due.urgent,
        Severity.ROUTINE: due.routine,
    }[severity]
    if wait is None:
        return None
    by_the_clock = rule in RULES_BY_THE_CLOCK or rule.partition("-")[0] in BY_THE_CLOCK
    if severity is not Severity.URGENT or by_the_clock:
        return start + wait
    return in_working_hours(start, wait, protocol.working_hours, zone)


def in_working_hours(start: datetime, wait: timedelta, hours: WorkingHours, zone: str) -> datetime:
    """The moment at which ``wait`` of working time has passed since ``start``."""
    day, left = local_day(start, zone), wait
    while True:
        opens = max(start, at_local(day, time(hours.from_hour), zone))
        closes = _closing(day, hours, zone)
        if day.isoweekday() in hours.weekdays and opens < closes:
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        day += ONE_DAY


def _closing(day: date, hours: WorkingHours, zone: str) -> datetime:
    if hours.until_hour == 24:
        return end_of_day(day, zone)
    return at_local(day, time(hours.until_hour), zone)
