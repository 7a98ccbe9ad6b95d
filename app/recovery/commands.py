"""What ``daybook backup``, ``restore`` and ``restore-drill`` do."""

from contextlib import closing
from pathlib import Path

import typer

from app.clock import utc_now
from app.db import Database
from app.recovery.archive import sites, write
from app.recovery.backup import BackupError, finished, prune, read_manifest, take
from app.recovery.drill import drill as try_out
from app.recovery.nightly import language_of, record
from app.recovery.restore import restore as put_back
from app.recovery.rotate import steps
from app.settings import Settings


def backup(folder: Path | None) -> None:
    """A backup now, and what is not needed any more removed."""
    settings, now = Settings(), utc_now()
    with closing(Database(settings)) as database:
        path = take(database, _folder(settings, folder), now)
    manifest = read_manifest(path)
    typer.echo(f"{path}: {sum(manifest.counts.values())} rows, root {manifest.root}")
    for gone in prune(path.parent, now):
        typer.echo(f"removed {gone.name}")


def restore(path: Path) -> None:
    """The backup into the empty place that the environment names."""
    faults = put_back(path, Settings(), utc_now())
    for fault in faults:
        typer.echo(fault)
    manifest = read_manifest(path)
    typer.echo(
        f"{sum(manifest.counts.values())} rows of {manifest.made_at:%Y-%m-%d %H:%M} UTC are back."
    )
    typer.echo("Look through them: daybook doctor, daybook audit verify --root ROOT")
    raise typer.Exit(1 if faults else 0)


def drill(path: Path | None, root: str, into: str) -> None:
    """The newest backup, or this one, tried out; exit status 1 if anything is wrong."""
    settings = Settings()
    if path is None:
        folder = _folder(settings, None)
        made = finished(folder)
        if not made:
            raise BackupError(f"there is no backup in {folder} yet: 'daybook backup'")
        path = made[-1]
    report = try_out(path, settings.but(database_url=into), utc_now(), root=root)
    for line in report.lines():
        typer.echo(line)
    raise typer.Exit(1 if report.faults else 0)


def archive(folder: Path | None, name: str) -> None:
    """A copy of each site now, on record like those of the nights."""
    settings, now = Settings(), utc_now()
    place = folder or settings.archive_dir
    if place is None:
        raise BackupError("say where: name a folder, or set DAYBOOK_ARCHIVE_DIR")
    with closing(Database(settings)) as database:
        written = [
            write(database, site, place, now, language_of(database, site.id))
            for site in sites(database, name)
        ]
        with database.write() as session:
            record(session, written, now)
    for one in written:
        typer.echo(f"{one.path}: python3 verify.py --sha256 {one.sha256}")


def rotate() -> None:
    """Another key, and everything under it; called again after a break, it goes on."""
    for done in steps(Settings(), utc_now()):
        typer.echo(done)
    typer.echo("What is typed on phones and not sent opens no more. Now: daybook backup")


def _folder(settings: Settings, named: Path | None) -> Path:
    folder = named or settings.backup_dir
    if folder is None:
        raise BackupError("say where: name a folder, or set DAYBOOK_BACKUP_DIR")
    return folder
