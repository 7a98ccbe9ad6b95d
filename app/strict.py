"""Data files read strictly into the house's own frozen types, one plain line for each fault.

A type says what it holds: its fields, with `Word`, `Whole`, `Number` and `Flag` for what may stand
there, and pydantic reads plain data into it. Nothing is guessed ("1" is no number, true is not 1),
nothing is left over, and whoever wrote the file is told where to look and what would be right.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from math import inf
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    Strict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from app.languages import ENGLISH, KNOWN, Text

T = TypeVar("T")
SAID = 3
# The outermost type of a file has this; what stands inside it goes by the same.
STRICT = ConfigDict(extra="forbid")


def wrong(reason: str, *at: str | int) -> PydanticCustomError:
    """What a check of our own raises: `reason` follows on the key that it is about, `at`."""
    return PydanticCustomError("wrong", "{reason}", {"reason": reason, "at": at})


def number(value: Any) -> float:
    """A number of at least 0, as it stands: 72 stays 72."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
        raise wrong("must be a number of at least 0")
    return value


def within(low: float, high: float) -> AfterValidator:
    """A check that a number lies between both, which are allowed."""

    def check(value: float) -> float:
        if not low <= value <= high:
            raise wrong(f"must be from {low:g} to {high:g}, and is {value:g}")
        return value

    return AfterValidator(check)


def single(values: Iterable[str | int], *at: str | int) -> None:
    """Refuses what stands there twice."""
    found = list(values)
    for value in found:
        if found.count(value) > 1:
            raise wrong(f"has {value!r} twice", *at)


def complete(cls: type) -> BeforeValidator:
    """A check that a table has every key of `cls`, though code may leave some of them out."""

    def check(data: Any) -> Any:
        for field in fields(cls):
            if isinstance(data, dict) and field.name not in data:
                raise wrong("is missing", field.name)
        return data

    return BeforeValidator(check)


def fitting(thing: object, wanted: Collection[str], of: Iterable[str]) -> None:
    """Refuses what is missing of `wanted`, and whatever else of the keys `of` is there."""
    for key in of:
        if bool(getattr(thing, key)) != (key in wanted):
            raise wrong("is missing" if key in wanted else "does not belong here", key)


def _written(text: Text) -> Text:
    for key, language in KNOWN.items():
        words = text.in_(key)
        if not words.strip():
            raise wrong("must be a text and not empty", key)
        if key != ENGLISH and not language.written.search(words):
            raise wrong(f"is not written as {language.name} is", key)
    return text


Word = Annotated[str, Strict(), StringConstraints(pattern=r"\S")]
Whole = Annotated[int, Strict()]
Count = Annotated[int, Strict(), AfterValidator(number)]
Number = Annotated[float, PlainValidator(number)]
Flag = Annotated[bool, Strict()]
Words = Annotated[Text, AfterValidator(_written)]


class Refused(ValueError):
    """Data that cannot be used. The text names up to three faults, in one line.

    A key that nobody knows comes first: it explains one that is missing.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        found = sorted(faults, key=lambda one: _UNKNOWN not in one)
        more = len(found) - SAID
        super().__init__("; ".join(found[:SAID]) + (f" (and {more} more)" if more > 0 else ""))


def read(reader: TypeAdapter[T], data: Any) -> T:
    """`data` as the reader's type. Raises Refused."""
    try:
        return reader.validate_python(data, context={})
    except ValidationError as error:
        raise Refused(map(_line, error.errors(include_url=False))) from None


def read_toml(
    reader: TypeAdapter[T], content: bytes, file: str, error: type[ValueError] = ValueError
) -> T:
    """A file's bytes as the reader's type. Raises `error`, which names the file and the key."""
    try:
        return read(reader, tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise error(f"{file}: is not a TOML file: {problem}") from None
    except Refused as problem:
        raise error(f"{file}: {problem}") from None


def each(known: Collection[str]) -> AfterValidator:
    """A check that a table has a key for each of `known`, and no other."""

    def check(table: Mapping[str, T]) -> Mapping[str, T]:
        for key in sorted(table.keys() ^ set(known), key=lambda one: (one in known, one)):
            raise wrong("is missing" if key in known else "is not a known key", key)
        return table

    return AfterValidator(check)


# What pydantic says, in the words of this house; the name of the fault is pydantic's.
_IN_EACH = f"must be a text in each of {', '.join(KNOWN)}"
_TABLE, _UNKNOWN = "must be a table", "is not a known key"
_REASONS: Mapping[str, str | Callable[[ErrorDetails], str]] = {
    "unexpected_keyword_argument": _UNKNOWN,
    "dataclass_type": lambda one: _IN_EACH if one["ctx"]["class_name"] == "Text" else _TABLE,
    "dict_type": _TABLE,
    "mapping_type": _TABLE,
    "missing": "is missing",
    "string_type": "must be a text",
    "string_pattern_mismatch": "must be a text and not empty",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "too_short": lambda one: f"must have at least {one['ctx']['min_length']}",
    "literal_error": lambda one: f"must be one of {_choices(one)}, and is {one['input']!r}",
    "wrong": lambda one: one["ctx"]["reason"],
}


def _line(one: ErrorDetails) -> str:
    """Where to look, and what is wrong there: "pages[0].items[2]: 'label' is missing"."""
    reason = _REASONS.get(one["type"], one["msg"])
    said = reason if isinstance(reason, str) else reason(one)
    *above, last = (*one["loc"], *one.get("ctx", {}).get("at", ())) or ("",)
    if isinstance(last, int):
        above, last = [*above, last], ""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in above)
    where = "".join(steps).removeprefix(".")
    return (f"{where}: " if where else "") + (f"{last!r} " if last else "") + said


def _choices(one: ErrorDetails) -> str:
    return ", ".join(re.findall(r"'([^']*)'", one["ctx"]["expected"]))
