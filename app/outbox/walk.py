"""Every night: is every entry of every chain of the audit trail there, and unaltered? And is
every signed record what was signed?

The walk takes seconds in a large trail, so it is an errand: it reads beside everybody else.
"""

import logging
from datetime import datetime, time

from sqlmodel import Session

from app import audit
from app.db import Database
from app.outbox.errands import Errand
from app.outbox.heartbeat import is_due, note_trail, once_a_day
from app.signing import queries as signatures

log = logging.getLogger("daybook.worker")
NAME, THREE, ZONE = "trail", time(3), "UTC"


def look(database: Database, now: datetime) -> list[str] | None:
    """A line for each fault; None where tonight's walk is done, or not due yet."""
    with database.read() as session:
        if not is_due(session, NAME, THREE, ZONE, now):
            return None
    with database.engine.connect() as connection:
        return audit.verify(connection)[1] + signatures.faults(connection)


def note(session: Session, faults: list[str], now: datetime) -> bool:
    """What a walk found stands until the next one; False before the first night."""
    if not once_a_day(session, NAME, THREE, ZONE, now):
        return False
    for fault in faults:
        log.error("audit trail: %s", fault)
    note_trail(session, now, whole=not faults)
    return True


WALK: Errand[list[str]] = Errand(NAME, look, note)
