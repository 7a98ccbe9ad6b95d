"""Worksheet files, read and checked as strictly as the instruments."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from app.instruments.reading import InstrumentError, choose, read_file, versions
from app.instruments.worksheets.definitions import Sheet

FOLDER = Path(__file__).parent


@cache
def load_sheet(key: str, version: int | None = None) -> Sheet:
    """Return one worksheet, the newest version where none is named.

    Raises InstrumentError for an unknown key or version and for a file that breaks a rule.
    """
    path = choose(FOLDER, key, version)
    return parse_sheet(path.read_bytes(), path.name)


@cache
def all_sheets() -> tuple[Sheet, ...]:
    """Return the newest version of every worksheet of the plan, in the order of their numbers.

    Raises InstrumentError, also where two sheets have one number.
    """
    known = (load_sheet(key) for key in versions(FOLDER))
    sheets = sorted((each for each in known if each.number), key=lambda sheet: sheet.number)
    for one, other in pairwise(sheets):
        if one.number == other.number:
            raise InstrumentError(f"{other.key}: 'number' is that of {one.key!r} as well")
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
    raise InstrumentError(f"worksheets: there is no sheet {number}")


def parse_sheet(content: bytes, file: str) -> Sheet:
    """Turn a file's bytes into a worksheet. Raises InstrumentError."""
    return read_file(Sheet, content, file)
