"""A participant lives in another time zone from now on; what was told before keeps its days."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.clock import DatedZone
from app.models.people import PARTICIPANT

_MOVE = update(PARTICIPANT).where(PARTICIPANT.c.id == bindparam("who"))


@dataclass(frozen=True, slots=True)
class Mover:
    """Whose zone changes, from which, and who says so and why."""

    participant_id: int
    zone: str
    actor: Actor
    reason: str = ""


def move(session: Session, mover: Mover, zone: str, now: datetime) -> bool:
    """From ``now`` on ``zone`` holds; False where it does already."""
    if zone == mover.zone:
        return False
    before = mover.zone if isinstance(mover.zone, DatedZone) else DatedZone(mover.zone)
    values = {"timezone": zone, "zones": before.moved(zone, now).dump()}
    session.execute(_MOVE.values(**values), {"who": mover.participant_id})
    audit.record(
        session,
        mover.actor,
        "participant.move",
        Subject("participant", mover.participant_id),
        now=now,
        changes={"timezone": [str(before), zone]},
        reason=mover.reason,
    )
    return True
