"""The one shape of everything that is exported: tables of typed, named and coded columns. Pure.

A row holds what was told, in its own types; how a value is written is a matter of the form. A
moment stands in the participant's own time with its offset, so that both the clock on their wall
and the moment can be read from it. A yes is 1 and a no is 0.

``of`` makes the rows of one participant from what the record says of one kind of thing. Versions
that were replaced and entries that were taken back are there too, and do not ``count``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from app.i18n import Translator

Type = Literal["string", "integer", "number", "boolean", "date", "datetime"]
Words = str | Callable[[Translator], str]
"""a text of the catalogues, or what finds it elsewhere"""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows they are, by code. ``until``: what the record received later is not exported."""

    id: int
    code: str
    timezone: str
    sex: str | None
    first_dose_on: date | None
    enrolled_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a treatment, or of all of somebody's part."""

    id: int
    kind: str
    scope: str
    on_day: date
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Adverse:
    """An adverse event, as its newest version says."""

    number: int
    version: int
    at: datetime
    item: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """``codes``: the only values there are, each with its words."""

    name: str
    type: Type
    title: Words
    codes: Mapping[Any, Words] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``reads`` is the kind of thing that its rows are made of, ``key`` what no two rows share."""

    name: str
    title: Words
    reads: str
    columns: tuple[Column, ...]
    of: Callable[[Person, Sequence[Any]], Iterable[Row]]
    key: tuple[str, ...] = ("id",)

    def places(self, *types: Type) -> tuple[int, ...]:
        """Where the columns of these types stand in a row."""
        return tuple(n for n, one in enumerate(self.columns) if one.type in types)


def words(one: Words, tr: Translator) -> str:
    return tr(one) if isinstance(one, str) else one(tr)


Groups = Callable[[str], Iterator[tuple[Person, Sequence[Any]]]]
"""of one kind of thing, everybody with what the record says of them"""
