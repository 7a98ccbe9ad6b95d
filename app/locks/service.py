"""Setting a lock and lifting it. What it keeps from change is kept by triggers of the database.

A lock refuses nothing that a participant tells: that comes in, is judged, raises alerts, and is
listed with the lock as what arrived after it.
"""

from datetime import date, datetime, time

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app import audit, turns
from app.audit import Subject
from app.models.base import public_id
from app.models.locks import RECORD_LOCK
from app.timeline.days import ONE_DAY, at_local
from app.visit.identity import StaffMe

MIDNIGHT = time(0)
_INSERT = insert(RECORD_LOCK).returning(RECORD_LOCK.c.id)
_SAME = select(RECORD_LOCK.c.id).where(
    RECORD_LOCK.c.site_id == bindparam("site"),
    RECORD_LOCK.c.scope == bindparam("scope"),
    RECORD_LOCK.c.participant_id.is_not_distinct_from(bindparam("who")),
    RECORD_LOCK.c.first_day.is_not_distinct_from(bindparam("first")),
    RECORD_LOCK.c.last_day.is_not_distinct_from(bindparam("last")),
    RECORD_LOCK.c.lifted_at.is_(None),
)


def set_lock(
    session: Session,
    me: StaffMe,
    scope: str,
    participant_id: int | None,
    days: tuple[date, date] | None,
    reason: str,
    now: datetime,
) -> bool:
    """False where the very same lock stands already: the form was sent twice."""
    turns.of_site(session, me.site_id)
    first, last = days or (None, None)
    same = {"site": me.site_id, "scope": scope, "who": participant_id, "first": first, "last": last}
    if session.execute(_SAME, same).first():
        return False
    values = {
        "public_id": public_id(),
        "site_id": me.site_id,
        "scope": scope,
        "participant_id": participant_id,
        "first_day": first,
        "last_day": last,
        "from_at": at_local(first, MIDNIGHT, me.timezone) if first else None,
        "until_at": at_local(last + ONE_DAY, MIDNIGHT, me.timezone) if last else None,
        "reason": reason,
        "set_by": me.id,
        "set_at": now,
    }
    row: int = session.execute(_INSERT, values).scalar_one()
    changes = {"scope": [None, scope]}
    if first and last:
        changes["days"] = [None, f"{first} – {last}"]
    subject = Subject("lock", row)
    audit.record(session, me.actor, "lock.set", subject, now=now, changes=changes, reason=reason)
    return True


def lift(session: Session, me: StaffMe, lock_id: int, reason: str, now: datetime) -> bool:
    """False where it was lifted already."""
    done = session.execute(
        update(RECORD_LOCK)
        .where(RECORD_LOCK.c.id == lock_id, RECORD_LOCK.c.lifted_at.is_(None))
        .values(lifted_by=me.id, lifted_at=now)
        .returning(RECORD_LOCK.c.id)
    )
    if done.first() is None:
        return False
    changes = {"lifted_at": [None, now.isoformat()]}
    subject = Subject("lock", lock_id)
    audit.record(session, me.actor, "lock.lift", subject, now=now, changes=changes, reason=reason)
    return True
