"""Who had read the brief before a session: recorded as it is opened, and reported as a share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, insert, select
from sqlalchemy.orm import Session

from app.appointments.queries import NEXT_ID, today_began
from app.models.counseling import BRIEF_READING, COUNSELING_SESSION
from app.models.people import PARTICIPANT, STAFF
from app.visit.identity import StaffMe
from app.visit.roles import HOLDS_SESSIONS, holders
from app.visit.scope import in_scope

RECENT = timedelta(days=28)
# Whoever opened it earlier than this opens it again: much may have been told since.
READ_WITHIN = timedelta(hours=48)
_INSERT = insert(BRIEF_READING).values(
    participant_id=bindparam("who"),
    session_id=NEXT_ID,
    staff_id=bindparam("staff"),
    at=bindparam("now"),
)


def record_reading(session: Session, me: StaffMe, participant_id: int, now: datetime) -> None:
    """Note that ``me`` opened the brief, for the next planned session if there is one.

    Each opening is a row: the first says since when it was known, the latest how fresh it was.
    """
    since = today_began(now, me.timezone)
    session.execute(_INSERT, {"who": participant_id, "since": since, "staff": me.id, "now": now})


_OF_PERSON = (
    select(
        COUNSELING_SESSION.c.public_id,
        STAFF.c.name,
        STAFF.c.role,
        func.min(BRIEF_READING.c.at).label("first"),
        func.max(case((BRIEF_READING.c.at < COUNSELING_SESSION.c.at, BRIEF_READING.c.at))),
    )
    .select_from(BRIEF_READING)
    .join(COUNSELING_SESSION, COUNSELING_SESSION.c.id == BRIEF_READING.c.session_id)
    .join(STAFF, STAFF.c.id == BRIEF_READING.c.staff_id)
    .where(BRIEF_READING.c.participant_id == bindparam("who"))
    .group_by(
        COUNSELING_SESSION.c.id,
        COUNSELING_SESSION.c.public_id,
        STAFF.c.id,
        STAFF.c.name,
        STAFF.c.role,
    )
    .order_by("first", STAFF.c.id)
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody opened the brief for the session with this public id.

    ``at`` is the first time; ``latest`` the last time before the session began, None if there was
    none before.
    """

    session: str
    name: str
    role: str
    at: datetime
    latest: datetime | None


def readings_of(session: Session, participant_id: int) -> list[Reading]:
    """Who opened it for which session, the first to open it first."""
    return [Reading(*row) for row in session.execute(_OF_PERSON, {"who": participant_id})]


# A name of its own, so that no statement takes it for the participant's present counselor.
_READER: Any = STAFF.alias("reader")


def latest_reading(*conditions: Any) -> Any:
    """The column of the last time that a counselor, whoever it was, opened the brief.

    Others of the team may look as well; the brief is for whoever holds the session.
    """
    return (
        select(func.max(BRIEF_READING.c.at))
        .join(_READER, _READER.c.id == BRIEF_READING.c.staff_id)
        .where(_READER.c.role.in_(holders(HOLDS_SESSIONS)), *conditions)
    )


_HELD = (
    select(
        COUNSELING_SESSION.c.at,
        latest_reading(
            BRIEF_READING.c.session_id == COUNSELING_SESSION.c.id,
            BRIEF_READING.c.at < COUNSELING_SESSION.c.at,
        )
        .correlate(COUNSELING_SESSION)
        .scalar_subquery()
        .label("opened"),
    )
    .select_from(PARTICIPANT)
    .join(COUNSELING_SESSION, COUNSELING_SESSION.c.participant_id == PARTICIPANT.c.id)
    .where(COUNSELING_SESSION.c.attended.is_(True), COUNSELING_SESSION.c.cancelled_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Share:
    """So many sessions of so many held."""

    read: int
    held: int


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """Sessions held whose brief a counselor had opened in the 48 hours before they began: the last
    28 days, and all."""

    recent: Share
    overall: Share
    hours: int = READ_WITHIN // timedelta(hours=1)


def reading_report(session: Session, me: StaffMe, now: datetime) -> ReadingReport:
    """Of the participants whom ``me`` may see: a counselor's own, else the site's; one query."""
    held = session.execute(_HELD.where(in_scope(me))).all()
    return ReadingReport(_share([row for row in held if row.at >= now - RECENT]), _share(held))


def _share(held: Sequence[Any]) -> Share:
    read = sum(bool(row.opened and row.opened >= row.at - READ_WITHIN) for row in held)
    return Share(read, len(held))
