"""``python -m tests.anywhere``: tests on other days, in other places, a line for each.

What reads the clock of the machine is run about midnight, at the ends of months and years and
where the clocks change, under time zones, languages, homes, masks and numbers of cores that are
not those of whoever wrote it. Other tests can be named. Exit status 1 if anything failed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests import chromium

ROOT = Path(__file__).resolve().parents[2]
# All that fills a database up to the real today, or asks for the time.
TESTS = (
    "tests/demo",
    "tests/house/test_phone_forms.py",
    "tests/journeys/test_main_journey.py",
    "tests/journeys/test_calendar.py",
    "tests/journeys/test_taps.py",
    "tests/outbox/test_processes.py",
)


@dataclass(frozen=True)
class Place:
    """A moment of the clock, and what surrounds the tests there."""

    at: str
    zone: str
    language: str
    cores: int = 2
    mask: int = 0o022
    home: bool = True

    @property
    def seconds(self) -> float:
        return (datetime.fromisoformat(self.at) - datetime.now(UTC)).total_seconds()

    def environment(self) -> dict[str, str]:
        told = {**os.environ, "TZ": self.zone, "LANG": self.language, "LC_ALL": self.language}
        if not self.home:
            told.pop("HOME", None)
        told["PYTHONPATH"] = os.pathsep.join((str(Path(__file__).parent / "elsewhen"), str(ROOT)))
        told["ELSEWHEN_SECONDS"] = str(self.seconds)
        # Found with the home of today: without one its folder could not be told.
        told["DAYBOOK_CHROMIUM"] = chromium.find() or ""
        return told

    def settle(self) -> None:
        os.umask(self.mask)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: self.cores])

    def __str__(self) -> str:
        home = "" if self.home else ", no home"
        return f"{self.at} {self.zone} {self.language}, {self.cores} cores, {self.mask:03o}{home}"


PLACES = (
    # A minute before midnight in Moscow, where the people of the tests are; the year ends.
    Place("2026-12-31T20:58:30+00:00", "Pacific/Kiritimati", "tr_TR.UTF-8"),
    Place("2028-02-29T00:00:10+00:00", "America/St_Johns", "C", cores=1, mask=0o077),
    Place("2027-03-28T00:58:30+00:00", "Europe/Berlin", "ru_RU.UTF-8", home=False),
    Place("2027-10-31T00:58:30+00:00", "Europe/Berlin", "en_US.UTF-8"),
    Place("2027-05-01T09:00:00+00:00", "Asia/Kolkata", "C.UTF-8"),
)


def passed(place: Place, tests: list[str], settle: Callable[[], None]) -> bool:
    begun = time.monotonic()
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=place.environment(),
        preexec_fn=settle,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.strip().splitlines() or ["nothing was run"]
    print(f"{place}: {lines[-1]} ({time.monotonic() - begun:.0f} s)", flush=True)
    for line in lines:
        if line.startswith(("FAILED", "ERROR")):
            print(f"  {line}", flush=True)
    return done.returncode == 0


def main() -> int:
    tests = sys.argv[1:] or list(TESTS)
    return int(not all([passed(place, tests, place.settle) for place in PLACES]))


if __name__ == "__main__":
    sys.exit(main())
