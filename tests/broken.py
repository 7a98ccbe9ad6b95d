"""Every way in which plain data can break at one place, each tried on a reader in turn."""

import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from app.protocol.writing import as_toml

# Of each kind of value: what looks like it and is not.
OTHERS: dict[type, tuple[Any, ...]] = {
    str: (1, True, ["x"], "", " "),
    bool: (1, "true"),
    int: ("1", True, [1]),
    float: ("1", True, [1]),
    list: ({"odd": 1}, "x", 1),
    dict: ([1], "x", 1),
}
# So many of one form are read by one reader: the first and the last speak for them.
MANY = 10


def accepted(
    data: dict[str, Any], use: Callable[[dict[str, Any]], object], error: type[ValueError]
) -> set[str]:
    """The breaks that `use` lets pass; what it refuses names the key that was broken."""
    passed = set()
    for kind, key in _breaks(data):
        try:
            use(data)
        except error as refused:
            assert key in str(refused), (kind, key, str(refused))
        else:
            passed.add(f"{kind} {key}")
    return passed


def accepted_file(
    file: str, text: str, parse: Callable[[bytes, str], object], error: type[ValueError]
) -> set[str]:
    """The same of a data file under its name, which each refusal names as well."""

    def use(data: dict[str, Any]) -> None:
        try:
            parse(as_toml(data).encode(), file)
        except error as refused:
            assert str(refused).startswith(f"{file}: ")
            raise

    return accepted(tomllib.loads(text), use, error)


def _breaks(holder: dict[str, Any] | list[Any]) -> Iterator[tuple[str, str]]:
    """Breaks the data at one place after the other, and mends it again before the next."""
    places: list[Any] = list(holder) if isinstance(holder, dict) else [0, -1][: len(holder)]
    inside = [holder[place] for place in places]
    if len(inside) > MANY and all(
        isinstance(one, dict) and one.keys() == inside[0].keys() for one in inside
    ):
        places = [places[0], places[-1]]
    for place in places:
        value, name = holder[place], str(place) if isinstance(holder, dict) else ""
        for other in OTHERS[type(value)]:
            holder[place] = other
            yield type(other).__name__, name
        holder[place] = value
        if isinstance(value, dict | list):
            yield from _breaks(value)
    if isinstance(holder, dict):
        for place in places:
            value = holder.pop(place)
            yield "no", place
            holder[place] = value
        holder["odd"] = 1
        yield "an", "odd"
        del holder["odd"]
