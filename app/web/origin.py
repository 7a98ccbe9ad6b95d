"""The way on for a browser that never says from where it sends.

What names no origin (``middleware.place_of``) may be sent again from our own page, with a field
that only we could have signed, for this browser, this address and a few minutes.
"""

import hmac
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

CONFIRMED = "from_here"
GOOD_FOR = timedelta(minutes=10)
# Cookies that say nothing of who it is, and may change between two pages.
_PASSING = ("lang", "note", "back")


class Nowhere(Exception):
    """A write that names no origin, and was not sent again on purpose."""


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
