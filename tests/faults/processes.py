"""Daybook's own processes on one database: started, killed without warning, started again."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic, sleep

import httpx

from app.db import Database

ROOT = Path(__file__).resolve().parents[2]
LONGEST_START = 60.0


def environment_of(database: Database, **more: str) -> dict[str, str]:
    """What a process needs to open this database."""
    settings = database.settings
    return {
        **os.environ,
        "DAYBOOK_DATA_DIR": str(settings.data_dir),
        "DAYBOOK_DATABASE_URL": settings.database_url or f"sqlite:///{settings.sqlite_path}",
        "DAYBOOK_KEY_FILE": str(settings.key_path),
        "DAYBOOK_BASE_URL": settings.base_url,
        **more,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Child:
    """One process of ``python -m MODULE …``; ended by its id. ``quiet``: its log is not shown."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], *, quiet: bool = False
    ):
        self.quiet = quiet
        self.words = [sys.executable, "-m", *words]
        self.environment = dict(environment)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = subprocess.DEVNULL if self.quiet else None
        self.process = subprocess.Popen(self.words, cwd=ROOT, env=self.environment, stderr=log)

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is put away."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


class Server(Child):
    """The web server of the product on a port of its own."""

    def __init__(self, database: Database):
        self.port = free_port()
        super().__init__(
            ["tests.faults.serve"], environment_of(database, DAYBOOK_PORT=str(self.port))
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Until it answers. Raises RuntimeError."""
        end = monotonic() + LONGEST_START
        while monotonic() < end and not self.ended():
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            sleep(0.05)
        raise RuntimeError("the server did not answer")


@contextmanager
def servers(database: Database, count: int) -> Iterator[list[Server]]:
    """``count`` servers that answer, killed at the end."""
    found = [Server(database) for _ in range(count)]
    try:
        for one in found:
            one.start()
        for one in found:
            one.wait()
        yield found
    finally:
        for one in found:
            one.kill()


@contextmanager
def killing(found: Sequence[Server], seed: int, low: float, high: float) -> Iterator[list[float]]:
    """Kill the servers in turn, each ``low`` to ``high`` seconds after the one before is back.

    Yields the moments of the kills so far.
    """
    stop, kills, dice = threading.Event(), [], Random(seed)

    def run() -> None:
        turn = 0
        while not stop.wait(dice.uniform(low, high)):
            server = found[turn % len(found)]
            server.kill()
            kills.append(monotonic())
            server.start()
            server.wait()
            turn += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield kills
    finally:
        stop.set()
        thread.join()


def headers_of(database: Database, token: str) -> httpx.Headers:
    """What a participant's browser sends."""
    base_url = database.settings.base_url
    return httpx.Headers(
        {
            "Host": base_url.split("//")[1],
            "Origin": base_url,
            "Cookie": f"__Host-sid={token}",
            "Accept-Language": "en",
        }
    )
