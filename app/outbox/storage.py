"""Whether anything can be stored: asked by whoever watches from outside, and where it was refused.

Nobody writes to see whether one can, but where it was refused: then each look tries, so that a disk
on which room was made is well again without anybody's doing anything.
"""

import os
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.db import DISK_FULL, READ_ONLY, Database
from app.outbox.heartbeat import beat

# Less than this is full before the next hour is over: what is written beside the tables is larger.
LEAST_FREE = 8 * 2**20
PROBE = "probe"


def faults(database: Database, now: datetime) -> tuple[str, ...]:
    """One word for what is wrong, or nothing. Raises SQLAlchemyError."""
    place = _of_place(database)
    if place == DISK_FULL:
        return (DISK_FULL,)
    told = place or database.stuck
    if told is None or _can_store(database, now):
        return ()
    return (database.stuck or told,)


def _of_place(database: Database) -> str | None:
    if not database.uses_sqlite:
        with database.read() as session:
            told = session.execute(select(func.current_setting("transaction_read_only"))).scalar()
        return READ_ONLY if told == "on" else None
    disk = os.statvfs(database.settings.sqlite_path.parent)
    if disk.f_flag & os.ST_RDONLY:
        return READ_ONLY
    return DISK_FULL if disk.f_bavail * disk.f_frsize < LEAST_FREE else None


def _can_store(database: Database, now: datetime) -> bool:
    try:
        with database.write() as session:
            beat(session, PROBE, now)
    except OperationalError:
        return False
    database.stuck = None
    return True
