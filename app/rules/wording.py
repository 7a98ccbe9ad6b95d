"""Turns what a rule found into sentences for staff, in the language of each.

Findings are stored without a language (`Reason`: a key and values), so that each reader sees
their own and a wording can be bettered without touching a flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter

from app.i18n import translator
from app.languages import ENGLISH, Text, decimal
from app.rules.finding import Reason
from app.rules.life import RULE_ORDER
from app.strict import STRICT, Words, each, read_toml, wrong

FILE = Path(__file__).with_name("wording.toml")


def _filled_alike(text: Text) -> Text:
    """The same values stand in each language: a sentence must not lose one."""
    if len({frozenset(re.findall(r"{(\w+)}", one)) for one in text.all()}) != 1:
        raise wrong("has different placeholders in its languages")
    return text


Sentence = Annotated[Words, AfterValidator(_filled_alike)]


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule is called, and what staff are asked to do."""

    title: Words
    action: Words


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the rules, by code."""

    __pydantic_config__ = STRICT

    unknown: Words
    rise: Sentence
    """one item among those that rose"""
    items: Mapping[str, Words]
    signs: Mapping[str, Words]
    groups: Mapping[str, Words]
    substances: Mapping[str, Words]
    reasons: Mapping[str, Sentence]
    rules: Annotated[Mapping[str, RuleWords], each(RULE_ORDER)]


@cache
def wording() -> Wording:
    """The words of this package. Raises ValueError for what is not said in every language."""
    return read_wording(FILE.read_bytes())


def read_wording(content: bytes) -> Wording:
    """The words in a file's bytes. Raises ValueError."""
    return read_toml(TypeAdapter(Wording), content, FILE.name)


# What these reasons were kept without once, when every protocol had the same number.
_HOURS = {key: {"hours": 72} for key in ("late", "late_held_up", "late_use", "late_use_day")}


def sentence(reason: Reason, language: str = ENGLISH) -> str:
    """One reason as a sentence. `KeyError` for a reason that has no words."""
    key = reason.key
    values = _HOURS.get(key, {}) | dict(reason.values)
    if key == "recent_opioid":
        key += "_tested" if values["tested"] else "_told"
    if "groups" in values:
        values["count"] = len(values["groups"])
    words = {name: _word(name, value, language) for name, value in values.items()}
    if key == "episodes":
        count = round(values["value"])
        words["times"] = translator(language).n("%(num)s time", "%(num)s times", count)
    if "item" in words:
        words["Item"] = words["item"][:1].upper() + words["item"][1:]
    if key == "rises":
        words["rises"] = _rises(values, language)
    return wording().reasons[key].in_(language).format(**words)


def _rises(values: Mapping[str, Any], language: str) -> str:
    """Each item with today's answer and the usual one."""
    template = wording().rise.in_(language)
    rows = zip(values["items"], values["values"], values["usual"], strict=True)
    return ", ".join(
        template.format(
            item=_word("item", item, language),
            value=_word("value", value, language),
            usual=_word("usual", usual, language),
        )
        for item, value, usual in rows
    )


def sentences(reasons: Iterable[Reason], language: str = ENGLISH) -> list[str]:
    """All reasons of a finding, in its order."""
    return [sentence(reason, language) for reason in reasons]


def title(rule: str, language: str = ENGLISH) -> str:
    """What a rule is called on the page."""
    return wording().rules[rule].title.in_(language)


def action(rule: str, language: str = ENGLISH) -> str:
    """What staff are asked to do."""
    return wording().rules[rule].action.in_(language)


_CODES = {
    "item": "items",
    "items": "items",
    "signs": "signs",
    "groups": "groups",
    "substance": "substances",
}


def _word(name: str, value: Any, language: str) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_word(name, one, language) for one in value)
    if name in _CODES:
        found: Text = getattr(wording(), _CODES[name])[value]
        return found.in_(language)
    if value is None:
        return wording().unknown.in_(language)
    if isinstance(value, int | float):
        shown = f"{round(value, 1):g}"
        return decimal(shown, language)
    return _time(value, language)


def _time(value: str, language: str) -> str:
    """A stamped moment as local date and time, or a date, as the reader writes them."""
    moment = datetime.fromisoformat(value)
    day = translator(language).day_inline(moment.date(), "d MMM y")
    return f"{day}, {moment:%H:%M}" if "T" in value else day
