"""What a file tells of itself, what was written into it, and the pieces it is cut into."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.i18n import Translator

PIECE = 1 << 18


class Refused(Exception):
    """A form cannot hold what is on record; ``code`` names the cure, ``where`` the place."""

    def __init__(self, code: str, where: str):
        super().__init__(f"{code}: {where}")
        self.code = code
        self.where = where


@dataclass(frozen=True, slots=True)
class About:
    """``by``: the moment that everything is as of."""

    site: str
    protocol: str
    """its version"""
    by: datetime
    tr: Translator


@dataclass(slots=True)
class Written:
    """How many rows each table got, and how many people there are."""

    rows: dict[str, int] = field(default_factory=dict)
    people: int = 0


class Pieces(io.RawIOBase):
    """What was written since it was last taken; it cannot be turned back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        self.size += len(part)
        return len(part)

    def take(self) -> bytes:
        found, self._parts, self.size = b"".join(self._parts), [], 0
        return found

    def full(self) -> Iterator[bytes]:
        """What there is, once that is enough to hand it on."""
        if self.size >= PIECE:
            yield self.take()


class Zip:
    """A zip that is handed on while it grows, dated by what is in it: same data, same bytes."""

    def __init__(self, by: datetime) -> None:
        self.pieces = Pieces()
        self._by = by.timetuple()[:6]
        self._zip = ZipFile(self.pieces, "w", ZIP_DEFLATED, compresslevel=6)

    def _entry(self, name: str) -> ZipInfo:
        found = ZipInfo(name, self._by)
        found.compress_type = ZIP_DEFLATED
        return found

    @contextmanager
    def file(self, name: str) -> Iterator[Any]:
        """One file, written from its beginning to its end."""
        with self._zip.open(self._entry(name), "w", force_zip64=True) as file:
            yield file

    def put(self, name: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        self._zip.writestr(self._entry(name), data)

    def end(self) -> bytes:
        """The rest, with the list of what is in it."""
        self._zip.close()
        return self.pieces.take()
