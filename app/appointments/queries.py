"""A participant's sessions as they stand: planned, held, not attended, cancelled.

A cancelled session is nobody's absence: it is never next and never counted against anybody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.models.counseling import COUNSELING_SESSION
from app.models.people import PARTICIPANT, dated_zone
from app.timeline.days import at_local
from app.web.errors import NotFound

_WHO: Any = bindparam("who")
LONGEST = timedelta(minutes=180)
# What is still to come: neither recorded nor cancelled.
PLANNED: Any = and_(
    COUNSELING_SESSION.c.attended.is_(None), COUNSELING_SESSION.c.cancelled_at.is_(None)
)
State = Literal["planned", "attended", "not_attended", "cancelled"]


@dataclass(frozen=True, slots=True)
class Appointment:
    """One session. ``minutes``: how long; ``version`` grows with each move and cancellation."""

    id: int
    public_id: str
    participant_id: int
    at: datetime
    minutes: int
    place: str
    week: int
    version: int
    attended: bool | None
    recorded_at: datetime | None
    cancelled_at: datetime | None

    @property
    def state(self) -> State:
        if self.cancelled_at:
            return "cancelled"
        if self.attended is None:
            return "planned"
        return "attended" if self.attended else "not_attended"

    @property
    def ends(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)

    @property
    def moved(self) -> bool:
        """Its time or place was changed since it was planned, and it stands."""
        return self.version > 0 and self.cancelled_at is None

    def begun(self, now: datetime) -> bool:
        """From then on it took place or it did not: it is neither moved nor cancelled."""
        return self.at <= now


_COLUMNS = tuple(COUNSELING_SESSION.c[name] for name in Appointment.__slots__)
_ALL = (
    select(*_COLUMNS)
    .where(COUNSELING_SESSION.c.participant_id == _WHO)
    .order_by(COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.id)
)
_FROM = _ALL.where(COUNSELING_SESSION.c.at >= bindparam("since"))
_NEXT = _FROM.where(PLANNED).limit(1)
# As a value in another statement, which gives ``who`` and ``since``.
NEXT_ID = _NEXT.with_only_columns(COUNSELING_SESSION.c.id).scalar_subquery()
_ONE = _ALL.where(COUNSELING_SESSION.c.public_id == bindparam("public_id"))


def today_began(now: datetime, zone: str) -> datetime:
    """A session of this morning is still the next one until somebody records it."""
    return at_local(local_day(now, zone), time(0), zone)


def appointments(session: Session, participant_id: int) -> list[Appointment]:
    """All of a participant's sessions in the order of time, cancelled ones too."""
    return [Appointment(*row) for row in session.execute(_ALL, {"who": participant_id})]


def sessions_since(session: Session, participant_id: int, since: datetime) -> list[Appointment]:
    """Sessions from ``since`` on in the order of time, cancelled ones too."""
    rows = session.execute(_FROM, {"who": participant_id, "since": since})
    return [Appointment(*row) for row in rows]


def next_session(session: Session, participant_id: int, since: datetime) -> Appointment | None:
    """The first session from ``since`` on that is neither recorded nor cancelled."""
    row = session.execute(_NEXT, {"who": participant_id, "since": since}).first()
    return Appointment(*row) if row else None


def appointment_for(session: Session, participant_id: int, public_id: str) -> Appointment:
    """The session with this public id, if it is this participant's. Raises NotFound."""
    row = session.execute(_ONE, {"who": participant_id, "public_id": public_id}).first()
    if row is None:
        raise NotFound
    return Appointment(*row)


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many sessions there are of each kind. ``planned`` have neither begun nor been recorded;
    ``unrecorded`` have begun and nobody has said yet who came."""

    held: int
    not_attended: int
    cancelled: int
    planned: int
    unrecorded: int

    @property
    def due(self) -> int:
        """Sessions of which it is on record whether the participant came."""
        return self.held + self.not_attended


def attendance(session: Session, participant_id: int, now: datetime) -> Attendance:
    """The summary for retention: a cancelled session counts neither way."""
    return summary(appointments(session, participant_id), now)


def summary(found: Sequence[Appointment], now: datetime) -> Attendance:
    """The same of sessions that are read already."""
    count = Counter(one.state for one in found)
    begun = sum(one.state == "planned" and one.at <= now for one in found)
    return Attendance(
        count["attended"],
        count["not_attended"],
        count["cancelled"],
        count["planned"] - begun,
        begun,
    )


_STANDING = (
    select(
        COUNSELING_SESSION.c.id,
        COUNSELING_SESSION.c.participant_id,
        COUNSELING_SESSION.c.at,
        COUNSELING_SESSION.c.minutes,
        COUNSELING_SESSION.c.place,
        PARTICIPANT.c.code,
        dated_zone(PARTICIPANT),
    )
    .join(PARTICIPANT, PARTICIPANT.c.id == COUNSELING_SESSION.c.participant_id)
    .where(
        COUNSELING_SESSION.c.cancelled_at.is_(None),
        COUNSELING_SESSION.c.at > bindparam("after"),
        COUNSELING_SESSION.c.at < bindparam("before"),
    )
)
_OF_PERSON = _STANDING.where(COUNSELING_SESSION.c.participant_id == _WHO)
_OF_COUNSELOR = _STANDING.where(PARTICIPANT.c.counselor_id == bindparam("counselor_id"))


@dataclass(frozen=True, slots=True)
class Clash:
    """A session that stands in the way; ``code`` and ``timezone`` of whom it is."""

    at: datetime
    place: str
    timezone: str
    code: str
    own: bool


def clash(
    session: Session,
    participant_id: int,
    counselor_id: int | None,
    at: datetime,
    minutes: int,
    without: int | None = None,
) -> Clash | None:
    """A standing session of the participant, or else of their counselor, at the same time.

    ``without`` leaves out the session that is being moved. One that begins as another ends is none.
    """
    span = {"after": at - LONGEST, "before": at + timedelta(minutes=minutes)}
    rows = list(session.execute(_OF_PERSON, {"who": participant_id, **span}))
    if counselor_id is not None:
        rows += session.execute(_OF_COUNSELOR, {"counselor_id": counselor_id, **span})
    for row in rows:
        if row.id != without and row.at + timedelta(minutes=row.minutes) > at:
            own = row.participant_id == participant_id
            return Clash(row.at, row.place, row.timezone, row.code, own)
    return None
