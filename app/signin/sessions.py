"""Begin and end signed-in sessions; a new token at every sign-in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select, update
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.models.people import (
    AUTH_SESSION,
    DEVICE,
    FACTOR,
    PARTICIPANT,
    STAFF,
    AuthSession,
)
from app.visit.identity import SESSION_LIFE
from app.visit.tokens import new_token, token_hash

_FACTOR = select(FACTOR.c.id).where(FACTOR.c.staff_id == bindparam("who")).limit(1)
_PIN = select(DEVICE.c.pin_hash).where(DEVICE.c.id == bindparam("id"))


class NoPin(Exception):
    """A session would begin on a phone that asks for no PIN."""


def begin(
    session: Session,
    now: datetime,
    *,
    staff_id: int | None = None,
    device_id: int | None = None,
) -> str:
    """A new session for a staff member or a device; returns the cookie's token. Raises NoPin.

    Of staff it opens nothing until a second factor is shown, or set up where there is none. With
    the demo alone, who has none is asked for none.
    """
    if device_id is not None and session.execute(_PIN, {"id": device_id}).scalar() is None:
        raise NoPin
    token = new_token()
    session.add(
        AuthSession(
            token_hash=token_hash(token),
            staff_id=staff_id,
            device_id=device_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFE,
            second_at=None if staff_id and _asks_second(session, staff_id) else now,
        )
    )
    session.flush()
    return token


def open_whole(session: Session, row_id: int, now: datetime) -> str:
    """The second factor was shown: the session goes on under a new token, which is returned."""
    token = new_token()
    of_row = update(AUTH_SESSION).where(AUTH_SESSION.c.id == row_id)
    session.execute(of_row.values(token_hash=token_hash(token), second_at=now))
    return token


def _asks_second(session: Session, staff_id: int) -> bool:
    if not session.info["demo"]:
        return True
    return session.execute(_FACTOR, {"who": staff_id}).first() is not None


def end_others(session: Session, staff_id: int, row_id: int | None, now: datetime) -> None:
    """Every signed-in browser of a staff member but one, or every one, from the next request."""
    live = (AUTH_SESSION.c.staff_id == staff_id, AUTH_SESSION.c.ended_at.is_(None))
    others = () if row_id is None else (AUTH_SESSION.c.id != row_id,)
    session.execute(update(AUTH_SESSION).where(*live, *others).values(ended_at=now))


def end(session: Session, token: str | None, now: datetime) -> bool:
    """End the session of a cookie; False if there was none."""
    if not token:
        return False
    done = session.execute(
        update(AUTH_SESSION)
        .where(AUTH_SESSION.c.token_hash == token_hash(token), AUTH_SESSION.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def sign_out(session: Session, token: str | None, now: datetime, request_id: str) -> None:
    """End the session of the cookie and put it on record."""
    owner = _owner(session, token)
    if owner and end(session, token, now):
        audit.record(session, owner.actor(request_id), "session.end", owner.subject, now=now)


def set_language(
    session: Session, token: str | None, lang: str, now: datetime, request_id: str
) -> None:
    """Store the language in the profile of whoever is signed in; nobody is fine too."""
    owner = _owner(session, token)
    if owner is None:
        return
    table = STAFF if owner.subject.kind == "staff" else PARTICIPANT
    session.execute(update(table).where(table.c.id == owner.subject.id).values(language=lang))
    audit.record(
        session,
        owner.actor(request_id),
        "language.set",
        owner.subject,
        now=now,
        changes={"language": [None, lang]},
    )


@dataclass(frozen=True, slots=True)
class Owner:
    subject: Subject
    site_id: int

    def actor(self, request_id: str) -> Actor:
        return Actor(f"{self.subject.kind}:{self.subject.id}", "", request_id, self.site_id)


def _owner(session: Session, token: str | None) -> Owner | None:
    """Staff member or participant of a live session."""
    if not token:
        return None
    row = session.execute(
        select(
            AUTH_SESSION.c.staff_id,
            DEVICE.c.participant_id,
            func.coalesce(STAFF.c.site_id, PARTICIPANT.c.site_id).label("site_id"),
        )
        .select_from(AUTH_SESSION)
        .outerjoin(
            DEVICE, and_(DEVICE.c.id == AUTH_SESSION.c.device_id, DEVICE.c.pin_hash.is_not(None))
        )
        .outerjoin(PARTICIPANT, PARTICIPANT.c.id == DEVICE.c.participant_id)
        .outerjoin(STAFF, STAFF.c.id == AUTH_SESSION.c.staff_id)
        .where(AUTH_SESSION.c.token_hash == token_hash(token), AUTH_SESSION.c.ended_at.is_(None))
    ).first()
    if row is None or not (row.staff_id or row.participant_id):
        return None
    kind, found = ("staff", row.staff_id) if row.staff_id else ("participant", row.participant_id)
    return Owner(Subject(kind, found), row.site_id)
