"""What a planted fault is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    file: str
    old: str
    new: str
    test: str
    also: tuple[tuple[str, str, str], ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, str, str], ...]:
        return ((self.file, self.old, self.new), *self.also)

    def misplaced(self, folder: Path) -> Iterator[str]:
        """Which of its places is not in the project at ``folder`` exactly once."""
        for name, old, _ in self.changes:
            file = folder / name
            found = file.read_text(encoding="utf-8").count(old) if file.exists() else 0
            if found != 1:
                yield f"the old text occurs {found} times in {name}"
