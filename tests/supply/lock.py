"""What the lock pins: name, version, hashes, and where it is wanted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.source import ROOT

LOCK = ROOT / "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]*?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^    #\s+(?:via\s+)?([A-Za-z0-9._-]+)")


@dataclass(frozen=True, slots=True)
class Pinned:
    """``marker``: on which machines; ``hashes``: of the files that may be installed; ``wanted_by``:
    the packages that asked for it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]

    @property
    def purl(self) -> str:
        name = re.sub(r"[-_.]+", "-", self.name).lower()
        return f"pkg:pypi/{name}@{self.version}"


def pinned(text: str) -> Iterator[Pinned]:
    """Every package of a lock. Raises ValueError for a line that is not understood."""
    head: tuple[str, str, str] | None = None
    hashes: list[str] = []
    wanted: list[str] = []
    for line in [*text.splitlines(), "end==0"]:
        if not line.strip() or line.startswith(("#", "-")):
            continue
        if not line.startswith(" "):
            if head:
                yield Pinned(*head, tuple(hashes), tuple(wanted))
            found = _PINNED.match(line)
            if not found:
                raise ValueError(f"not pinned: {line}")
            head, hashes, wanted = (found[1], found[2], found[3] or ""), [], []
        elif found := _HASH.search(line):
            hashes.append(found[1])
        elif (found := _VIA.match(line)) and found[1] != "via":
            wanted.append(found[1])


def of_product() -> list[Pinned]:
    return list(pinned(LOCK.read_text(encoding="utf-8")))
