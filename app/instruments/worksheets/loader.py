"""Worksheet files, read and checked as strictly as the instruments."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import get_args

from app.instruments.reading import InstrumentError, Table, choose, open_table, read_stamp, versions
from app.instruments.worksheets.definitions import (
    CELL_KINDS,
    FIGURES,
    Field,
    FieldKind,
    Option,
    Sheet,
)

FOLDER = Path(__file__).parent
TEXT_LIMIT = 2000
CELL_LIMIT = 300
GREATEST_LIMIT = 5000
GREATEST_ROWS = 10


@cache
def load_sheet(key: str, version: int | None = None) -> Sheet:
    """Return one worksheet, the newest version where none is named.

    Raises InstrumentError for an unknown key or version and for a file that breaks a rule.
    """
    return read_sheet(choose(FOLDER, key, version))


@cache
def all_sheets() -> tuple[Sheet, ...]:
    """Return the newest version of every worksheet of the plan, in the order of their numbers.

    Raises InstrumentError, also where two sheets have one number.
    """
    known = (load_sheet(key) for key in versions(FOLDER))
    sheets = sorted((each for each in known if each.number), key=lambda sheet: sheet.number)
    for one, other in pairwise(sheets):
        if one.number == other.number:
            raise InstrumentError(other.key, "number", f"{one.key!r} has the same number")
    return tuple(sheets)


@cache
def short_sheets() -> tuple[Sheet, ...]:
    """Return the newest version of every short form beside the plan. Raises InstrumentError."""
    return tuple(each for each in map(load_sheet, versions(FOLDER)) if each.short)


def sheet_by_number(number: int) -> Sheet:
    """Return the newest version of the sheet that the session plan calls by this number.

    Raises InstrumentError.
    """
    for sheet in all_sheets():
        if sheet.number == number:
            return sheet
    raise InstrumentError("worksheets", "number", f"there is no sheet {number}")


def read_sheet(path: Path) -> Sheet:
    """Read one file. Raises InstrumentError."""
    return parse_sheet(path.read_bytes(), path.name)


def parse_sheet(content: bytes, file: str) -> Sheet:
    """Turn a file's bytes into a worksheet. Raises InstrumentError."""
    table = open_table(content, file)
    sheet = Sheet(
        stamp=read_stamp(table, content, file),
        number=table.integer("number"),
        short=table.boolean("short"),
        sent=table.boolean("sent"),
        title=table.text("title"),
        purpose=table.text("purpose"),
        way_out=table.text("way_out"),
        notes=table.texts("notes"),
        warnings=table.texts("warnings"),
        fields=_fields(table, "fields", TEXT_LIMIT),
    )
    table.done()
    if not sheet.fields:
        raise table.error("fields", "a sheet must have something to fill in")
    if sheet.short != (sheet.number == 0):
        raise table.error("number", "is 0 for a short form and for no other sheet")
    return sheet


def _fields(table: Table, key: str, limit: int) -> tuple[Field, ...]:
    fields = tuple(_field(each, limit) for each in table.tables(key))
    ids = [field.id for field in fields]
    for name in ids:
        if ids.count(name) > 1:
            raise table.error(key, f"{name!r} stands there twice")
    return fields


def _field(table: Table, limit: int) -> Field:
    kind = _kind(table)
    rows = _number(table, "rows", GREATEST_ROWS) if kind in ("list", "table", "balance") else 0
    field = Field(
        id=_id(table, "id"),
        kind=kind,
        label=table.text("label"),
        hint=table.text_or_none("hint"),
        low=table.text("low") if kind == "ruler" else None,
        high=table.text("high") if kind == "ruler" else None,
        limit=_limit(table, kind, limit),
        rows=rows,
        options=_options(table) if kind == "choice" else (),
        columns=_columns(table, kind) if kind in ("table", "balance") else (),
    )
    if kind == "shown" and field.id not in FIGURES:
        raise table.error("id", f"{field.id!r} is not a figure of the diary")
    table.done()
    return field


def _id(table: Table, key: str) -> str:
    name = table.string(key)
    if not name.isidentifier() or not name.isascii() or name != name.lower() or name[0] == "_":
        raise table.error(key, "must be lower-case letters, digits and underscores")
    return name


def _kind(table: Table) -> FieldKind:
    word = table.string("kind")
    kinds: tuple[FieldKind, ...] = get_args(FieldKind)
    for kind in kinds:
        if kind == word:
            return kind
    raise table.error("kind", f"{word!r} is not one of {', '.join(kinds)}")


def _limit(table: Table, kind: FieldKind, limit: int) -> int:
    if kind == "text" and table.has("limit"):
        return _number(table, "limit", GREATEST_LIMIT)
    return {"text": limit, "list": CELL_LIMIT}.get(kind, 0)


def _number(table: Table, key: str, greatest: int) -> int:
    number = table.integer(key)
    if not 1 <= number <= greatest:
        raise table.error(key, f"must be from 1 to {greatest}")
    return number


def _options(table: Table) -> tuple[Option, ...]:
    options = []
    for each in table.tables("options"):
        options.append(Option(_id(each, "code"), each.text("label")))
        each.done()
    if len({option.code for option in options}) != len(options) or len(options) < 2:
        raise table.error("options", "must be two or more, each with its own code")
    return tuple(options)


def _columns(table: Table, kind: FieldKind) -> tuple[Field, ...]:
    columns = _fields(table, "columns", CELL_LIMIT)
    if len(columns) < 2 or any(column.kind not in CELL_KINDS for column in columns):
        raise table.error("columns", "must be two or more plain fields")
    if kind == "balance" and [column.kind for column in columns] != ["text", "text"]:
        raise table.error("columns", "a balance has two columns of text")
    return columns
