"""About whom staff may enter what they are told."""

from sqlmodel import Session

from app.i18n import N_
from app.visit.identity import StaffMe
from app.visit.left import left_as
from app.visit.scope import ScopedParticipant, participant_for
from app.web.forms import BadForm


class TookBackConsent(BadForm):
    """Says so in words; the page is refused like a form that cannot be taken."""

    def __init__(self, how: str) -> None:
        super().__init__(closed_words(how), 403)


def closed_words(how: str) -> str:
    """Why nothing more is entered, to be translated; ``how``: the kind of end."""
    if how == "withdrew":
        return N_("This participant took back consent. Nothing more is entered about them.")
    return N_("This participant has left the study. Nothing more is entered about them.")


def told_participant(session: Session, me: StaffMe, public_id: str) -> ScopedParticipant:
    """The participant, while they take part: nothing is collected after withdrawn consent.

    Raises NotFound for somebody out of scope, TookBackConsent for whoever has left.
    """
    who = participant_for(session, me, public_id)
    if who.status == "withdrawn":
        raise TookBackConsent(left_as(session, who.id))
    return who
