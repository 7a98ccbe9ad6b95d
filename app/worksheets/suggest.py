"""Which worksheets fit now: the plan's for the week, and after a danger those about safety. Pure.

A danger comes first: with an unresolved alert about a possible withdrawal-like reaction, opioids or
thoughts of self-harm, the emergency plan, the lapse plan and the medication diary lead the list.
"""

from dataclasses import dataclass
from typing import Literal

from app.instruments.worksheets.loader import sheet_by_number
from app.protocol.model import Protocol

Why = Literal["safety", "week"]
DANGERS: frozenset[str] = frozenset({"WDL", "OPI", "SUI"})
SAFETY_SHEETS = (12, 16, 17)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One sheet that fits, and why: an alert is open, or the plan names it for the week."""

    sheet_key: str
    why: Why


def suggested(
    plan: Protocol, week: int | None, families: frozenset[str], already: frozenset[str]
) -> tuple[Suggestion, ...]:
    """The sheets that fit, the most pressing first, each once, none of ``already``.

    ``week`` is the study week from 1 on, None before the first dose; ``families`` are those of the
    unresolved flags. Beyond the plan's last week only a danger suggests anything.
    """
    numbers: list[tuple[int, Why]] = []
    if families & DANGERS:
        numbers += [(number, "safety") for number in SAFETY_SHEETS]
    numbers += [(number, "week") for number in _planned(plan, week)]
    found: dict[str, Suggestion] = {}
    for number, why in numbers:
        key = sheet_by_number(number).key
        if key not in already:
            found.setdefault(key, Suggestion(key, why))
    return tuple(found.values())


def _planned(plan: Protocol, week: int | None) -> tuple[int, ...]:
    return next((one.sheets for one in plan.sessions if one.week == week), ())
