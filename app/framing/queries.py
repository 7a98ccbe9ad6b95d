"""What the rules of messages ask of the record, and which messages a participant was shown."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, union
from sqlalchemy.orm import Session

from app.clock import local_day
from app.framing.choose import Facts
from app.models.checkin import CHECKIN, CHECKIN_PAGE
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.flags import FLAG
from app.models.framing import MESSAGE_EXPOSURE
from app.protocol.study_time import study_time
from app.timeline.days import at_local
from app.visit.identity import ParticipantMe

_WHO: Any = bindparam("who")
DAYS = 7


def _told_on(entries: Any) -> Any:
    """The days with an entry of one kind that stands: neither replaced nor taken back."""
    return select(entries.c.day).where(
        entries.c.participant_id == _WHO,
        entries.c.superseded_at.is_(None),
        entries.c.void.is_(False),
        entries.c.day >= bindparam("first"),
        entries.c.day < bindparam("today"),
    )


_TOLD = union(*map(_told_on, (DOSE, DRINK_DAY, SUBSTANCE_DAY)))
# A check-in of which a page came; one that was only opened tells nothing.
_RATED = select(CHECKIN.c.started_at).where(
    CHECKIN.c.participant_id == _WHO,
    CHECKIN.c.started_at >= bindparam("since"),
    CHECKIN.c.started_at < bindparam("until"),
    exists().where(CHECKIN_PAGE.c.checkin_id == CHECKIN.c.id),
)
_SERIOUS = select(
    exists().where(
        FLAG.c.participant_id == _WHO,
        FLAG.c.status != "resolved",
        FLAG.c.severity.in_(("urgent", "emergency")),
    )
)


def facts_of(session: Session, me: ParticipantMe, today: date) -> Facts:
    """What the rules look at on the local day ``today``."""
    return Facts(
        participant=me.id,
        week=study_time(me.first_dose_on, today).week or 0,
        told=len(_told_days(session, me, today)),
        serious=bool(session.execute(_SERIOUS, {"who": me.id}).scalar()),
    )


def _told_days(session: Session, me: ParticipantMe, today: date) -> set[date]:
    """The full local days of the last seven with an entry about the day or a check-in on it."""
    first = today - timedelta(days=DAYS)
    days = session.execute(_TOLD, {"who": me.id, "first": first, "today": today}).scalars()
    since, until = (at_local(day, time(0), me.timezone) for day in (first, today))
    rated = session.execute(_RATED, {"who": me.id, "since": since, "until": until}).scalars()
    return {*days, *(local_day(at, me.timezone) for at in rated)}


_EXPOSURES = (
    select(
        MESSAGE_EXPOSURE.c.day,
        MESSAGE_EXPOSURE.c.shown_at,
        MESSAGE_EXPOSURE.c.message_key,
        MESSAGE_EXPOSURE.c.library_version,
        MESSAGE_EXPOSURE.c.frame,
        MESSAGE_EXPOSURE.c.language,
        MESSAGE_EXPOSURE.c.assigned_by,
    )
    .where(MESSAGE_EXPOSURE.c.participant_id == _WHO)
    .order_by(MESSAGE_EXPOSURE.c.day.desc())
)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One message shown on one local day of the participant."""

    day: date
    shown_at: datetime
    message_key: str
    library_version: int
    frame: str
    language: str
    assigned_by: str


def exposures(session: Session, participant_id: int) -> list[Exposure]:
    """Every message shown, the newest first."""
    return [Exposure(*row) for row in session.execute(_EXPOSURES, {"who": participant_id})]


_ON_DAY = _EXPOSURES.where(MESSAGE_EXPOSURE.c.day == bindparam("day"))


def exposure_on(session: Session, participant_id: int, day: date) -> Exposure | None:
    row = session.execute(_ON_DAY, {"who": participant_id, "day": day}).first()
    return Exposure(*row) if row else None
