"""The body of a form, in pairs of name and value: whatever arrives is read as far as it goes.

Nothing is refused here. A fault that is not about one field is told beside the pairs, so that
whoever is answered finds everything that could be read on the page again. Anybody may send
anything, before it is known who they are: the work is bounded by the bytes that were taken, and
by a number of parts after which nothing more is looked at.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from app.i18n import N_
from app.typed import decoded, kept

# What is stored is small; what is read is more, so that a text that is too long comes back.
MAX_BODY = 65536
MAX_READ = 16 * MAX_BODY
# So much is taken off the line, unread: a browser that cannot send on shows no answer either.
MAX_TAKEN = 16 * MAX_READ
MAX_FIELDS = 300
# So many parts of a body are looked at; more is no form of ours, nor one that was typed.
MAX_PARTS = 4 * MAX_FIELDS
MAX_HEAD = 1024
FORM = "application/x-www-form-urlencoded"

UNREADABLE = N_("Part of the form could not be read. Please look through it and send it again.")
TOO_MUCH = N_("That is too much at once. Please shorten it and send it again.")
TOO_MANY = N_("The form has too many fields. Please open the page again.")
NO_FORM = N_("This address takes forms only. Please look through it and send it again.")

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))', re.IGNORECASE)
_NAME = re.compile(
    rb'^content-disposition:[^\r\n]*?\bname=(?:"([^"\r\n]*)"|([^\s";]+))',
    re.IGNORECASE | re.MULTILINE,
)
_FILE = re.compile(rb"\bfilename\*?=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """``whole`` is false where a part of the text could not be kept."""

    name: str
    value: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Body:
    """``fault`` and ``status`` say what is wrong with the body as such, if anything is."""

    pairs: list[Pair]
    fault: str = ""
    status: int = 422


async def read_body(request: Request) -> Body:
    """Take the body off the line, and read it as what it says it is.

    A browser that carries nothing of ours has no long text to lose.
    """
    most = MAX_READ if request.cookies else MAX_BODY
    taken = bytearray()
    size = 0
    async for piece in request.stream():
        size += len(piece)
        taken += piece[: max(0, most - len(taken))]
        if size > MAX_TAKEN:
            break
    body = parse(bytes(taken), request.headers.get("content-type", ""))
    return Body(body.pairs, TOO_MUCH, 413) if size > MAX_BODY else body


def parse(raw: bytes, content_type: str = FORM) -> Body:
    """Never raises: what is no form at all has no pairs."""
    try:
        return _parsed(raw, content_type)
    except Exception:  # this stands before every door, and whoever sent it is told all the same
        return Body([], UNREADABLE, 400)


def _parsed(raw: bytes, content_type: str) -> Body:
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind in (FORM, ""):
        return _encoded(raw)
    found = islice(_other(raw, kind, content_type), MAX_PARTS)
    return Body([pair for pair in found if pair.name], NO_FORM, 415)


def _encoded(raw: bytes) -> Body:
    """``name=value&…``"""
    fault, status, pairs = "", 422, []
    parts = raw.split(b"&", MAX_PARTS)
    for part in parts[:MAX_PARTS]:
        name, equals, value = part.replace(b"+", b" ").partition(b"=")
        if not name and not value:
            continue
        if not equals:
            fault, status = UNREADABLE, 400
        pairs.append(_pair(unquote_to_bytes(name), unquote_to_bytes(value)))
    if len(pairs) > MAX_FIELDS or len(parts) > MAX_PARTS:
        fault, status = TOO_MANY, 400
    return Body(pairs, fault, status)


def _pair(name: bytes, value: bytes) -> Pair:
    key, key_read = decoded(name)
    text, read = decoded(value)
    key, key_kept = kept(key)
    text, text_kept = kept(text)
    return Pair(key, text, key_read and read and key_kept and text_kept)


def _other(raw: bytes, kind: str, content_type: str) -> Iterator[Pair]:
    if kind == "multipart/form-data":
        yield from _parts(raw, content_type)
    elif kind == "application/json":
        yield from _json(raw)
    elif kind == "text/plain" and b"\r\n" in raw:
        for line in raw.split(b"\r\n", MAX_PARTS)[:MAX_PARTS]:
            name, equals, value = line.partition(b"=")
            if equals:
                yield _pair(name, value)
    elif b"=" in raw:
        yield from _encoded(raw).pairs


def _parts(raw: bytes, content_type: str) -> Iterator[Pair]:
    """The fields of a multipart form; files are left out, and so are parts inside of parts."""
    told = _BOUNDARY.search(content_type[:MAX_HEAD])
    if told is None:
        return
    line = b"\r\n--" + (told[1] or told[2]).encode("latin-1", "ignore")
    for part in (b"\r\n" + raw).split(line, MAX_PARTS)[1:MAX_PARTS]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head) if len(head) <= MAX_HEAD else None
        if name and not _FILE.search(head):
            yield _pair(name[1] or name[2] or b"", value)


def _json(raw: bytes) -> Iterator[Pair]:
    try:
        found: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return
    for name, value in found.items() if isinstance(found, dict) else ():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | int | float):
                text = str(one).encode("utf-8", "surrogatepass")
                yield _pair(str(name).encode("utf-8", "surrogatepass"), text)
