"""``daybook restore-drill``: does the backup become a working Daybook? It is tried, and told.

What comes out is looked through as nobody would in an emergency: every page of the file, every
row's parents, the chains of the audit trail against what was mailed, the counts, and a sign-in.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import httpx
from sqlalchemy import Connection, select, true
from sqlalchemy.exc import DBAPIError

from app import audit
from app.clock import lately
from app.db import Database, UnsafeDatabase
from app.main import create_app
from app.migrate import migrate
from app.models.people import STAFF
from app.recovery import rows
from app.recovery.backup import BackupError, Manifest, read_manifest
from app.recovery.restore import damage, refill
from app.settings import Settings
from app.signin.staff import make_link

OLD_AFTER = timedelta(hours=2)


@dataclass(slots=True)
class Report:
    """What was looked at, each with what was wrong; ``seconds`` for all of it."""

    manifest: Manifest
    looked: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        return [fault for found in self.looked.values() for fault in found]

    def lines(self) -> Iterator[str]:
        yield f"backup of {self.manifest.made_at:%Y-%m-%d %H:%M} UTC, key {self.manifest.key}"
        for what, found in self.looked.items():
            yield f"{'FAULT' if found else 'ok':<6}{what}"
            yield from (f"      {fault}" for fault in found)
        rows = sum(self.manifest.counts.values())
        yield f"{rows} rows, root {self.manifest.root}, {self.seconds:.1f} seconds"
        yield f"{len(self.faults)} faults." if self.faults else "The drill passed."


def drill(path: Path, settings: Settings, now: datetime, *, root: str = "") -> Report:
    """Restore ``path`` into a place of its own, and look. ``settings`` name the place where it is
    an empty database of PostgreSQL; else it is an encrypted file that is gone afterwards.
    """
    begun = monotonic()
    report = Report(read_manifest(path))
    report.looked["it is of the last two hours"] = _age(report.manifest, now)
    try:
        broken = damage(path, settings, report.manifest)
    except BackupError as error:
        broken = [str(error)]
    report.looked["the file is what was written"] = broken
    if not broken:
        with tempfile.TemporaryDirectory(prefix="daybook-drill-") as folder:
            _try(path, _place(settings, Path(folder)), report, root, now)
    report.seconds = monotonic() - begun
    return report


def _try(path: Path, place: Settings, report: Report, root: str, now: datetime) -> None:
    try:
        with closing(Database(place)) as database:
            _look_through(database, path, report, root, now)
    except (DBAPIError, UnsafeDatabase, LookupError) as error:
        # Without its words: a database may repeat a value.
        report.looked["it becomes a database"] = [f"it does not: {type(error).__name__}"]


def _age(manifest: Manifest, now: datetime) -> list[str]:
    if lately(manifest.made_at, OLD_AFTER, now):
        return []
    made = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    return [f"it is of {made}: see that 'daybook worker' runs and has room to write"]


def _place(settings: Settings, folder: Path) -> Settings:
    return settings.but(database_url=settings.database_url or f"sqlite:///{folder / 'drill.db'}")


def _look_through(database: Database, path: Path, report: Report, root: str, now: datetime) -> None:
    manifest, looked = report.manifest, report.looked
    looked["every row came out"] = refill(database, path, manifest)
    with database.engine.connect() as connection:
        looked["every page is whole, and every row has its parents"] = list(
            rows.integrity(connection)
        )
        looked["the audit trail is whole, and the one that was mailed"] = list(
            _trail(connection, manifest, root)
        )
    migrate(database)
    looked["somebody can sign in"] = asyncio.run(_signs_in(database, now))


def _trail(connection: Connection, manifest: Manifest, root: str) -> Iterator[str]:
    found, faults = audit.verify(connection)
    yield from faults
    if found.root != manifest.root:
        yield f"the root over all chains is {found.root}, and was {manifest.root}"
    if root and root != found.root and not audit.was_witnessed(connection, root):
        yield f"no entry tells of the root {root}: this backup is older, or the trail was cut"


async def _signs_in(database: Database, now: datetime) -> list[str]:
    """By a one-time link, through the very application, as whoever works there longest."""
    with database.write() as session:
        active = select(STAFF.c.id, STAFF.c.site_id).where(STAFF.c.active == true())
        found = session.execute(active.order_by(STAFF.c.id)).first()
        if found is None:
            return []  # a server on which nobody has an account yet
        code = make_link(session, found.id, audit.system(found.site_id), now)
    app = create_app(database.settings, database, lambda: now)
    base = database.settings.base_url
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=base,
            headers={"Origin": base},
        ) as client,
    ):
        answer = await client.post("/sign-in/link", data={"code": code})
        if answer.status_code != 303 or not answer.cookies:
            return [f"the door answers {answer.status_code} to a one-time link"]
        # Whoever has set up a second factor is asked for it, and comes no further here.
        inside = await client.get(answer.headers["location"])
    where = urlsplit(inside.headers.get("location", "/sign-in")).path
    if inside.status_code == 200 or (inside.status_code == 303 and where != "/sign-in"):
        return []
    return [f"the page behind the door answers {inside.status_code}"]
