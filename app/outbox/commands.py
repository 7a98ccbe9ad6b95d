"""The worker as a process of its own, and refused mail sent again."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import typer

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.outbox.errands import Errand
from app.outbox.service import retry_refused
from app.outbox.worker import Job, Pace, Refused, Worker, work
from app.settings import Settings


def retry() -> None:
    """Send refused mail once more, after an address or the mail server was put right."""
    database = Database(Settings())
    try:
        with database.write() as session:
            count = retry_refused(session, utc_now())
            changes = {"status": ["failed", "waiting"], "count": [0, count]}
            subject = Subject("outbox", 0)
            audit.record(session, SYSTEM, "outbox.retry", subject, now=utc_now(), changes=changes)
    finally:
        database.close()
    typer.echo(f"{count} refused messages will be sent again.")


def run_worker(
    settings: Settings,
    stop: threading.Event,
    *,
    jobs: Sequence[Job] = (),
    on_refused: Refused | None = None,
    errands: Sequence[Errand[Any]] = (),
    pace: Pace | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Send mail and run ``jobs`` until ``stop`` is set. Raises UnsafeDatabase.

    What is being sent when ``stop`` comes is finished, within its deadline.
    """
    database = Database(settings)
    try:
        worker = Worker(database, clock, jobs, on_refused, errands, pace or Pace())
        asyncio.run(work(worker, stop))
    finally:
        database.close()
