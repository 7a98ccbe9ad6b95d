"""Every message to a site's staff, with every attempt to hand it to the mail server."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.models.outbox import ATTEMPT, MESSAGE
from app.models.people import STAFF

MOST = 200
_MESSAGES = (
    select(
        MESSAGE.c.id,
        MESSAGE.c.kind,
        MESSAGE.c.recipient,
        MESSAGE.c.subject,
        MESSAGE.c.created_at,
        MESSAGE.c.due_at,
        MESSAGE.c.status,
        MESSAGE.c.sent_at,
    )
    .where(
        exists().where(STAFF.c.email == MESSAGE.c.recipient, STAFF.c.site_id == bindparam("site"))
    )
    .order_by(MESSAGE.c.id.desc())
    .limit(MOST)
)
_ATTEMPTS = (
    select(
        ATTEMPT.c.message_id,
        ATTEMPT.c.started_at,
        ATTEMPT.c.ended_at,
        ATTEMPT.c.outcome,
        ATTEMPT.c.detail,
    )
    .where(ATTEMPT.c.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(ATTEMPT.c.id)
)


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt; without an ``outcome`` it is under way, or its worker died."""

    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One message; ``due_at`` is when it is tried next while it waits."""

    id: int
    kind: str
    recipient: str
    subject: str
    created_at: datetime
    due_at: datetime
    status: str
    sent_at: datetime | None
    attempts: tuple[Tried, ...]


def messages(session: Session, site_id: int) -> list[Sent]:
    """The newest `MOST` first; two queries."""
    rows = session.execute(_MESSAGES, {"site": site_id}).all()
    tried: dict[int, list[Tried]] = defaultdict(list)
    for row in session.execute(_ATTEMPTS, {"messages": [row.id for row in rows]}):
        tried[row.message_id].append(Tried(*row[1:]))
    return [Sent(**row._mapping, attempts=tuple(tried[row.id])) for row in rows]
