"""What a participant sets for themselves, written with its audit entry."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.models.people import PREFERENCE
from app.visit.identity import ParticipantMe

_ADD = insert(PREFERENCE)
_CHANGE = update(PREFERENCE).where(PREFERENCE.c.participant_id == bindparam("who"))


def save_preferences(
    session: Session, me: ParticipantMe, wanted: Mapping[str, bool], now: datetime
) -> bool:
    """Store the settings; False where nothing changed."""
    former = me.preferences
    values = {**former, **wanted}
    changes = {
        name: [former.get(name, False), value]
        for name, value in values.items()
        if former.get(name, False) != value
    }
    if not changes:
        return False
    changed = session.execute(_CHANGE.values(values=values), {"who": me.id})
    if not changed.rowcount:  # type: ignore[attr-defined]
        session.execute(_ADD, {"participant_id": me.id, "values": values})
    subject = Subject("participant", me.id)
    audit.record(session, me.actor, "preference.set", subject, now=now, changes=changes)
    return True
