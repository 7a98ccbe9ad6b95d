"""What the counselor's room reads besides the timeline: the caseload, sessions, open flags."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from app.auth.identity import StaffMe
from app.auth.scope import in_scope
from app.clock import local_day
from app.models.counseling import CounselingSession
from app.models.people import Participant, Staff
from app.models.safety import Flag
from app.protocol.study_time import StudyTime, study_time
from app.safety.last_told import LAST_TOLD, last_told


def _table(model: Any) -> Any:
    return model.__table__


_P, _T, _FLAG, _SESSION = map(_table, (Participant, Staff, Flag, CounselingSession))
_RANK = case({"emergency": 3, "urgent": 2, "routine": 1}, value=_FLAG.c.severity)
_SEVERITY = {3: "emergency", 2: "urgent", 1: "routine"}
_WHO: Any = bindparam("who")


def _of_flags(what: Any, *more: Any) -> Any:
    theirs = and_(_FLAG.c.participant_id == _P.c.id, *more)
    return select(what).where(theirs).correlate(_P).scalar_subquery()


_NEXT = (
    select(func.min(_SESSION.c.at))
    .where(
        _SESSION.c.participant_id == _P.c.id,
        _SESSION.c.attended.is_(None),
        _SESSION.c.at >= bindparam("since"),
    )
    .correlate(_P)
    .scalar_subquery()
)
_UNRESOLVED = _FLAG.c.status != "resolved"
_CASELOAD = (
    select(
        _P.c.public_id,
        _P.c.code,
        _P.c.timezone,
        _P.c.first_dose_on,
        _T.c.name.label("counselor"),
        _NEXT.label("next_at"),
        _of_flags(func.count(), _FLAG.c.status == "open").label("unread"),
        _of_flags(func.max(_RANK), _UNRESOLVED).label("rank"),
        _of_flags(func.count(), _UNRESOLVED).label("flags"),
        *LAST_TOLD,
    )
    .outerjoin(_T, _T.c.id == _P.c.counselor_id)
    .where(_P.c.status == "active")
    .order_by(_P.c.code)
)


@dataclass(frozen=True, slots=True)
class Case:
    """One person of the caseload. ``unread``: flags that nobody has acknowledged."""

    public_id: str
    code: str
    timezone: str
    counselor: str | None
    study: StudyTime
    next_at: datetime | None
    last_entry: datetime | None
    unread: int
    flags: int
    severity: str | None


def caseload(session: Session, me: StaffMe, since: datetime, now: datetime) -> list[Case]:
    """Active participants of ``me``, whose session is next first; sessions from ``since`` on."""
    rows = session.execute(_CASELOAD.where(in_scope(me)), {"since": since})
    cases = [_case(row, now) for row in rows]
    planned = [one for one in cases if one.next_at]
    planned.sort(key=lambda one: one.next_at or now)
    return planned + [one for one in cases if not one.next_at]


def _case(row: Any, now: datetime) -> Case:
    return Case(
        row.public_id,
        row.code,
        row.timezone,
        row.counselor,
        study_time(row.first_dose_on, local_day(now, row.timezone)),
        row.next_at,
        last_told(row),
        row.unread,
        row.flags,
        _SEVERITY.get(row.rank),
    )


_SESSIONS = (
    select(_SESSION.c.at, _SESSION.c.attended)
    .where(_SESSION.c.participant_id == _WHO)
    .order_by(_SESSION.c.at)
)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions that took place, by local day with their number, and the one that is next."""

    held: dict[date, int]
    next_at: datetime | None

    @property
    def next_number(self) -> int:
        return len(self.held) + 1


def sessions_of(session: Session, who: int, zone: str, since: datetime) -> Sessions:
    """All sessions of a participant; the next one is not before ``since``."""
    rows = session.execute(_SESSIONS, {"who": who}).all()
    held = [local_day(row.at, zone) for row in rows if row.attended]
    planned = [row.at for row in rows if row.attended is None and row.at >= since]
    return Sessions({day: number for number, day in enumerate(held, 1)}, min(planned, default=None))


_FLAGS = (
    select(_FLAG.c.public_id, _FLAG.c.rule, _FLAG.c.severity, _FLAG.c.status, _FLAG.c.raised_at)
    .where(_FLAG.c.participant_id == _WHO, _UNRESOLVED)
    .order_by(_RANK.desc(), _FLAG.c.raised_at.desc())
)


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """A flag that is not resolved."""

    public_id: str
    rule: str
    severity: str
    status: str
    raised_at: datetime


def open_flags(session: Session, who: int) -> list[OpenFlag]:
    """The worst first."""
    return [OpenFlag(*row) for row in session.execute(_FLAGS, {"who": who})]
