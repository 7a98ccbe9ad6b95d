"""Reads a protocol file into its types. Refuses what is unknown, missing or ill-typed by name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, make_dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import AfterValidator, GetPydanticSchema, TypeAdapter

from app.languages import ENGLISH, KNOWN
from app.protocol.model import Plan, Protocol, ProtocolError, Threshold, Unit
from app.protocol.thresholds import Thresholds
from app.strict import Count, Number, Refused, Word, Words, each, read, wrong

T = TypeVar("T")
BUNDLED = Path(__file__).with_name("nalmefene_24w.toml")
_BUNDLED = (BUNDLED.read_text(encoding="utf-8"), BUNDLED.name)
# What a text that does not name its edition was written for.
FIRST_EDITION = 1
FIRST = Path(__file__).with_name("nalmefene_24w_first_edition.toml")
_process = SimpleNamespace(own=_BUNDLED)


def load_protocol(path: Path | None = None) -> Protocol:
    """The protocol in `path`, or this process's own (read once). Raises `ProtocolError`."""
    return process_protocol() if path is None else parse_protocol(_text(path), path.name)


@cache
def process_protocol() -> Protocol:
    """The protocol that this process goes by."""
    return _kept(*_process.own)


def protocol_text() -> str:
    """The TOML text of this process's own protocol."""
    return str(_process.own[0])


def bundled_protocol() -> Protocol:
    """The protocol that comes with the product, whatever this process goes by."""
    return _kept(*_BUNDLED)


@cache
def first_edition() -> Protocol:
    """The bundled protocol as it was before the second edition of the rules.

    What was judged by it names it, and is judged by it again in a replay.
    """
    return parse_protocol(_text(FIRST), FIRST.name)


def known_versions() -> dict[str, Protocol]:
    """Every version that comes with the product or holds in this process."""
    return {one.version: one for one in (first_edition(), bundled_protocol(), load_protocol())}


def use_protocol(path: Path | None) -> None:
    """From now on this process goes by the protocol in `path`, or by the bundled one.

    Said once, before anything is served. Raises `ProtocolError`, also for a file that differs
    from the bundled protocol and bears its version: flags name the version they were judged by.
    """
    if path is None:
        _go_by(_BUNDLED)
        return
    chosen = _text(path), path.name
    protocol = _kept(*chosen)
    for bundled in (bundled_protocol(), first_edition()):
        if protocol.version == bundled.version and protocol != bundled:
            raise ProtocolError(
                f"{chosen[1]}: differs from the bundled protocol: give it a 'version' of its own"
            )
    _go_by(chosen)


def _go_by(chosen: tuple[str, str]) -> None:
    _process.own = chosen
    process_protocol.cache_clear()


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
    return read_protocol(_data(text, name), name)


@lru_cache(maxsize=32)
def parse_stored(text: str) -> Protocol:
    """A version that a site put in force, with its numbers as they stand. Raises `ProtocolError`.

    One that was stored before thresholds had names and two languages takes those words from the
    bundled protocol: what judged a flag stays readable, and is never rewritten.
    """
    data = _data(text, "protocol")
    return read_protocol(data if "units" in data else _in_words(data))


def _data(text: str, name: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{name}: is not TOML in UTF-8: {error}") from error
    return with_every_number(data)


def with_every_number(data: dict[str, Any]) -> dict[str, Any]:
    """``data`` with the numbers that came with the second edition, where it is of the first.

    They stand as the first edition judged, in the words of the bundled protocol. A text of the
    second edition names each of them itself.
    """
    if data.get("edition", FIRST_EDITION) != FIRST_EDITION or not _table(data.get("rules")):
        return data
    bundled = tomllib.loads(_BUNDLED[0])
    for family, cls in get_type_hints(Thresholds).items():
        later = {one.name: one.default for one in fields(cls) if one.default is not MISSING}
        rows = data["rules"].setdefault(family, {}) if later else None
        for name, value in later.items():
            if isinstance(rows, dict) and name not in rows:
                row = bundled["rules"][family][name] | {"value": value}
                rows[name] = row
                _table(data.get("units")).setdefault(row["unit"], bundled["units"][row["unit"]])
                source = row["source"]
                _table(data.get("sources")).setdefault(source, bundled["sources"][source])
    return data


def _in_words(data: dict[str, Any]) -> dict[str, Any]:
    """Every number of ``data`` under the name, unit and source that the bundled protocol has."""
    bundled = _data(*_BUNDLED)
    for family, rows in _table(data.get("rules")).items():
        known = bundled["rules"].get(family, {})
        for name, row in _table(rows).items():
            rows[name] = known.get(name, {}) | {"value": _table(row).get("value")}
    return data | {"units": bundled["units"], "sources": bundled["sources"]}


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class _Row:
    """A threshold in the file: `unit` and `source` are names of what stands there once."""

    value: Number
    unit: Word
    source: Word
    name: Words


@dataclass(frozen=True, slots=True)
class _WholeRow(_Row):
    value: Count


def _rows() -> type:
    """The rules' tables as they stand in the file: a row for each number of `Thresholds`."""
    tables = {
        family: [
            (name, _WholeRow if kind is int else _Row) for name, kind in get_type_hints(cls).items()
        ]
        for family, cls in get_type_hints(Thresholds).items()
    }
    return make_dataclass(
        "Rules", [(family, make_dataclass(family, rows)) for family, rows in tables.items()]
    )


def _written(forms: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    for lang, language in KNOWN.items():
        words, wanted = forms[lang], max(language.plurals.values()) + 1
        if len(words) not in (1, wanted):
            raise wrong(f"must have one form, or {wanted}", lang)
        foreign = lang != ENGLISH and words != forms[ENGLISH]
        if foreign and not all(map(language.written.search, words)):
            raise wrong(f"is not written as {language.name} is", lang)
    return forms


_Forms = Annotated[Mapping[str, tuple[Word, ...]], each(KNOWN), AfterValidator(_written)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File(Plan):
    units: Mapping[str, _Forms]
    sources: Mapping[str, Words]
    rules: Annotated[Any, GetPydanticSchema(lambda _, handler: handler.generate_schema(_rows()))]


@cache
def _reader() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[_File, AfterValidator(_whole)])


def read_protocol(data: dict[str, Any], name: str = "protocol") -> Protocol:
    """The protocol that `data` is. Raises `ProtocolError`."""
    try:
        protocol: Protocol = read(_reader(), data)
    except Refused as error:
        raise ProtocolError(f"{name}: {error}") from None
    return protocol


def _whole(file: _File) -> Protocol:
    """The protocol that a file stands for, each number with the words it goes by."""
    families = {family: vars(rows) for family, rows in vars(file.rules).items()}
    thresholds = {
        f"{family}.{name}": Threshold(
            row.value,
            row.name,
            Unit(_named(file.units, row.unit, "rules", family, name, "unit")),
            _named(file.sources, row.source, "rules", family, name, "source"),
        )
        for family, rows in families.items()
        for name, row in rows.items()
    }
    rules = {
        family: cls(**{name: row.value for name, row in families[family].items()})
        for family, cls in get_type_hints(Thresholds).items()
    }
    return Protocol(
        **{one.name: getattr(file, one.name) for one in fields(Plan)},
        rules=Thresholds(**rules),
        thresholds=MappingProxyType(thresholds),
    )


def _named(known: Mapping[str, T], name: str, *at: str) -> T:
    if name not in known:
        raise wrong(f"names {name!r}, which is not there", *at)
    return known[name]
