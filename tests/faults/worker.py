"""A worker whose clock runs fast: ``python -m tests.faults.worker BEGAN``.

Its pauses of half a minute and more, and its leases, then fit into a run of a minute. The
deadline of an attempt is real time, as the mail server is real.
"""

import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from time import time

from app.outbox.commands import run_worker
from app.outbox.worker import Pace
from app.settings import Settings

SPEED = 20
PACE = Pace(poll=0.05, deadline=1.5, lease=60.0, beat=60.0, batch=4)


def fast_clock(began: float) -> datetime:
    """The moment at which ``SPEED`` seconds pass in one."""
    now = began + (time() - began) * SPEED
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=now)


def main() -> None:
    stop, began = threading.Event(), float(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(Settings(), stop, pace=PACE, clock=lambda: fast_clock(began))


if __name__ == "__main__":
    main()
