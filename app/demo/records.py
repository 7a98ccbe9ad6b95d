"""What staff and participants put on record that has no room of its own in the demo's way.

Urine tests, own words and withdrawn consent: one row, one audit entry, judged at once,
as every other entry.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.demo.rows import consent_row, note_row, specimen_row
from app.demo.told import ConsentTakenBack, NoteTold, SpecimenTested
from app.flags.service import Outcome, reassess
from app.models.diary import Note
from app.models.people import PARTICIPANT
from app.models.trial import ConsentWithdrawal, Urinalysis


@dataclass(frozen=True, slots=True)
class Entry:
    """Whose record it is, who writes it (``staff_id`` None: the participant), and when."""

    participant_id: int
    actor: Actor
    now: datetime
    staff_id: int | None = None


def record_specimen(session: Session, entry: Entry, told: SpecimenTested) -> Outcome:
    values = specimen_row(entry.participant_id, told, entry.staff_id)
    return _add(session, entry, Urinalysis, "urinalysis", values)


def record_note(session: Session, entry: Entry, told: NoteTold) -> Outcome:
    return _add(session, entry, Note, "note", note_row(entry.participant_id, told))


def record_consent(session: Session, entry: Entry, told: ConsentTakenBack) -> Outcome:
    """Withdrawn consent also ends the participant's part in the study."""
    who = entry.participant_id
    session.execute(update(PARTICIPANT).where(PARTICIPANT.c.id == who).values(status="withdrawn"))
    return _add(session, entry, ConsentWithdrawal, "consent", consent_row(who, told))


def _add(session: Session, entry: Entry, model: Any, kind: str, values: dict[str, Any]) -> Outcome:
    table = model.__table__
    new_id = session.execute(insert(table).returning(table.c.id), values).scalar_one()
    subject = Subject(kind, new_id)
    audit.record(session, entry.actor, f"{kind}.add", subject, now=entry.now)
    event = f"{kind}-{new_id}"
    return reassess(session, entry.participant_id, [event], entry.actor, entry.now)
