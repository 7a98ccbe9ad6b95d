"""A small browser without a window: cookies, redirects by hand, our own origin."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio.from_thread
import httpx
from fastapi import FastAPI

from app.visit.identity import SESSION_COOKIE


class Browser:
    """Drives the app in process over httpx's ASGI transport; never follows redirects."""

    def __init__(self, portal: anyio.from_thread.BlockingPortal, app: FastAPI):
        self._portal = portal
        self._app = app
        self._client = self._new_client()

    def _new_client(self) -> httpx.AsyncClient:
        base_url = self._app.state.settings.base_url
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport,
            base_url=base_url,
            headers={"Origin": base_url, "Accept-Language": "en"},
        )

    def another(self) -> "Browser":
        """A second browser on the same server, with no cookies."""
        return Browser(self._portal, self._app)

    def signed_in(self, token: str) -> "Browser":
        """A second browser that holds the session ``token``."""
        other = self.another()
        other.cookies.set(SESSION_COOKIE, token, domain="daybook.test")
        return other

    def beside(self, context: Any) -> Any:
        """An async context (such as a worker) on the loop of the app, for a ``with``."""
        return self._portal.wrap_async_context_manager(context)

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._portal.call(lambda: self._client.get(path, **options))

    def post(self, path: str, data: Any = None, **options: Any) -> httpx.Response:
        return self._portal.call(lambda: self._client.post(path, data=data, **options))

    def post_at_once(self, path: str, bodies: list[Any]) -> list[httpx.Response]:
        """Every body at the same time, as a double tap sends them."""

        async def send() -> list[httpx.Response]:
            return await asyncio.gather(*[self._client.post(path, data=one) for one in bodies])

        return self._portal.call(send)


@contextmanager
def running(app: FastAPI) -> Iterator[Browser]:
    """The app with its lifespan, on an event loop of its own."""
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        yield Browser(portal, app)


def words(page: httpx.Response) -> str:
    """What a reader sees of the page: its text without the tags."""
    return re.sub(r"<[^>]*>", "", page.text)


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden input, such as the resend token ``idem``."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no hidden input {name}"
    return found.group(1)
