"""Every message to a site's staff, with every attempt to hand it to the mail server."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.models.outbox import Attempt, Message
from app.models.people import Staff

_M: Any = Message.__table__  # type: ignore[attr-defined]
_A: Any = Attempt.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
MOST = 200
_MESSAGES = (
    select(
        _M.c.id,
        _M.c.kind,
        _M.c.recipient,
        _M.c.subject,
        _M.c.created_at,
        _M.c.due_at,
        _M.c.status,
        _M.c.sent_at,
    )
    .where(exists().where(_T.c.email == _M.c.recipient, _T.c.site_id == bindparam("site")))
    .order_by(_M.c.id.desc())
    .limit(MOST)
)
_ATTEMPTS = (
    select(_A.c.message_id, _A.c.started_at, _A.c.ended_at, _A.c.outcome, _A.c.detail)
    .where(_A.c.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(_A.c.id)
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
