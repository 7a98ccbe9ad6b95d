"""Where the files of exports are kept for a while: sealed, and opened piece by piece."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from app.db import Database
from app.sealed import BrokenFile, head_of, opened, seal


def path_of(database: Database, public_id: str) -> Path:
    return database.settings.export_dir / f"{public_id}.sealed"


def keep(database: Database, public_id: str, content: Iterable[bytes]) -> tuple[int, str]:
    """Written whole or not at all; how long it is when it is opened, and its SHA-256."""
    wanted = path_of(database, public_id)
    waiting = wanted.with_suffix(".part")
    wanted.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for part in content:
            digest.update(part)
            size += len(part)
            yield part

    try:
        with waiting.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            seal(file, {"key": database.keys.id}, database.keys.export_key, counted())
        waiting.rename(wanted)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return size, digest.hexdigest()


def is_there(database: Database, public_id: str) -> bool:
    """Whether it opens: it is on this machine, and under the key in use."""
    with suppress(OSError, BrokenFile), path_of(database, public_id).open("rb") as file:
        return bool(head_of(file).get("key") == database.keys.id)
    return False


def content(database: Database, public_id: str) -> Iterator[bytes]:
    """Raises BrokenFile at the first piece that does not open."""
    with path_of(database, public_id).open("rb") as file:
        yield from opened(file, database.keys.export_key)


def drop(database: Database, public_id: str) -> None:
    path_of(database, public_id).unlink(missing_ok=True)
