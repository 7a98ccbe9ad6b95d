"""A participant's name and telephone number: sealed, opened by hand, and each look on record."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.models.people import ParticipantContact
from app.visit.identity import StaffMe


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
    sealed = session.get(ParticipantContact, participant_id)
    subject = Subject("participant", participant_id)
    audit.record(session, me.actor, "contact.reveal", subject, now=now)
    if sealed is None:
        return None
    unseal = session.info["keys"].unseal
    note = unseal(sealed.note_sealed) if sealed.note_sealed else ""
    return Contact(unseal(sealed.name_sealed), unseal(sealed.phone_sealed), note)
