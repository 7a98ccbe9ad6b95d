"""The body of a form, in pairs of name and value: whatever arrives is read as far as it goes.

Nothing is refused here. A fault that is not about one field is told beside the pairs, so that
whoever is answered finds everything that could be read on the page again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
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
FORM = "application/x-www-form-urlencoded"

UNREADABLE = N_("Part of the form could not be read. Please look through it and send it again.")
TOO_MUCH = N_("That is too much at once. Please shorten it and send it again.")
TOO_MANY = N_("The form has too many fields. Please open the page again.")
NO_FORM = N_("This address takes forms only. Please look through it and send it again.")


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
    """Take the body off the line, and read it as what it says it is."""
    taken = bytearray()
    size = 0
    async for piece in request.stream():
        size += len(piece)
        taken += piece[: max(0, MAX_READ - len(taken))]
        if size > MAX_TAKEN:
            break
    body = parse(bytes(taken), request.headers.get("content-type", ""))
    return Body(body.pairs, TOO_MUCH, 413) if size > MAX_BODY else body


def parse(raw: bytes, content_type: str = FORM) -> Body:
    """Never raises: what is no form at all has no pairs."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind in (FORM, ""):
        return _encoded(raw)
    return Body([pair for pair in _other(raw, kind, content_type) if pair.name], NO_FORM, 415)


def _encoded(raw: bytes) -> Body:
    """``name=value&…``"""
    fault, status, pairs = "", 422, []
    for part in raw.split(b"&"):
        name, equals, value = part.replace(b"+", b" ").partition(b"=")
        if not name and not value:
            continue
        if not equals:
            fault, status = UNREADABLE, 400
        pairs.append(_pair(unquote_to_bytes(name), unquote_to_bytes(value)))
    if len(pairs) > MAX_FIELDS:
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
        for line in raw.split(b"\r\n"):
            name, equals, value = line.partition(b"=")
            if equals:
                yield _pair(name, value)
    elif b"=" in raw:
        yield from _encoded(raw).pairs


def _parts(raw: bytes, content_type: str) -> Iterator[Pair]:
    """The fields of a multipart form; files are left out."""
    head = b"Content-Type: " + content_type.encode("latin-1", "ignore") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + raw)
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes) and part.get_filename() is None:
            yield _pair(name.encode("utf-8", "surrogateescape"), value)


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
