"""Weeks of a site, from Monday to Sunday on its own wall. Pure."""

from datetime import date, datetime, time, timedelta

from app.timeline.days import at_local, local_day

WEEK = timedelta(weeks=1)


def week_of(moment: datetime, zone: str) -> date:
    """The Monday of the week in which `moment` falls."""
    return monday(local_day(moment, zone))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def moments_of(first: date, zone: str) -> tuple[datetime, datetime]:
    """When the week that begins on `first` begins, and when the next one does."""
    return at_local(first, time(0), zone), at_local(first + WEEK, time(0), zone)
