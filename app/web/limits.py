"""Between which days a date of a form lies, and which days are asked back. Pure.

A slip of the year or the month is a date like any other to a computer. So no date of a form is
read without its limits: ``check`` wants them for each such field. Outside of them the date is an
error at its field, which names the limit; inside but out of the ordinary, it is asked once more
whether it is meant, by a tick that is good for that one day alone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from app.i18n import Translator
from app.typed import plain

# The ticks of the days that are meant: ``FIELD:2026-11-20``.
SURE = "sure"
_DATED = re.compile(r"\bdate(time)?\b(?!\.)")


@dataclass(frozen=True, slots=True)
class Usual:
    """The days around ``today`` that need no second look."""

    today: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Limits:
    """``first`` and ``last`` are the ends, both included; sentences of their own may name them."""

    first: date
    last: date
    early: str = ""
    late: str = ""
    usual: Usual | None = None

    def fault(self, day: date, tr: Translator) -> str:
        """Why ``day`` cannot be; empty where it can."""
        if self.first <= day <= self.last:
            return ""
        said = self.early if day < self.first else self.late
        ends = {"first": self.first, "last": self.last}
        shown = {name: tr.day_inline(end, "d MMMM y") for name, end in ends.items()}
        return said or tr("Choose a day from %(first)s to %(last)s.", **shown)

    def unusual(self, day: date) -> bool:
        usual = self.usual
        return usual is not None and not usual.first <= day <= usual.last


def date_fields(model: type[BaseModel]) -> set[str]:
    """The names of the fields that hold a date."""
    kinds = {name: str(field.annotation) for name, field in model.model_fields.items()}
    return {name for name, kind in kinds.items() if _DATED.search(kind)}


def days_typed(
    names: Iterable[str], value: BaseModel | None, sent: Mapping[str, Any]
) -> dict[str, date]:
    """The dates of a form that has some, also where another field of it is wrong."""
    found = {
        name: getattr(value, name) if value is not None else _day(sent.get(name)) for name in names
    }
    return {name: _day(day) or day for name, day in found.items() if isinstance(day, date)}


def _day(typed: object) -> date | None:
    if isinstance(typed, datetime):
        return typed.date()
    try:
        return date.fromisoformat(plain(typed)) if isinstance(typed, str) else None
    except ValueError:
        return None


def ask_back(day: date, usual: Usual, tr: Translator) -> str:
    """«20 November 2026 is 3 days ago. Is that right? …»"""
    shown, away = tr.day_inline(day, "d MMMM y"), (day - usual.today).days
    if away < 0:
        return tr.n(
            "%(day)s is %(num)s day ago. Is that right? Tick the box below, or choose another day.",
            "%(day)s is %(num)s days ago. Is that right? Tick the box below, or choose another"
            " day.",
            -away,
            day=shown,
        )
    return tr.n(
        "%(day)s is in %(num)s day. Is that right? Tick the box below, or choose another day.",
        "%(day)s is in %(num)s days. Is that right? Tick the box below, or choose another day.",
        away,
        day=shown,
    )
