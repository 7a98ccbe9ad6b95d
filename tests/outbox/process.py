"""A worker as a process of its own: ``python -m tests.outbox.process LEASE DEADLINE``."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.db import Database
from app.outbox.commands import run_worker
from app.outbox.worker import Pace
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def worker_process(
    database: Database, smtp_url: str, lease: float, deadline: float
) -> Iterator[subprocess.Popen[bytes]]:
    """Killed at the end, if it still lives."""
    settings = database.settings
    environment = {
        **os.environ,
        "DAYBOOK_DATA_DIR": str(settings.data_dir),
        "DAYBOOK_DATABASE_URL": settings.database_url,
        "DAYBOOK_KEY_FILE": str(settings.key_path),
        "DAYBOOK_BASE_URL": settings.base_url,
        "DAYBOOK_SMTP_URL": smtp_url,
    }
    command = [sys.executable, "-m", "tests.outbox.process", str(lease), str(deadline)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    lease, deadline = (float(text) for text in sys.argv[1:])
    run_worker(Settings(), stop, pace=Pace(poll=0.05, lease=lease, deadline=deadline))


if __name__ == "__main__":
    main()
