"""What is left open while somebody reads the help page."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.models.checkin import CHECKIN

_OPEN_FOR = timedelta(hours=24)
_UNFINISHED = (
    select(CHECKIN.c.public_id)
    .where(
        CHECKIN.c.participant_id == bindparam("who"),
        CHECKIN.c.started_at >= bindparam("since"),
        CHECKIN.c.finished_at.is_(None),
    )
    .order_by(CHECKIN.c.id.desc())
    .limit(1)
)


def unfinished_checkin(session: Session, participant_id: int, now: datetime) -> str | None:
    """The public id of the check-in that was interrupted, if it is of the last day."""
    return session.execute(_UNFINISHED, {"who": participant_id, "since": now - _OPEN_FOR}).scalar()
