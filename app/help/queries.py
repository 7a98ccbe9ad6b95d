"""What is left open while somebody reads the help page."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.models.checkin import Checkin

_C: Any = Checkin.__table__  # type: ignore[attr-defined]
_OPEN_FOR = timedelta(hours=24)
_UNFINISHED = (
    select(_C.c.public_id)
    .where(
        _C.c.participant_id == bindparam("who"),
        _C.c.started_at >= bindparam("since"),
        _C.c.finished_at.is_(None),
    )
    .order_by(_C.c.id.desc())
    .limit(1)
)


def unfinished_checkin(session: Session, participant_id: int, now: datetime) -> str | None:
    """The public id of the check-in that was interrupted, if it is of the last day."""
    return session.execute(_UNFINISHED, {"who": participant_id, "since": now - _OPEN_FOR}).scalar()
