"""F7: alerts through two workers that are killed again and again, to a moody mail server."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from time import monotonic, sleep, time
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.models.outbox import Attempt, Message
from app.outbox.service import enqueue
from tests.faults.mood import Post, moody_server
from tests.faults.processes import Child, environment_of
from tests.faults.report import Run
from tests.faults.worker import fast_clock

SHARES = {"wait": 0.08, "drop": 0.04, "keep and drop": 0.04, "drip": 0.03}
LONGEST = 240.0


def run(database: Database, alerts: int, kills: int, *, seed: int = 1) -> Run:
    """``alerts`` messages, a share of them with each kill; the mail server is down for a while."""
    started = monotonic()
    began = time()
    with moody_server(seed, SHARES) as post:
        workers = _workers(database, post, began)
        try:
            for one in workers:
                one.start()
            _kill_all_along(database, workers, post, alerts, kills, began, seed)
            _until_sent(database, alerts)
        finally:
            for one in workers:
                one.kill()
    faults = check(database, post, alerts)
    accepted = len(post.box.mails)
    told = (
        f"{alerts} alerts, {kills} kills, {accepted} copies accepted "
        f"({accepted - alerts} more than alerts; {post.box.unsure.total()} kept without a 250), "
        f"tempers {dict(post.box.tempers)}, {monotonic() - started:.0f} s"
    )
    return Run(told, faults)


def _workers(database: Database, post: Post, began: float) -> list[Child]:
    environment = environment_of(database, DAYBOOK_SMTP_URL=post.box.url)
    return [Child(["tests.faults.worker", str(began)], environment, quiet=True) for _ in range(2)]


def _kill_all_along(
    database: Database,
    workers: Sequence[Child],
    post: Post,
    alerts: int,
    kills: int,
    began: float,
    seed: int,
) -> None:
    dice, written = Random(seed), 0
    down = range(kills // 3, kills // 3 + max(1, kills // 8))
    for number in range(kills):
        until = alerts * (number + 1) // kills
        _put(database, range(written, until), began)
        written = until
        if number == down.start:
            post.close()
        if number == down.stop:
            post.open()
        post.box.arrived.clear()
        if number not in down:
            post.box.arrived.wait(10)
        sleep(dice.uniform(0.0, 0.8))
        victim = workers[number % len(workers)]
        victim.kill()
        victim.start()
    if post.controller is None:
        post.open()


def _put(database: Database, numbers: range, began: float) -> None:
    now = fast_clock(began)
    with database.write() as session:
        for n in numbers:
            enqueue(session, f"a{n}", "alert", f"p{n}@clinic.test", "Alert", "T.", "", now)


def _until_sent(database: Database, alerts: int) -> None:
    end = monotonic() + LONGEST
    wanted = select(Message.id).where(Message.status == "sent")  # type: ignore[call-overload]
    while monotonic() < end:
        with database.read() as session:
            if len(session.execute(wanted).all()) == alerts:
                return
        sleep(0.2)


def check(database: Database, post: Post, alerts: int) -> list[str]:
    """Nothing lost; a second copy only where the first one's 250 is not on record."""
    copies = Counter(post.box.recipients())
    with database.read() as session:
        messages = session.execute(select(Message)).scalars().all()
        attempts: list[Any] = list(session.execute(select(Attempt)).scalars().all())
    faults = []
    waiting = [one.id for one in messages if one.status != "sent"]
    if waiting or len(messages) != alerts:
        faults.append(f"{len(waiting)} of {len(messages)} are not sent")
    lost = [one for one in messages if not copies[one.recipient]]
    if lost:
        faults.append(f"{len(lost)} alerts never arrived")
    for one in messages:
        mine = sorted((a for a in attempts if a.message_id == one.id), key=lambda a: a.id)
        unsure = sum(1 for a in mine if a.outcome != "sent")
        if copies[one.recipient] > 1 + unsure:
            faults.append(f"message {one.id}: {copies[one.recipient]} copies, {unsure} unsure")
        sent = [a.ended_at for a in mine if a.outcome == "sent"]
        if sent and any(a.started_at > sent[0] for a in mine):
            faults.append(f"message {one.id} was tried again after its 250 was on record")
    names = {mail["Message-ID"] for _, mail in post.box.mails}
    if len(names) != alerts:
        faults.append(f"{len(names)} Message-IDs for {alerts} alerts")
    return faults
