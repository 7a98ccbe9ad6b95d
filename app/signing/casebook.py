"""A participant's record as an investigator signs it off: what was told, and what staff recorded.

Columns without a value are left out, so that one that a later release adds changes no hash of a
record in which it says nothing.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT, CHECKIN_PAGE, SCREEN
from app.models.counseling import COUNSELING_SESSION, SESSION_NOTE, SESSION_NOTE_TEXT
from app.models.diary import DOSE, DRINK_DAY, NOTE, SUBSTANCE_DAY
from app.models.people import HOLD, PARTICIPANT
from app.models.trial import CONSENT_WITHDRAWAL, STUDY_END, URINALYSIS

_WHO: Any = bindparam("who")
# Where they live and who counsels them is no part of what the study learned.
_PERSON = ("id", "code", "sex", "first_dose_on", "status", "enrolled_at")
_OWN = (
    DOSE,
    DRINK_DAY,
    SUBSTANCE_DAY,
    NOTE,
    CHECKIN,
    SCREEN,
    HOLD,
    COUNSELING_SESSION,
    SESSION_NOTE,
    URINALYSIS,
    CONSENT_WITHDRAWAL,
    STUDY_END,
)
_OF_CHECKIN = (CHECKIN_PAGE, CHECKIN_JUDGEMENT)
_STATEMENTS: dict[str, Any] = {
    "participant": select(*(PARTICIPANT.c[name] for name in _PERSON)).where(
        PARTICIPANT.c.id == _WHO
    ),
    **{
        one.name: select(one).where(one.c.participant_id == _WHO).order_by(one.c.id) for one in _OWN
    },
    **{
        one.name: select(one)
        .join(CHECKIN, CHECKIN.c.id == one.c.checkin_id)
        .where(CHECKIN.c.participant_id == _WHO)
        .order_by(one.c.id)
        for one in _OF_CHECKIN
    },
    "session_note_text": select(SESSION_NOTE_TEXT)
    .join(SESSION_NOTE, SESSION_NOTE.c.id == SESSION_NOTE_TEXT.c.note_id)
    .where(SESSION_NOTE.c.participant_id == _WHO)
    .order_by(SESSION_NOTE_TEXT.c.note_id),
}


def casebooks(store: Session | Connection, ids: Sequence[int]) -> dict[int, Any]:
    """By participant, every table with its rows."""
    return {who: _casebook(store, who) for who in ids}


def _casebook(store: Session | Connection, who: int) -> dict[str, Any]:
    found = {}
    for name, statement in _STATEMENTS.items():
        rows = store.execute(statement, {"who": who}).mappings()
        found[name] = [{key: at for key, at in row.items() if at is not None} for row in rows]
    return found
