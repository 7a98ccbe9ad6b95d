"""What the worker does now and then that takes long: read beside everybody else, then noted.

An errand holds no lock while it is at work, so that nobody waits for it; only what it found is
written, in a transaction of its own. One that fails is a job that fails, wherever that is told.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Generic, TypeVar

from sqlmodel import Session

from app.db import Database
from app.outbox.heartbeat import note_job

log = logging.getLogger("daybook.worker")
EVERY_SECONDS = 60.0
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Errand(Generic[Found]):
    """``look`` returns None where it is not due; else ``note`` writes down what it found."""

    name: str
    look: Callable[[Database, datetime], Found | None]
    note: Callable[[Session, Found, datetime], object]
    every: float = EVERY_SECONDS
    """seconds between two looks"""


async def keep_doing(
    errand: Errand[Found],
    database: Database,
    clock: Callable[[], datetime],
    stop: threading.Event,
) -> None:
    """Until ``stop`` is set; an errand that fails is logged and tried again."""
    next_at = monotonic()
    while not stop.is_set():
        if monotonic() >= next_at:
            next_at = monotonic() + errand.every
            try:
                await _do_in_turn(errand, database, clock())
            except Exception as error:
                # Without its words: a database error may repeat what somebody wrote.
                log.error("errand %s failed: %s", errand.name, type(error).__name__)
                await _tell_of_failure(errand.name, database, clock())
        await asyncio.sleep(0.5)


def do(errand: Errand[Found], database: Database, now: datetime) -> bool:
    """Once, and at once; whether it was due."""
    found = errand.look(database, now)
    if found is not None:
        _note(errand, database, found, now)
    return found is not None


async def _do_in_turn(errand: Errand[Found], database: Database, now: datetime) -> None:
    found = await asyncio.to_thread(errand.look, database, now)
    if found is not None:
        async with database.turn:
            await asyncio.to_thread(_note, errand, database, found, now)


def _note(errand: Errand[Found], database: Database, found: Found, now: datetime) -> None:
    with database.write() as session:
        errand.note(session, found, now)
        note_job(session, errand.name, now, well=True)


async def _tell_of_failure(name: str, database: Database, now: datetime) -> None:
    """`/healthz`, the banner and the doctor tell of a job that fails; so they do of this one."""
    try:
        async with database.turn:
            await asyncio.to_thread(_note_failure, name, database, now)
    except Exception as error:
        log.error("that errand %s failed is not noted: %s", name, type(error).__name__)


def _note_failure(name: str, database: Database, now: datetime) -> None:
    with database.write() as session:
        note_job(session, name, now, well=False)
