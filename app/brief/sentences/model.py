"""What a sentence of the brief is made of: a text key and values without a language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.brief.record import Day, Record

WEEK, FORTNIGHT, MONTH = 7, 14, 28


@dataclass(frozen=True, slots=True)
class Item:
    """A check-in item, to be named in the reader's language."""

    code: str


@dataclass(frozen=True, slots=True)
class Items:
    """Several items, signs, substances or kinds of drink, to be named one after another."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Worksheets by their keys."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What a specimen was tested for, and what was found: (substance, result)."""

    found: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A step of the severity scale, 0-4."""

    value: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, 0 is Monday."""

    number: int


Value = str | int | float | date | Item | Items | Sheets | Results | Level | Weekday


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text key with its values, and the days whose entries it rests on.

    `before`: those of the earlier time that `days` are held beside.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    before: tuple[date, ...] = ()

    @property
    def subject(self) -> tuple[object, ...]:
        """What it speaks of: its rule's text, and what it names; no number belongs to that."""
        named = {k: v for k, v in self.values.items() if not isinstance(v, int | float)}
        return (self.text, *sorted(named.items(), key=lambda one: one[0]))


def unsaid(found: Iterable[Sentence], said: Iterable[Sentence] = ()) -> tuple[Sentence, ...]:
    """One sentence of a kind about one subject, and none about what is `said` elsewhere."""
    met = {one.subject for one in said}
    kept = []
    for one in found:
        if one.subject not in met:
            met.add(one.subject)
            kept.append(one)
    return tuple(kept)


Rule = Callable[[Record], Sentence | None]


def grams(day: Day) -> float:
    """For days that were told; a day without a word never gets here as a drinking day."""
    return day.grams or 0.0
