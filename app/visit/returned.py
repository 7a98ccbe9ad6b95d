"""Answers that a phone gave without a network and that could not be stored: their person is told.

They stay until then, however long it takes; what else waits behind the lock comes first.
"""

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.models.mailbox import MAILBOX_ENTRY

_UNSEEN = (
    select(MAILBOX_ENTRY.c.id)
    .where(
        MAILBOX_ENTRY.c.participant_id == bindparam("who"),
        MAILBOX_ENTRY.c.state == "refused",
        MAILBOX_ENTRY.c.seen_at.is_(None),
    )
    .limit(1)
)


def has_unseen(session: Session, participant_id: int) -> bool:
    return session.execute(_UNSEEN, {"who": participant_id}).first() is not None
