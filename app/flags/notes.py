"""A note put right: a new entry that replaces the old one, which stays readable."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from app import audit, turns
from app.audit import Subject
from app.flags.queries import ScopedFlag
from app.models.flags import FLAG_ACTION
from app.visit.identity import StaffMe

NOTE = "note"
_MINE = select(FLAG_ACTION.c.id, FLAG_ACTION.c.note).where(
    FLAG_ACTION.c.id == bindparam("entry"),
    FLAG_ACTION.c.flag_id == bindparam("flag"),
    FLAG_ACTION.c.staff_id == bindparam("me"),
)
_REPLACED = select(FLAG_ACTION.c.id).where(FLAG_ACTION.c.replaces_id == bindparam("entry"))
_INSERT = insert(FLAG_ACTION)


def correct(
    session: Session, me: StaffMe, flag: ScopedFlag, entry: int, text: str, now: datetime
) -> bool:
    """Replace the note of an own entry; False where there is none that still holds."""
    turns.of_person(session, flag.participant_id)
    found = session.execute(_MINE, {"entry": entry, "flag": flag.id, "me": me.id}).first()
    if found is None or session.execute(_REPLACED, {"entry": entry}).first():
        return False
    values = {
        "flag_id": flag.id,
        "at": now,
        "staff_id": me.id,
        "action": NOTE,
        "note": text,
        "replaces_id": entry,
    }
    session.execute(_INSERT, values)
    changes = {"note": [found.note, text], "entry": [entry, None]}
    subject = Subject("flag", flag.id)
    audit.record(session, me.actor, "flag.correct_note", subject, now=now, changes=changes)
    return True
