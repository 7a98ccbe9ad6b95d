"""Sign-in attempts, counted in the database before they are made.

A restart forgets nothing and several processes count together. The wait doubles from
one second to fifteen minutes and is never for ever.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from app.models.people import Throttle

FREE_ERRORS = 2
LONGEST_WAIT = timedelta(minutes=15)
_T: Any = Throttle.__table__  # type: ignore[attr-defined]


def wait_for(session: Session, keys: tuple[str, ...], now: datetime) -> timedelta:
    """How long until the next attempt for any of ``keys`` is let through; zero: now."""
    rows = session.execute(select(_T.c.next_at).where(_T.c.key.in_(keys))).scalars()
    latest = max(rows, default=now)
    return max(latest - now, timedelta(0))


def count_attempt(session: Session, keys: tuple[str, ...], now: datetime) -> None:
    """Count one attempt as failed; ``forget`` takes it back when it succeeds."""
    for key in keys:
        row = session.get(Throttle, key, with_for_update=True) or Throttle(key=key, next_at=now)
        row.errors += 1
        over = row.errors - FREE_ERRORS
        seconds = 2 ** min(over - 1, 10) if over > 0 else 0
        row.next_at = now + min(timedelta(seconds=seconds), LONGEST_WAIT)
        session.add(row)


def forget(session: Session, keys: tuple[str, ...]) -> None:
    session.execute(delete(_T).where(_T.c.key.in_(keys)))
