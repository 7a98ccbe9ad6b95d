"""The worker as a process of its own."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from app.clock import utc_now
from app.db import Database
from app.outbox.worker import Job, Pace, Refused, Worker, work
from app.settings import Settings


def run_worker(
    settings: Settings,
    stop: threading.Event,
    *,
    jobs: Sequence[Job] = (),
    on_refused: Refused | None = None,
    pace: Pace | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Send mail and run ``jobs`` until ``stop`` is set. Raises UnsafeDatabase.

    What is being sent when ``stop`` comes is finished, within its deadline.
    """
    database = Database(settings)
    try:
        worker = Worker(database, clock, jobs, on_refused, pace or Pace())
        asyncio.run(work(worker, stop))
    finally:
        database.close()
