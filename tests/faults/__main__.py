"""``python -m tests.faults F1 --submissions 5000``: fault runs with real processes, bounded.

Each run is made on SQLite and on PostgreSQL; the exit status is 1 if something did not hold.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.db import Database
from tests.databases import PostgresTemplate, SqliteTemplate
from tests.faults import alerts, locks, outage, restoring, submissions
from tests.faults.report import Run

BACKENDS = ("sqlite", "postgresql")


@contextmanager
def fresh(backend: str) -> Iterator[Database]:
    """A migrated, empty database in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="daybook-faults-") as name:
        folder = Path(name)
        kind = SqliteTemplate if backend == "sqlite" else PostgresTemplate
        (folder / "template").mkdir()
        template = kind(folder / "template")
        try:
            with template.fresh(folder / "run") as database:
                yield database
        finally:
            if isinstance(template, PostgresTemplate):
                template.stop()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("runs", nargs="*", metavar="F1 F5 F6 F7 F15", help="all where none is named")
    asked.add_argument("--submissions", type=int, default=5000)
    asked.add_argument("--seconds", type=float, default=30.0, help="how long F5 holds the lock")
    asked.add_argument("--alerts", type=int, default=400)
    asked.add_argument("--kills", type=int, default=40)
    asked.add_argument("--backend", choices=BACKENDS, action="append")
    given = asked.parse_args()
    # A worker in this process would tell of each attempt at a server that is away.
    logging.getLogger("daybook.worker").setLevel(logging.CRITICAL)
    runs: dict[str, Callable[[Database], Run]] = {
        "F1": lambda database: submissions.run(database, given.submissions),
        "F5": lambda database: locks.run(database, given.seconds),
        "F6": lambda database: outage.run(database, given.alerts),
        # The mail server in its other tempers, and workers killed all along, in one run.
        "F7": lambda database: alerts.run(database, given.alerts, given.kills),
        "F15": lambda database: restoring.run(database, given.kills),
    }
    wrong = 0
    for name in given.runs or runs:
        for backend in given.backend or BACKENDS:
            with fresh(backend) as database:
                done = runs[name](database)
            print(f"{name} {backend}: {done.told}", flush=True)
            for fault in done.faults:
                print(f"  FAULT: {fault}", flush=True)
            wrong += len(done.faults)
    print("every run held" if not wrong else f"{wrong} faults", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
