"""Sentences that simulated people write, read from ``words.toml``."""

from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Annotated

from pydantic import TypeAdapter

from app.languages import KNOWN
from app.strict import Word, each, read_toml

FILE = Path(__file__).with_name("words.toml")


Sentences = Mapping[str, Annotated[Mapping[str, tuple[Word, ...]], each(KNOWN)]]


@cache
def _sentences() -> Sentences:
    return read_toml(TypeAdapter(Sentences), FILE.read_bytes(), FILE.name)


def in_own_words(mood: str, language: str, dice: Random, used: Container[str]) -> str | None:
    """A sentence for a mood (a table of the file) that is not ``used``; None if all are.

    Raises KeyError.
    """
    left = [text for text in _sentences()[mood][language] if text not in used]
    return dice.choice(left) if left else None
