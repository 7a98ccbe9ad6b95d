"""``daybook restore``: a backup becomes a database again, in a place where none is."""

from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, text

from app import audit
from app.audit import SYSTEM, Subject
from app.db import SCHEMAS, Database
from app.keys import read_keys
from app.migrate import migrate
from app.recovery import rows
from app.recovery.backup import BackupError, Manifest, checksum, content, read_manifest
from app.recovery.files import remove
from app.sealed import BrokenFile
from app.settings import Settings

RESTORED = "backup.restore"


def restore(path: Path, settings: Settings, now: datetime) -> list[str]:
    """Put all rows back into the empty place that ``settings`` name, and bring it up to date.

    Returns a line for each way in which what came out differs from what the backup says of itself;
    what then stands there is what there was. Raises BackupError with nothing changed.
    """
    manifest = read_manifest(path)
    faults = damage(path, settings, manifest)
    if faults:
        raise BackupError("; ".join(faults))
    with _place(settings) as place, closing(Database(place)) as database:
        faults = refill(database, path, manifest)
        migrate(database)
        note(database, manifest, now)
    return faults


def damage(path: Path, settings: Settings, manifest: Manifest) -> list[str]:
    """A line for each way in which a backup is not what was written; it is read to its end.

    Raises BackupError for another key.
    """
    faults, keys = [], read_keys(settings.key_path)
    if manifest.key != keys.id:
        raise BackupError(
            f"{path.name} opens with the key {manifest.key}, and DAYBOOK_KEY_FILE is the key "
            f"{keys.id}: set it to the key of that time"
        )
    if manifest.schema not in SCHEMAS:
        faults.append(f"{path.name} was made by another release (schema {manifest.schema})")
    try:
        if checksum(path) != manifest.sha256:
            faults.append(f"{path.name} is not the file that its manifest tells of (SHA-256)")
        [last] = deque(content(path, keys), maxlen=1)
        faults += _disagreements(manifest, last["end"])
    except (BrokenFile, OSError) as error:
        faults.append(f"{path.name} is damaged: {error}")
    except (LookupError, TypeError, ValueError):
        faults.append(f"{path.name} is damaged: it does not tell what it held")
    return faults


def _disagreements(manifest: Manifest, end: dict[str, Any]) -> list[str]:
    """The manifest lies in the open; what the sealed file tells of itself cannot be altered."""
    told = {
        "format": manifest.format,
        "made_at": manifest.made_at.isoformat(),
        "schema": manifest.schema,
        "key": manifest.key,
        "root": manifest.root,
        "heads": manifest.heads,
        "counts": manifest.counts,
    }
    return [
        f"the manifest was altered: {name} is not what the backup holds"
        for name, value in told.items()
        if end[name] != value
    ]


def refill(database: Database, path: Path, manifest: Manifest) -> list[str]:
    """All rows of a backup into an empty database of its schema, in one transaction."""
    migrate(database, manifest.schema)
    end: dict[str, Any] = {}

    def told() -> Iterator[Any]:
        for one in content(path, database.keys):
            if isinstance(one, dict) and "end" in one:
                end.update(one["end"])
            else:
                yield one

    with _without_parents(database) as connection:
        known = _insist_on_empty(connection)
        counts = rows.put_back(connection, known, told())
        rows.number_on(connection, known, end["numbers"])
    return [
        f"{name}: {counts.get(name, 0)} rows came out, {expected} were there"
        for name, expected in manifest.counts.items()
        if counts.get(name, 0) != expected
    ]


def note(database: Database, manifest: Manifest, now: datetime) -> None:
    """That there was a restoring, and of what, is on record for good."""
    with database.write() as session:
        changes = {"made_at": [None, manifest.made_at.isoformat()], "root": [None, manifest.root]}
        subject = Subject("backup", 0)
        audit.record(session, SYSTEM, RESTORED, subject, now=now, changes=changes)


@contextmanager
def _without_parents(database: Database) -> Iterator[Connection]:
    """SQLite alone is told not to ask for a row's parents until all are there."""
    with database.writing.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if database.uses_sqlite:
            raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            if database.uses_sqlite:
                raw.execute("PRAGMA foreign_keys = ON")


def _insist_on_empty(connection: Connection) -> list[Table]:
    """The tables, in which nothing is. Raises BackupError."""
    known = rows.tables(connection)
    full = [name for name, n in rows.counted(connection, known).items() if n]
    if full:
        raise BackupError(f"the database is not empty ({full[0]}): restore into an empty one")
    return known


@contextmanager
def _place(settings: Settings) -> Iterator[Settings]:
    """Where it is put together: a file of SQLite gets its name when all is in it."""
    if not settings.uses_sqlite:
        with closing(Database(settings)) as database, database.engine.connect() as connection:
            _insist_on_empty(connection)
        yield settings
        return
    wanted = settings.sqlite_path
    if wanted.exists():
        raise BackupError(f"there is a database at {wanted}: restore into an empty place")
    waiting = wanted.with_name(wanted.name + ".restoring")
    remove(waiting)
    try:
        yield settings.but(database_url=f"sqlite:///{waiting}")
        put_down(waiting, settings)
        waiting.rename(wanted)
    finally:
        remove(waiting)


def put_down(path: Path, settings: Settings) -> None:
    """Everything into the one file."""
    place = settings.but(database_url=f"sqlite:///{path}")
    with closing(Database(place)) as database, database.engine.connect() as connection:
        connection.execute(text("ROLLBACK"))
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
