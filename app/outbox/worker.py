"""The worker: claim (one transaction), talk to the mail server (none), record (another).

It runs as a task of the web process or as a process of its own; several may run at once. A
kill at any line loses nothing: at worst the same mail goes out again, with the same Message-ID.
"""

import asyncio
import logging
import os
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from sqlmodel import Session

from app.clock import utc_now
from app.db import Database, apart, failed_apart
from app.outbox.errands import Errand, keep_doing
from app.outbox.heartbeat import WORKER, beat, note_job, take_turn
from app.outbox.ping import keep_pinging
from app.outbox.queue import Claimed, anything_due, claim, finish
from app.outbox.smtp import Delivery, Server, deliver, server_of
from app.outbox.walk import WALK

log = logging.getLogger("daybook.worker")
Job = tuple[str, float, Callable[[Session, datetime], object]]
"""name, seconds between two runs, and what to run in a transaction of its own"""
Refused = Callable[[Session, int, datetime], object]
"""what to do, in the transaction that records it, when message ``id`` was refused for good"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. ``deadline`` for one whole attempt must be shorter than ``lease``."""

    poll: float = 0.5
    deadline: float = 20.0
    lease: float = 60.0
    beat: float = 10.0
    batch: int = 8

    def __post_init__(self) -> None:
        if self.deadline >= self.lease:
            raise ValueError("an attempt must end before its lease does")


@dataclass(slots=True)
class Worker:
    """One worker and what it needs; ``owner`` names it in leases and attempts."""

    database: Database
    clock: Callable[[], datetime] = utc_now
    jobs: Sequence[Job] = ()
    on_refused: Refused | None = None
    errands: Sequence[Errand[Any]] = ()
    pace: Pace = field(default_factory=Pace)
    owner: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(6)}")

    @property
    def server(self) -> Server:
        settings = self.database.settings
        return server_of(settings.smtp_url, settings.mail_dir, settings.mail_from)


async def work(worker: Worker, stop: threading.Event) -> None:
    """Until ``stop`` is set. Its parts are tasks of their own: one that hangs holds up no other."""
    parts = [
        keep_beating(worker, stop),
        keep_sending(worker, stop),
        keep_running(worker, stop),
        keep_pinging(worker.database, worker.clock, stop),
        *(
            keep_doing(errand, worker.database, worker.clock, stop)
            for errand in (WALK, *worker.errands)
        ),
    ]
    await asyncio.gather(*(asyncio.create_task(part) for part in parts))


async def keep_beating(worker: Worker, stop: threading.Event) -> None:
    """A sign of life every so often."""
    next_at = monotonic()
    while not stop.is_set():
        if monotonic() >= next_at:
            next_at = monotonic() + worker.pace.beat
            with _logged("a sign of life"):
                await _write(worker, beat, WORKER, worker.clock())
        await asyncio.sleep(worker.pace.poll)


async def keep_sending(worker: Worker, stop: threading.Event) -> None:
    """Whatever is due goes out; at the end, what was begun is finished."""
    sending: set[asyncio.Task[None]] = set()
    while not stop.is_set():
        tasks: list[asyncio.Task[None]] = []
        with _logged("a round of sending"):
            tasks = await start_due(worker, worker.pace.batch - len(sending))
        for task in tasks:
            sending.add(task)
            task.add_done_callback(sending.discard)
        # Else a queue that is full of due mail would leave nobody else a turn.
        await asyncio.sleep(0 if tasks else worker.pace.poll)
    await asyncio.gather(*sending)


async def keep_running(worker: Worker, stop: threading.Event) -> None:
    """Each job when its time has come, one after the other."""
    next_runs = dict.fromkeys((name for name, _, _ in worker.jobs), 0.0)
    while not stop.is_set():
        with _logged("a round of jobs"):
            await _run_jobs(worker, next_runs)
        await asyncio.sleep(worker.pace.poll)


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """An error is logged, and the next round comes."""
    try:
        yield
    except Exception as error:
        # Without its words: a database error may repeat what somebody wrote.
        log.error("%s of the worker failed: %s", what, type(error).__name__)


async def start_due(worker: Worker, most: int) -> list[asyncio.Task[None]]:
    """Claim up to ``most`` due messages and begin to send each; a slow one holds up no other."""
    if most < 1 or not await asyncio.to_thread(_anything_due, worker):
        return []
    lease = timedelta(seconds=worker.pace.lease)
    claimed: list[Claimed] = await _write(worker, claim, worker.owner, worker.clock(), lease, most)
    return [asyncio.create_task(_send(worker, worker.server, mail)) for mail in claimed]


async def _send(worker: Worker, server: Server, mail: Claimed) -> None:
    try:
        delivery = await deliver(mail, server, worker.pace.deadline)
    except Exception as error:  # a fault of ours is no reason to give a message up
        delivery = Delivery("later", type(error).__name__)
    if delivery.outcome != "sent":
        # The code alone: a server may repeat an address in its words, which stand on record.
        code = delivery.detail.partition(" ")[0]
        log.warning("message %s: %s (%s)", mail.id, delivery.outcome, code)
    await _keep(worker, mail, delivery)


async def _keep(worker: Worker, mail: Claimed, delivery: Delivery) -> None:
    """Put the outcome on record, for as long as the lease lasts: one forgotten is a second copy."""
    end = monotonic() + worker.pace.lease - worker.pace.deadline
    while True:
        try:
            await _write(worker, _record, worker, mail, delivery)
            return
        except Exception as error:
            log.error("message %s: outcome not recorded (%s)", mail.id, type(error).__name__)
        if monotonic() >= end:
            return
        await asyncio.sleep(worker.pace.poll)


def _record(session: Session, worker: Worker, mail: Claimed, delivery: Delivery) -> None:
    now = worker.clock()
    owned = finish(session, mail, worker.owner, delivery.outcome, delivery.detail, now)
    if owned and delivery.outcome == "refused" and worker.on_refused:
        # The outcome stays on record where the next recipient cannot be found: else the same mail
        # would be tried for ever.
        with apart(session):
            worker.on_refused(session, mail.id, now)


async def _run_jobs(worker: Worker, next_runs: dict[str, float]) -> None:
    for name, every, run in worker.jobs:
        if monotonic() < next_runs[name]:
            continue
        next_runs[name] = monotonic() + every
        try:
            await _write(worker, _run_job, name, every, run, worker.clock())
        except Exception as error:
            log.error("job %s failed: %s", name, type(error).__name__)
            await _write(worker, partial(note_job, well=False), name, worker.clock())


def _run_job(
    session: Session, name: str, every: float, run: Callable[..., Any], now: datetime
) -> None:
    # A little early counts as due, or a job would slip by a round each time.
    if take_turn(session, name, now, timedelta(seconds=every * 0.9)):
        run(session, now)
        note_job(session, name, now, well=not failed_apart(session))


def _anything_due(worker: Worker) -> bool:
    with worker.database.read() as session:
        return anything_due(session, worker.clock())


async def _write(worker: Worker, write: Callable[..., Any], *args: Any) -> Any:
    """One transaction, in a thread, in this process's queue of writers."""

    def run() -> Any:
        with worker.database.write() as session:
            return write(session, *args)

    async with worker.database.turn:
        return await asyncio.to_thread(run)


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    """A worker beside the web application, for the time of its life."""
    stop = threading.Event()
    task = asyncio.create_task(work(worker, stop))
    try:
        yield
    finally:
        stop.set()
        await task
