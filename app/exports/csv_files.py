"""All sheets as CSV in one ZIP file, written while it is read: nothing is held, nothing is kept."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlmodel import Session

from app.exports.codebook import datapackage
from app.exports.sheets import AT_ONCE, SHEETS
from app.spreadsheet import csv_bytes

# So many bytes are gathered before they are let go.
CHUNK = 64 * 1024


class _Out:
    """What ``zipfile`` writes into: a file that cannot go back, taken away piece by piece."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        self.size += len(part)
        return len(part)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def take(self) -> bytes:
        found = b"".join(self._parts)
        self._parts, self.size = [], 0
        return found


def plain(value: Any) -> str:
    """A value as it stands in a cell: moments in UTC, numbers with all their digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def files(
    session: Session, site: int, name: str, protocol: str, now: datetime, *, for_spreadsheets: bool
) -> Iterator[bytes]:
    """The parts of the file. ``for_spreadsheets``: text that looks like a formula is marked."""
    out = _Out()
    counts: dict[str, int] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for sheet in SHEETS:
            counts[sheet.name] = 0
            with archive.open(_entry(f"{sheet.name}.csv", now), "w", force_zip64=True) as file:
                heads = [one.name for one in sheet.columns]
                file.write(csv_bytes([heads], for_spreadsheets=for_spreadsheets))
                rows = sheet.read(session, site)
                while some := [[plain(value) for value in row] for row in islice(rows, AT_ONCE)]:
                    counts[sheet.name] += len(some)
                    file.write(csv_bytes(some, for_spreadsheets=for_spreadsheets, first=False))
                    if out.size > CHUNK:
                        yield out.take()
        told = datapackage(name, protocol, now, counts)
        with archive.open(_entry("datapackage.json", now), "w") as file:
            file.write(told)
    yield out.take()


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, now.timetuple()[:6])
    found.compress_type = zipfile.ZIP_DEFLATED
    return found
