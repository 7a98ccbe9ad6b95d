"""Readers of single JSON values: each returns the value or raises `Refused` with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from app.instruments.vocabulary import CHECKIN_ITEMS, SCREEN_ITEMS, SIGNS, SUBSTANCES, Range
from app.timeline.events import FAMILIES, Drink, Use

Reader = Callable[[Any], Any]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEARS = range(1900, 2200)
# Staff-run tests know alcohol as well; every other code is one that a participant can tell.
TESTED = (*SUBSTANCES, "alcohol")


class Refused(ValueError):
    """A value that the format does not allow; the text is the reason."""


def text(value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise Refused("must be a text")
    return value


def name(value: Any) -> str:
    """A text that is not empty."""
    if not text(value).strip():
        raise Refused("must not be empty")
    return str(value)


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Refused("must be true or false")
    return value


def whole(value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused("must be a whole number")
    return value


def number(low: float, high: float) -> Reader:
    """A reader of numbers from `low` to `high`, both included."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused("must be a number")
        if not low <= value <= high:
            raise Refused(f"{value} is not between {low:g} and {high:g}")
        return value

    return read


def one_of(*codes: str) -> Reader:
    """A reader of one of `codes`."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in codes:
            raise Refused(f"{value!r} is not one of {', '.join(codes)}")
        return value

    return read


def day(value: Any) -> date:
    """A calendar date, YYYY-MM-DD."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Refused(f"{value!r} is not a date like 2026-03-02")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise Refused(f"{value!r} is not a date of the calendar") from None
    if found.year not in _YEARS:
        raise Refused(f"{value!r} is not in the years 1900 to 2199")
    return found


def moment(value: Any) -> datetime:
    """A time with an offset, as UTC."""
    if not isinstance(value, str):
        raise Refused("must be a time like 2026-03-02T09:00:00+03:00")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(f"{value!r} is not a time like 2026-03-02T09:00:00+03:00") from None
    if found.tzinfo is None:
        raise Refused(f"{value!r} has no offset")
    if found.year not in _YEARS:
        raise Refused(f"{value!r} is not in the years 1900 to 2199")
    return found.astimezone(UTC)


def table(value: Any, fields: dict[str, tuple[bool, Reader]]) -> dict[str, Any]:
    """An object with exactly these `fields` (required, reader); null is the same as absent."""
    if not isinstance(value, dict):
        raise Refused("must be an object")
    for key in value:
        if key not in fields:
            raise Refused(f"unknown field {key!r}")
    found: dict[str, Any] = {}
    for key, (required, read) in fields.items():
        if value.get(key) is None:
            if required:
                raise Refused(f"{key!r} is missing")
            continue
        try:
            found[key] = read(value[key])
        except Refused as error:
            raise Refused(f"{key}: {error}") from None
    return found


def rows(read_one: Reader) -> Reader:
    """A reader of a list, each entry read by `read_one`."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Refused("must be a list")
        found = []
        for index, entry in enumerate(value):
            try:
                found.append(read_one(entry))
            except Refused as error:
                raise Refused(f"[{index}] {error}") from None
        return tuple(found)

    return read


def ratings(items: dict[str, Range], exact: bool = False) -> Reader:
    """A reader of answers by item; `exact` refuses fractions where the item has none."""

    def read(value: Any) -> dict[str, float]:
        if not isinstance(value, dict):
            raise Refused("must be an object")
        for item, answer in value.items():
            if item not in items:
                raise Refused(f"unknown item {item!r}")
            span = items[item]
            try:
                number(span.low, span.high)(answer)
            except Refused as error:
                raise Refused(f"{item}: {error}") from None
            if exact and not span.holds(answer):
                raise Refused(f"{item}: must be a whole number")
        return dict(value)

    return read


def results(value: Any) -> dict[str, str]:
    """Results of a specimen by substance."""
    if not isinstance(value, dict):
        raise Refused("must be an object")
    read_code, read_result = one_of(*TESTED), one_of("positive", "negative", "invalid")
    for code, result in value.items():
        read_code(code)
        try:
            read_result(result)
        except Refused as error:
            raise Refused(f"{code}: {error}") from None
    return dict(value)


def drink(value: Any) -> Drink:
    """One entry of `drinks`; the beverage is only a name, so it may be left out."""
    fields = {
        "ml": (True, number(1, 5000)),
        "abv": (True, number(0, 100)),
        "count": (True, number(0.1, 100)),
        "beverage": (False, text),
    }
    return Drink(**table(value, fields))


def use(value: Any) -> Use:
    """One entry of `substances`."""
    fields = {
        "substance": (True, one_of(*SUBSTANCES)),
        "at": (False, moment),
        "route": (False, text),
        "note": (False, text),
    }
    return Use(**table(value, fields))


signs = rows(one_of(*SIGNS))
checkin_ratings = ratings(CHECKIN_ITEMS)
screen_ratings = ratings(SCREEN_ITEMS, exact=True)
family = one_of(*FAMILIES)
provenance = one_of("same_day", "late", "recalled", "with_staff", "by_phone")
