"""From where a write was sent, and the way on for a browser that never says so.

A browser names the origin of a form in one of three headers, and it is compared as an address
(``app/addresses.py``). What names another site is refused for good. What names nothing may be
sent again from our own page, with a field that only we could have signed, for this browser, this
address and a few minutes.
"""

import hmac
from datetime import UTC, datetime, timedelta
from enum import Enum

from starlette.datastructures import Headers
from starlette.requests import Request

from app.addresses import same_origin

CONFIRMED = "from_here"
GOOD_FOR = timedelta(minutes=10)
# Cookies that say nothing of who it is, and may change between two pages.
_PASSING = ("lang", "note", "back")


class Place(Enum):
    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"


class Nowhere(Exception):
    """A write that names no origin, and was not sent again on purpose."""


def place_of(headers: Headers, ours: str) -> Place:
    """Sec-Fetch-Site, which no page can forge, else Origin, else the origin of Referer."""
    site = headers.get("sec-fetch-site", "").strip().lower()
    if site:
        known = {"same-origin": Place.HERE, "none": Place.NOWHERE}
        return known.get(site, Place.ELSEWHERE)
    for name in ("origin", "referer"):
        told = headers.get(name, "").strip()
        if told and told.lower() != "null":
            return Place.HERE if same_origin(told, ours) else Place.ELSEWHERE
    return Place.NOWHERE


def confirmation(request: Request) -> str:
    """The field that lets this browser send this form again."""
    until = int((_now(request) + GOOD_FOR).timestamp())
    return f"{until}.{_signed(request, until)}"


def is_confirmed(request: Request, told: str) -> bool:
    until, _, signature = told.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 12 and signature.isascii()):
        return False
    fresh = datetime.fromtimestamp(int(until), UTC) > _now(request)
    return fresh and hmac.compare_digest(signature, _signed(request, int(until)))


def _signed(request: Request, until: int) -> str:
    """Bound to the cookies of the session; of a browser without any, to what else is known."""
    bound = [
        f"{name}={value}"
        for name, value in sorted(request.cookies.items())
        if not name.endswith(_PASSING)
    ]
    if not bound:
        client = request.client.host if request.client else ""
        bound = [client, request.headers.get("user-agent", "")]
    keys = request.app.state.database.keys
    signed: str = keys.sign("from here", "\n".join([str(until), request.url.path, *bound]))
    return signed


def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now
