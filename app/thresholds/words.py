"""What the numbers of the rules mean, from `thresholds.toml`: a sentence each, by rule family.

Read when the page's routes are: a number that no sentence explains never comes as far as a page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from app.languages import KNOWN, Text
from app.protocol.thresholds import Thresholds
from app.rules.life import RULE_ORDER

FILE = Path(__file__).with_name("thresholds.toml")
VALUE = "{value}"


class WordsError(ValueError):
    """The file lacks a rule, a number or a language; the text names it."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of rules in words. `says` has one sentence for each of its numbers, by name."""

    key: str
    code: str
    name: Text
    watches: Text
    fixed: tuple[Text, ...]
    says: Mapping[str, Text]


def read_words(text: str) -> tuple[Family, ...]:
    """Every family in the order of the file. Raises WordsError for what is not explained."""
    data = tomllib.loads(text)
    numbers = {key: {f.name for f in fields(cls)} for key, cls in _families().items()}
    wanted = set(numbers) | {rule.partition("-")[0].lower() for rule in RULE_ORDER}
    if set(data) != wanted:
        raise WordsError(f"not one for each family: {sorted(set(data) ^ wanted)}")
    return tuple(_family(key, table, numbers.get(key, set())) for key, table in data.items())


def _families() -> dict[str, Any]:
    return get_type_hints(Thresholds)


def _family(key: str, table: dict[str, Any], numbers: set[str]) -> Family:
    says = table.get("says", {})
    if set(says) != numbers:
        raise WordsError(f"{key}: not a sentence for each number: {sorted(set(says) ^ numbers)}")
    return Family(
        key=key,
        code=table["code"],
        name=_text(f"{key}: name", table["name"]),
        watches=_text(f"{key}: watches", table["watches"]),
        fixed=tuple(_text(f"{key}: fixed", one) for one in table.get("fixed", [])),
        says={name: _sentence(f"{key}.{name}", one) for name, one in says.items()},
    )


def _text(where: str, words: dict[str, str]) -> Text:
    if set(words) != set(KNOWN) or not all(one.strip() for one in words.values()):
        raise WordsError(f"{where}: a text in each of {', '.join(KNOWN)}")
    return Text(**words)


def _sentence(where: str, words: dict[str, str]) -> Text:
    text = _text(where, words)
    if any(one.count(VALUE) != 1 for one in text.all()):
        raise WordsError(f"{where}: says {VALUE} once in each language")
    return text


WORDS = read_words(FILE.read_text(encoding="utf-8"))
