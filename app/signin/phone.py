"""A participant's phone: the invitation to it, its PIN, its lock.

Device token and PIN are two factors: the PIN is useless on another phone. Five errors
lock the device for fifteen minutes, ten revoke it; staff then issue a new invitation.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Actor, Subject
from app.clock import wait_until
from app.models.audit import AUDIT_ENTRY
from app.models.people import (
    AUTH_SESSION,
    DEVICE,
    INVITATION,
    PARTICIPANT,
    Device,
    Invitation,
)
from app.signin import sessions
from app.visit.tokens import code_hash, new_code, token_hash

INVITATION_LIFE = timedelta(hours=24)
PIN_ERRORS_TO_LOCK = 5
PIN_ERRORS_TO_REVOKE = 10
PIN_LOCK = timedelta(minutes=15)
INVITE = "invitation.create"
_INVITED = select(AUDIT_ENTRY.c.changes).where(
    AUDIT_ENTRY.c.subject_kind == "participant",
    AUDIT_ENTRY.c.subject_id == bindparam("who"),
    AUDIT_ENTRY.c.actor == bindparam("actor"),
    AUDIT_ENTRY.c.action == INVITE,
)


def invited_before(session: Session, participant_id: int, actor: Actor, token: str) -> bool:
    """Whether this very form has made its invitation already: the page was loaded again.

    Another code would end the one that was printed, and nobody would have asked for it.
    """
    turns.of_person(session, participant_id)
    made = session.execute(_INVITED, {"who": participant_id, "actor": actor.name}).scalars()
    return bool(token) and any(changes.get("form") == [None, token] for changes in made)


def invite(
    session: Session,
    participant_id: int,
    staff_id: int | None,
    actor: Actor,
    now: datetime,
    token: str = "",
) -> str:
    """A new invitation code, single use, 24 hours; former unused ones end.

    The audit entry keeps ``token``, by which a resend of the form is known.
    """
    session.execute(
        update(INVITATION)
        .where(
            INVITATION.c.participant_id == participant_id,
            INVITATION.c.redeemed_at.is_(None),
            INVITATION.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    code = new_code()
    session.add(
        Invitation(
            participant_id=participant_id,
            code_hash=code_hash(code),
            created_at=now,
            created_by=staff_id,
            expires_at=now + INVITATION_LIFE,
        )
    )
    subject, changes = Subject("participant", participant_id), {"form": [None, token]}
    audit.record(session, actor, INVITE, subject, now=now, changes=changes)
    return code


def change_pin(
    session: Session, device: "KnownDevice", pin_hash: str, actor: Actor, now: datetime
) -> bool:
    """Another PIN, already hashed, after the present one was right; False: the phone is ended."""
    row = _held_row(session, device)
    if row is None or row.revoked_at:
        return False
    _forget_errors(row)
    row.pin_hash = pin_hash
    audit.record(session, actor, "pin.change", Subject("device", device.id), now=now)
    return True


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """What the lock page may know of a phone before its PIN."""

    id: int
    participant_id: int
    site_id: int
    pin_hash: str
    locked_until: datetime | None
    language: str
    status: str

    @property
    def has_left(self) -> bool:
        """Whether its owner took back consent: nothing more is kept of what they send."""
        return self.status == "withdrawn"


def device_of(session: Session, token: str | None) -> KnownDevice | None:
    """The device of a cookie, unless revoked; without a PIN it is no phone that anybody knows."""
    if not token:
        return None
    row = session.execute(
        select(
            DEVICE.c.id,
            DEVICE.c.participant_id,
            PARTICIPANT.c.site_id,
            DEVICE.c.pin_hash,
            DEVICE.c.locked_until,
            PARTICIPANT.c.language,
            PARTICIPANT.c.status,
        )
        .join(PARTICIPANT, PARTICIPANT.c.id == DEVICE.c.participant_id)
        .where(
            DEVICE.c.token_hash == token_hash(token),
            DEVICE.c.revoked_at.is_(None),
            DEVICE.c.pin_hash.is_not(None),
        )
    ).first()
    return KnownDevice(*row) if row else None


def holds_session(session: Session, device: KnownDevice, token: str | None, now: datetime) -> bool:
    """True if this browser's session on the device has not ended."""
    found = session.execute(
        select(AUTH_SESSION.c.id).where(
            AUTH_SESSION.c.token_hash == token_hash(token or ""),
            AUTH_SESSION.c.device_id == device.id,
            AUTH_SESSION.c.ended_at.is_(None),
            AUTH_SESSION.c.expires_at > now,
        )
    ).first()
    return found is not None


def count_pin_error(session: Session, device: KnownDevice, now: datetime, request_id: str) -> bool:
    """Count an attempt before the PIN is looked at, so that parallel guesses count too.

    False: this attempt may not be looked at, since others locked or ended the phone meanwhile.
    Every attempt from the fifth locks, so that none runs beside it; the tenth is the last.
    """
    row = _held_row(session, device)
    if row is None or row.revoked_at or wait_until(row.locked_until, PIN_LOCK, now):
        return False
    if row.errors >= PIN_ERRORS_TO_REVOKE:  # whoever counted the tenth never came back
        _revoke(session, row, actor_of(device, request_id), now)
        return False
    row.errors += 1
    if row.errors >= PIN_ERRORS_TO_LOCK:
        row.locked_until = now + PIN_LOCK
    changes = {"errors": [row.errors - 1, row.errors]}
    actor = actor_of(device, request_id)
    audit.record(
        session, actor, "pin.attempt", Subject("device", device.id), now=now, changes=changes
    )
    return True


def refuse_pin(session: Session, device: KnownDevice, now: datetime, request_id: str) -> None:
    """The PIN that was looked at was wrong: end the phone if it was the last attempt."""
    row = _held_row(session, device)
    if row is not None and row.errors >= PIN_ERRORS_TO_REVOKE and not row.revoked_at:
        _revoke(session, row, actor_of(device, request_id), now)


def end_phones(
    session: Session,
    participant_id: int,
    actor: Actor,
    now: datetime,
    *,
    but: int = 0,
    reason: str = "",
) -> int:
    """No code opens them any more, and what is open on them ends with the next request.

    ``but``: the one that stays. Returns how many were ended. Invitations that were not used end
    with them: the sheet may be where the phone is.
    """
    # First of all, so that whoever is using one up now is waited for, and ended as well.
    sheets = select(INVITATION.c.id).where(
        INVITATION.c.participant_id == participant_id,
        INVITATION.c.redeemed_at.is_(None),
        INVITATION.c.revoked_at.is_(None),
    )
    waiting = list(session.execute(sheets.with_for_update()).scalars())
    # Asked first: a change of no row is a change to the audit's guard all the same.
    theirs = select(DEVICE.c.id).where(
        DEVICE.c.participant_id == participant_id,
        DEVICE.c.revoked_at.is_(None),
        DEVICE.c.id != but,
    )
    rows = list(session.execute(theirs.with_for_update(key_share=True)).scalars())
    if waiting:
        ended = update(INVITATION).where(INVITATION.c.id.in_(waiting))
        session.execute(ended.values(revoked_at=now))
        subject = Subject("participant", participant_id)
        audit.record(session, actor, "invitation.revoke", subject, now=now, reason=reason)
    if not rows:
        return len(waiting)
    session.execute(update(DEVICE).where(DEVICE.c.id.in_(rows)).values(revoked_at=now))
    session.execute(
        update(AUTH_SESSION)
        .where(AUTH_SESSION.c.device_id.in_(rows), AUTH_SESSION.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    for row in rows:
        subject = Subject("device", row)
        audit.record(session, actor, "device.revoke", subject, now=now, reason=reason)
    return len(rows)


def _held_row(session: Session, device: KnownDevice) -> Device | None:
    """The device as it stands, until this transaction ends.

    Held so that rows that refer to it, such as a session, are written meanwhile.
    """
    return session.get(Device, device.id, with_for_update={"key_share": True})


def _revoke(session: Session, row: Device, actor: Actor, now: datetime) -> None:
    row.revoked_at = now
    audit.record(session, actor, "device.revoke", Subject("device", row.id or 0), now=now)


def _forget_errors(row: Device) -> None:
    row.errors, row.locked_until = 0, None


def open_device(
    session: Session, device: KnownDevice, old_token: str | None, now: datetime, request_id: str
) -> str | None:
    """The PIN was right: forget the errors, begin a new session, end the former one.

    None if the phone was ended meanwhile: a right PIN opens no phone again.
    """
    row = _held_row(session, device)
    if row is None or row.revoked_at:
        return None
    _forget_errors(row)
    sessions.end(session, old_token, now)
    actor = actor_of(device, request_id)
    audit.record(session, actor, "session.begin", Subject("device", device.id), now=now)
    return sessions.begin(session, now, device_id=device.id)


def lock_device(session: Session, device: KnownDevice, now: datetime, request_id: str) -> None:
    """End every session of the phone; the next page needs the PIN."""
    session.execute(
        update(AUTH_SESSION)
        .where(AUTH_SESSION.c.device_id == device.id, AUTH_SESSION.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    actor = actor_of(device, request_id)
    audit.record(session, actor, "session.lock", Subject("device", device.id), now=now)


def actor_of(device: KnownDevice, request_id: str) -> Actor:
    who = f"participant:{device.participant_id}"
    return Actor(who, "participant", request_id, device.site_id)
