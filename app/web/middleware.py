"""What stands around every request: headers, the same-origin rule for every write, whole pages in
place of bare refusals and crashes, and what monitors ask: HEAD, OPTIONS, life by any address.

Pure ASGI: a BaseHTTPMiddleware costs more than the rest of a small request.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from enum import Enum

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.addresses import host_in_header, same_origin
from app.logs import DENIED, denied
from app.web.errors import SECRET_PATHS

Refusal = Callable[[Request], Awaitable[Response]]
StatusRefusal = Callable[[Request, int], Awaitable[Response]]
CrashAnswer = Callable[[Request, Exception], Awaitable[Response]]
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "X-Robots-Tag": "noindex",
}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ALIVE = "/healthz"
# What GET would change on the side of the browser.
_CHANGES = ("set-cookie", "clear-site-data")


class SecurityHeaders:
    """Adds the headers; a response that does not say otherwise is never stored."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                # A code or a password that was not taken is the page again, as any form.
                if status in DENIED or (status == 422 and scope["path"] in SECRET_PATHS):
                    denied(scope, status)
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
                    headers.add_vary_header("HX-Request, Cookie, Accept-Language, Accept-Encoding")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Place(Enum):
    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"


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


class SameOrigin:
    """Refuses a write that another site sent; one from nowhere has to be sent again on purpose.

    ``refuse`` makes the page that says so.
    """

    def __init__(self, app: ASGIApp, origin: str, refuse: Refusal):
        self.app = app
        self.origin = origin
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            place = place_of(Headers(scope=scope), self.origin)
            if place is Place.ELSEWHERE:
                answer = await self.refuse(Request(scope, receive))
                await answer(scope, receive, send)
                return
            scope.setdefault("state", {})["from_nowhere"] = place is Place.NOWHERE
        await self.app(scope, receive, send)


class WholePages:
    """A bare refusal from anywhere below becomes a page, and each keeps its own status.

    What stands around the application answers in one English line. A form that could not be read
    as a whole is answered by its route, as a page with errors; the status says what it was.
    """

    def __init__(self, app: ASGIApp, refuse: StatusRefusal, bare: Sequence[str] = ()):
        self.app = app
        self.refuse = refuse
        self.bare = bare
        """paths of machines, which read no page"""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.bare:
            await self.app(scope, receive, send)
            return
        refused: Message | None = None

        async def send_pages(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                if _is_bare(message):
                    refused = message
                    return
                message["status"] = _status(scope, message["status"])
            if refused is None:
                await send(message)

        await self.app(scope, receive, send_pages)
        if refused is not None:
            answer = await self.refuse(Request(scope, receive), refused["status"])
            if allowed := Headers(raw=refused["headers"]).get("allow"):
                answer.headers["Allow"] = allowed
            await answer(scope, receive, send)


def _is_bare(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] >= 400 and kind.startswith("text/plain")


def _status(scope: Scope, status: int) -> int:
    form = scope.get("state", {}).get("form")
    return form.status if form is not None and form.faults and status == 422 else status


class CatchCrash:
    """Answers what no handler foresaw, inside the security headers.

    Starlette's own last resort stands outside of every middleware.
    """

    def __init__(self, app: ASGIApp, answer: CrashAnswer):
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            answer = await self.answer(Request(scope), error)
            await answer(scope, receive, send)


def only_head(state: object) -> bool:
    """Whether a request is a HEAD, answered as its GET: it may change nothing, on no side."""
    return bool(getattr(state, "head", False))


class Head:
    """HEAD is answered as GET is, without the body and without what GET would change."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in _CHANGES:
                    del headers[name]
                await send(message)
            elif not message.get("more_body"):
                await send({"type": "http.response.body", "body": b""})

        # A copy: the server below knows by its own scope that no body follows.
        as_get = {**scope, "method": "GET", "state": {**scope.get("state", {}), "head": True}}
        await self.app(as_get, receive, send_head)


class OwnHost:
    """Refuses what was asked under another name; a probe that looks for life may ask by address."""

    def __init__(self, app: ASGIApp, host: str):
        self.app = app
        self.host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != ALIVE:
            asked = Headers(scope=scope).get("host", "")
            if host_in_header(asked) != self.host:
                answer = PlainTextResponse("Daybook is not found under this name.", 400)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


class Allow:
    """OPTIONS says what an address takes, and so does a 405.

    ``routes``: path and methods of every route, asked for once.
    """

    def __init__(self, app: ASGIApp, routes: Callable[[], Iterable[tuple[str, Iterable[str]]]]):
        self.app = app
        self.routes = routes
        self._known: list[tuple[Callable[[str], object], set[str]]] = []

    def at(self, path: str) -> str:
        """The methods of ``path`` as the header has them; empty where there is no such page."""
        if not self._known:
            self._known = [(compile_path(p)[0].match, set(methods)) for p, methods in self.routes()]
        taken = {one for fits, methods in self._known if fits(path) for one in methods}
        more = {"HEAD"} if "GET" in taken else set()
        return ", ".join(sorted(taken | more | {"OPTIONS"})) if taken else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and (methods := self.at(scope["path"])):
            await Response(status_code=204, headers={"Allow": methods})(scope, receive, send)
            return

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                MutableHeaders(scope=message)["Allow"] = self.at(scope["path"])
            await send(message)

        await self.app(scope, receive, send_allowed)
