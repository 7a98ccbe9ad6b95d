"""A real mail server on loopback that keeps every mail, and can be told to misbehave."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import monotonic, sleep
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """What arrived. ``answer`` decides on each DATA, ``accept`` on each recipient."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    seen: int = 0
    answer: Callable[[str], str] = lambda _recipient: "250 kept"
    accept: Callable[[str], str] = lambda _recipient: "250 known"
    delay: float = 0.0
    arrived: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.mails]

    def wait_for(self, count: int, seconds: float = 60.0) -> None:
        wait_until(lambda: len(self.mails) >= count, seconds)

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.accept(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        recipient = envelope.rcpt_tos[0]
        self.seen += 1
        self.arrived.set()
        if self.delay:
            await asyncio.sleep(self.delay)
        answer = self.answer(recipient)
        if answer.startswith("2"):
            content = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append((recipient, content))
        return answer


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for what another process or thread is about to do."""
    end = monotonic() + seconds
    while not holds():
        assert monotonic() < end, "it did not come to pass"
        sleep(0.02)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def bad_server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server whose every connection is handed to ``serve``; yields its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, suppress(OSError):
                serve(connection)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        thread.join()
        listener.close()


def hang_up(connection: socket.socket) -> None:
    """Take the connection and drop it."""


def drip(connection: socket.socket) -> None:
    """One byte now and then: no single read ever times out."""
    connection.settimeout(5)
    for byte in b"220 " + b"x" * 500:
        connection.send(bytes([byte]))
        sleep(0.05)
