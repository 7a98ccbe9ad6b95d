"""What staff are asked to do about each rule's flag, from `guidance.toml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from app.languages import KNOWN
from app.rules.life import RULE_ORDER
from app.strict import Word, each, read_toml, wrong

FILE = Path(__file__).with_name("guidance.toml")


def _alike(steps: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    if len({len(one) for one in steps.values()}) != 1:
        raise wrong(f"must have the same steps in each of {', '.join(KNOWN)}")
    return steps


_STEPS = Annotated[tuple[Word, ...], Field(min_length=1)]
_OF_A_RULE = Annotated[Mapping[str, _STEPS], each(KNOWN), AfterValidator(_alike)]
Guidance = Annotated[Mapping[str, _OF_A_RULE], each(RULE_ORDER)]


@cache
def guidance() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Steps by rule and language, complete for every rule. Raises ValueError."""
    return read_guidance(FILE.read_bytes())


def read_guidance(content: bytes) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The steps in a file's bytes. Raises ValueError."""
    return read_toml(TypeAdapter(Guidance), content, FILE.name)


def steps_for(rule: str, language: str) -> tuple[str, ...]:
    """The steps for a flag of ``rule``, the first one first."""
    return guidance()[rule][language]
