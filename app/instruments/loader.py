"""Instrument files, read and checked.

Everything wrong with a file is an `InstrumentError` with the file, the key and the reason, when
the program starts: a missing translation must never reach a participant as a gap or as the other
language.
"""

from functools import cache
from pathlib import Path

from app.instruments.definitions import Instrument
from app.instruments.reading import choose, read_file, versions

FOLDER = Path(__file__).parent


@cache
def load_instrument(key: str, version: int | None = None) -> Instrument:
    """Return one instrument, the newest version where none is named.

    Raises InstrumentError for an unknown key or version and for a file that breaks a rule.
    """
    path = choose(FOLDER, key, version)
    return parse_instrument(path.read_bytes(), path.name)


@cache
def all_instruments() -> tuple[Instrument, ...]:
    """Return every version of every instrument, by key and version. Call it once at the start."""
    found = versions(FOLDER)
    return tuple(
        load_instrument(key, version) for key in sorted(found) for version in sorted(found[key])
    )


def parse_instrument(content: bytes, file: str) -> Instrument:
    """Turn a file's bytes into an instrument. Raises InstrumentError."""
    return read_file(Instrument, content, file)
