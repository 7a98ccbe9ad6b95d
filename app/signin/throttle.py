"""How long an attempt at a door has to wait: counted in the database before it is made.

A restart forgets nothing and several processes count together. The wait doubles from
one second to fifteen minutes and is never for ever.

Two kinds of key: an account, whose errors stand until a right password forgets them, and
the address that attempts come from. Many people may share an address, so it has many more
free attempts, a right password of one gives the others nothing back, and time forgives.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session

from app import turns
from app.clock import age, wait_until
from app.models.people import THROTTLE, Throttle

FREE_ERRORS = 2
FREE_OF_AN_ADDRESS = 50
FORGIVE_EVERY = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
# Far beyond the longest wait: beginning anew once a week helps nobody to guess.
FORGOTTEN_AFTER = timedelta(days=7)
_OF_ADDRESS = "address:"


def attempt(session: Session, keys: tuple[str, ...], now: datetime) -> timedelta:
    """Count one attempt for every key, unless one of them must wait; zero: it may be made.

    Asking and counting are one step: who comes at the same moment queues until this
    transaction ends, and then finds it counted.
    """
    wait = wait_of(session, keys, now)
    if not wait:
        count(session, keys, now)
    return wait


def wait_of(session: Session, keys: tuple[str, ...], now: datetime) -> timedelta:
    """How long the next attempt for these keys must wait; it is held until this transaction ends.

    For what is looked at in the same transaction, so that only a wrong one need be counted.
    """
    turns.of_names(session, keys)
    rows = session.execute(
        select(THROTTLE.c.key, THROTTLE.c.next_at).where(THROTTLE.c.key.in_(keys))
    )
    return max((wait_until(row.next_at, LONGEST_WAIT, now) for row in rows), default=timedelta(0))


def count(session: Session, keys: tuple[str, ...], now: datetime) -> None:
    for key in keys:
        _count(session, key, now)


def _count(session: Session, key: str, now: datetime) -> None:
    row = session.get(Throttle, key) or Throttle(key=key, next_at=now)
    shared = key.startswith(_OF_ADDRESS)
    if shared:
        forgiven = (age(row.next_at, now) or timedelta(0)) // FORGIVE_EVERY
        row.errors = max(row.errors - forgiven, 0)
    row.errors += 1
    over = row.errors - (FREE_OF_AN_ADDRESS if shared else FREE_ERRORS)
    seconds = 2 ** min(over - 1, 10) if over > 0 else 0
    row.next_at = now + min(timedelta(seconds=seconds), LONGEST_WAIT)
    session.add(row)


def forget(session: Session, key: str) -> None:
    """The attempt was right: the account begins anew. Addresses are forgiven by time alone."""
    turns.of_names(session, (key,))
    session.execute(delete(THROTTLE).where(THROTTLE.c.key == key))


def forget_old(session: Session, now: datetime) -> None:
    """Who has not tried for a week begins anew; what nobody comes back for does not pile up."""
    session.execute(delete(THROTTLE).where(THROTTLE.c.next_at < now - FORGOTTEN_AFTER))
