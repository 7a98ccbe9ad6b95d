"""What a page tells the phone's own keeping of unsent answers (``static/unsent.js``).

The key comes with each page of an open session and is stored nowhere on the phone, so that
what is kept there cannot be read behind the lock. Pages are never cached.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from app.clock import local

KEEP_FOR = timedelta(hours=12)
DONE_COOKIE = "__Host-done"
_TOKEN = re.compile(r"[A-Za-z0-9]{1,64}")
# The last forms that were stored, each by the beginning of its token. Every page tells of them:
# the phone may have left the first one before its script ran.
_LAST, _BEGINNING = 8, 8


@dataclass(frozen=True, slots=True)
class Keeper:
    """The attributes of the element that ``unsent.js`` reads. Moments are milliseconds."""

    key: str
    """empty for somebody who took back consent: what waits on the phone goes"""
    now: int
    since: int
    """the beginning of the participant's day"""
    life: int
    done: str
    """the last forms that were stored, by the beginnings of their tokens"""
    was: str
    """the token of the form that this page answers"""


def keeper_of(request: Request) -> Keeper | None:
    """For a participant on an open session; anybody else's page has no key."""
    me = getattr(request.state, "me", None)
    device_id = getattr(me, "device_id", None)
    if me is None or device_id is None:
        return None
    now: datetime = request.app.state.clock()
    midnight = local(now, me.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    keys = request.app.state.database.keys
    return Keeper(
        key="" if me.status == "withdrawn" else keys.draft_key(device_id),
        now=_milliseconds(now),
        since=_milliseconds(midnight),
        life=int(KEEP_FOR.total_seconds() * 1000),
        done=" ".join(_stored(request)),
        was=_fit(getattr(_form(request), "token", "")),
    )


def with_done(request: Request, token: str) -> str | None:
    """The cookie's new value once the form ``token`` is stored; None if it names no draft."""
    if not _fit(token):
        return None
    return ".".join([*_stored(request), token[:_BEGINNING]][-_LAST:])


def _stored(request: Request) -> Sequence[str]:
    return [one for one in request.cookies.get(DONE_COOKIE, "").split(".") if _fit(one)]


def _form(request: Request) -> Any:
    return getattr(request.state, "form", None)


def _fit(token: str) -> str:
    return token if _TOKEN.fullmatch(token) else ""


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
