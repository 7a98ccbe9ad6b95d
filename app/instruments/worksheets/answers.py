"""A worksheet's form, turned into values to store. Pure.

Every field may stay empty: a sheet can be left at any point and finished later. Empty fields are
not in the result.

Names in the form: `ID` for one value, `ID.ROW` for a line of a list, `ID.ROW.COLUMN` for a cell;
rows count from 0. Figures of kind `shown` are not in the form.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from app.instruments.scoring import UNSAFE
from app.instruments.worksheets.definitions import Field, Sheet
from app.typed import number, plain, two_ways

Cell = str | int
Row = dict[str, Cell]
Value = Cell | list[str | Row]

MESSAGES: tuple[str, ...] = (
    "unknown_field",
    "repeated",
    "choice",
    "whole_number",
    "comma",
    "range",
    "time",
    "text_length",
    "text_characters",
)

_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


class SheetErrors(ValueError):
    """A form that cannot be stored as it is: `errors` maps a field's name to a message key."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(set(errors.values()))))
        self.errors = errors


def field_names(sheet: Sheet) -> Iterator[tuple[str, Field]]:
    """Yield every name that the sheet's form has, with the field or column it belongs to."""
    for field in sheet.fields:
        if field.kind in ("table", "balance"):
            for row in range(field.rows):
                yield from ((f"{field.id}.{row}.{cell.id}", cell) for cell in field.columns)
        elif field.kind == "list":
            yield from ((f"{field.id}.{row}", field) for row in range(field.rows))
        elif field.kind != "shown":
            yield field.id, field


def read_cells(
    sheet: Sheet, pairs: Iterable[tuple[str, object]], allowed: Collection[str] | None = None
) -> dict[str, Cell]:
    """Read a part of a sheet's form: its cells under their names, empty ones left out.

    `allowed` are the names that the page has, None for all of the sheet's. A draft is kept in this
    form: a row that is empty for a moment keeps its place. Raises SheetErrors.
    """
    errors: dict[str, str] = {}
    known = dict(field_names(sheet))
    if allowed is not None:
        known = {name: field for name, field in known.items() if name in allowed}
    given: dict[str, str] = {}
    for name, value in pairs:
        if not isinstance(value, str) or name not in known:
            errors[""] = "unknown_field"
        elif name in given:
            errors[name] = "repeated"
        else:
            given[name] = value
    cells: dict[str, Cell] = {}
    for name, raw in given.items():
        cell, problem = _cell(known[name], raw.replace("\r\n", "\n").strip())
        if problem is not None:
            errors.setdefault(name, problem)
        elif cell is not None:
            cells[name] = cell
    if errors:
        raise SheetErrors(errors)
    return cells


def flatten(values: dict[str, Value]) -> dict[str, str]:
    """Return stored values under their names in the form, to show a draft again."""
    shown: dict[str, str] = {}
    for field_id, value in values.items():
        if not isinstance(value, list):
            shown[field_id] = str(value)
            continue
        for row, entry in enumerate(value):
            if isinstance(entry, dict):
                shown |= {f"{field_id}.{row}.{cell}": str(entry[cell]) for cell in entry}
            else:
                shown[f"{field_id}.{row}"] = entry
    return shown


def _cell(field: Field, raw: str) -> tuple[Cell | None, str | None]:
    if not raw:
        return None, None
    match field.kind:
        case "choice":
            return (raw, None) if raw in {o.code for o in field.options} else (None, "choice")
        case "ruler":
            return (int(raw), None) if raw in map(str, range(11)) else (None, "choice")
        case "percent" | "count":
            return (None, "comma") if two_ways(raw) else _whole(number(raw))
        case "time":
            match = _TIME.fullmatch(plain(raw))
            return (f"{int(match[1]):02}:{match[2]}", None) if match else (None, "time")
    if UNSAFE.search(raw):
        return None, "text_characters"
    return (raw, None) if len(raw) <= field.limit else (None, "text_length")


def _whole(raw: str) -> tuple[Cell | None, str | None]:
    if not _WHOLE.fullmatch(raw):
        return None, "whole_number"
    return (int(raw), None) if int(raw) <= 100 else (None, "range")


def gather(sheet: Sheet, cells: Mapping[str, Cell]) -> dict[str, Value]:
    """Put cells together into a sheet's values; rows without any answer are left out."""
    values: dict[str, Value] = {}
    for field in sheet.fields:
        if field.kind in ("table", "balance"):
            rows = [_row(field, row, cells) for row in range(field.rows)]
            if any(rows):
                values[field.id] = [row for row in rows if row]
        elif field.kind == "list":
            lines = [cells.get(f"{field.id}.{row}") for row in range(field.rows)]
            if any(lines):
                values[field.id] = [str(line) for line in lines if line is not None]
        elif field.id in cells:
            values[field.id] = cells[field.id]
    return values


def _row(field: Field, row: int, cells: Mapping[str, Cell]) -> Row:
    names = {column.id: f"{field.id}.{row}.{column.id}" for column in field.columns}
    return {column: cells[name] for column, name in names.items() if name in cells}
