"""The data files of instruments: what each says of itself, which versions there are, reading."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Strict, TypeAdapter

from app.strict import STRICT, Whole, Word, read_toml

FILE_NAME = re.compile(r"([a-z][a-z0-9_]*)\.v([1-9][0-9]*)\.toml")


class InstrumentError(ValueError):
    """A data file cannot be used. Names the file, the key in it and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What a file says of itself: its key and version, where its content comes from, who translated
    and who approved it (`approved_by` empty: not yet approved)."""

    __pydantic_config__ = STRICT

    key: Word
    version: Whole
    source: Word
    translator: Word
    approved_by: Annotated[str, Strict()]

    @property
    def approved(self) -> bool:
        """Whether a named person has approved these words for use with participants."""
        return bool(self.approved_by.strip())


R = TypeVar("R", bound=Released)


def read_file(form: type[R], content: bytes, file: str) -> R:
    """Turn a file's bytes into what it describes. Raises InstrumentError."""
    kind: Any = form
    found: R = read_toml(_reader(kind), content, file, InstrumentError)
    if file != f"{found.key}.v{found.version}.toml":
        raise InstrumentError(f"{file}: 'key' and 'version' do not agree with the file's name")
    return found


@cache
def _reader(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)


def versions(folder: Path) -> dict[str, dict[int, Path]]:
    """Return the files of a folder: for each key its versions and their paths.

    Raises InstrumentError for a versioned file whose name nobody would find.
    """
    found: dict[str, dict[int, Path]] = {}
    for path in sorted(folder.glob("*.v*.toml")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise InstrumentError(f"{path.name}: the name must be KEY.vNUMBER.toml")
        found.setdefault(match[1], {})[int(match[2])] = path
    return found


def choose(folder: Path, key: str, version: int | None) -> Path:
    """Return the path of one version, the newest where none is named."""
    known = versions(folder).get(key)
    if not known:
        raise InstrumentError(f"{key}: there is no file with this key")
    wanted = max(known) if version is None else version
    if wanted not in known:
        raise InstrumentError(f"{key}: there is no version {wanted}")
    return known[wanted]
