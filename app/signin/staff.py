"""Staff sign-in with a password, and one-time links for the first sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, true, update
from sqlmodel import Session

from app import audit
from app.addresses import spellings
from app.audit import Actor, Subject
from app.models.people import STAFF, STAFF_LINK, StaffLink
from app.signin import sessions, throttle
from app.visit.tokens import code_hash, new_code

LINK_LIFE = timedelta(hours=24)
LINKED = "staff.link"


@dataclass(frozen=True, slots=True)
class Account:
    """What a password is checked against; ``id`` is None for an unknown address."""

    id: int | None
    site_id: int | None
    role: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Too many attempts: the next is let through after ``seconds``."""

    seconds: int


@dataclass(frozen=True, slots=True)
class CameIn:
    """By a one-time link: the new session's token, and whether a password is set already."""

    token: str
    has_password: bool


def start_attempt(session: Session, email: str, address: str, now: datetime) -> Account | Waiting:
    """Count the attempt first, then say what to check it against."""
    wait = throttle.attempt(session, (account_key(email), f"address:{address}"), now)
    if wait:
        return Waiting(int(wait.total_seconds()) + 1)
    row = session.execute(
        select(STAFF.c.id, STAFF.c.site_id, STAFF.c.role, STAFF.c.password_hash).where(
            STAFF.c.email.in_(spellings(email)), STAFF.c.active == true()
        )
    ).first()
    return Account(*row) if row else Account(None, None, "", None)


def sign_in(
    session: Session,
    account: Account,
    email: str,
    now: datetime,
    request_id: str,
    anew: str | None = None,
) -> str | None:
    """The password was right: a new session's token. ``anew``: its hash at today's costs.

    None where it is the account's no more: it was changed, or the account switched off, while the
    password was looked at.
    """
    same = (STAFF.c.active == true(), STAFF.c.password_hash == account.password_hash)
    still = select(STAFF.c.id).where(STAFF.c.id == account.id, *same).with_for_update(read=True)
    if session.execute(still).first() is None:
        return None
    throttle.forget(session, account_key(email))
    if anew:
        whose = update(STAFF).where(STAFF.c.id == account.id)
        session.execute(whose.values(password_hash=anew))
    actor = Actor(f"staff:{account.id}", account.role, request_id, account.site_id)
    return _begin(session, account.id or 0, actor, "session.begin", now)


def refuse(session: Session, account: Account, now: datetime, request_id: str) -> None:
    """Put a wrong password on record; an unknown address is subject 0."""
    subject = Subject("staff", account.id or 0)
    actor = Actor("system:sign-in", "", request_id, account.site_id)
    audit.record(session, actor, "session.refuse", subject, now=now)


def make_link(session: Session, staff_id: int, actor: Actor, now: datetime, token: str = "") -> str:
    """A one-time sign-in code for a staff member, valid for 24 hours; a former one ends.

    The audit entry keeps ``token``, by which a resend of a form is known.
    """
    end_links(session, staff_id, now)
    code = new_code()
    session.add(
        StaffLink(
            staff_id=staff_id,
            code_hash=code_hash(code),
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
    )
    changes = {"form": [None, token]}
    audit.record(session, actor, LINKED, Subject("staff", staff_id), now=now, changes=changes)
    return code


def end_links(session: Session, staff_id: int, now: datetime) -> None:
    """Links that were not used open nothing any more."""
    session.execute(
        update(STAFF_LINK)
        .where(
            STAFF_LINK.c.staff_id == staff_id,
            STAFF_LINK.c.used_at.is_(None),
            STAFF_LINK.c.expires_at > now,
        )
        .values(expires_at=now)
    )


def use_link(session: Session, code: str, now: datetime, request_id: str) -> CameIn | None:
    """Turn a one-time link into a session; None if unknown, used or late.

    As long as an invitation, and as far from being guessed (``arrival.enter``).
    """
    found = session.execute(
        select(STAFF_LINK).where(STAFF_LINK.c.code_hash == code_hash(code)).with_for_update()
    ).first()
    if found is None or found.used_at or now >= found.expires_at:
        return None
    of_whom = select(STAFF.c.role, STAFF.c.site_id, STAFF.c.password_hash).where(
        STAFF.c.id == found.staff_id, STAFF.c.active == true()
    )
    who = session.execute(of_whom).first()
    if who is None:
        return None
    session.execute(update(STAFF_LINK).where(STAFF_LINK.c.id == found.id).values(used_at=now))
    end_links(session, found.staff_id, now)
    actor = Actor(f"staff:{found.staff_id}", who.role, request_id, who.site_id)
    token = _begin(session, found.staff_id, actor, "session.begin_by_link", now)
    return CameIn(token, who.password_hash is not None)


def _begin(session: Session, staff_id: int, actor: Actor, action: str, now: datetime) -> str:
    audit.record(session, actor, action, Subject("staff", staff_id), now=now)
    return sessions.begin(session, now, staff_id=staff_id)


def account_key(email: str) -> str:
    """Under which attempts at an account's password are counted."""
    # Hashed: a table of attempts is no list of people.
    return f"staff:{code_hash(spellings(email)[0])[:32]}"
