"""F15: backups whose process is killed, and the drill on every one that says it is finished."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.recovery.backup import finished, manifest_of
from app.recovery.drill import drill
from tests.cast import invite_cast
from tests.faults.processes import Child, environment_of
from tests.faults.report import Run

# Until its first line of work a process has loaded its modules for this long, or a little longer.
SOONEST, LATEST = 0.5, 3.5
RTO_SECONDS = 15 * 60


def run(database: Database, kills: int, entries: int = 20_000) -> Run:
    """``kills`` backups at once after another, each killed; then one that is left alone."""
    with database.write() as session:
        invite_cast(session)
        for number in range(entries):
            audit.record(session, SYSTEM, "test.entry", Subject("site", number), now=utc_now())
    chance = Random(15)
    with TemporaryDirectory(prefix="daybook-backups-") as name:
        folder = Path(name)
        for _ in range(kills):
            child = Child(["app", "backup", str(folder)], environment_of(database), quiet=True)
            child.start()
            sleep(chance.uniform(SOONEST, LATEST))
            child.kill()
        survived = len(finished(folder))
        last = Child(["app", "backup", str(folder)], environment_of(database), quiet=True)
        last.start()
        assert last.process is not None
        status = last.process.wait(timeout=120)
        begun = monotonic()
        faults = list(_faults(database, folder))
        told = (
            f"{kills} backups killed, {survived} of them were finished before; each of the "
            f"{survived + 1} passed the drill, {monotonic() - begun:.1f} seconds for all"
        )
        if status != 0 or len(finished(folder)) != survived + 1:
            faults.append("the backup that was left alone was not made")
    return Run(told, faults)


def _faults(database: Database, folder: Path) -> Iterator[str]:
    place = database.settings.but(database_url="")
    for path in finished(folder):
        report = drill(path, place, utc_now())
        yield from (f"{path.name}: {fault}" for fault in report.faults)
        if report.seconds > RTO_SECONDS:
            yield f"{path.name}: the drill took {report.seconds:.0f} seconds"
    # What was broken off never bears the name of something finished together with a manifest.
    for path in folder.glob("*.json"):
        if not path.with_suffix(".backup").exists():
            yield f"{manifest_of(path).name} tells of a backup that is not there"
