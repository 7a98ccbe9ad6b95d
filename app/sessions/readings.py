"""Who had read the brief before a session: recorded as it is opened, and reported as a share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from app.auth.identity import StaffMe
from app.auth.scope import in_scope
from app.models.counseling import BriefReading, CounselingSession
from app.models.people import Participant, Staff
from app.sessions.queries import next_session, today_began

_R: Any = BriefReading.__table__  # type: ignore[attr-defined]
_S: Any = CounselingSession.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
_WHO: Any = bindparam("who")
RECENT = timedelta(days=28)
_INSERT = insert(_R)
_READ_ALREADY = select(_R.c.id).where(
    _R.c.participant_id == _WHO,
    _R.c.staff_id == bindparam("staff"),
    _R.c.session_id.is_not_distinct_from(bindparam("session")),
    or_(_R.c.session_id.is_not(None), _R.c.at >= bindparam("since")),
)


def record_reading(session: Session, me: StaffMe, participant_id: int, now: datetime) -> None:
    """Note that ``me`` opened the brief, for the next planned session if there is one.

    The first opening for a session says all, or that of the day where none is planned; further ones
    are in the audit trail, where the caller records each.
    """
    since = today_began(now, me.timezone)
    coming = next_session(session, participant_id, since)
    for_session = coming.id if coming else None
    known = {"who": participant_id, "staff": me.id, "session": for_session, "since": since}
    if session.execute(_READ_ALREADY, known).first() is not None:
        return
    row = {
        "participant_id": participant_id,
        "session_id": for_session,
        "staff_id": me.id,
        "at": now,
    }
    session.execute(_INSERT, row)


_OF_PERSON = (
    select(_S.c.public_id, _T.c.name, _T.c.role, _R.c.at)
    .select_from(_R)
    .join(_S, _S.c.id == _R.c.session_id)
    .join(_T, _T.c.id == _R.c.staff_id)
    .where(_R.c.participant_id == _WHO)
    .order_by(_R.c.at, _R.c.id)
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody opened the brief for the session with this public id."""

    session: str
    name: str
    role: str
    at: datetime


def readings_of(session: Session, participant_id: int) -> list[Reading]:
    """Every reading that was for a session, the oldest first."""
    return [Reading(*row) for row in session.execute(_OF_PERSON, {"who": participant_id})]


def read_by_counselor(*conditions: Any) -> Any:
    """The condition that a counselor opened the brief for a session.

    Others of the team may look as well; the brief is for whoever holds the session.
    """
    return exists().where(_T.c.id == _R.c.staff_id, _T.c.role == "counselor", *conditions)


_BEFORE = read_by_counselor(_R.c.session_id == _S.c.id, _R.c.at < _S.c.at)
_LATELY = _S.c.at >= bindparam("since")
_REPORT = (
    select(
        func.count(case((_LATELY, 1))),
        func.count(case((and_(_LATELY, _BEFORE), 1))),
        func.count(),
        func.count(case((_BEFORE, 1))),
    )
    .select_from(_P)
    .join(_S, _S.c.participant_id == _P.c.id)
    .where(_S.c.attended.is_(True), _S.c.cancelled_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Share:
    """So many sessions of so many held."""

    read: int
    held: int


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """Sessions held whose brief a counselor had opened before: the last 28 days, and all."""

    recent: Share
    overall: Share


def reading_report(session: Session, me: StaffMe, now: datetime) -> ReadingReport:
    """Of the participants whom ``me`` may see: a counselor's own, else the site's; one query."""
    statement = _REPORT.where(in_scope(me))
    held, read, all_held, all_read = session.execute(statement, {"since": now - RECENT}).one()
    return ReadingReport(Share(read, held), Share(all_read, all_held))
