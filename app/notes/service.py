"""Writing session notes: a draft that may change, a closed note that may not, amendments beside it.

The audit trail names the fields and never what stands in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app import audit, turns
from app.appointments.queries import Appointment
from app.appointments.service import About, Changed, correct_attendance, still_stands
from app.audit import Subject
from app.models.audit import AUDIT_ENTRY
from app.models.base import public_id
from app.models.counseling import SESSION_NOTE, SESSION_NOTE_TEXT
from app.signing.service import Declared, Version, sign

_INSERT = insert(SESSION_NOTE).returning(SESSION_NOTE.c.id)
_HEADS = (
    select(
        SESSION_NOTE.c.id,
        SESSION_NOTE.c.public_id,
        SESSION_NOTE.c.written_at,
        SESSION_NOTE.c.closed_at,
    )
    .where(SESSION_NOTE.c.session_id == bindparam("session"))
    .order_by(SESSION_NOTE.c.id)
)
_SENT = (
    select(AUDIT_ENTRY.c.changes)
    .select_from(SESSION_NOTE)
    .join(
        AUDIT_ENTRY,
        (AUDIT_ENTRY.c.subject_kind == "session_note")
        & (AUDIT_ENTRY.c.subject_id == SESSION_NOTE.c.id),
    )
    .where(
        SESSION_NOTE.c.session_id == bindparam("session"), AUDIT_ENTRY.c.actor == bindparam("actor")
    )
)


class Closed(Exception):
    """The note is closed: what is typed now belongs into an amendment."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a note says; every list holds codes of ``note_words``."""

    attendance: str | None = None
    topics: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    risk_asked: Mapping[str, str] = field(default_factory=dict)
    next_on: date | None = None
    text: str = ""

    @property
    def filled(self) -> list[str]:
        """The names of the fields that say something, and nothing of what they say."""
        return [each.name for each in fields(self) if getattr(self, each.name)]


def sent_before(session: Session, about: About, one: Appointment, token: str) -> bool:
    """Whether this very form is stored already: it was sent twice. Asked in turn."""
    turns.of_person(session, about.participant_id)
    values = {"session": one.id, "actor": about.actor.name}
    made = session.execute(_SENT, values).scalars()
    return bool(token) and any(changes.get("form") == [None, token] for changes in made)


def save_note(
    session: Session,
    about: About,
    one: Appointment,
    content: Content,
    seen: datetime | None,
    token: str = "",
) -> int:
    """Store the draft of a session's note; returns the row's id.

    ``seen`` is when the draft that was on the page had been saved, None where there was none.
    Raises Closed, and Changed if it was saved from elsewhere since.
    """
    note_id = _store_draft(session, about, one, content, _draft(session, about, one, seen))
    _record(session, about, "note.save", note_id, content, token)
    return note_id


def close_note(
    session: Session,
    about: About,
    one: Appointment,
    content: Content,
    seen: datetime | None,
    by: Declared,
    token: str = "",
) -> int:
    """Store the note and close it under a name, a time and a meaning; returns the row's id.

    The session takes over who came. Raises Closed and Changed.
    """
    draft = _draft(session, about, one, seen)
    still_stands(session, one)
    note_id = _store_draft(session, about, one, content, draft)
    _close(session, about, one, note_id, by)
    _record(session, about, "note.close", note_id, content, token)
    correct_attendance(session, about, one, content.attendance != "no_show")
    return note_id


def amend_note(
    session: Session,
    about: About,
    one: Appointment,
    former: str,
    content: Content,
    reason: str,
    by: Declared,
    token: str = "",
) -> int:
    """A closed version beside the closed one with the public id ``former``; returns its id.

    Raises Changed if that is not the latest: somebody else amended it.
    """
    turns.of_person(session, about.participant_id)
    closed = [row for row in _heads(session, one) if row.closed_at]
    if not closed or closed[-1].public_id != former:
        raise Changed
    still_stands(session, one)
    note_id = _insert(session, about, one, content, closed[-1].id, reason)
    _close(session, about, one, note_id, by, closed[-1].id)
    _record(session, about, "note.amend", note_id, content, token, reason)
    correct_attendance(session, about, one, content.attendance != "no_show")
    return note_id


def _draft(session: Session, about: About, one: Appointment, seen: datetime | None) -> Any:
    """The draft that may be written over, None where there is none. Raises Closed and Changed."""
    turns.of_person(session, about.participant_id)
    heads = _heads(session, one)
    if any(row.closed_at for row in heads):
        raise Closed
    draft = heads[-1] if heads else None
    if (draft.written_at if draft else None) != seen:
        raise Changed
    return draft


def _store_draft(
    session: Session, about: About, one: Appointment, content: Content, draft: Any
) -> int:
    if draft is None:
        return _insert(session, about, one, content)
    session.execute(
        update(SESSION_NOTE).where(SESSION_NOTE.c.id == draft.id).values(**_values(about, content))
    )
    session.execute(
        update(SESSION_NOTE_TEXT)
        .where(SESSION_NOTE_TEXT.c.note_id == draft.id)
        .values(text=content.text)
    )
    return int(draft.id)


def _heads(session: Session, one: Appointment) -> list[Any]:
    return list(session.execute(_HEADS, {"session": one.id}).all())


def _insert(
    session: Session,
    about: About,
    one: Appointment,
    content: Content,
    replaces: int | None = None,
    reason: str = "",
) -> int:
    row = {
        **_values(about, content),
        "public_id": public_id(),
        "session_id": one.id,
        "participant_id": one.participant_id,
        "replaces_id": replaces,
        # Whoever began it; who closed it stands beside.
        "written_by": about.staff_id,
        "reason": reason,
    }
    note_id: int = session.execute(_INSERT, row).scalar_one()
    session.execute(insert(SESSION_NOTE_TEXT), {"note_id": note_id, "text": content.text})
    return note_id


def _values(about: About, content: Content) -> dict[str, Any]:
    return {
        "attendance": content.attendance,
        "topics": list(content.topics),
        "sheets": list(content.sheets),
        "plan": list(content.plan),
        "risk_asked": dict(content.risk_asked),
        "next_on": content.next_on,
        "written_at": about.now,
    }


def _close(
    session: Session,
    about: About,
    one: Appointment,
    note_id: int,
    by: Declared,
    former: int | None = None,
) -> None:
    """From here on the database refuses to change the row, and it is signed as it stands."""
    session.execute(
        update(SESSION_NOTE).where(SESSION_NOTE.c.id == note_id).values(closed_at=about.now)
    )
    closed = sum(1 for row in _heads(session, one) if row.closed_at)
    sign(session, by, Version("session_note", note_id, str(closed)), about.now, former=former)


def _record(
    session: Session,
    about: About,
    action: str,
    note_id: int,
    content: Content,
    token: str,
    reason: str = "",
) -> None:
    changes = {"fields": [None, content.filled], "form": [None, token]}
    subject = Subject("session_note", note_id)
    audit.record(
        session, about.actor, action, subject, now=about.now, changes=changes, reason=reason
    )
