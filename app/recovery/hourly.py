"""Every hour a backup, by the worker, and what nobody needs any more removed.

When the last one was made stands beside the other signs of life: `/healthz`, the doctor and the
daily mail tell of one that is late.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session

from app.clock import lately
from app.db import Database
from app.models.outbox import HEARTBEAT
from app.outbox.errands import Errand
from app.outbox.heartbeat import BACKUP, beat, last_beat
from app.recovery.backup import prune, take

# A round of the worker early counts as due, or the hour would slip a little each time.
EVERY = timedelta(minutes=59)


def look(database: Database, now: datetime) -> bool | None:
    """Make one if it is due; False where none are wanted any more."""
    folder = database.settings.backup_dir
    with database.read() as session:
        last = last_beat(session, BACKUP)
    if folder is None:
        return None if last is None else False
    if lately(last, EVERY, now):
        return None
    take(database, folder, now)
    prune(folder, now)
    return True


def note(session: Session, wanted: bool, now: datetime) -> None:
    if wanted:
        beat(session, BACKUP, now)
    else:
        session.execute(delete(HEARTBEAT).where(HEARTBEAT.c.name == BACKUP))


HOURLY: Errand[bool] = Errand("backup", look, note)
