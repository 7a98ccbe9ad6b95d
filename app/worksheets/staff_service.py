"""What the team writes about sheets: ask for one, take that back, read a shared one, comment it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Subject
from app.models.audit import AUDIT_ENTRY
from app.models.base import public_id
from app.models.worksheets import (
    ASSIGNMENT,
    WORKSHEET,
    WORKSHEET_COMMENT,
    WORKSHEET_COPY,
)
from app.visit.identity import StaffMe
from app.visit.roles import HOLDS_SESSIONS
from app.visit.scope import ScopedParticipant
from app.worksheets.staff_queries import Planned, SharedSheet

ASSIGN, COMMENT = "worksheet.assign", "worksheet.comment"
_ASSIGN = insert(ASSIGNMENT)
_COMMENT = insert(WORKSHEET_COMMENT)
_WAITING = select(ASSIGNMENT.c.id, ASSIGNMENT.c.sheet_key).where(
    ASSIGNMENT.c.public_id == bindparam("assignment"),
    ASSIGNMENT.c.participant_id == bindparam("who"),
    ASSIGNMENT.c.withdrawn_at.is_(None),
    # What was finished for it stays an answer to it.
    ~exists().where(
        WORKSHEET.c.assignment_id == ASSIGNMENT.c.id,
        WORKSHEET.c.finished_at.is_not(None),
        WORKSHEET.c.removed_at.is_(None),
    ),
)
_FORMS = select(AUDIT_ENTRY.c.changes).where(
    AUDIT_ENTRY.c.actor == bindparam("actor"),
    AUDIT_ENTRY.c.action == bindparam("action"),
    AUDIT_ENTRY.c.subject_kind == bindparam("kind"),
    AUDIT_ENTRY.c.subject_id == bindparam("subject"),
)


def assigned_before(
    session: Session, me: StaffMe, who: ScopedParticipant, keys: Collection[str], token: str
) -> bool:
    """Whether this very form asked for these sheets already: it was sent twice."""
    told = _told_by(session, me, who, ASSIGN, about(who), token)
    return any(changes.get("sheets") == [None, list(keys)] for changes in told)


def commented_before(
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    sheet: SharedSheet,
    text: str,
    token: str,
) -> bool:
    """Whether this very form wrote these words already."""
    told = _told_by(session, me, who, COMMENT, of_sheet(sheet), token)
    ids = [changes["comment"][1] for changes in told]
    return (
        text
        in session.execute(select(WORKSHEET_COMMENT.c.text).where(WORKSHEET_COMMENT.c.id.in_(ids)))
        .scalars()
        .all()
    )


def _told_by(
    session: Session, me: StaffMe, who: ScopedParticipant, action: str, subject: Subject, token: str
) -> list[dict[str, Any]]:
    """What forms under this token stored; another body under it is a form of its own.

    Asked in turn, so that of two taps at once the second sees what the first has stored.
    """
    turns.of_person(session, who.id)
    asked = {
        "actor": me.actor.name,
        "action": action,
        "kind": subject.kind,
        "subject": subject.id,
    }
    stored = session.execute(_FORMS, asked).scalars()
    return [changes for changes in stored if token and changes.get("form") == [None, token]]


def assign(
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    keys: Collection[str],
    planned: Planned | None,
    now: datetime,
    token: str = "",
) -> None:
    """Ask for each of these sheets, for the session ``planned`` if there is one.

    The caller has seen that none of them is waiting already.
    """
    rows = [
        {
            "public_id": public_id(),
            "participant_id": who.id,
            "sheet_key": key,
            "session_id": planned.id if planned else None,
            "assigned_by": me.id,
            "assigned_at": now,
        }
        for key in keys
    ]
    session.execute(_ASSIGN, rows)
    changes = {
        "sheets": [None, list(keys)],
        "session": [None, planned.id if planned else None],
        "form": [None, token],
    }
    audit.record(session, me.actor, ASSIGN, about(who), now=now, changes=changes)


def about(who: ScopedParticipant) -> Subject:
    return Subject("participant", who.id)


def of_sheet(sheet: SharedSheet) -> Subject:
    return Subject("worksheet", sheet.id)


def withdraw(
    session: Session, me: StaffMe, who: ScopedParticipant, assignment: str, now: datetime
) -> bool:
    """Take an assignment back; False if that was done, it is finished by now or not theirs.

    What the participant wrote stays theirs.
    """
    turns.of_person(session, who.id)
    found = session.execute(_WAITING, {"assignment": assignment, "who": who.id}).first()
    if found is None:
        return False
    session.execute(update(ASSIGNMENT).where(ASSIGNMENT.c.id == found.id).values(withdrawn_at=now))
    changes = {"withdrawn_at": [None, now.isoformat()], "sheets": [[found.sheet_key], None]}
    subject = Subject("assignment", found.id)
    audit.record(session, me.actor, "worksheet.withdraw", subject, now=now, changes=changes)
    return True


def record_read(
    session: Session, me: StaffMe, sheet: SharedSheet, now: datetime, rulers: int = 0
) -> None:
    """Every reading leaves an entry; a counselor's first one marks the copy as read.

    Others who read it do not: it is the counselor for whom it waits. ``rulers``: on so many sheets
    were the numbers that the page shows beside it.
    """
    changes: dict[str, Any] = {"copy": [None, sheet.copy_id]}
    if rulers:
        changes["rulers"] = [None, rulers]
    if me.may(HOLDS_SESSIONS) and sheet.seen_at is None:
        read = (
            update(WORKSHEET_COPY)
            .where(WORKSHEET_COPY.c.id == sheet.copy_id)
            .values(seen_at=now, seen_by=me.id)
        )
        session.execute(read)
        changes["seen_at"] = [None, now.isoformat()]
    audit.record(session, me.actor, "worksheet.open", of_sheet(sheet), now=now, changes=changes)


def comment(
    session: Session, me: StaffMe, sheet: SharedSheet, text: str, now: datetime, token: str = ""
) -> None:
    """Words for the participant about the copy that is shared; never changed after."""
    made = session.execute(
        _COMMENT,
        {
            "worksheet_id": sheet.id,
            "copy_id": sheet.copy_id,
            "staff_id": me.id,
            "at": now,
            "text": text,
        },
    )
    changes = {
        "comment": [None, made.inserted_primary_key[0]],  # type: ignore[attr-defined]
        "copy": [None, sheet.copy_id],
        "form": [None, token],
    }
    audit.record(session, me.actor, COMMENT, of_sheet(sheet), now=now, changes=changes)
