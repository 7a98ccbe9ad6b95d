"""What happened to one appointment, from the audit trail: when, by whom, and at whose wish."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, literal, select
from sqlalchemy.orm import Session

from app.models.audit import AUDIT_ENTRY
from app.models.people import STAFF
from app.web.appointment import CLINIC

_STEPS = (
    select(
        AUDIT_ENTRY.c.at,
        AUDIT_ENTRY.c.action,
        AUDIT_ENTRY.c.reason,
        AUDIT_ENTRY.c.changes,
        STAFF.c.name,
    )
    .outerjoin(STAFF, AUDIT_ENTRY.c.actor == literal("staff:").op("||")(cast(STAFF.c.id, String)))
    .where(
        AUDIT_ENTRY.c.subject_kind == "session",
        AUDIT_ENTRY.c.subject_id == bindparam("session"),
        AUDIT_ENTRY.c.action.not_in(("session.open", "note.open")),
    )
    .order_by(AUDIT_ENTRY.c.at, AUDIT_ENTRY.c.chain, AUDIT_ENTRY.c.seq)
)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry. ``slot`` is the time it was planned for or moved to, and ``place`` where;
    ``asked_by`` may be empty."""

    at: datetime
    action: str
    by: str | None
    asked_by: str
    slot: datetime | None
    place: str
    attended: bool | None


def steps_of(session: Session, session_id: int) -> list[Step]:
    """Every step of one session, the oldest first."""
    return [_step(row) for row in session.execute(_STEPS, {"session": session_id})]


def former_slot(session: Session, session_id: int, now_at: datetime) -> Step | None:
    """When and where it was to begin before it was moved to ``now_at``; None if the time never
    changed."""
    planned = [one for one in steps_of(session, session_id) if one.slot]
    return next((one for one in reversed(planned) if one.slot != now_at), None)


def _step(row: Any) -> Step:
    slot, place = row.changes.get("at"), row.changes.get("place")
    attended = row.changes.get("attended")
    return Step(
        row.at,
        row.action.removeprefix("session."),
        row.name,
        row.reason,
        datetime.fromisoformat(slot[1]) if slot else None,
        place[1] if place else CLINIC,
        attended[1] if attended else None,
    )
