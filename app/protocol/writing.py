"""Plain data as TOML, which `tomllib` reads and does not write.

A text that was put together by hand would break on the first quotation mark in a name; here every
value is written by its kind, and what is read back is what was given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
# Tables down to `[rules.wdl]` have a heading of their own; what lies deeper stands on one line.
_HEADINGS = 2


def as_toml(data: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """`data` (texts, numbers, booleans, lists and tables of them) as TOML."""
    inside = {k: v for k, v in data.items() if isinstance(v, Mapping) and len(path) < _HEADINGS}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in data.items() if k not in inside]
    if path and (lines or not inside):
        lines.insert(0, f"\n[{'.'.join(map(_key, path))}]")
    text = "".join(f"{line}\n" for line in lines)
    return text + "".join(as_toml(table, (*path, k)) for k, table in inside.items())


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # What JSON escapes TOML reads alike; it leaves U+007F as it is, which TOML refuses.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value)
    raise TypeError(f"no TOML for {type(value).__name__}")
