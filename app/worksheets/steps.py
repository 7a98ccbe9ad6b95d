"""The way through a sheet: one question a page, and which fields of the form each page has. Pure.

A list is one page, a balance one page for each of its two sides, a table one page for each row. The
figures of the diary stand together on one page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.instruments.worksheets.answers import Cell
from app.instruments.worksheets.definitions import Field, Sheet

_PLACE = re.compile(r"([1-9][0-9]?)(?:-([1-9][0-9]?))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its ``fields`` (several only where figures are shown), or a side of one."""

    number: int
    fields: tuple[Field, ...]
    side: Field | None = None

    @property
    def field(self) -> Field:
        return self.fields[0]

    @property
    def rows(self) -> int:
        """How many pages the question has: a table has one for each row."""
        return self.field.rows if self.field.kind == "table" else 1


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its step, and of a table its row from 0."""

    step: Step
    row: int = 0

    @property
    def path(self) -> str:
        """How the page is named in an address: "3", or "3-2" for the second row of a table."""
        number = str(self.step.number)
        return f"{number}-{self.row + 1}" if self.step.field.kind == "table" else number

    @property
    def controls(self) -> tuple[tuple[str, Field], ...]:
        """The name in the form, and what kind of field it is, of everything to fill in here."""
        field, side = self.step.field, self.step.side
        if field.kind == "shown":
            return ()
        if field.kind == "list":
            return tuple((f"{field.id}.{row}", field) for row in range(field.rows))
        if side is not None:
            return tuple((f"{field.id}.{row}.{side.id}", side) for row in range(field.rows))
        if field.kind == "table":
            return tuple((f"{field.id}.{self.row}.{cell.id}", cell) for cell in field.columns)
        return ((field.id, field),)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.controls)


def steps_of(sheet: Sheet) -> tuple[Step, ...]:
    """The questions of a sheet in their order."""
    found: list[Step] = []
    shown: list[Field] = []
    for field in sheet.fields:
        if field.kind == "shown":
            shown.append(field)
            continue
        if shown:
            found.append(Step(len(found) + 1, tuple(shown)))
            shown = []
        for side in field.columns if field.kind == "balance" else (None,):
            found.append(Step(len(found) + 1, (field,), side))
    return (*found, Step(len(found) + 1, tuple(shown))) if shown else tuple(found)


def place_at(sheet: Sheet, path: str, cells: Mapping[str, Cell]) -> Place | None:
    """The page of an address, or None. A table without a row: its first empty one."""
    match = _PLACE.fullmatch(path)
    steps = steps_of(sheet)
    if match is None or int(match[1]) > len(steps):
        return None
    step = steps[int(match[1]) - 1]
    if step.field.kind != "table":
        return Place(step) if match[2] is None else None
    if match[2] is None:
        return Place(step, first_empty(step, cells))
    return Place(step, int(match[2]) - 1) if int(match[2]) <= step.rows else None


def filled_rows(step: Step, cells: Mapping[str, Cell]) -> tuple[int, ...]:
    """The rows of a table that have an answer."""
    places = (Place(step, row) for row in range(step.rows))
    return tuple(place.row for place in places if place.names & cells.keys())


def first_empty(step: Step, cells: Mapping[str, Cell]) -> int:
    """The row to write in next; the last one where all are filled."""
    taken = filled_rows(step, cells)
    return next((row for row in range(step.rows) if row not in taken), step.rows - 1)


def next_empty(step: Step, cells: Mapping[str, Cell], row: int) -> int | None:
    """The row that "another one" leads to from ``row``; None where no row is free."""
    taken = filled_rows(step, cells)
    free = [each for each in range(step.rows) if each not in taken and each != row]
    return free[0] if free else None


def row_words(step: Step, row: int, cells: Mapping[str, Cell]) -> str:
    """By what a filled row is known: what was written first in it."""
    names = (name for name, _ in Place(step, row).controls)
    return next((str(cells[name]) for name in names if name in cells), "")
