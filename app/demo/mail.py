"""Mail about a past that never was: it is on record as sent, and never goes out."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.models.flags import FLAG, NOTICE
from app.models.outbox import ATTEMPT, MESSAGE

_WAITING = (
    select(MESSAGE.c.id, MESSAGE.c.created_at)
    .distinct()
    .join(NOTICE, NOTICE.c.message_id == MESSAGE.c.id)
    .join(FLAG, FLAG.c.id == NOTICE.c.flag_id)
    .where(
        MESSAGE.c.status == "waiting",
        FLAG.c.participant_id.in_(bindparam("people", expanding=True)),
    )
)
_SENT = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("message"))
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
        session.execute(insert(ATTEMPT), attempt)
    return len(waiting)
