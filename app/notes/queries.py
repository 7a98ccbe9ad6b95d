"""Session notes as staff read them: which there are, and every version of one.

Free text stands in a table of its own and is read for the participant's counselor and for
investigators alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.models.counseling import SESSION_NOTE, SESSION_NOTE_TEXT
from app.signing.queries import Signed, signatures_of
from app.visit.identity import StaffMe
from app.visit.roles import READS_NOTE_TEXTS, WRITES_NOTES

_CLOSED = func.count(SESSION_NOTE.c.closed_at)
_STATES = (
    select(
        SESSION_NOTE.c.session_id,
        _CLOSED,
        func.count(case((SESSION_NOTE.c.closed_at.is_(None), 1))),
    )
    .where(SESSION_NOTE.c.participant_id == bindparam("who"))
    .group_by(SESSION_NOTE.c.session_id)
)
_VERSIONS = (
    select(
        SESSION_NOTE.c.id,
        SESSION_NOTE.c.public_id,
        SESSION_NOTE.c.attendance,
        SESSION_NOTE.c.topics,
        SESSION_NOTE.c.sheets,
        SESSION_NOTE.c.plan,
        SESSION_NOTE.c.risk_asked,
        SESSION_NOTE.c.next_on,
        SESSION_NOTE.c.reason,
        SESSION_NOTE.c.written_at,
        SESSION_NOTE.c.closed_at,
        SESSION_NOTE.c.written_by,
    )
    .where(SESSION_NOTE.c.session_id == bindparam("session"))
    .order_by(SESSION_NOTE.c.id)
)
_TEXTS = (
    select(SESSION_NOTE_TEXT.c.note_id, SESSION_NOTE_TEXT.c.text)
    .join(SESSION_NOTE, SESSION_NOTE.c.id == SESSION_NOTE_TEXT.c.note_id)
    .where(SESSION_NOTE.c.session_id == bindparam("session"))
)


@dataclass(frozen=True, slots=True)
class NoteState:
    """What there is of one session's note: closed versions, and whether a draft waits."""

    closed: int
    draft: bool


def notes_of(session: Session, participant_id: int) -> dict[int, NoteState]:
    """By session, for those that have any."""
    rows = session.execute(_STATES, {"who": participant_id})
    return {row[0]: NoteState(row[1], row[2] > 0) for row in rows}


@dataclass(frozen=True, slots=True)
class NoteVersion:
    """One version: codes, who began it, the closing and its signature.

    ``text`` is None where it is not for whoever asks.
    """

    id: int
    public_id: str
    attendance: str | None
    topics: Sequence[str]
    sheets: Sequence[str]
    plan: Sequence[str]
    risk_asked: dict[str, str]
    next_on: date | None
    reason: str
    written_at: datetime
    closed_at: datetime | None
    written_by: int
    text: str | None
    signed: Signed | None

    @property
    def concern(self) -> bool:
        return "asked_concern" in self.risk_asked.values()


@dataclass(frozen=True, slots=True)
class Notes:
    """The closed versions, the original first; or the draft, as long as none is closed."""

    closed: Sequence[NoteVersion]
    draft: NoteVersion | None


def read_notes(session: Session, me: StaffMe, session_id: int) -> Notes:
    """The note of a session in the scope of ``me``; a draft is its counselors' alone."""
    rows = session.execute(_VERSIONS, {"session": session_id}).mappings().all()
    texts: dict[int, str] = {}
    if me.may(READS_NOTE_TEXTS):
        found = session.execute(_TEXTS, {"session": session_id})
        texts = {row.note_id: row.text for row in found}
    hidden = "" if me.may(READS_NOTE_TEXTS) else None
    closed = [row["id"] for row in rows if row["closed_at"]]
    signed = signatures_of(session, "session_note", closed)
    versions = [
        NoteVersion(**row, text=texts.get(row["id"], hidden), signed=signed.get(row["id"]))
        for row in rows
    ]
    drafts = [one for one in versions if one.closed_at is None and me.may(WRITES_NOTES)]
    return Notes([one for one in versions if one.closed_at], drafts[-1] if drafts else None)
