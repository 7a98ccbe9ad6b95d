"""Every route with an address that exists, and people who try all of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from app.visit.gate import Audience, audiences
from app.web.middleware import SAFE_METHODS
from tests.browser import Browser

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
FITTING = {
    "name": "app.css",
    "date": "2026-11-22",
    "day": "2026-11-22",
    "month": "2026-11",
    "page": "1",
    "week": "1",
    "version": "1",
    "number": "1",
    "lang": "ru",
    "key": "urges",
    "sheet": "values",
}
ENDING = {"/hide", "/lock", "/sign-out"}
OWN = "annaannaannaanna"
"""the public id of every row about ANNA, whatever the table"""


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    audience: Audience

    def address(self, public_id: str = OWN) -> str:
        """The path with every parameter filled: what names a row is ``public_id``."""
        return _PARAMETER.sub(lambda found: FITTING.get(found.group(1), public_id), self.path)

    @property
    def unsafe(self) -> bool:
        return self.method not in SAFE_METHODS

    @property
    def names_a_row(self) -> bool:
        return any(name not in FITTING for name in _PARAMETER.findall(self.path))

    def send(self, browser: Browser, public_id: str = OWN, **options: Any) -> httpx.Response:
        send = browser.post if self.unsafe else browser.get
        return send(self.address(public_id), **options)


def routes(app: FastAPI) -> list[Route]:
    """All routes by path; those that end a session come last, so that none is tried signed out."""
    found = [Route(*key, audience) for key, audience in audiences(app).items()]
    return sorted(found, key=lambda each: (each.path in ENDING, each.path, each.method))


@dataclass(frozen=True, slots=True)
class Seen:
    """One response as it left the server."""

    path: str
    status: int
    headers: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


@dataclass
class Recorder:
    """Stands around the app and keeps the head of every response."""

    app: FastAPI
    seen: list[Seen] = field(default_factory=list)

    @property
    def state(self) -> Any:
        return self.app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (k.decode("latin-1"), v.decode("latin-1")) for k, v in message["headers"]
                ]
                self.seen.append(Seen(scope["path"], message["status"], headers))
            await send(message)

        await self.app(scope, receive, note)


def through(browser: Browser, recorder: Recorder) -> Browser:
    """A second browser with the same cookies, whose responses are kept."""
    mine = browser.another()
    mine.cookies.update(browser.cookies)
    transport: Any = mine._client._transport
    transport.app = recorder
    return mine


def names(everybody: dict[str, Browser]) -> Iterator[tuple[str, Browser]]:
    return iter(sorted(everybody.items()))
