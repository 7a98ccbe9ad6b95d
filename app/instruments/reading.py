"""Strict reading of the data files: every key is asked for, and none may be left over."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.instruments.text import complaint
from app.languages import KNOWN, Text

FILE_NAME = re.compile(r"([a-z][a-z0-9_]*)\.v([1-9][0-9]*)\.toml")


class InstrumentError(ValueError):
    """A data file cannot be used. Names the file, the key in it and the reason."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


class Table:
    """One TOML table, emptied key by key; `done` refuses what nobody asked for."""

    def __init__(self, data: dict[str, Any], file: str, where: str = "") -> None:
        self._left = dict(data)
        self._file = file
        self._where = where

    def error(self, key: str, reason: str) -> InstrumentError:
        """Return (not raise) the error for a key of this table."""
        return InstrumentError(self._file, self._path(key), reason)

    def has(self, key: str) -> bool:
        """Say whether the key is there and not yet read."""
        return key in self._left

    def string(self, key: str, *, empty: bool = False) -> str:
        """Read a text that is not translated: a code, a source, a name."""
        value = self._take(key)
        if not isinstance(value, str) or not (value.strip() or empty):
            raise self.error(key, "must be a text" + ("" if empty else " and not empty"))
        return value

    def integer(self, key: str) -> int:
        """Read a whole number; true and false are not numbers here."""
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, "must be a whole number")
        return value

    def boolean(self, key: str) -> bool:
        """Read true or false; an absent key is false."""
        value = self._left.pop(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def text(self, key: str) -> Text:
        """Read a text in both languages."""
        return self._pair(key, self._take(key))

    def text_or_none(self, key: str) -> Text | None:
        """Read a text in both languages, where there is one."""
        return self.text(key) if self.has(key) else None

    def texts(self, key: str) -> tuple[Text, ...]:
        """Read a list of texts, each in both languages; an absent list is empty."""
        return tuple(
            self._pair(f"{key}[{place}]", value) for place, value in enumerate(self._list(key))
        )

    def table(self, key: str) -> "Table":
        """Read a table; an absent one is empty."""
        value = self._left.pop(key, {})
        if not isinstance(value, dict):
            raise self.error(key, "must be a table")
        return Table(value, self._file, self._path(key))

    def tables(self, key: str) -> "list[Table]":
        """Read a list of tables; an absent list is empty."""
        found = []
        for place, value in enumerate(self._list(key)):
            if not isinstance(value, dict):
                raise self.error(f"{key}[{place}]", "must be a table")
            found.append(Table(value, self._file, self._path(f"{key}[{place}]")))
        return found

    def names(self) -> tuple[str, ...]:
        """Return the keys that are not yet read, in the order of the file."""
        return tuple(self._left)

    def done(self) -> None:
        """Refuse the table if a key was not asked for."""
        for key in self._left:
            raise self.error(key, "is not a known key")

    def _path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def _take(self, key: str) -> Any:
        if key not in self._left:
            raise self.error(key, "is required")
        return self._left.pop(key)

    def _list(self, key: str) -> list[Any]:
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            raise self.error(key, "must be a list")
        return value

    def _pair(self, key: str, value: object) -> Text:
        if not isinstance(value, dict) or not set(value) <= set(KNOWN):
            raise self.error(key, f"must have exactly the languages {' and '.join(KNOWN)}")
        reason = complaint(value)
        if reason:
            raise self.error(key, reason)
        return Text(**value)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who stands behind a file: its key and version, where its content comes from, who translated
    and who approved it (`approved_by` empty: not yet approved), and its SHA-256."""

    key: str
    version: int
    source: str
    translator: str
    approved_by: str
    digest: str


def open_table(content: bytes, file: str) -> Table:
    """Parse a file's bytes. Raises InstrumentError for what is not UTF-8 TOML."""
    try:
        return Table(tomllib.loads(content.decode("utf-8")), file)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise InstrumentError(file, "", f"is not a TOML file: {problem}") from None


def read_stamp(table: Table, content: bytes, file: str) -> Stamp:
    """Read the head of a file and hold it against the file's name."""
    stamp = Stamp(
        key=table.string("key"),
        version=table.integer("version"),
        source=table.string("source"),
        translator=table.string("translator"),
        approved_by=table.string("approved_by", empty=True),
        digest=hashlib.sha256(content).hexdigest(),
    )
    if file != f"{stamp.key}.v{stamp.version}.toml":
        raise InstrumentError(file, "key", "key and version do not agree with the file's name")
    return stamp


def versions(folder: Path) -> dict[str, dict[int, Path]]:
    """Return the files of a folder: for each key its versions and their paths.

    Raises InstrumentError for a versioned file whose name nobody would find.
    """
    found: dict[str, dict[int, Path]] = {}
    for path in sorted(folder.glob("*.v*.toml")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise InstrumentError(path.name, "", "the name must be KEY.vNUMBER.toml")
        found.setdefault(match[1], {})[int(match[2])] = path
    return found


def choose(folder: Path, key: str, version: int | None) -> Path:
    """Return the path of one version, the newest where none is named."""
    known = versions(folder).get(key)
    if not known:
        raise InstrumentError(key, "", "there is no file with this key")
    wanted = max(known) if version is None else version
    if wanted not in known:
        raise InstrumentError(key, "version", f"there is no version {wanted}")
    return known[wanted]
