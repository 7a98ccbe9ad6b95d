"""A mail server of bad temper: it asks to wait, drops, drips, keeps and drops, and goes away."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from aiosmtpd.controller import Controller

from tests.smtp import Mailbox

LINGER = 3.0
"""seconds of a dripping answer, longer than any attempt may take"""


class Moody(Mailbox):
    """``shares`` are the chances of each temper; what is left over is an ordinary answer."""

    def __init__(self, port: int, seed: int, shares: dict[str, float]):
        super().__init__(port=port)
        self.dice = Random(seed)
        self.shares = shares
        self.tempers: Counter[str] = Counter()
        self.unsure: Counter[str] = Counter()
        """recipients whose mail was kept while no 250 was sent"""

    def _temper(self) -> str:
        left = self.dice.random()
        for name, share in self.shares.items():
            left -= share
            if left < 0:
                return name
        return "kind"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        temper = self._temper()
        self.tempers[temper] += 1
        await asyncio.sleep(self.dice.uniform(0.05, 0.4))
        if temper == "wait":
            return "451 come back later"
        if temper == "drop":
            server.transport.abort()
            return "451 gone"
        if temper == "keep and drop":
            self.unsure[envelope.rcpt_tos[0]] += 1
            await super().handle_DATA(server, session, envelope)
            server.transport.abort()
            return "451 gone"
        if temper == "drip":
            self.unsure[envelope.rcpt_tos[0]] += 1
            await super().handle_DATA(server, session, envelope)
            await asyncio.sleep(LINGER)
            return "250 kept at last"
        return await super().handle_DATA(server, session, envelope)


class Post:
    """The mail server as a thread that can be closed and opened on the same port."""

    def __init__(self, box: Moody):
        self.box = box
        self.controller: Controller | None = None

    def open(self) -> None:
        self.controller = Controller(self.box, hostname="127.0.0.1", port=self.box.port)
        self.controller.start()

    def close(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@contextmanager
def moody_server(seed: int, shares: dict[str, float]) -> Iterator[Post]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    post = Post(Moody(port, seed, shares))
    post.open()
    try:
        yield post
    finally:
        post.close()
