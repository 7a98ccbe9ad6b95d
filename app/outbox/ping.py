"""A sign of life to somebody outside: silence there means that nothing here works any more.

The address is called only while mail goes out and reaches somebody, so that a broken outbox
looks like a dead server. It is told nothing.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from app.db import Database
from app.outbox.queries import mail_state

log = logging.getLogger("daybook.worker")
EVERY_SECONDS = 60.0
TIMEOUT_SECONDS = 10.0


async def keep_pinging(
    database: Database,
    clock: Callable[[], datetime],
    stop: threading.Event,
    every: float = EVERY_SECONDS,
) -> None:
    """Until ``stop`` is set; a ping that fails is logged and the next one comes."""
    url = database.settings.ping_url
    next_at = monotonic()
    while url and not stop.is_set():
        if monotonic() >= next_at:
            next_at = monotonic() + every
            try:
                await ping(database, clock(), url)
            except Exception as error:
                log.warning("the ping failed: %s", type(error).__name__)
        await asyncio.sleep(0.5)


async def ping(database: Database, now: datetime, url: str) -> bool:
    """Call ``url`` if all is well; whether it was called. Raises httpx.HTTPError."""
    if await asyncio.to_thread(_faulty, database, now):
        return False
    # Most installations ping nobody, and it is 5 MB.
    import httpx

    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        answer = await client.get(url)
    answer.raise_for_status()
    return True


def _faulty(database: Database, now: datetime) -> bool:
    with database.read() as session:
        return bool(mail_state(session, now).faults(now))
