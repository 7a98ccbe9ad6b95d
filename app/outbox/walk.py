"""Every night: is every entry of every chain of the audit trail there, and unaltered?

The walk takes seconds in a large trail, so it reads beside everybody else: only what it found is
written, and nobody waits for it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import datetime, time
from time import monotonic

from app import audit
from app.db import Database
from app.outbox.heartbeat import is_due, note_job, note_trail, once_a_day

log = logging.getLogger("daybook.worker")
EVERY_SECONDS = 60.0
NAME, THREE, ZONE = "trail", time(3), "UTC"


async def keep_walking(
    database: Database, clock: Callable[[], datetime], stop: threading.Event
) -> None:
    """Until ``stop`` is set; a walk that fails is logged and tried again."""
    next_at = monotonic()
    while not stop.is_set():
        if monotonic() >= next_at:
            next_at = monotonic() + EVERY_SECONDS
            try:
                await _walk_in_turn(database, clock())
            except Exception as error:
                log.warning("the audit trail was not walked: %s", type(error).__name__)
                await _tell_of_failure(database, clock())
        await asyncio.sleep(0.5)


async def _walk_in_turn(database: Database, now: datetime) -> None:
    faults = await asyncio.to_thread(look, database, now)
    if faults is not None:
        async with database.turn:
            await asyncio.to_thread(note, database, faults, now)


async def _tell_of_failure(database: Database, now: datetime) -> None:
    """`/healthz`, the banner and the doctor tell of a job that fails; so they do of this one."""
    try:
        async with database.turn:
            await asyncio.to_thread(_note_failure, database, now)
    except Exception as error:
        log.error("that the audit trail was not walked is not noted: %s", type(error).__name__)


def _note_failure(database: Database, now: datetime) -> None:
    with database.write() as session:
        note_job(session, NAME, now, well=False)


def walk(database: Database, now: datetime) -> bool:
    """Look, and write down what was found; whether it was time to."""
    faults = look(database, now)
    return faults is not None and note(database, faults, now)


def look(database: Database, now: datetime) -> list[str] | None:
    """A line for each fault; None where tonight's walk is done, or not due yet."""
    with database.read() as session:
        if not is_due(session, NAME, THREE, ZONE, now):
            return None
    with database.engine.connect() as connection:
        return audit.verify(connection)[1]


def note(database: Database, faults: list[str], now: datetime) -> bool:
    """What a walk found stands until the next one; False before the first night."""
    with database.write() as session:
        if not once_a_day(session, NAME, THREE, ZONE, now):
            return False
        for fault in faults:
            log.error("audit trail: %s", fault)
        note_trail(session, now, whole=not faults)
        note_job(session, NAME, now, well=True)
    return True
