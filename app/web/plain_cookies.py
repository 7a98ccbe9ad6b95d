"""Cookies of the embedded demo over plain http on the own machine.

Every cookie of the product is ``__Host-`` and Secure. Safari keeps no such cookie of
http://localhost, and then nobody could sign in there. So at the edge of the demo, and nowhere
else, they come and go under plain names; all of the product inside knows one kind of cookie.
"""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCKED, PLAIN = b"__Host-", b"daybook-"
_SECURE = re.compile(rb";\s*secure\s*(?=;|$)", re.IGNORECASE)


class PlainCookies:
    """Around everything else: plain names outside, ``__Host-`` names inside."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_plain(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                message = {**message, "headers": [_outward(*header) for header in headers]}
            await send(message)

        inside = {**scope, "headers": [_inward(*header) for header in scope["headers"]]}
        await self.app(inside, receive, send_plain)


def _inward(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name.lower() != b"cookie":
        return name, value
    pairs = [pair.strip() for pair in value.split(b";")]
    # One that was kept under the locked name is of another start, and out of date.
    ours = [pair for pair in pairs if not pair.startswith(LOCKED)]
    return name, b"; ".join(re.sub(b"^" + PLAIN, LOCKED, pair) for pair in ours)


def _outward(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name.lower() != b"set-cookie":
        return name, value
    return name, _SECURE.sub(b"", re.sub(b"^" + LOCKED, PLAIN, value))
