"""What the rules of messages ask of the record, and which messages a participant was shown."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, distinct, exists, func, select
from sqlalchemy.orm import Session

from app.auth.identity import ParticipantMe
from app.framing.choose import Facts
from app.models.diary import DrinkDay
from app.models.framing import MessageExposure
from app.models.safety import Flag
from app.protocol.study_time import study_time


def _table(model: Any) -> Any:
    return model.__table__


_DAY, _FLAG, _SHOWN = map(_table, (DrinkDay, Flag, MessageExposure))
_WHO: Any = bindparam("who")
DAYS = 7
_TOLD = select(func.count(distinct(_DAY.c.day))).where(
    _DAY.c.participant_id == _WHO,
    _DAY.c.superseded_at.is_(None),
    _DAY.c.void.is_(False),
    _DAY.c.day >= bindparam("first"),
    _DAY.c.day < bindparam("today"),
)
_SERIOUS = select(
    exists().where(
        _FLAG.c.participant_id == _WHO,
        _FLAG.c.status != "resolved",
        _FLAG.c.severity.in_(("urgent", "emergency")),
    )
)


def facts_of(session: Session, me: ParticipantMe, today: date) -> Facts:
    """What the rules look at on the local day ``today``."""
    window = {"who": me.id, "first": today - timedelta(days=DAYS), "today": today}
    return Facts(
        participant=me.id,
        week=study_time(me.first_dose_on, today).week or 0,
        told=session.execute(_TOLD, window).scalar() or 0,
        serious=bool(session.execute(_SERIOUS, {"who": me.id}).scalar()),
    )


_EXPOSURES = (
    select(
        _SHOWN.c.day,
        _SHOWN.c.shown_at,
        _SHOWN.c.message_key,
        _SHOWN.c.library_version,
        _SHOWN.c.frame,
        _SHOWN.c.language,
        _SHOWN.c.assigned_by,
    )
    .where(_SHOWN.c.participant_id == _WHO)
    .order_by(_SHOWN.c.day.desc())
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


_ON_DAY = _EXPOSURES.where(_SHOWN.c.day == bindparam("day"))


def exposure_on(session: Session, participant_id: int, day: date) -> Exposure | None:
    row = session.execute(_ON_DAY, {"who": participant_id, "day": day}).first()
    return Exposure(*row) if row else None
