"""What happens to an appointment: planned, moved, cancelled, and whether the participant came.

Each step is one row of the audit trail. A step is taken from the state that its page showed: if
somebody else was faster, it is refused with ``Changed`` and nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, update
from sqlalchemy.orm import Session

from app import audit, turns
from app.appointments.queries import PLANNED, Appointment
from app.audit import Actor, Subject
from app.clock import local_day
from app.models.audit import AUDIT_ENTRY
from app.models.base import public_id
from app.models.counseling import COUNSELING_SESSION, SESSION_NOTE
from app.protocol.study_time import study_time

PLAN = "session.plan"
_INSERT = insert(COUNSELING_SESSION).returning(COUNSELING_SESSION.c.id)
_PLANNED_BY = (
    select(AUDIT_ENTRY.c.changes)
    .select_from(COUNSELING_SESSION)
    .join(
        AUDIT_ENTRY,
        (AUDIT_ENTRY.c.subject_kind == "session")
        & (AUDIT_ENTRY.c.subject_id == COUNSELING_SESSION.c.id),
    )
    .where(
        COUNSELING_SESSION.c.participant_id == bindparam("who"),
        AUDIT_ENTRY.c.action == PLAN,
        AUDIT_ENTRY.c.actor == bindparam("actor"),
    )
)
_NOTE = exists().where(SESSION_NOTE.c.session_id == COUNSELING_SESSION.c.id)
_CLOSED_NOTE = exists().where(
    SESSION_NOTE.c.session_id == COUNSELING_SESSION.c.id, SESSION_NOTE.c.closed_at.is_not(None)
)


class Changed(Exception):
    """The session is not as the page showed it: somebody changed it in between."""


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where: a UTC moment, how many minutes, and one of ``PLACES``."""

    at: datetime
    minutes: int
    place: str


@dataclass(frozen=True, slots=True)
class About:
    """Whose sessions, who writes (``staff_id``), and when."""

    participant_id: int
    timezone: str
    first_dose_on: date | None
    actor: Actor
    staff_id: int
    now: datetime


def week_of(about: About, at: datetime) -> int:
    """The study week of a moment; 0 before the first dose and where none is planned."""
    return study_time(about.first_dose_on, local_day(at, about.timezone)).week or 0


def planned_before(session: Session, site_id: int, about: About, token: str) -> bool:
    """Whether this very form has planned its sessions already: it was sent twice.

    Asked in the turn of the site, so that of two taps at once the second sees what the first has
    stored, and whether an hour of the counselor is free is still true when it is taken.
    """
    turns.of_site(session, site_id)
    values = {"who": about.participant_id, "actor": about.actor.name}
    made = session.execute(_PLANNED_BY, values).scalars()
    return bool(token) and any(changes.get("form") == [None, token] for changes in made)


def plan(session: Session, about: About, slots: Sequence[Slot], token: str = "") -> list[int]:
    """Plan a session for each slot; returns the rows' ids. The slots must be free."""
    found = []
    for slot in slots:
        row = {
            "public_id": public_id(),
            "participant_id": about.participant_id,
            "at": slot.at,
            "minutes": slot.minutes,
            "place": slot.place,
            "week": week_of(about, slot.at),
            "version": 0,
        }
        new_id: int = session.execute(_INSERT, row).scalar_one()
        changes = {name: [None, value] for name, value in _said(slot).items()}
        _record(session, about, PLAN, new_id, {**changes, "form": [None, token]})
        found.append(new_id)
    return found


def move(session: Session, about: About, one: Appointment, slot: Slot, asked_by: str) -> None:
    """Another time, length or place; the calendar entry keeps its name and grows a version.

    Raises Changed.
    """
    values = {
        "at": slot.at,
        "minutes": slot.minutes,
        "place": slot.place,
        "week": week_of(about, slot.at),
        "version": one.version + 1,
    }
    _step(session, one, values, PLANNED)
    before = _said(Slot(one.at, one.minutes, one.place))
    changes = {name: [before[name], new] for name, new in _said(slot).items()}
    _record(session, about, "session.move", one.id, changes, reason=asked_by)


def cancel(
    session: Session, about: About, one: Appointment, asked_by: str, *, noted: bool = False
) -> None:
    """It does not take place, and is nobody's absence.

    Raises Changed, also if a note is begun, unless it may be ``noted``.
    """
    values = {
        "cancelled_at": about.now,
        "cancelled_by": about.staff_id,
        "version": one.version + 1,
    }
    _step(session, one, values, *((PLANNED,) if noted else (PLANNED, ~_NOTE)))
    changes = {"cancelled_at": [None, about.now.isoformat()]}
    _record(session, about, "session.cancel", one.id, changes, reason=asked_by)


def record_attendance(session: Session, about: About, one: Appointment, attended: bool) -> None:
    """Whether the participant came. Raises Changed, also where it is on record already."""
    values = {"attended": attended, "recorded_at": about.now, "week": week_of(about, one.at)}
    _step(session, one, values, PLANNED)
    _record(session, about, "session.attendance", one.id, {"attended": [None, attended]})


def take_back_attendance(session: Session, about: About, one: Appointment) -> None:
    """Undo a wrong mark, until a note is closed; raises Changed from then on."""
    same = COUNSELING_SESSION.c.attended.is_(one.attended)
    _step(session, one, {"attended": None, "recorded_at": None}, same, ~_CLOSED_NOTE)
    changes = {"attended": [one.attended, None]}
    _record(session, about, "session.attendance_undo", one.id, changes)


def correct_attendance(session: Session, about: About, one: Appointment, attended: bool) -> None:
    """What a note says when it is closed or amended holds. Raises Changed if it was cancelled."""
    if one.attended is attended:
        return
    values = {"attended": attended, "recorded_at": about.now, "week": week_of(about, one.at)}
    _step(session, one, values, COUNSELING_SESSION.c.cancelled_at.is_(None))
    _record(session, about, "session.attendance", one.id, {"attended": [one.attended, attended]})


def still_stands(session: Session, one: Appointment) -> None:
    """Hold the row until this transaction ends. Raises Changed if it was moved or cancelled."""
    _hold(session, one, COUNSELING_SESSION.c.cancelled_at.is_(None))


def _step(session: Session, one: Appointment, values: dict[str, Any], *state: Any) -> None:
    """Change the row if it still is as it was read. Raises Changed, and then nothing is written."""
    _hold(session, one, *state)
    session.execute(
        update(COUNSELING_SESSION).where(COUNSELING_SESSION.c.id == one.id).values(**values)
    )


def _hold(session: Session, one: Appointment, *state: Any) -> None:
    same = (COUNSELING_SESSION.c.id == one.id, COUNSELING_SESSION.c.version == one.version, *state)
    if (
        session.execute(select(COUNSELING_SESSION.c.id).where(*same).with_for_update()).first()
        is None
    ):
        raise Changed


def _said(slot: Slot) -> dict[str, Any]:
    return {"at": slot.at.isoformat(), "minutes": slot.minutes, "place": slot.place}


def _record(
    session: Session,
    about: About,
    action: str,
    session_id: int,
    changes: dict[str, Any],
    reason: str = "",
) -> None:
    subject = Subject("session", session_id)
    audit.record(
        session, about.actor, action, subject, now=about.now, changes=changes, reason=reason
    )
