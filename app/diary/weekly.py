"""The page that is asked once a week: when it was last sent."""

from datetime import date, datetime

from sqlalchemy import func, select

from app.clock import local_day
from app.models.checkin import SCREEN
from app.models.people import PARTICIPANT

EVERY_DAYS = 7
WEEK_SENT = (
    select(func.max(SCREEN.c.at))
    .where(SCREEN.c.participant_id == PARTICIPANT.c.id, SCREEN.c.entered_by.is_(None))
    .correlate(PARTICIPANT)
    .scalar_subquery()
)


def week_done_on(sent: datetime | None, zone: str, today: date) -> date | None:
    """The local day on which this week's page was sent; None while it is open."""
    day = local_day(sent, zone) if sent else None
    return day if day and (today - day).days < EVERY_DAYS else None
