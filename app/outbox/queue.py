"""Who may send a message now: claims with a lease, and what came of an attempt.

An attempt is on record before it is made. A worker that dies keeps its lease until it runs out;
then the message is anybody's again. Only the owner of the lease records an outcome.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlmodel import Session

from app.models.outbox import ATTEMPT, MESSAGE

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# The longest wait with its jitter, and a little more: a due time or a lease beyond that was
# written by a clock that has since been set back, and must not hold up an alert.
HORIZON = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send until its lease ends."""

    id: int
    header_id: str
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime
    attempts: int
    """attempts so far, this one included"""
    attempt_id: int


_FREE = and_(
    MESSAGE.c.status == "waiting",
    or_(MESSAGE.c.due_at <= bindparam("now"), MESSAGE.c.due_at > bindparam("horizon")),
    or_(
        MESSAGE.c.lease_until.is_(None),
        MESSAGE.c.lease_until <= bindparam("now"),
        MESSAGE.c.lease_until > bindparam("horizon"),
    ),
)
_WORK = select(MESSAGE.c.id).where(_FREE).limit(1)
_NEXT = (
    select(
        MESSAGE.c.id,
        MESSAGE.c.header_id,
        MESSAGE.c.recipient,
        MESSAGE.c.subject,
        MESSAGE.c.text,
        MESSAGE.c.html,
        MESSAGE.c.created_at,
        MESSAGE.c.attempts,
    )
    .where(_FREE)
    .order_by(MESSAGE.c.due_at, MESSAGE.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("message"))
    .values(
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        attempts=MESSAGE.c.attempts + 1,
    )
)
_BEGIN = insert(ATTEMPT).returning(ATTEMPT.c.id)
_OLDER = (
    select(MESSAGE.c.id)
    .where(MESSAGE.c.status == "waiting", MESSAGE.c.id < bindparam("message"))
    .limit(1)
)
_LAST_ATTEMPT = (
    select(ATTEMPT.c.outcome)
    .where(ATTEMPT.c.message_id == MESSAGE.c.id)
    .order_by(ATTEMPT.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_PUT_OFF = (
    select(MESSAGE.c.id)
    .where(
        MESSAGE.c.status == "waiting",
        MESSAGE.c.lease_owner.is_(None),
        MESSAGE.c.due_at > bindparam("now"),
        _LAST_ATTEMPT == "unreachable",
    )
    .with_for_update(skip_locked=True)
)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether some message may be claimed; a read, so that idling writes nothing."""
    return session.execute(_WORK, _moments(now)).first() is not None


def claim(
    session: Session, owner: str, now: datetime, lease: timedelta, most: int
) -> list[Claimed]:
    """Lease up to ``most`` due messages to ``owner``, with their attempts on record."""
    claimed = []
    for row in session.execute(_NEXT, {**_moments(now), "most": most}).all():
        session.execute(_LEASE, {"message": row.id, "owner": owner, "until": now + lease})
        attempt = session.execute(
            _BEGIN, {"message_id": row.id, "worker": owner, "started_at": now, "detail": ""}
        ).scalar_one()
        seen = {**row._mapping, "attempts": row.attempts + 1}
        claimed.append(Claimed(**seen, attempt_id=attempt))
    return claimed


def _moments(now: datetime) -> dict[str, datetime]:
    return {"now": now, "horizon": now + HORIZON}


def finish(
    session: Session, mail: Claimed, owner: str, outcome: str, detail: str, now: datetime
) -> bool:
    """Record how the attempt ended; False where the lease was lost and the message not touched.

    ``outcome`` is as ``smtp.Delivery`` has it.
    """
    session.execute(
        update(ATTEMPT)
        .where(ATTEMPT.c.id == mail.attempt_id)
        .values(ended_at=now, outcome=outcome, detail=detail)
    )
    changes: dict[str, Any] = {"lease_owner": None, "lease_until": None}
    if outcome == "sent":
        changes |= {"status": "sent", "sent_at": now}
    elif outcome == "refused":
        changes |= {"status": "failed"}
    elif outcome == "unreachable":
        # The oldest keeps knocking, so that somebody learns when the server is back.
        older = session.execute(_OLDER, {"message": mail.id}).first()
        changes |= {"due_at": now + wait_after(mail.attempts if older else 1)}
    else:
        changes |= {"due_at": now + wait_after(mail.attempts)}
    if outcome != "unreachable":
        _wake(session, now)
    done = session.execute(
        update(MESSAGE)
        .where(
            MESSAGE.c.id == mail.id,
            MESSAGE.c.lease_owner == owner,
            MESSAGE.c.attempts == mail.attempts,
            MESSAGE.c.status == "waiting",
        )
        .values(**changes)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _wake(session: Session, now: datetime) -> None:
    """The server answers: what it could not be reached for is due now."""
    put_off = session.execute(_PUT_OFF, {"now": now}).scalars().all()
    if put_off:
        session.execute(update(MESSAGE).where(MESSAGE.c.id.in_(put_off)).values(due_at=now))


def wait_after(attempts: int) -> timedelta:
    """The pause after so many attempts: 30 s doubled each time, up to 15 min, and 0-20% more.

    The random part keeps messages that failed together from knocking together.
    """
    doublings = min(max(attempts - 1, 0), 10)
    pause: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return pause * random.uniform(1.0, 1.2)  # noqa: S311
