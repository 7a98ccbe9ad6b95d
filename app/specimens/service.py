"""What the team enters about specimens; each entry is judged as it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from app import audit, turns
from app.audit import Subject
from app.flags.service import Outcome, reassess
from app.models.trial import (
    SPECIMEN_HANDLING,
    SPECIMEN_MISSING,
    SPECIMEN_VOID,
    URINALYSIS,
)
from app.visit.identity import StaffMe

_ADD = insert(URINALYSIS).returning(URINALYSIS.c.id)
_HANDLED = insert(SPECIMEN_HANDLING)
_SAME = select(URINALYSIS.c.id).where(
    URINALYSIS.c.participant_id == bindparam("who"),
    URINALYSIS.c.at == bindparam("at"),
    ~select(SPECIMEN_VOID.c.id).where(SPECIMEN_VOID.c.urinalysis_id == URINALYSIS.c.id).exists(),
)
_OWN = (
    select(URINALYSIS.c.id, SPECIMEN_VOID.c.id.label("void"))
    .outerjoin(SPECIMEN_VOID, SPECIMEN_VOID.c.urinalysis_id == URINALYSIS.c.id)
    .where(
        URINALYSIS.c.id == bindparam("specimen"), URINALYSIS.c.participant_id == bindparam("who")
    )
)
_WHY = select(SPECIMEN_MISSING.c.id, SPECIMEN_MISSING.c.reason).where(
    SPECIMEN_MISSING.c.participant_id == bindparam("who"),
    SPECIMEN_MISSING.c.week == bindparam("week"),
)


class There(Exception):
    """A specimen of this very moment is on record already."""


@dataclass(frozen=True, slots=True)
class Given:
    """A specimen as it was entered. ``unusable``: it says nothing, for this reason."""

    at: datetime
    read_at: datetime
    results: Mapping[str, str]
    celsius: float | None
    lot: str
    unusable: str | None


def enter(session: Session, me: StaffMe, who: int, given: Given, now: datetime) -> Outcome:
    """Raises There."""
    turns.of_person(session, who)
    if session.execute(_SAME, {"who": who, "at": given.at}).first():
        raise There
    results = dict(given.results)
    if given.unusable:
        results = dict.fromkeys(results, "invalid")
    row = {
        "participant_id": who,
        "at": given.at,
        "received_at": now,
        "results": results,
        "entered_by": me.id,
    }
    number: int = session.execute(_ADD, row).scalar_one()
    handled = {
        "urinalysis_id": number,
        "read_at": given.read_at,
        "celsius": given.celsius,
        "lot": given.lot,
        "unusable": given.unusable,
    }
    session.execute(_HANDLED, handled)
    changes: dict[str, Any] = {
        "at": [None, given.at.isoformat()],
        "read_at": [None, given.read_at.isoformat()],
        "results": [None, results],
        "celsius": [None, given.celsius],
        "unusable": [None, given.unusable],
    }
    subject = Subject("urinalysis", number)
    audit.record(session, me.actor, "urinalysis.add", subject, now=now, changes=changes)
    return reassess(session, who, [f"urinalysis-{number}"], me.actor, now)


def void(
    session: Session, me: StaffMe, who: int, specimen: int, reason: str, now: datetime
) -> bool | None:
    """It counts no longer; False where that was so already, None where there is none such."""
    turns.of_person(session, who)
    found = session.execute(_OWN, {"specimen": specimen, "who": who}).first()
    if found is None:
        return None
    if found.void is not None:
        return False
    row = {"urinalysis_id": specimen, "at": now, "staff_id": me.id, "reason": reason}
    session.execute(insert(SPECIMEN_VOID), row)
    subject = Subject("urinalysis", specimen)
    audit.record(session, me.actor, "urinalysis.void", subject, now=now, reason=reason)
    reassess(session, who, [f"urinalysis-{specimen}-void"], me.actor, now)
    return True


def explain(session: Session, me: StaffMe, who: int, week: int, reason: str, now: datetime) -> bool:
    """Why the specimen of a week is not there; False where this was said already."""
    turns.of_person(session, who)
    before = session.execute(_WHY, {"who": who, "week": week}).first()
    if before is not None and before.reason == reason:
        return False
    values = {"reason": reason, "recorded_at": now, "recorded_by": me.id}
    if before is None:
        statement = insert(SPECIMEN_MISSING).returning(SPECIMEN_MISSING.c.id)
        row = {"participant_id": who, "week": week, **values}
        number: int = session.execute(statement, row).scalar_one()
    else:
        number = before.id
        change = SPECIMEN_MISSING.update().where(SPECIMEN_MISSING.c.id == number)
        session.execute(change, values)
    changes = {
        "week": [None, week],
        "missing": [before.reason if before else None, reason],
    }
    subject = Subject("participant", who)
    audit.record(session, me.actor, "urinalysis.missing", subject, now=now, changes=changes)
    return True
