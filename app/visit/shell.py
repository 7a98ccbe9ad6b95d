"""Which page of blank forms a phone should have: of its person's language, by what is asked now.

Today names it, and a phone that keeps another fetches it. It asks nothing of the database.
"""

import hashlib
from dataclasses import astuple
from functools import cache

from starlette.requests import Request

from app.instruments.loader import load_instrument
from app.protocol.model import Protocol
from app.visit.identity import DEVICE_COOKIE
from app.visit.tokens import token_hash
from app.web.pages import TEMPLATES_DIR, language_of
from app.web.static import static_files
from app.web.telephone import Numbers

ASKS = ("dose", "substances", "urges", "side_effects")
FILES = ("app.css", "app.js", "mailbox.js", "blank.js", "worker.js")
_TEMPLATES = ("mailbox/shell.html", "_base.html", "_ui.html", "checkins/_questions.html")


def mark_of(hashed: str) -> str:
    """From the hash of a phone's cookie, which outlives a change of the product's key."""
    return hashlib.sha256(f"daybook/phone/{hashed}".encode()).hexdigest()[:32]


def phone_mark(request: Request) -> str:
    """What the blank forms of one phone carry: whoever has it next tells for themselves."""
    return mark_of(token_hash(request.cookies.get(DEVICE_COOKIE, "")))


def shell_version(request: Request, protocol: Protocol, numbers: Numbers) -> str:
    """The same for the same page."""
    asks = [f"{name}.{load_instrument(name).version}" for name in ASKS]
    files = [static_files()[name].version for name in FILES]
    parts = (
        *asks,
        *files,
        _templates(),
        protocol.version,
        language_of(request),
        phone_mark(request),
        request.app.state.database.keys.id,
        *map(str, astuple(numbers)),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@cache
def _templates() -> str:
    read = (TEMPLATES_DIR / name for name in _TEMPLATES)
    return hashlib.sha256(b"".join(one.read_bytes() for one in read)).hexdigest()
