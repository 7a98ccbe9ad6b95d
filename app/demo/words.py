"""Sentences that simulated people write, read from ``words.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random

FILE = Path(__file__).with_name("words.toml")


@cache
def _sentences() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def in_own_words(mood: str, language: str, dice: Random) -> str:
    """One sentence for a mood (a table of the file) in ``language``. Raises KeyError."""
    return dice.choice(_sentences()[mood][language])
