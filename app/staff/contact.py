"""A participant's name and telephone number: sealed, opened by hand, and each look on record."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.clock import lately
from app.models.people import ParticipantContact
from app.visit.identity import StaffMe

# As long as a call and what is written about it take; then it is another look.
LOOK_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who a code is, and how to reach them; ``note`` may be empty."""

    name: str
    phone: str
    note: str


def reveal(session: Session, me: StaffMe, participant_id: int, now: datetime) -> Contact | None:
    """Open the sealed contact and leave a mark of it; None where it was erased.

    ``participant_id`` comes from an object in the scope of ``me``.
    """
    subject = Subject("participant", participant_id)
    audit.record(session, me.actor, "contact.reveal", subject, now=now)
    return _opened(session, participant_id)


def look(session: Session, me: StaffMe, participant_id: int, now: datetime) -> str:
    """What the page of a recorded look hands on, so that the next step of one job shows it still.

    It tells nothing, is good for one reader and one participant, and ends by itself.
    """
    at = now.isoformat()
    return f"{at}~{_sign(session, me, participant_id, at)}"


def still_seen(
    session: Session, me: StaffMe, participant_id: int, handed_on: str, now: datetime
) -> Contact | None:
    """The contact of a look that is on record already; None where ``handed_on`` is not of one."""
    at, _, sign = handed_on.partition("~")
    wanted = _sign(session, me, participant_id, at)
    if not hmac.compare_digest(sign.encode(), wanted.encode()):
        return None
    looked = datetime.fromisoformat(at)
    return _opened(session, participant_id) if lately(looked, LOOK_LASTS, now) else None


def _sign(session: Session, me: StaffMe, participant_id: int, at: str) -> str:
    signed: str = session.info["keys"].sign("look", f"{me.id}/{participant_id}/{at}")
    return signed


def _opened(session: Session, participant_id: int) -> Contact | None:
    sealed = session.get(ParticipantContact, participant_id)
    if sealed is None:
        return None
    unseal = session.info["keys"].unseal
    note = unseal(sealed.note_sealed) if sealed.note_sealed else ""
    return Contact(unseal(sealed.name_sealed), unseal(sealed.phone_sealed), note)
