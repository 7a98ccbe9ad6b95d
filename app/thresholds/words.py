"""What the numbers of the rules mean, from `thresholds.toml`: a sentence each, by rule family.

Read when the page's routes are: a number that no sentence explains never comes as far as a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, get_type_hints

from pydantic import AfterValidator, Strict, TypeAdapter

from app.languages import Text
from app.protocol.thresholds import Thresholds
from app.rules.life import RULE_ORDER
from app.strict import STRICT, Words, each, read_toml, wrong

FILE = Path(__file__).with_name("thresholds.toml")
VALUE = "{value}"


def _says_it_once(text: Text) -> Text:
    if any(one.count(VALUE) != 1 for one in text.all()):
        raise wrong(f"must say {VALUE} once in each language")
    return text


Sentence = Annotated[Words, AfterValidator(_says_it_once)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyWords:
    """A family of rules in words. `says` has one sentence for each of its numbers, by name."""

    __pydantic_config__ = STRICT

    code: Annotated[str, Strict()]
    name: Words
    watches: Words
    fixed: tuple[Words, ...] = ()
    says: Mapping[str, Sentence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(FamilyWords):
    """The words of a family, and which it is."""

    key: str


_NUMBERS = {key: {f.name for f in fields(cls)} for key, cls in get_type_hints(Thresholds).items()}
_FAMILIES = _NUMBERS.keys() | {rule.partition("-")[0].lower() for rule in RULE_ORDER}


def _says_every_number(found: Mapping[str, FamilyWords]) -> Mapping[str, FamilyWords]:
    for key, words in found.items():
        for name in sorted(words.says.keys() ^ _NUMBERS.get(key, set())):
            reason = "is not a number of the rules" if name in words.says else "is missing"
            raise wrong(reason, key, "says", name)
    return found


Families = Annotated[Mapping[str, FamilyWords], each(_FAMILIES), AfterValidator(_says_every_number)]


def read_words(content: bytes) -> tuple[Family, ...]:
    """Every family in the order of the file. Raises ValueError for what is not explained."""
    found = read_toml(TypeAdapter(Families), content, FILE.name)
    return tuple(
        Family(key=key, **{one.name: getattr(words, one.name) for one in fields(words)})
        for key, words in found.items()
    )


WORDS = read_words(FILE.read_bytes())
