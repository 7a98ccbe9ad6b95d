"""The daily tick, live: at 23:45 of each participant's own day the rules look at silence."""

from datetime import datetime, timedelta

from sqlalchemy import String, cast, func, or_, select
from sqlmodel import Session

from app import turns
from app.clock import DatedZone, local
from app.db import apart
from app.flags.service import tick
from app.models.outbox import HEARTBEAT
from app.models.people import PARTICIPANT, dated_zone
from app.outbox.heartbeat import beat, last_time
from app.rules.engine import TICK

# So many a run, so that nobody waits long for the database at a quarter to midnight.
MOST = 50
EVERY_SECONDS = 10.0
# With the zones before: an evening is that of the wall that held then, so a move makes none.
_ZONE = dated_zone(PARTICIPANT)
_ACTIVE_ZONES = select(_ZONE).where(PARTICIPANT.c.status == "active").distinct()


def last_tick(zone: str, now: datetime) -> datetime:
    """The latest 23:45 on the wall of ``zone`` that is not after ``now``.

    An evening that a move to the east skipped ends with the move.
    """
    moment = last_time(TICK, zone, now)
    skipped = local(moment, zone).time() != TICK
    return moment - timedelta(seconds=1) if skipped else moment


def run_ticks(session: Session, now: datetime) -> int:
    """Tick the participants whose day has ended since their last tick; how many.

    After a pause of the worker only the latest tick is made up for. Nobody is ticked for an
    evening before the enrolment. Whose tick fails, or who is sending something, is asked again the
    next time.
    """
    done = 0
    for zone in session.execute(_ACTIVE_ZONES).scalars().all():
        with apart(session):
            done += _tick_zone(session, zone, MOST - done, now)
    return done


def _tick_zone(session: Session, zone: DatedZone, most: int, now: datetime) -> int:
    done, moment = 0, last_tick(zone, now)
    for participant_id in _waiting(session, zone, moment, most):
        with apart(session):
            if turns.of_person_if_free(session, participant_id):
                tick(session, participant_id, moment, now)
                beat(session, f"tick:{participant_id}", moment)
                done += 1
    return done


def _waiting(session: Session, zone: DatedZone, moment: datetime, most: int) -> list[int]:
    name = "tick:" + cast(PARTICIPANT.c.id, String)
    found = session.execute(
        select(PARTICIPANT.c.id)
        .outerjoin(HEARTBEAT, HEARTBEAT.c.name == name)
        .where(
            PARTICIPANT.c.status == "active",
            func.coalesce(PARTICIPANT.c.zones, PARTICIPANT.c.timezone) == zone.dump(),
            PARTICIPANT.c.enrolled_at <= moment,
            or_(HEARTBEAT.c.at.is_(None), HEARTBEAT.c.at < moment),
        )
        .order_by(PARTICIPANT.c.id)
        .limit(most)
    )
    return list(found.scalars())
