"""Sessions, readings and notes of one simulated person in few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, update

from app.demo.sessions import MINUTES, content_of, signature
from app.demo.told import NoteWritten, SessionHeld
from app.models.base import public_id
from app.models.counseling import (
    SESSION_NOTE,
    SESSION_NOTE_TEXT,
    BriefReading,
    CounselingSession,
    SessionNote,
)
from app.models.signing import Signature
from app.signing.records import digests
from bench.crowd.batch import Batch
from bench.crowd.rows import Row

_CLOSE = (
    update(SESSION_NOTE)
    .where(SESSION_NOTE.c.id == bindparam("note"))
    .values(closed_at=bindparam("at"))
)


def add_sessions(batch: Batch, told: Sequence[SessionHeld]) -> list[int]:
    """What the steps of ``Visit`` make of each, by the batch's end; ids in their order."""
    staff = batch.person.counselor.id
    ids = batch.insert(CounselingSession, [_session_row(batch.who, one, staff) for one in told])
    readings = [
        {"participant_id": batch.who, "session_id": id_, "staff_id": staff, "at": one.read_at}
        for id_, one in zip(ids, told, strict=True)
        if one.read_at
    ]
    batch.insert(BriefReading, readings)
    written = [
        (id_, one.week, one.note)
        for id_, one in zip(ids, told, strict=True)
        if one.note and one.note.at <= batch.until
    ]
    _add_notes(batch, written)
    return ids


def _session_row(who: int, told: SessionHeld, staff_id: int) -> Row:
    """Planned, perhaps moved, and then recorded or cancelled."""
    cancelled = told.attended is None
    return {
        "participant_id": who,
        "public_id": public_id(),
        "at": told.planned_at,
        "minutes": MINUTES,
        "place": told.place,
        "week": told.week,
        "version": int(told.moved_from is not None) + int(cancelled),
        "attended": told.attended,
        "recorded_at": None if cancelled else told.at,
        "cancelled_at": told.at if cancelled else None,
        "cancelled_by": staff_id if cancelled else None,
    }


Written = tuple[int, int, NoteWritten]
"""Session, week of the plan, and the note."""


def _add_notes(batch: Batch, written: Sequence[Written]) -> None:
    """Drafts with their texts first: the database takes no text of a closed note."""
    ids = batch.insert(SessionNote, [_note_row(batch, one) for one in written])
    amended = [
        (former, one)
        for former, one in zip(ids, written, strict=True)
        if one[2].amended_at and one[2].amended_at <= batch.until
    ]
    more = batch.insert(SessionNote, [_note_row(batch, one, former) for former, one in amended])
    both = [*zip(ids, written, strict=True), *zip(more, [one for _, one in amended], strict=True)]
    if both:
        texts = [{"note_id": id_, "text": note.text} for id_, (*_, note) in both]
        batch.session.execute(insert(SESSION_NOTE_TEXT), texts)
    first = [Closing(id_, note.at, note) for id_, (*_, note) in both[: len(ids)] if note.closed]
    signed = _close(batch, first, {})
    later = [
        Closing(id_, note.amended_at or note.at, note, former)
        for (id_, (*_, note)), (former, _) in zip(both[len(ids) :], amended, strict=True)
    ]
    _close(batch, later, signed)


def _note_row(batch: Batch, one: Written, former: int | None = None) -> Row:
    session_id, week, note = one
    content = content_of(note, week, amended=former is not None)
    return {
        "public_id": public_id(),
        "session_id": session_id,
        "participant_id": batch.who,
        "replaces_id": former,
        "attendance": content.attendance,
        "topics": list(content.topics),
        "sheets": list(content.sheets),
        "plan": list(content.plan),
        "risk_asked": dict(content.risk_asked),
        "next_on": None,
        "reason": note.reason if former else "",
        "written_by": batch.person.counselor.id,
        "written_at": note.amended_at if former else note.at,
    }


@dataclass(frozen=True, slots=True)
class Closing:
    """A note that is closed at a moment; ``former``: the one that it amends."""

    id: int
    at: datetime
    note: NoteWritten
    former: int | None = None


def _close(batch: Batch, closed: Sequence[Closing], formers: Mapping[int, int]) -> dict[int, int]:
    """Close and sign; returns the number of each note's signature."""
    if not closed:
        return {}
    person = batch.person
    digest = digests(batch.session, "session_note", [one.id for one in closed])
    rows = []
    for one in closed:
        signed = signature(person, one.note.attendance, amends=one.former is not None)
        rows.append(
            {
                "kind": "session_note",
                "record_id": one.id,
                "version": "1" if one.former is None else "2",
                "digest": digest[one.id],
                "staff_id": signed.staff_id,
                "name": signed.name,
                "meaning": signed.meaning,
                "words": signed.words,
                "at": one.at,
                "supersedes_id": None if one.former is None else formers[one.former],
            }
        )
    values = [{"note": one.id, "at": one.at} for one in closed]
    batch.session.connection().execute(_CLOSE, values)
    ids = batch.insert(Signature, rows)
    return dict(zip((one.id for one in closed), ids, strict=True))
