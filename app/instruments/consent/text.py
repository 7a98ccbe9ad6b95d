"""The text that a participant agrees to, and the questions that show whether it was clear.

A wrong answer refuses nobody: it says where to read again, and is asked anew.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from app.instruments.reading import Released, choose, read_file
from app.instruments.reading import versions as released
from app.instruments.text import Words
from app.strict import Word, single, wrong

FOLDER = Path(__file__).parent
KEY = "participation"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the text: a heading, and what it says in short lines."""

    key: Word
    title: Words
    lines: Annotated[tuple[Words, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    code: Word
    label: Words


@dataclass(frozen=True, slots=True)
class Question:
    """``right``: the answer that shows it was clear; ``hint`` helps with any other."""

    key: Word
    ask: Words
    choices: Annotated[tuple[Choice, ...], Field(min_length=2)]
    right: Word
    hint: Words

    def __post_init__(self) -> None:
        single((one.code for one in self.choices), "choices")
        if self.right not in {one.code for one in self.choices}:
            raise wrong("must be one of the choices", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText(Released):
    """One version of what participants agree to."""

    title: Words
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]

    def __post_init__(self) -> None:
        single((one.key for one in self.sections), "sections")
        single((one.key for one in self.questions), "questions")


@cache
def load_text(version: int | None = None) -> ConsentText:
    """One version, the newest where none is named. Raises InstrumentError."""
    path = choose(FOLDER, KEY, version)
    return parse_text(path.read_bytes(), path.name)


def parse_text(content: bytes, file: str) -> ConsentText:
    """Turn a file's bytes into a text. Raises InstrumentError."""
    return read_file(ConsentText, content, file)


def fingerprint(version: int) -> str:
    """The SHA-256 of the file, by which what was agreed to is known for ever."""
    return hashlib.sha256(choose(FOLDER, KEY, version).read_bytes()).hexdigest()


def versions() -> list[int]:
    """Every version there is, in order."""
    return sorted(released(FOLDER)[KEY])
