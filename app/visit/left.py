"""How somebody's part in the study ended: the words for it, and the read of the end that stands.

An end that was put down wrongly is undone and stays on record; it counts no more.
"""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.i18n import N_
from app.models.people import PARTICIPANT
from app.models.trial import STUDY_END

# As a list names them. Where nothing else is on record, consent was taken back.
WORDS = {
    "withdrew": N_("Withdrawn"),
    "completed": N_("Completed"),
    "lost": N_("Lost to follow-up"),
    "physician": N_("Ended by the physician"),
    "terminated": N_("Study ended"),
}
_STANDS = (STUDY_END.c.scope == "all", STUDY_END.c.undone_at.is_(None))
_NEWEST = select(STUDY_END.c.kind).where(*_STANDS).order_by(STUDY_END.c.id.desc()).limit(1)
_OF: Any = _NEWEST.where(STUDY_END.c.participant_id == bindparam("who"))
# Beside a participant's own columns: null while they take part.
LEFT_AS = (
    _NEWEST.where(STUDY_END.c.participant_id == PARTICIPANT.c.id)
    .correlate(PARTICIPANT)
    .scalar_subquery()
    .label("left_as")
)


def left_as(session: Session, participant_id: int) -> str:
    """The kind of end of somebody who takes part no more."""
    return session.execute(_OF, {"who": participant_id}).scalar() or "withdrew"


def word_of(status: str, kind: str | None) -> str:
    """How a list names whoever has left, to be translated; "" while they take part."""
    if status == "active":
        return ""
    return WORDS[kind or ("completed" if status == "completed" else "withdrew")]


def left_word(session: Session, participant_id: int, status: str) -> str:
    """The same of one participant, whose end is read here."""
    return word_of(status, None if status == "active" else left_as(session, participant_id))
