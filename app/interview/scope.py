"""About whom staff may enter what they are told."""

from sqlmodel import Session

from app.auth.identity import StaffMe
from app.auth.scope import ScopedParticipant, participant_for
from app.web.errors import NotFound


def told_participant(session: Session, me: StaffMe, public_id: str) -> ScopedParticipant:
    """The participant, while they take part: nothing is collected after withdrawn consent.

    Raises NotFound.
    """
    who = participant_for(session, me, public_id)
    if who.status == "withdrawn":
        raise NotFound
    return who
