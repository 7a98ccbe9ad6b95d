"""What monitors and load balancers ask: HEAD, OPTIONS, and whether it is alive, by any address."""

from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.addresses import host_in_header

ALIVE = "/healthz"
# What GET would change on the side of the browser.
_CHANGES = ("set-cookie", "clear-site-data")


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
