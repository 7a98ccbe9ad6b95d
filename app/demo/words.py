"""Sentences that simulated people write, read from ``words.toml``."""

import tomllib
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from random import Random

FILE = Path(__file__).with_name("words.toml")


@cache
def _sentences() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def in_own_words(mood: str, language: str, dice: Random, used: Container[str]) -> str | None:
    """A sentence for a mood (a table of the file) that is not ``used``; None if all are.

    Raises KeyError.
    """
    left = [text for text in _sentences()[mood][language] if text not in used]
    return dice.choice(left) if left else None
