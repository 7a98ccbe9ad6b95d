"""The weekly screen as it is written: one row a time, judged in the same transaction.

The answers stand together in the row; the rules and the timeline read the one about thoughts of
self-harm alone. Own words become a note for the next session, which no rule reads.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.checkins.service import Telling
from app.flags.service import Outcome, reassess
from app.instruments.definitions import Instrument
from app.instruments.scoring import PageAnswers
from app.models.checkin import SCREEN
from app.models.diary import NOTE

_ADD = insert(SCREEN).returning(SCREEN.c.id)
_ADD_NOTE = insert(NOTE).returning(NOTE.c.id)
_SAME = select(SCREEN.c.id, SCREEN.c.ratings).where(
    SCREEN.c.participant_id == bindparam("who"), SCREEN.c.received_at > bindparam("since")
)
_OWN = select(SCREEN.c.ratings).where(
    SCREEN.c.participant_id == bindparam("who"), SCREEN.c.id == bindparam("id")
)


def submit_screen(
    session: Session, telling: Telling, instrument: Instrument, answers: PageAnswers
) -> tuple[int, Outcome]:
    """Store one screen and have it judged; returns its row number and what the rules made of it.

    A screen that was skipped is a row without answers: skipped is not "not at all".
    """
    row = {
        "participant_id": telling.participant_id,
        "instrument": instrument.key,
        "version": instrument.version,
        "at": telling.now,
        "received_at": telling.now,
        "ratings": answers.ratings,
    }
    row_id = session.execute(_ADD, row).scalar_one()
    changes: dict[str, Any] = {"ratings": [None, answers.ratings]}
    events = [f"screen-{row_id}"]
    for words in answers.texts.values():
        note_id = keep_words(session, telling.participant_id, words, telling.now)
        changes["note"] = [None, note_id]
        events.append(f"note-{note_id}")
    audit.record(
        session,
        telling.actor,
        "screen.add",
        Subject("screen", row_id),
        now=telling.now,
        changes=changes,
        client_at=telling.client_at,
    )
    if not answers.ratings:
        return row_id, Outcome()
    return row_id, reassess(session, telling.participant_id, events, telling.actor, telling.now)


def keep_words(session: Session, participant_id: int, words: str, now: datetime) -> int:
    """Own words for the next session; returns the note's row number."""
    note = {"participant_id": participant_id, "at": now, "text": words}
    return int(session.execute(_ADD_NOTE, note).scalar_one())


def stored_since(session: Session, participant_id: int, ratings: Any, since: datetime) -> bool:
    """Whether the same answers arrived after ``since`` already."""
    rows = session.execute(_SAME, {"who": participant_id, "since": since})
    return any(row.ratings == ratings for row in rows)


def ratings_of(session: Session, participant_id: int, screen_id: int) -> dict[str, float]:
    """The answers of one screen of the participant's own; raises NoResultFound."""
    values = {"who": participant_id, "id": screen_id}
    return dict(session.execute(_OWN, values).scalar_one())
