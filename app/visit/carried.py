"""What a phone carries for the server in a cookie: sealed, so that the server alone made it.

Nobody who holds the phone reads it there, and a value made for one purpose opens for no other.
"""

import json

from app.keys import KeyFileError, Keys


def carry(keys: Keys, purpose: str, *parts: str) -> str:
    return keys.seal(json.dumps([purpose, *parts]))


def carried(keys: Keys, purpose: str, cookie: str | None) -> list[str] | None:
    """The parts as they were given; None for anything that was not made here for ``purpose``."""
    if not cookie:
        return None
    try:
        found = json.loads(keys.unseal(cookie))
    except (KeyFileError, ValueError):
        return None
    return found[1:] if isinstance(found, list) and found[:1] == [purpose] else None
