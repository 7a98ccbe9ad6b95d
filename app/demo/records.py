"""What is put on record about a simulated person in one go, and their own words.

A urine test of a story is one row and one audit entry, judged at once, as every other entry.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.checkins.mood import keep_words
from app.demo.told import NoteTold, SpecimenTested
from app.flags.service import Outcome, reassess
from app.models.trial import URINALYSIS

_ADD_SPECIMEN = insert(URINALYSIS).returning(URINALYSIS.c.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """Whose record it is, who writes it (``staff_id`` None: the participant), and when."""

    participant_id: int
    actor: Actor
    now: datetime
    staff_id: int | None = None


def record_specimen(session: Session, entry: Entry, told: SpecimenTested) -> Outcome:
    row = specimen_row(entry.participant_id, told, entry.staff_id)
    return _judged(session, entry, "urinalysis", session.execute(_ADD_SPECIMEN, row).scalar_one())


def specimen_row(who: int, told: SpecimenTested, staff_id: int | None) -> dict[str, Any]:
    return {
        "participant_id": who,
        "at": told.taken_at,
        "received_at": told.at,
        "results": dict(told.results),
        "entered_by": staff_id,
    }


def record_note(session: Session, entry: Entry, told: NoteTold) -> Outcome:
    note = keep_words(session, entry.participant_id, told.text, told.at)
    return _judged(session, entry, "note", note)


def _judged(session: Session, entry: Entry, kind: str, row: int) -> Outcome:
    audit.record(session, entry.actor, f"{kind}.add", Subject(kind, row), now=entry.now)
    event = f"{kind}-{row}"
    return reassess(session, entry.participant_id, [event], entry.actor, entry.now)
