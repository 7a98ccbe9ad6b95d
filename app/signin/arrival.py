"""From an invitation to a phone with a code of its own.

The invitation is used in the transaction that saves the code, and not before: whoever leaves the
code page, loses its cookie or takes another browser types the same invitation once more. Until
then the phone carries which invitation it was and the token that it will be known by, and no
device exists. As it holds its token before anything is stored, an answer that never arrived
shuts nobody out: the phone is known by what it carries.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.keys import Keys
from app.models.people import INVITATION, PARTICIPANT, Device
from app.signin import phone, sessions
from app.signin.phone import KnownDevice
from app.visit.carried import carried, carry
from app.visit.tokens import code_hash, new_token, token_hash

START_COOKIE = "__Host-start"
# Long enough to choose a code. Whoever finds the phone later needs the invitation.
START_LIFE = timedelta(hours=1)
_PURPOSE = "start"
_INVITED = select(
    INVITATION.c.id,
    INVITATION.c.participant_id,
    INVITATION.c.expires_at,
    INVITATION.c.redeemed_at,
    INVITATION.c.revoked_at,
    PARTICIPANT.c.language,
    PARTICIPANT.c.site_id,
).join(PARTICIPANT, PARTICIPANT.c.id == INVITATION.c.participant_id)

_OWNER = (
    select(PARTICIPANT.c.site_id, PARTICIPANT.c.language)
    .join(INVITATION, PARTICIPANT.c.id == INVITATION.c.participant_id)
    .where(INVITATION.c.id == bindparam("invitation"))
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A phone on its way in: by which invitation, and what it will be known by."""

    invitation_id: int
    device_token: str

    def sealed(self, keys: Keys, now: datetime) -> str:
        until = str(int((now + START_LIFE).timestamp()))
        return carry(keys, _PURPOSE, str(self.invitation_id), self.device_token, until)


def arrival_of(keys: Keys, cookie: str | None, now: datetime) -> Arrival | None:
    """None for what is too old as well: that the cookie ends is up to whoever holds it."""
    parts = carried(keys, _PURPOSE, cookie)
    if not parts or len(parts) != 3 or now.timestamp() >= int(parts[2]):
        return None
    return Arrival(int(parts[0]), parts[1])


def enter(session: Session, code: str, now: datetime) -> Arrival | None:
    """The way in for a code that works; None covers every refusal.

    A code has 120 random bits: nobody guesses one, however often they try, and each try is one
    look at an index and writes nothing. So nobody waits for the wrong codes of others who share
    their address, and a right one may be typed as often as it takes.
    """
    row = _working(session, _INVITED.where(INVITATION.c.code_hash == code_hash(code)), now)
    return Arrival(row.id, new_token()) if row else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an arrival has come: ``device`` once its code is saved, ``works`` until then.

    Neither: somebody else has used the invitation, staff ended it, or its day is over.
    """

    device: KnownDevice | None = None
    works: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom an invitation is for, whether it still works or not."""

    site_id: int
    language: str


def owner(session: Session, arrival: Arrival) -> Owner | None:
    row = session.execute(_OWNER, {"invitation": arrival.invitation_id}).first()
    return Owner(*row) if row else None


def standing(session: Session, arrival: Arrival, now: datetime) -> Standing:
    device = phone.device_of(session, arrival.device_token)
    if device is not None:
        return Standing(device=device, language=device.language)
    row = _working(session, _INVITED.where(INVITATION.c.id == arrival.invitation_id), now)
    if row is None:
        known = owner(session, arrival)
        return Standing(language=known.language if known else None)
    return Standing(works=True, language=row.language)


def save_code(
    session: Session,
    arrival: Arrival,
    pin_hash: str,
    old_token: str | None,
    now: datetime,
    request_id: str,
) -> str | None:
    """Use the invitation up: a phone with this code, already hashed, and its session's token.

    None if the invitation does not work any more: of two that come at once, one gets in.
    """
    asked = _INVITED.where(INVITATION.c.id == arrival.invitation_id).with_for_update(of=INVITATION)
    row = _working(session, asked, now)
    if row is None:
        return None
    session.execute(update(INVITATION).where(INVITATION.c.id == row.id).values(redeemed_at=now))
    device = Device(
        participant_id=row.participant_id,
        token_hash=token_hash(arrival.device_token),
        pin_hash=pin_hash,
        created_at=now,
    )
    session.add(device)
    session.flush()
    who = f"participant:{row.participant_id}"
    actor = Actor(who, "participant", request_id, row.site_id)
    subject = Subject("device", device.id or 0)
    invited = Subject("participant", row.participant_id)
    audit.record(session, actor, "invitation.redeem", invited, now=now)
    audit.record(session, actor, "pin.set", subject, now=now)
    # One phone at a time: who asks for another way in may have lost the former one.
    phone.end_phones(session, row.participant_id, actor, now, but=device.id or 0)
    sessions.end(session, old_token, now)
    audit.record(session, actor, "session.begin", subject, now=now)
    return sessions.begin(session, now, device_id=device.id)


def _working(session: Session, statement: Any, now: datetime) -> Any:
    """The invitation that is asked for, if it is neither used nor ended nor too old."""
    row = session.execute(statement).first()
    ended = row is None or row.redeemed_at or row.revoked_at or now >= row.expires_at
    return None if ended else row
