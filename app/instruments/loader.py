"""Instrument files, read and checked.

Everything wrong with a file is an `InstrumentError` with the file, the key and the reason, when
the program starts: a missing translation must never reach a participant as a gap or as the other
language.
"""

from functools import cache
from pathlib import Path

from app.instruments.definitions import Choice, Instrument, Item, Page, Point, Section
from app.instruments.reading import (
    InstrumentError,
    Table,
    choose,
    open_table,
    read_stamp,
    versions,
)
from app.instruments.vocabulary import FREE_TEXTS, ITEMS, KIND_OF, LISTS, SIGNS, Range
from app.languages import Text

FOLDER = Path(__file__).parent


@cache
def load_instrument(key: str, version: int | None = None) -> Instrument:
    """Return one instrument, the newest version where none is named.

    Raises InstrumentError for an unknown key or version and for a file that breaks a rule.
    """
    return read_instrument(choose(FOLDER, key, version))


@cache
def all_instruments() -> tuple[Instrument, ...]:
    """Return every version of every instrument, by key and version. Call it once at the start."""
    found = versions(FOLDER)
    return tuple(
        load_instrument(key, version) for key in sorted(found) for version in sorted(found[key])
    )


def read_instrument(path: Path) -> Instrument:
    """Read one file. Raises InstrumentError."""
    return parse_instrument(path.read_bytes(), path.name)


def parse_instrument(content: bytes, file: str) -> Instrument:
    """Turn a file's bytes into an instrument. Raises InstrumentError."""
    table = open_table(content, file)
    stamp = read_stamp(table, content, file)
    scales = _scales(table.table("scales"))
    instrument = Instrument(
        stamp=stamp,
        title=table.text("title"),
        recall=table.text_or_none("recall"),
        texts=_texts(table.table("texts")),
        pages=tuple(_page(each, scales) for each in table.tables("pages")),
        lists=_lists(table.table("lists")),
        sections=tuple(_section(each) for each in table.tables("sections")),
    )
    table.done()
    if (instrument.pages or instrument.lists) and instrument.recall is None:
        raise table.error("recall", "is required where something is asked")
    _no_twins(file, "pages", [page.key for page in instrument.pages])
    _no_twins(file, "items", [item.code for item in instrument.items])
    _no_twins(file, "signs", [sign.code for sign in instrument.signs])
    _no_twins(file, "sections", [section.key for section in instrument.sections])
    return instrument


def _texts(table: Table) -> dict[str, Text]:
    return {key: table.text(key) for key in table.names()}


def _scales(table: Table) -> dict[str, tuple[Point, ...]]:
    return {key: tuple(_point(each) for each in table.tables(key)) for key in table.names()}


def _point(table: Table) -> Point:
    point = Point(table.integer("value"), table.text("label"))
    table.done()
    return point


def _lists(table: Table) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, tuple[Choice, ...]] = {}
    for key in table.names():
        if key not in LISTS:
            raise table.error(key, "is not a known list")
        lists[key] = tuple(_choice(each, LISTS[key]) for each in table.tables(key))
        if sorted(choice.code for choice in lists[key]) != sorted(LISTS[key]):
            raise table.error(key, "must have every code of the list once")
    return lists


def _choice(table: Table, codes: tuple[str, ...]) -> Choice:
    choice = Choice(table.string("code"), table.text("label"), table.text_or_none("hint"))
    if choice.code not in codes:
        raise table.error("code", f"{choice.code!r} is not a known code")
    table.done()
    return choice


def _section(table: Table) -> Section:
    section = Section(
        table.string("key"), table.text("heading"), table.texts("lines"), table.texts("steps")
    )
    table.done()
    return section


def _page(table: Table, scales: dict[str, tuple[Point, ...]]) -> Page:
    page = Page(
        key=table.string("key"),
        heading=table.text("heading"),
        lead=table.text_or_none("lead"),
        none=table.text_or_none("none"),
        items=tuple(_item(each, scales) for each in table.tables("items")),
        signs=tuple(_choice(each, SIGNS) for each in table.tables("signs")),
        signs_ask=table.text_or_none("signs_ask"),
        signs_none=table.text_or_none("signs_none"),
    )
    table.done()
    if not page.items and not page.signs:
        raise table.error("items", "a page must ask something")
    if bool(page.signs) != (page.signs_ask is not None and page.signs_none is not None):
        raise table.error("signs", "signs come with a question and the words for none of them")
    return page


def _item(table: Table, scales: dict[str, tuple[Point, ...]]) -> Item:
    code = table.string("code")
    if code not in KIND_OF:
        raise table.error("code", f"{code!r} is not a known item")
    kind = KIND_OF[code]
    item = Item(
        code=code,
        kind=kind,
        label=table.text("label"),
        range=Range(0, FREE_TEXTS[code]) if kind == "text" else ITEMS[code],
        hint=table.text_or_none("hint"),
        ask=table.text_or_none("ask"),
        unit=table.text("unit") if kind == "measure" else None,
        none=table.text("none") if kind == "count" else None,
        low=table.text("low") if kind == "urge" else None,
        high=table.text("high") if kind == "urge" else None,
        points=_points(table, code, scales) if kind == "scale" else (),
    )
    table.done()
    return item


def _points(table: Table, code: str, scales: dict[str, tuple[Point, ...]]) -> tuple[Point, ...]:
    name = table.string("scale")
    if name not in scales:
        raise table.error("scale", f"there is no scale {name!r} in this file")
    values = [point.value for point in scales[name]]
    if values != list(range(int(ITEMS[code].low), int(ITEMS[code].high) + 1)):
        raise table.error("scale", f"does not have every value of {code!r} once and in order")
    return scales[name]


def _no_twins(file: str, key: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InstrumentError(file, key, f"{name!r} stands there twice")
