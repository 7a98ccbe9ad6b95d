"""Counseling: appointments, notes of sessions, and who read the brief before one."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import json_column, one_of, public_id, refers, row_id, table, text_column

PLACES = ("clinic", "phone", "video")
ATTENDANCE = ("attended", "late", "no_show")


class CounselingSession(SQLModel, table=True):
    """One weekly session, first as an appointment.

    ``attended`` is null until it took place or did not; a cancelled one stays null for ever and
    is nobody's absence. ``version`` grows with each move, so that a calendar replaces its entry.
    """

    __tablename__ = "counseling_session"
    __table_args__ = (
        Index("ix_counseling_session_participant_id_at", "participant_id", "at"),
        one_of("place", PLACES),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    participant_id: int = refers("participant.id")
    at: datetime
    minutes: int = 50
    place: str = Field(default="clinic", max_length=8)
    week: int
    version: int = 0
    attended: bool | None = None
    recorded_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: int | None = refers("staff.id", default=None)


COUNSELING_SESSION = table(CounselingSession)


class SessionNote(SQLModel, table=True):
    """The structured record of a session: a draft until it is closed, never changed after.

    An amendment is a row of its own that ``replaces`` the former. ``attendance`` is null as long
    as nobody has said it; ``topics``, ``sheets`` and ``plan`` are codes; ``risk_asked`` is
    {risk: asked | asked_concern | not_asked}. The database refuses to change a closed note; its
    signature stands in a table of its own (``signing``).
    """

    __tablename__ = "session_note"
    __table_args__ = (
        Index("ix_session_note_session_id", "session_id"),
        one_of("attendance", ATTENDANCE),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    session_id: int = refers("counseling_session.id")
    participant_id: int = refers("participant.id")
    replaces_id: int | None = refers("session_note.id", default=None, unique=True)
    attendance: str | None = Field(default=None, max_length=10)
    topics: list[str] = json_column(default_factory=list)
    sheets: list[str] = json_column(default_factory=list)
    plan: list[str] = json_column(default_factory=list)
    risk_asked: dict[str, str] = json_column(default_factory=dict)
    next_on: date | None = None
    reason: str = text_column(default="")
    written_by: int = refers("staff.id")
    written_at: datetime
    closed_at: datetime | None = None


SESSION_NOTE = table(SessionNote)


class SessionNoteText(SQLModel, table=True):
    """Free text of a note, apart from the rest: counselor and investigator only, in no export."""

    __tablename__ = "session_note_text"
    note_id: int = refers("session_note.id", primary_key=True)
    text: str = text_column(default="")


SESSION_NOTE_TEXT = table(SessionNoteText)


class BriefReading(SQLModel, table=True):
    """Somebody opened the brief; ``session_id`` is the appointment it was read for, if any."""

    __tablename__ = "brief_reading"
    __table_args__ = (
        Index("ix_brief_reading_session_id", "session_id"),
        Index("ix_brief_reading_participant_id", "participant_id"),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    session_id: int | None = refers("counseling_session.id", default=None)
    staff_id: int = refers("staff.id")
    at: datetime


BRIEF_READING = table(BriefReading)
