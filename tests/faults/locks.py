"""F5: another process holds the database. Who waits hears so soon, and what is read still is."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep

import httpx

from app.db import Database
from bench.crowd.phones import Phone
from tests.faults.answers import Answer, answers
from tests.faults.people import invite_people
from tests.faults.phones import Heard
from tests.faults.processes import ROOT, Server, environment_of, headers_of, servers
from tests.faults.report import Run
from tests.faults.submissions import check

WRITERS, TWICE, READERS = 6, 2, 2
LONGEST_ANSWER = 6.0
LONGEST_RECOVERY = 15.0


@dataclass
class Told:
    """Answers while the lock was held and after, and how long the slowest took."""

    writes: Counter[int] = field(default_factory=Counter)
    reads: Counter[int] = field(default_factory=Counter)
    slowest_write: float = 0.0
    slowest_read: float = 0.0
    recovered: float = 0.0
    heard: Heard = field(default_factory=Heard)
    faults: list[str] = field(default_factory=list)


@contextmanager
def held(database: Database, seconds: float) -> Iterator[threading.Event]:
    """The lock, by a process of its own, until the event is set."""
    command = [sys.executable, "-m", "tests.faults.hold", str(seconds)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment_of(database), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    free = threading.Event()
    try:
        assert process.stdout.readline() == b"held\n"
        watcher = threading.Thread(target=_watch, args=(process, free))
        watcher.start()
        yield free
        watcher.join()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _watch(process: "subprocess.Popen[bytes]", free: threading.Event) -> None:
    assert process.stdout is not None
    process.stdout.readline()
    free.set()


def run(database: Database, seconds: float, *, seed: int = 1) -> Run:
    """Phones write and read for ``seconds`` of a locked database, and until it is free again."""
    phones = invite_people(database, WRITERS + READERS)
    # Two hands hold the first phone: they queue behind each other as well.
    writing = [*phones[:WRITERS], *(phones[0] for _ in range(TWICE))]
    wanted = list(answers(writing, len(writing), seed))
    told = Told()
    with servers(database, 1) as [server], held(database, seconds) as free:
        threads = [
            threading.Thread(target=_write, args=(database, server, answer, free, told))
            for answer in wanted
        ]
        threads += [
            threading.Thread(target=_read, args=(database, server, phone, free, told))
            for phone in phones[WRITERS:]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    faults = [*told.faults, *_judge(told), *check(database, wanted, told.heard)]
    said = (
        f"{seconds:g} s locked: writes {dict(told.writes)}, slowest {told.slowest_write:.1f} s; "
        f"reads {dict(told.reads)}, slowest {told.slowest_read:.1f} s; "
        f"all kept {told.recovered:.1f} s after"
    )
    return Run(said, faults)


def _judge(told: Told) -> list[str]:
    faults = []
    if set(told.writes) - {303, 503} or not told.writes[503]:
        faults.append(f"writes were answered with {dict(told.writes)}")
    if set(told.reads) != {200}:
        faults.append(f"reads were answered with {dict(told.reads)}")
    for what, slowest in (("write", told.slowest_write), ("read", told.slowest_read)):
        if slowest > LONGEST_ANSWER:
            faults.append(f"a {what} was answered after {slowest:.1f} s")
    if told.recovered > LONGEST_RECOVERY:
        faults.append(f"the last answer was kept {told.recovered:.1f} s after the lock")
    return faults


def _write(
    database: Database, server: Server, answer: Answer, free: threading.Event, told: Told
) -> None:
    """Send until it is kept. Nothing may be kept while the lock is held."""
    freed_at = monotonic()
    with httpx.Client(timeout=60) as client:
        while True:
            was_free = free.is_set()
            if not was_free:
                freed_at = monotonic()
            got, took = _timed(client, "POST", server, answer.path, database, answer.phone, answer)
            told.writes[got.status_code] += 1
            told.slowest_write = max(told.slowest_write, took)
            if got.status_code == 503 and "retry-after" not in got.headers:
                told.faults.append("a 503 does not say when to come back")
            if got.status_code == 303:
                told.heard.kept.append(answer)
                told.recovered = max(told.recovered, monotonic() - freed_at)
                if not free.is_set():
                    told.faults.append("an answer was kept through the lock")
            if got.status_code != 503:
                return
            sleep(0.2)


def _read(
    database: Database, server: Server, phone: Phone, free: threading.Event, told: Told
) -> None:
    with httpx.Client(timeout=60) as client:
        while not free.is_set():
            got, took = _timed(client, "GET", server, "/today", database, phone)
            told.reads[got.status_code] += 1
            told.slowest_read = max(told.slowest_read, took)
            sleep(0.3)


def _timed(
    client: httpx.Client,
    method: str,
    server: Server,
    path: str,
    database: Database,
    phone: Phone,
    answer: Answer | None = None,
) -> tuple[httpx.Response, float]:
    started = monotonic()
    got = client.request(
        method,
        server.url + path,
        data=dict(answer.body) if answer else None,
        headers=headers_of(database, phone.token),
    )
    return got, monotonic() - started
