"""Whether the participant should call before the next tablet: the rules decide, read seldom."""

from datetime import date, datetime, timedelta

from sqlalchemy import Text, bindparam, cast, exists, or_, select
from sqlmodel import Session

from app.clock import local_day
from app.models.diary import SUBSTANCE_DAY
from app.models.trial import URINALYSIS
from app.protocol.in_force import protocol_of
from app.protocol.model import Protocol
from app.rules.engine import call_us_before_next_dose, window_start
from app.timeline.tables import read_timeline

_USED = exists().where(
    SUBSTANCE_DAY.c.participant_id == bindparam("who"),
    SUBSTANCE_DAY.c.day >= bindparam("used_since"),
    SUBSTANCE_DAY.c.superseded_at.is_(None),
    SUBSTANCE_DAY.c.void.is_(False),
    cast(SUBSTANCE_DAY.c["items"], Text).like('%"opioid"%'),
)
_FOUND = exists().where(
    URINALYSIS.c.participant_id == bindparam("who"),
    URINALYSIS.c.at >= bindparam("found_since"),
    URINALYSIS.c.results["opioid"].as_string() == "positive",
)
OPIOID_ON_RECORD = or_(_USED, _FOUND).label("opioid_on_record")
_ON_RECORD = select(OPIOID_ON_RECORD)
# A use at night is told for the day before, and a day is longer than 24 hours somewhere.
MARGIN = timedelta(days=2)


def calls_first(session: Session, participant_id: int, now: datetime, zone: str) -> bool:
    """OPI-2: "call us before your next tablet" stands in place of the tablet's question."""
    protocol = protocol_of(session, participant_id, now)
    looked = {"who": participant_id, **since_when(protocol, now, zone)}
    found = session.execute(_ON_RECORD, looked).scalar_one()
    return found and rules_say_so(session, participant_id, protocol, now, zone)


def since_when(protocol: Protocol, now: datetime, zone: str) -> dict[str, date | datetime]:
    """From when on `OPIOID_ON_RECORD` looks: the parameters of its statement."""
    since = now - timedelta(days=protocol.rules.opi.call_days) - MARGIN
    return {"used_since": local_day(since, zone), "found_since": since}


def rules_say_so(
    session: Session, participant_id: int, protocol: Protocol, now: datetime, zone: str
) -> bool:
    """For who has an opioid on record in these days, told or found: nobody else's is read whole."""
    start = window_start(local_day(now, zone), protocol)
    return call_us_before_next_dose(read_timeline(session, participant_id, start), now, protocol)
