"""The page that somebody comes back to after a door: the one they asked for, or were on.

Staff carry it in the address of the sign-in page. A participant's phone may be shared and keeps a
history, so there it travels sealed in a cookie, and leads nowhere on any other phone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from app.addresses import same_origin
from app.keys import Keys
from app.visit.carried import carried, carry
from app.web.middleware import SAFE_METHODS
from app.web.pages import forget_cookie, is_fragment, set_cookie
from app.web.unsent import KEEP_FOR

BACK_COOKIE = "__Host-back"
# What is opened with GET and is no page to come back to: files, doors, and the way out.
NO_PAGES = frozenset(
    {
        "/",
        "/healthz",
        "/held",
        "/hide",
        "/me/consent/copy",
        "/me/copy/readable",
        "/me/copy/timeline",
        "/me/copy/worksheets",
        "/offline",
        "/session.ics",
        "/sign-in/second",
        "/static/{name:path}",
        "/worker.js",
    }
)
_PURPOSE = "back"
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """``typed``: a form of this very page waits. ``asked``: the lock has not been seen since."""

    path: str
    typed: bool = False
    asked: bool = False


def _templates(app: FastAPI, method: str) -> Iterator[tuple[str, str]]:
    """(path, for whom) of every route of a method, in the order in which they are tried."""
    for context in iter_route_contexts(app.routes):
        if method in (context.methods or ()):
            yield str(context.path), context.endpoint.__audience__.kind  # type: ignore[union-attr]


def _template_of(app: FastAPI, method: str, path: str, kinds: tuple[str, ...]) -> str | None:
    for template, kind in _templates(app, method):
        if compile_path(template)[0].match(path):
            return template if kind in kinds else None
    return None


def is_form(app: FastAPI, path: str, kind: str) -> bool:
    """Whether a form of somebody of this ``kind`` can be sent to ``path``."""
    return _template_of(app, "POST", path, (kind,)) is not None


def own_page(app: FastAPI, address: str, *kinds: str) -> str | None:
    """``address`` if it is a page of this site for one of these ``kinds``, with its query."""
    path, _, query = address.partition("?")
    plain = address.isascii() and address.isprintable() and "\\" not in address
    if not plain or len(path) > _LONGEST:
        return None
    template = _template_of(app, "GET", path, kinds)
    if template is None or template in NO_PAGES:
        return None
    return address if query and len(address) <= _LONGEST else path


def came_from(request: Request, *kinds: str) -> str | None:
    """The page that a form or a script was on: its Referer, if that is ours."""
    referer = request.headers.get("referer", "").strip()
    if not same_origin(referer, request.app.state.settings.origin):
        return None
    parts = urlsplit(referer)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return own_page(request.app, address, *kinds)


def wanted(request: Request, kind: str) -> str | None:
    """The page that a request asked for, or was sent from; None if it tells of none."""
    path, query = request.url.path, request.url.query
    if request.method in SAFE_METHODS and not is_fragment(request):
        page = own_page(request.app, f"{path}?{query}" if query else path, kind)
        if page:
            return page
    return came_from(request, kind)


def above(request: Request, kind: str) -> str | None:
    """Without a Referer: the page to whose address a form or a file is the nearest."""
    method = "GET" if request.method in SAFE_METHODS else request.method
    path, template = request.url.path, _template_of(request.app, method, request.url.path, (kind,))
    pages = {one for one, whose in _templates(request.app, "GET") if whose == kind} - NO_PAGES
    while template and template not in pages:
        template, path = template.rpartition("/")[0], path.rpartition("/")[0]
    return path if template else None


def remember(answer: Response, keys: Keys, device_id: int, place: Place) -> None:
    flags = ("typed" if place.typed else "", "asked" if place.asked else "")
    value = carry(keys, _PURPOSE, str(device_id), place.path, *flags)
    set_cookie(answer, BACK_COOKIE, value, max_age=int(KEEP_FOR.total_seconds()))


def place_of(request: Request, device_id: int) -> Place | None:
    """Where this phone is to come back to; None for what another phone carried here."""
    keys = request.app.state.database.keys
    parts = carried(keys, _PURPOSE, request.cookies.get(BACK_COOKIE))
    if not parts or parts[0] != str(device_id):
        return None
    return Place(parts[1], bool(parts[2]), bool(parts[3]))


def seen_at_the_lock(request: Request, place: Place | None, *, was_open: bool) -> Place | None:
    """What the lock keeps. A page that locked itself is known by its Referer.

    What the gate noted on the way here comes first: the Referer is then of the page before.
    """
    if place and place.asked:
        return replace(place, asked=False)
    if place and not was_open:
        return place
    page = came_from(request, "participant")
    return Place(page, typed=True) if page else place


def after_held(request: Request, device_id: int, answer: Any, *, others: bool) -> Any:
    """A form that had waited is done: the next one that waits, or back to the page asked for.

    The answer to a form that was typed on the page one was on goes on as it does without a lock.
    """
    if not isinstance(answer, Response) or answer.status_code != 303:
        return answer
    if others:
        answer.headers["location"] = "/held"
    if answer.headers["location"] == "/held":
        return answer
    place = place_of(request, device_id)
    if place and not place.typed:
        answer.headers["location"] = place.path
    forget_cookie(answer, BACK_COOKIE)
    return answer
