"""The page that is asked once a week: when it was last sent."""

from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.clock import local_day
from app.models.checkin import SCREEN

EVERY_DAYS = 7
_LAST = (
    select(SCREEN.c.at)
    .where(SCREEN.c.participant_id == bindparam("who"), SCREEN.c.entered_by.is_(None))
    .order_by(SCREEN.c.at.desc())
    .limit(1)
)


def week_done_on(session: Session, who: int, zone: str, today: date) -> date | None:
    """The local day on which this week's page was sent; None while it is open."""
    at: datetime | None = session.execute(_LAST, {"who": who}).scalar()
    day = local_day(at, zone) if at else None
    return day if day and (today - day).days < EVERY_DAYS else None
