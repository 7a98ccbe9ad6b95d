"""A file that only the key opens, written and read piece by piece.

A plain head (one line of JSON) says which key opens it. Each piece is sealed by AES-GCM under a
key of this file alone, bound to the head and to its place, and the last one to being the last: a
byte changed, a piece moved, left out or cut off, and it does not open.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 1 << 20
# A piece is this much longer when it is sealed.
TAG = 16
MOST_HEAD = 4096
KeyOf = Callable[[bytes], bytes]
"""the key of a file, by its salt"""


class BrokenFile(Exception):
    """It is not what was written; the message says in what way."""


def seal(file: BinaryIO, head: dict[str, Any], key_of: KeyOf, content: Iterable[bytes]) -> None:
    """Write ``head`` and, sealed, what ``content`` yields."""
    salt = secrets.token_bytes(16)
    line = json.dumps({**head, "salt": salt.hex()}, sort_keys=True).encode() + b"\n"
    file.write(line)
    cipher, bound = AESGCM(key_of(salt)), sha256(line).digest()
    waiting, number = b"", 0
    for part in content:
        waiting += part
        while len(waiting) > PIECE:
            file.write(cipher.encrypt(_nonce(number), waiting[:PIECE], bound))
            waiting, number = waiting[PIECE:], number + 1
    file.write(cipher.encrypt(_nonce(number, last=True), waiting, bound))


def head_of(file: BinaryIO) -> dict[str, Any]:
    """What stands before the seal. Raises BrokenFile."""
    return _head(file)[0]


def opened(file: BinaryIO, key_of: KeyOf) -> Iterator[bytes]:
    """What was sealed, piece by piece. Raises BrokenFile at the first that does not open."""
    head, line = _head(file)
    cipher, bound = AESGCM(key_of(bytes.fromhex(head["salt"]))), sha256(line).digest()
    piece, number = file.read(PIECE + TAG), 0
    while piece:
        following = file.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), piece, bound)
        except InvalidTag as error:
            raise BrokenFile("a part was altered, left out or cut off") from error
        piece, number = following, number + 1
    if not number:
        raise BrokenFile("it ends after its first line")


def _head(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    line = file.readline(MOST_HEAD)
    try:
        head = json.loads(line)
        if not line.endswith(b"\n") or len(bytes.fromhex(head["salt"])) != 16:
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenFile("its first line is not that of a sealed file") from error
    return head, line


def _nonce(number: int, *, last: bool = False) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
