"""What staff are asked to do about each rule's flag, from `guidance.toml`."""

import tomllib
from functools import cache
from pathlib import Path

from app.languages import KNOWN
from app.rules.life import RULE_ORDER


class GuidanceError(ValueError):
    """The file lacks a rule or a language; the text names it."""


@cache
def guidance() -> dict[str, dict[str, list[str]]]:
    """Steps by rule and language, complete for every rule. Raises GuidanceError."""
    text = Path(__file__).with_name("guidance.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    if set(found) != set(RULE_ORDER):
        raise GuidanceError(f"not one for each rule: {sorted(set(found) ^ set(RULE_ORDER))}")
    for rule, steps in found.items():
        if set(steps) != set(KNOWN) or len({len(one) for one in steps.values()}) != 1:
            raise GuidanceError(f"{rule}: the same steps in each of {', '.join(KNOWN)}")
        if not all(steps.values()):
            raise GuidanceError(f"{rule}: no steps")
    return found


def steps_for(rule: str, language: str) -> list[str]:
    """The steps for a flag of ``rule``, the first one first."""
    return guidance()[rule][language]
