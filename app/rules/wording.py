"""Turns what a rule found into sentences for staff, in the language of each.

Findings are stored without a language (`Reason`: a key and values), so that each reader sees
their own and a wording can be bettered without touching a flag.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.i18n import translator
from app.languages import ENGLISH, decimal
from app.rules.finding import Reason


@cache
def wording() -> Mapping[str, Any]:
    """The words of this package, as read from `wording.toml`."""
    text = Path(__file__).with_name("wording.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sentence(reason: Reason, language: str = ENGLISH) -> str:
    """One reason as a sentence. `KeyError` for a reason that has no words."""
    values = dict(reason.values)
    key = reason.key
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
    template: str = wording()["reasons"][key][language]
    return template.format(**words)


def sentences(reasons: Iterable[Reason], language: str = ENGLISH) -> list[str]:
    """All reasons of a finding, in its order."""
    return [sentence(reason, language) for reason in reasons]


def title(rule: str, language: str = ENGLISH) -> str:
    """What a rule is called on the page."""
    found: str = wording()["rules"][rule]["title"][language]
    return found


def action(rule: str, language: str = ENGLISH) -> str:
    """What staff are asked to do."""
    found: str = wording()["rules"][rule]["action"][language]
    return found


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
        found: str = wording()[_CODES[name]][value][language]
        return found
    if value is None:
        unknown: str = wording()["unknown"][language]
        return unknown
    if isinstance(value, int | float):
        shown = f"{round(value, 1):g}"
        return decimal(shown, language)
    return _time(value, language)


def _time(value: str, language: str) -> str:
    """A stamped moment as local date and time, or a date, as the reader writes them."""
    moment = datetime.fromisoformat(value)
    day = translator(language).day_inline(moment.date(), "d MMM y")
    return f"{day}, {moment:%H:%M}" if "T" in value else day
