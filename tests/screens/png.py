"""Screenshots made small: at most 256 colors, one byte a pixel, packed as tightly as PNG goes.

A page has few colors; what is lost are shades at the edges of letters that nobody tells apart.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLORS = 256


def shrink(source: bytes) -> bytes:
    """A smaller PNG of the same picture; raises ValueError for what is no 8-bit RGB(A) PNG."""
    width, height, depth, pixels = _pixels(source)
    colors = [pixels[at : at + 3] for at in range(0, len(pixels), depth)]
    chosen = _palette(colors)
    number = {color: index for index, color in enumerate(chosen)}
    nearest: dict[bytes, int] = {}
    for color in set(colors):
        found = number.get(color)
        nearest[color] = _closest(color, chosen) if found is None else found
    flat = bytes(nearest[color] for color in colors)
    rows = b"".join(b"\0" + flat[row * width : (row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", b"".join(chosen)), (b"IDAT", zlib.compress(rows, 9))]
    return SIGNATURE + b"".join(_chunk(*part) for part in [*parts, (b"IEND", b"")])


def _palette(colors: list[bytes]) -> list[bytes]:
    """The most frequent colors, far enough from each other to be worth a place."""
    chosen: list[bytes] = []
    for color, _ in Counter(colors).most_common(6000):
        if all(_distance(color, other) > 60 for other in chosen):
            chosen.append(color)
        if len(chosen) == COLORS:
            break
    return chosen


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _closest(color: bytes, chosen: list[bytes]) -> int:
    return min(range(len(chosen)), key=lambda index: _distance(color, chosen[index]))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(source: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(source):
        (size,) = struct.unpack(">I", source[at : at + 4])
        yield source[at + 4 : at + 8], source[at + 8 : at + 8 + size]
        at += size + 12


def _pixels(source: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, bytes a pixel, and the plain pixels without their row filters."""
    parts: dict[bytes, bytes] = {}
    for kind, body in _chunks(source):
        parts[kind] = parts.get(kind, b"") + body
    width, height, bits, kind_of, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if bits != 8 or kind_of not in (2, 6) or interlaced:
        raise ValueError("not a plain PNG of 8 bits a color")
    depth = 3 if kind_of == 2 else 4
    raw, size = zlib.decompress(parts[b"IDAT"]), width * depth
    rows, before = [], bytearray(size)
    for row in range(height):
        start = row * (size + 1)
        before = _unfiltered(
            raw[start], bytearray(raw[start + 1 : start + 1 + size]), before, depth
        )
        rows.append(bytes(before))
    return width, height, depth, b"".join(rows)


def _unfiltered(kind: int, row: bytearray, above: bytearray, depth: int) -> bytearray:
    """One row as PNG's five filters (none, sub, up, average, Paeth) say it was."""
    for at in range(len(row)):
        left = row[at - depth] if at >= depth else 0
        up, corner = above[at], above[at - depth] if at >= depth else 0
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        row[at] = (row[at] + guess) & 255
    return row


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
