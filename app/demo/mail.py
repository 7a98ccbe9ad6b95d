"""Mail about a past that never was: it is on record as sent, and never goes out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.models.flags import Flag, Notice
from app.models.outbox import Attempt, Message

_M: Any = Message.__table__  # type: ignore[attr-defined]
_A: Any = Attempt.__table__  # type: ignore[attr-defined]
_F: Any = Flag.__table__  # type: ignore[attr-defined]
_N: Any = Notice.__table__  # type: ignore[attr-defined]
_WAITING = (
    select(_M.c.id, _M.c.created_at)
    .distinct()
    .join(_N, _N.c.message_id == _M.c.id)
    .join(_F, _F.c.id == _N.c.flag_id)
    .where(_M.c.status == "waiting", _F.c.participant_id.in_(bindparam("people", expanding=True)))
)
_SENT = (
    update(_M)
    .where(_M.c.id == bindparam("message"))
    .values(status="sent", attempts=1, sent_at=bindparam("at"))
)
SECOND = timedelta(seconds=1)


def mark_as_sent(session: Session, participants: Sequence[int]) -> int:
    """What waits about ``participants`` went out a second after it was written; how many."""
    waiting = session.execute(_WAITING, {"people": list(participants)}).all()
    for row in waiting:
        session.execute(_SENT, {"message": row.id, "at": row.created_at + SECOND})
        attempt = {
            "message_id": row.id,
            "worker": "demo",
            "started_at": row.created_at,
            "ended_at": row.created_at + SECOND,
            "outcome": "sent",
            "detail": "",
        }
        session.execute(insert(_A), attempt)
    return len(waiting)
