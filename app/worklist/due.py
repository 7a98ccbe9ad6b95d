"""By when somebody is called. Pure."""

from datetime import datetime, timedelta

from app.protocol.model import WorkingHours
from app.rules.due import in_working_hours

# So much of the clinic's working time, counted on its own wall.
WAIT = {
    "call_me": timedelta(hours=4),
    "quiet": timedelta(hours=8),
    "missed_visit": timedelta(hours=8),
    "safety_call": timedelta(hours=8),
    "unreachable": timedelta(hours=16),
    "boundary": timedelta(hours=8),
}


def due_of(kind: str, now: datetime, hours: WorkingHours, zone: str) -> datetime:
    """When a task of this kind that is made now is due; ``zone`` is the site's."""
    return in_working_hours(now, WAIT[kind], hours, zone)
