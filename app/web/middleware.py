"""Headers on every response, the same-origin rule for every write, and no bare refusal.

Pure ASGI: a BaseHTTPMiddleware costs more than the rest of a small request.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.origin import Place, place_of

Refusal = Callable[[Request], Awaitable[Response]]
StatusRefusal = Callable[[Request, int], Awaitable[Response]]
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
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
                    headers.add_vary_header("HX-Request, Cookie, Accept-Language, Accept-Encoding")
            await send(message)

        await self.app(scope, receive, send_with_headers)


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
