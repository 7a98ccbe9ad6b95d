"""A closed note stands, even for whoever writes to the database by hand."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import audit
from app.audit import SYSTEM, Subject
from app.models.counseling import CounselingSession, SessionNote, SessionNoteText
from tests.cast import NOW

CLOSED = [
    "UPDATE session_note SET reason = 'other' WHERE id = 1",
    "UPDATE session_note SET closed_at = NULL WHERE id = 1",
    "DELETE FROM session_note WHERE id = 1",
    "UPDATE session_note_text SET text = 'other' WHERE note_id = 1",
    "UPDATE session_note_text SET note_id = 1 WHERE note_id = 2",
    "DELETE FROM session_note_text WHERE note_id = 1",
    "INSERT INTO session_note_text (note_id, text) VALUES (3, 'later')",
]
OPEN = [
    "UPDATE session_note SET reason = 'other' WHERE id = 2",
    "UPDATE session_note_text SET text = 'other' WHERE note_id = 2",
    "DELETE FROM session_note_text WHERE note_id = 2",
]


@pytest.fixture
def notes(database, cast):
    """Note 1 is closed, note 2 a draft, note 3 closed without a text."""
    with database.write() as session:
        session.add(CounselingSession(id=1, participant_id=cast.anna, at=NOW, week=1))
        session.flush()
        for number in (1, 2, 3):
            session.add(
                SessionNote(
                    id=number,
                    session_id=1,
                    participant_id=cast.anna,
                    attendance="attended",
                    written_by=cast.petrova,
                    written_at=NOW,
                )
            )
        session.flush()
        for number in (1, 2):
            session.add(SessionNoteText(note_id=number, text="own words"))
        session.flush()
        for number in (1, 3):
            session.get(SessionNote, number).closed_at = NOW
        audit.record(session, SYSTEM, "test.notes", Subject("participant", cast.anna), now=NOW)
    return database


@pytest.mark.parametrize("statement", CLOSED)
def test_the_database_refuses_to_change_a_closed_note(notes, statement):
    with (
        pytest.raises(DBAPIError, match="never changed"),
        notes.writing.begin() as connection,
    ):
        connection.execute(text(statement))


def test_a_closed_note_cannot_be_replaced_or_swept_away(notes, backend):
    statements = {
        "sqlite": [
            "INSERT OR REPLACE INTO session_note_text (note_id, text) VALUES (1, 'x')",
            "REPLACE INTO session_note SELECT * FROM session_note WHERE id = 1",
        ],
        "postgresql": ["TRUNCATE session_note CASCADE", "TRUNCATE session_note_text"],
    }
    for statement in statements[backend]:
        with (
            pytest.raises(DBAPIError, match="never changed"),
            notes.writing.begin() as connection,
        ):
            connection.execute(text(statement))


@pytest.mark.parametrize("statement", OPEN)
def test_a_draft_is_still_changed_freely(notes, statement):
    with notes.writing.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
