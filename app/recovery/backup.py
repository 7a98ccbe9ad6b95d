"""``daybook backup``: all rows as they stood at one moment, sealed, while everybody goes on.

One snapshot is read, on SQLite and on PostgreSQL alike, and nobody waits for it. Beside the file
lies a manifest in plain words: what is in it, and its SHA-256. A backup without one was never
finished. The same tells the end of the sealed file, where nobody without the key can alter it.
"""

import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy import Connection, text
from sqlmodel import Session

from app import audit
from app.db import Database
from app.keys import Keys
from app.recovery import rows
from app.recovery.files import put
from app.sealed import BrokenFile, head_of, opened, seal

FORMAT = "daybook-backup/1"
HOURLY = timedelta(days=2)
DAILY = timedelta(days=35)
_NAME = re.compile(r"daybook-(\d{8}T\d{6})\d{6}Z\.backup")
_STAMP = "%Y%m%dT%H%M%S"


class BackupError(Exception):
    """A backup cannot be made or used; the message is the remedy."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``root``: of the heads of all chains of the audit trail."""

    format: str
    made_at: AwareDatetime
    schema: str
    key: str
    sha256: str
    root: str
    heads: list[list[Any]]
    counts: dict[str, int]


_MANIFEST = TypeAdapter(Manifest)


def take(database: Database, folder: Path, now: datetime) -> Path:
    """Write a backup of all there is into ``folder``, whole or not at all. Raises BackupError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"daybook-{now.astimezone(UTC).strftime(_STAMP + '%f')}Z.backup"
        with snapshot(database).connect() as connection, connection.begin():
            manifest = _write(connection, database.keys, path, now)
        put(manifest_of(path), _MANIFEST.dump_json(manifest, indent=1) + b"\n")
    except OSError as error:
        raise BackupError(f"no backup could be written to {folder}: {error.strerror}") from error
    return path


def manifest_of(path: Path) -> Path:
    return path.with_suffix(".json")


def finished(folder: Path) -> list[Path]:
    """The backups of a folder that have their manifest, the oldest first."""
    found = (path for path in folder.glob("daybook-*.backup") if _NAME.fullmatch(path.name))
    return sorted(path for path in found if manifest_of(path).exists())


def moment_of(path: Path) -> datetime:
    """When a backup was made, by its name."""
    stamp = _NAME.fullmatch(path.name)
    assert stamp is not None
    return datetime.fromisoformat(f"{stamp[1]}Z")


def prune(folder: Path, now: datetime) -> list[Path]:
    """Remove what is not needed any more, and return it.

    All of two days are kept, then the last of each day for five weeks, then the last of each
    month; the newest always, whatever the clock says.
    """
    found = finished(folder)
    kept: dict[str, Path] = {}
    for path in found:
        made = moment_of(path)
        age = now - made
        step = "%c" if age < HOURLY else "%Y-%m-%d" if age < DAILY else "%Y-%m"
        kept[made.strftime(step) if step != "%c" else path.name] = path
    gone = sorted(set(found[:-1]) - set(kept.values()))
    for path in (*gone, *_never_finished(folder, now)):
        # The manifest first: what lies without one counts for nothing.
        manifest_of(path).unlink(missing_ok=True)
        path.unlink()
    return gone


def _never_finished(folder: Path, now: datetime) -> list[Path]:
    """What a power cut left behind, of yesterday and before: today's may be at work."""
    parts = (path for path in folder.glob("daybook-*.*") if path.suffix in (".part", ".backup"))
    found = (path for path in parts if _NAME.fullmatch(path.with_suffix(".backup").name))
    return [
        path
        for path in found
        if (path.suffix == ".part" or not manifest_of(path).exists())
        and now - moment_of(path.with_suffix(".backup")) > timedelta(days=1)
    ]


def read_manifest(path: Path) -> Manifest:
    """Raises BackupError."""
    try:
        found = _MANIFEST.validate_json(manifest_of(path).read_bytes())
    except (OSError, ValidationError) as error:
        raise BackupError(f"{path} has no manifest {manifest_of(path).name} to go by") from error
    if found.format != FORMAT:
        raise BackupError(f"{path} is of another release: {found.format}")
    return found


def content(path: Path, keys: Keys) -> Iterator[Any]:
    """The lines of a backup; the last one tells what all of it held. Raises BrokenFile."""
    with path.open("rb") as file:
        if head_of(file).get("key") != keys.id:
            raise BrokenFile("its first line was altered")
        file.seek(0)
        yield from _lines(opened(file, keys.backup_key))


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        found = sha256()
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()


def snapshot(database: Database) -> Any:
    """One moment for all tables; SQLite's reads see no later write anyway."""
    if database.uses_sqlite:
        return database.engine
    return database.engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def _write(connection: Connection, keys: Keys, path: Path, now: datetime) -> Manifest:
    known = rows.tables(connection)
    trail = audit.trail(Session(connection))
    told: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.astimezone(UTC).isoformat(),
        "schema": connection.execute(text(f"SELECT version_num FROM {rows.SCHEMA}")).scalar_one(),  # noqa: S608
        "key": keys.id,
    }
    end = {
        **told,
        "root": trail.root,
        "heads": trail.as_json,
        "counts": rows.counted(connection, known),
        "numbers": rows.numbered(connection, known),
    }

    def packed() -> Iterator[bytes]:
        pack = zlib.compressobj(6)
        for line in rows.lines(connection, known):
            yield pack.compress(line)
        yield pack.compress(json.dumps({"end": end}).encode() + b"\n") + pack.flush()

    waiting = path.with_suffix(".part")
    try:
        with waiting.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            seal(file, told, keys.backup_key, packed())
            file.flush()
            os.fsync(file.fileno())
        # What the disk holds, not what was meant to be there.
        digest = checksum(waiting)
        waiting.replace(path)
    finally:
        with suppress(OSError):
            waiting.unlink()
    del end["numbers"]
    return Manifest(sha256=digest, **{**end, "made_at": now.astimezone(UTC)})


def _lines(pieces: Iterator[bytes]) -> Iterator[Any]:
    """Raises BrokenFile."""
    unpack, rest = zlib.decompressobj(), b""
    try:
        for piece in pieces:
            *whole, rest = (rest + unpack.decompress(piece)).split(b"\n")
            for line in whole:
                yield json.loads(line)
    except (zlib.error, ValueError) as error:
        raise BrokenFile("what is in it cannot be read") from error
    if rest or not unpack.eof:
        raise BrokenFile("it ends too early")
