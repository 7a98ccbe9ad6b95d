"""F6: two hours without a mail server by the worker's clock, and then it is back."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import select

from app.clock import utc_now
from app.db import Database
from app.models.outbox import Message
from app.outbox.service import enqueue
from app.outbox.worker import Pace, Worker
from tests.faults.report import Run
from tests.rounds import send_due
from tests.smtp import mail_server

CLOSED = "smtp://127.0.0.1:9"
OUTAGE = timedelta(hours=2)
RECOVERY = timedelta(seconds=60)


@dataclass
class StandingClock:
    """Stands still until it is set forward."""

    now: datetime = field(default_factory=utc_now)

    def __call__(self) -> datetime:
        return self.now


def run(database: Database, alerts: int, *, steps: int = 240) -> Run:
    """The outage in so many ``steps``, then a minute in steps of ten seconds."""
    started, clock, tried = monotonic(), StandingClock(), 0
    with database.write() as session:
        for n in range(alerts):
            enqueue(session, f"a{n}", "alert", f"p{n}@clinic.test", "Alert", "T.", "", clock())
    with asyncio.Runner() as loop:
        worker = worker_to(database, CLOSED, clock)
        for _ in range(steps):
            tried += run_all(worker, loop)
            clock.now += OUTAGE / steps
        copies = _recover(database, clock, loop)
    faults = _faults(database, alerts, copies)
    # The oldest knocks all the time, the others less and less often.
    if tried > steps + alerts * 16:
        faults.append(f"{tried} attempts at a server that was away")
    told = (
        f"{alerts} alerts, {OUTAGE} without a server, {tried} attempts meanwhile, "
        f"{copies.total()} delivered {RECOVERY.seconds} s after, {monotonic() - started:.0f} s"
    )
    return Run(told, faults)


def _recover(database: Database, clock: StandingClock, loop: asyncio.Runner) -> "Counter[str]":
    """A minute with the server back; how many copies each recipient got."""
    with mail_server() as box:
        worker, back_at = worker_to(database, box.url, clock), clock.now
        while clock.now <= back_at + RECOVERY:
            run_all(worker, loop)
            clock.now += timedelta(seconds=10)
        return Counter(box.recipients())


def _faults(database: Database, alerts: int, copies: "Counter[str]") -> list[str]:
    wanted = select(Message.id).where(Message.status != "sent")  # type: ignore[call-overload]
    with database.read() as session:
        waiting = session.execute(wanted).all()
    faults = [f"{len(waiting)} alerts still wait"] if waiting else []
    if copies != Counter({f"p{n}@clinic.test": 1 for n in range(alerts)}):
        faults.append(f"{copies.total()} copies of {alerts} alerts")
    return faults


def worker_to(database: Database, url: str, clock: StandingClock) -> Worker:
    database.settings = database.settings.model_copy(update={"smtp_url": url})
    return Worker(database, clock, pace=Pace(deadline=5.0, lease=60.0, batch=32))


def run_all(worker: Worker, loop: asyncio.Runner) -> int:
    """Rounds until nothing is due; how many mails were tried.

    One loop for all of a database: its queue of writers belongs to a loop.
    """

    async def rounds() -> int:
        tried = 0
        while done := await send_due(worker):
            tried += done
        return tried

    return loop.run(rounds())
