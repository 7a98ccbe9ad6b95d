"""Reads a protocol file. Refuses unknown, missing and ill-typed keys by name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, TypeVar, get_args, get_type_hints

from app.languages import ENGLISH, KNOWN, Text
from app.protocol.model import (
    Assignment,
    DueTimes,
    Framing,
    HeavyDay,
    Preset,
    Protocol,
    ProtocolError,
    SessionWeek,
    StandardDrink,
    Threshold,
    Unit,
    WorkingHours,
)
from app.protocol.thresholds import Thresholds

BUNDLED = Path(__file__).with_name("nalmefene_24w.toml")
T = TypeVar("T")
_BUNDLED = (BUNDLED.read_text(encoding="utf-8"), BUNDLED.name)
_process = SimpleNamespace(own=_BUNDLED)


def load_protocol(path: Path | None = None) -> Protocol:
    """The protocol in `path`, or this process's own (read once). Raises `ProtocolError`."""
    return _kept(*_process.own) if path is None else parse_protocol(_text(path), path.name)


def protocol_text() -> str:
    """The TOML text of this process's own protocol."""
    return str(_process.own[0])


def bundled_protocol() -> Protocol:
    """The protocol that comes with the product, whatever this process goes by."""
    return _kept(*_BUNDLED)


def use_protocol(path: Path | None) -> None:
    """From now on this process goes by the protocol in `path`, or by the bundled one.

    Said once, before anything is served. Raises `ProtocolError`, also for a file that differs
    from the bundled protocol and bears its version: flags name the version they were judged by.
    """
    chosen = _BUNDLED if path is None else (_text(path), path.name)
    protocol, bundled = _kept(*chosen), bundled_protocol()
    if protocol.version == bundled.version and protocol != bundled:
        raise ProtocolError(
            f"{chosen[1]}: differs from the bundled protocol: give it a 'version' of its own"
        )
    _process.own = chosen


@cache
def _kept(text: str, name: str) -> Protocol:
    return parse_protocol(text, name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ProtocolError(f"{path.name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{path.name}: is not TOML in UTF-8: {error}") from error


@lru_cache(maxsize=32)
def parse_protocol(text: str, name: str = "protocol") -> Protocol:
    """The protocol that ``text`` is the TOML of. Raises `ProtocolError`."""
    return _protocol(_table(text, name))


@lru_cache(maxsize=32)
def parse_stored(text: str) -> Protocol:
    """A version that a site put in force, with its numbers as they stand. Raises `ProtocolError`.

    One that was stored before thresholds had names and two languages takes those words from the
    bundled protocol: what judged a flag stays readable, and is never rewritten.
    """
    top = _table(text, "protocol")
    return _protocol(top, None if "units" in top.data else bundled_protocol().thresholds)


def _table(text: str, name: str) -> _Table:
    try:
        return _Table(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{name}: is not TOML in UTF-8: {error}") from error


class _Table:
    """A TOML table that knows its name, so that an error can say where it is."""

    def __init__(self, data: Any, name: str) -> None:
        if not isinstance(data, dict):
            raise ProtocolError(f"{name}: must be a table")
        self.data, self.name = data, name

    def only(self, *allowed: str) -> _Table:
        for key in self.data:
            if key not in allowed:
                raise ProtocolError(f"{self.name}: unknown key {key!r}")
        return self

    def get(self, key: str) -> Any:
        if key not in self.data:
            raise ProtocolError(f"{self.name}: {key!r} is missing")
        return self.data[key]

    def table(self, key: str) -> _Table:
        return _Table(self.get(key), f"{self.name}: {key}")

    def tables(self, key: str) -> list[_Table]:
        rows = self.get(key)
        if not isinstance(rows, list) or not rows:
            raise ProtocolError(f"{self.name}: {key!r} must be a list of tables")
        return [_Table(row, f"{self.name}: {key}[{i}]") for i, row in enumerate(rows)]

    def string(self, key: str, empty: bool = False) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not (value.strip() or empty):
            raise ProtocolError(f"{self.name}: {key!r} must be a text")
        return value

    def number(self, key: str) -> float:
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise ProtocolError(f"{self.name}: {key!r} must be a number of at least 0")
        return value

    def whole(self, key: str) -> int:
        value = self.number(key)
        if not isinstance(value, int):
            raise ProtocolError(f"{self.name}: {key!r} must be a whole number")
        return value

    def flag(self, key: str) -> bool:
        value = self.get(key)
        if not isinstance(value, bool):
            raise ProtocolError(f"{self.name}: {key!r} must be true or false")
        return value

    def one_of(self, key: str, known: Mapping[str, T]) -> T:
        """What the name under `key` stands for."""
        name = self.string(key)
        if name not in known:
            raise ProtocolError(f"{self.name}: {key!r} names {name!r}, which is not there")
        return known[name]

    def unit(self, key: str) -> Unit:
        inner = self.table(key).only(*KNOWN)
        forms = {lang: inner.forms(lang) for lang in KNOWN}
        for lang, language in KNOWN.items():
            wanted = max(language.plurals.values()) + 1
            if len(forms[lang]) not in (1, wanted):
                raise ProtocolError(f"{inner.name}: one form, or {lang!r} in {wanted}")
            foreign = lang != ENGLISH and forms[lang] != forms[ENGLISH]
            if foreign and not all(map(language.written.search, forms[lang])):
                raise ProtocolError(f"{inner.name}: {lang!r} is not written as {language.name} is")
        return Unit(forms)

    def forms(self, key: str) -> tuple[str, ...]:
        words = self.get(key)
        if not isinstance(words, list) or not all(isinstance(one, str) and one for one in words):
            raise ProtocolError(f"{self.name}: {key!r} must be a list of texts")
        return tuple(words)

    def text(self, key: str) -> Text:
        inner = self.table(key).only(*KNOWN)
        words = {lang: inner.string(lang) for lang in KNOWN}
        for lang, language in KNOWN.items():
            if lang != ENGLISH and not language.written.search(words[lang]):
                raise ProtocolError(f"{inner.name}: {lang!r} is not written as {language.name} is")
        return Text(**words)


_TOP = (
    "key", "version", "approved_by", "title", "dose_mg", "weeks", "backfill_days",
    "checkin_closing_minutes", "sitting_minutes", "due", "working_hours", "heavy_day_grams",
    "standard_drink", "presets", "sessions", "units", "sources", "rules", "framing",
    "whole_list_after_days",
)  # fmt: skip


def _protocol(top: _Table, words: Mapping[str, Threshold] | None = None) -> Protocol:
    """`words`: names, units and sources for a text that has none in two languages."""
    top.only(*_TOP)
    heavy = top.table("heavy_day_grams").only("male", "female")
    drink = top.table("standard_drink").only("grams", "shown")
    rules, values = _rules(top.table("rules"))
    words = words or _words(top)
    weeks = top.whole("weeks")
    return Protocol(
        key=top.string("key"),
        version=top.string("version"),
        approved_by=top.string("approved_by", empty=True).strip(),
        title=top.text("title"),
        dose_mg=top.number("dose_mg"),
        weeks=weeks,
        backfill_days=top.whole("backfill_days"),
        checkin_closing=timedelta(minutes=top.number("checkin_closing_minutes")),
        sitting=timedelta(minutes=top.number("sitting_minutes")),
        due=_due(top.table("due").only("emergency", "urgent", "routine")),
        heavy_day=HeavyDay(male=heavy.number("male"), female=heavy.number("female")),
        standard_drink=StandardDrink(grams=drink.number("grams"), shown=drink.flag("shown")),
        presets=tuple(_preset(row) for row in top.tables("presets")),
        sessions=_sessions(top, weeks),
        rules=rules,
        thresholds=MappingProxyType(
            {name: replace(words[name], value=value) for name, value in values.items()}
        ),
        working_hours=_hours(top) if "working_hours" in top.data else WorkingHours(),
        whole_list_after_days=(
            top.whole("whole_list_after_days") if "whole_list_after_days" in top.data else 0
        ),
        framing=_framing(top.table("framing")) if "framing" in top.data else Framing(),
    )


def _hours(top: _Table) -> WorkingHours:
    table = top.table("working_hours").only("weekdays", "from_hour", "until_hour")
    days, first, last = table.get("weekdays"), table.whole("from_hour"), table.whole("until_hour")
    known = isinstance(days, list) and days and all(day in range(1, 8) for day in days)
    if not known or not first < last <= 24:
        raise ProtocolError(f"{table.name}: weekdays from 1 to 7, and hours in order up to 24")
    return WorkingHours(tuple(days), first, last)


def _framing(table: _Table) -> Framing:
    table.only("enabled", "assignment", "loss_below_days")
    enabled, word = table.flag("enabled"), table.string("assignment")
    days = table.whole("loss_below_days")
    if days > 7:
        raise ProtocolError(f"{table.name}: 'loss_below_days' must be from 0 to 7")
    ways: tuple[Assignment, ...] = get_args(Assignment)
    for way in ways:
        if way == word:
            return Framing(enabled, way, days)
    raise ProtocolError(f"{table.name}: 'assignment' must be one of {', '.join(ways)}")


def _due(table: _Table) -> DueTimes:
    """Each due time is "now", a number of hours, or "next session"."""

    def one(key: str) -> timedelta | None:
        value = table.get(key)
        if value == "now":
            return timedelta(0)
        if value == "next session":
            return None
        return timedelta(hours=table.number(key))

    return DueTimes(one("emergency"), one("urgent"), one("routine"))


def _preset(row: _Table) -> Preset:
    row.only("key", "region", "beverage", "ml", "abv", "name")
    if row.string("region") not in ("ru", "us", "any"):
        raise ProtocolError(f"{row.name}: 'region' must be ru, us or any")
    return Preset(
        key=row.string("key"),
        region=row.string("region"),
        beverage=row.string("beverage"),
        ml=row.number("ml"),
        abv=row.number("abv"),
        name=row.text("name"),
    )


def _sessions(top: _Table, weeks: int) -> tuple[SessionWeek, ...]:
    plan = []
    for row in top.tables("sessions"):
        row.only("week", "focus", "sheets")
        sheets = row.get("sheets")
        if not isinstance(sheets, list) or not all(type(n) is int for n in sheets):
            raise ProtocolError(f"{row.name}: 'sheets' must be a list of worksheet numbers")
        plan.append(SessionWeek(row.whole("week"), row.text("focus"), tuple(sheets)))
    if [session.week for session in plan] != list(range(1, weeks + 1)):
        raise ProtocolError(f"{top.name}: 'sessions' must hold weeks 1 to {weeks} in order")
    return tuple(plan)


def _rules(table: _Table) -> tuple[Thresholds, dict[str, float]]:
    """The typed thresholds, and their values by name ("wdl.start_sum")."""
    families = get_type_hints(Thresholds)
    table.only(*families)
    listed: dict[str, float] = {}
    groups: dict[str, Any] = {}
    for family, cls in families.items():
        group = table.table(family)
        types = get_type_hints(cls)
        names = [field.name for field in fields(cls)]
        group.only(*names)
        values: dict[str, float] = {}
        for name in names:
            row = group.table(name).only("value", "unit", "source", "name")
            values[name] = row.whole("value") if types[name] is int else row.number("value")
            listed[f"{family}.{name}"] = values[name]
        groups[family] = cls(**values)
    return Thresholds(**groups), listed


def _words(top: _Table) -> dict[str, Threshold]:
    """Every threshold with its name, unit and source in both languages."""
    units, sources = top.table("units"), top.table("sources")
    known_units = {key: units.unit(key) for key in units.data}
    known_sources = {key: sources.text(key) for key in sources.data}
    found = {}
    for family in top.table("rules").data:
        group = top.table("rules").table(family)
        for key in group.data:
            row = group.table(key)
            found[f"{family}.{key}"] = Threshold(
                row.number("value"),
                row.text("name"),
                row.one_of("unit", known_units),
                row.one_of("source", known_sources),
            )
    return found
