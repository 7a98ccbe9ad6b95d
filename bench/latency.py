"""From the submission to the mail server's 250: ``python -m bench.latency``.

Web and worker in two processes, an idle machine, one participant after another. Timed from
before the form is sent, so that the figure is an upper bound of "from the commit".
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep
from uuid import uuid4

import httpx
from sqlalchemy import select

from app.clock import local_day, utc_now
from app.db import Database
from app.models.outbox import Message
from bench.load import ROOT, free_port, serving
from bench.people import ORIGIN, People, make_people, settings_of
from tests.smtp import mail_server

DAYBOOK = "bench.apps:daybook"
ALERTS = 120
WARM_UP = 3
BUDGET_P50, BUDGET_P99 = 1.0, 3.0
LONGEST = 30.0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as name:
        folder = Path(name) / "people"
        print(f"Writing {ALERTS} participants …", flush=True)
        report_latency(folder, make_people(folder, ALERTS * 3 // 2, 1))


def report_latency(folder: Path, people: People) -> None:
    """``ALERTS`` participants tell of an opioid, one after another; each is an urgent alert."""
    database = Database(settings_of(folder))
    accepted: list[float] = []
    with (
        mail_server() as box,
        serving(DAYBOOK, free_port(), folder) as server,
        _worker(folder, box.url),
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client,
    ):
        box.answer = lambda _recipient: _noted(accepted)
        dice = Random(1)
        first, last = [], []
        for token in people.phones[: ALERTS + WARM_UP]:
            sent_at, before = _tell(client, token), len(accepted)
            _until_quiet(database, accepted, before)
            first.append(accepted[before] - sent_at)
            last.append(accepted[-1] - sent_at)
            sleep(dice.uniform(0.0, 0.5))  # out of step with the worker's own rhythm
    database.close()
    _say("first recipient", first[WARM_UP:])
    _say("last recipient", last[WARM_UP:])


def _noted(accepted: list[float]) -> str:
    accepted.append(monotonic())
    return "250 kept"


def _tell(client: httpx.Client, token: str) -> float:
    """The moment before the form was sent."""
    day = (local_day(utc_now(), "Europe/Moscow") - timedelta(days=1)).isoformat()
    headers = {"Host": ORIGIN.split("//")[1], "Origin": ORIGIN, "Cookie": f"__Host-sid={token}"}
    body = {"substance": "opioid", "idem": uuid4().hex}
    started = monotonic()
    answer = client.post(f"/day/{day}/other", data=body, headers=headers)
    if answer.status_code != 303:
        raise RuntimeError(f"the server answered {answer.status_code}")
    return started


def _until_quiet(database: Database, accepted: list[float], before: int) -> None:
    """Until something was accepted and nothing waits any more."""
    waiting = select(Message.id).where(Message.status == "waiting")  # type: ignore[call-overload]
    end = monotonic() + LONGEST
    while monotonic() < end:
        if len(accepted) > before:
            with database.read() as session:
                if session.execute(waiting).first() is None:
                    return
        sleep(0.01)
    raise RuntimeError("no alert was accepted; did the submission raise one?")


@contextmanager
def _worker(folder: Path, smtp_url: str) -> Iterator[None]:
    """``daybook worker`` on the same database, ended by its id."""
    environment = {
        **os.environ,
        "DAYBOOK_DATA_DIR": str(folder),
        "DAYBOOK_BASE_URL": ORIGIN,
        "DAYBOOK_SMTP_URL": smtp_url,
    }
    command = [sys.executable, "-m", "app", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _say(who: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.99))
    over = "" if p50 <= BUDGET_P50 and p99 <= BUDGET_P99 else "  OVER"
    print(
        f"alert, submission to 250, {who}: median {p50:.2f} s (budget {BUDGET_P50:g}), "
        f"p99 {p99:.2f} s (budget {BUDGET_P99:g}), n = {len(ordered)}{over}"
    )


if __name__ == "__main__":
    main()
