"""Whether the participant should call before the next tablet: the rules decide, read seldom."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.clock import local_day
from app.models.diary import SUBSTANCE_DAY
from app.models.trial import URINALYSIS
from app.protocol.in_force import protocol_of
from app.rules.engine import call_us_before_next_dose, window_start
from app.timeline.tables import read_timeline

_USES = select(SUBSTANCE_DAY.c["items"]).where(
    SUBSTANCE_DAY.c.participant_id == bindparam("who"),
    SUBSTANCE_DAY.c.day >= bindparam("day"),
    SUBSTANCE_DAY.c.superseded_at.is_(None),
    SUBSTANCE_DAY.c.void.is_(False),
)
_SPECIMENS = select(URINALYSIS.c.results).where(
    URINALYSIS.c.participant_id == bindparam("who"), URINALYSIS.c.at >= bindparam("since")
)
# A use at night is told for the day before, and a day is longer than 24 hours somewhere.
MARGIN = timedelta(days=2)


def calls_first(session: Session, participant_id: int, now: datetime, zone: str) -> bool:
    """OPI-2: "call us before your next tablet" stands in place of the tablet's question.

    The whole timeline is read only where some opioid was told or found in these days at all.
    """
    protocol = protocol_of(session, participant_id, now)
    since = now - timedelta(days=protocol.rules.opi.call_days) - MARGIN
    if not _opioid_on_record(session, participant_id, since, zone):
        return False
    start = window_start(local_day(now, zone), protocol)
    return call_us_before_next_dose(read_timeline(session, participant_id, start), now, protocol)


def _opioid_on_record(session: Session, who: int, since: datetime, zone: str) -> bool:
    days = session.execute(_USES, {"who": who, "day": local_day(since, zone)}).scalars()
    if any(use["substance"] == "opioid" for items in days for use in items):
        return True
    found = session.execute(_SPECIMENS, {"who": who, "since": since}).scalars()
    return any(results.get("opioid") == "positive" for results in found)
