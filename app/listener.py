"""What the server takes from a line before anybody is known: how much, how many, and for how long.

uvicorn waits for a request as long as it takes and keeps every header of it. A proxy in front does
neither, but a server must stand without one, and a proxy may be set up wrongly. Pages are small and
phones are slow: whoever sends at all, a kilobyte a second, is waited for; whoever holds a line and
says nothing is not.
"""

import asyncio
from enum import Enum
from http import HTTPStatus
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class _Doing(Enum):
    WAITING = "waiting"
    """for a request, or for the rest of its head"""
    READING = "reading"
    """the body of one"""
    ANSWERING = "answering"


class TooMuch(Exception):
    """The head of a request is longer than any of ours; ends its reading."""


class Listener(HttpToolsProtocol):
    """One line: a head of so many bytes, so many headers, within so many seconds."""

    LINE: ClassVar = 8 * 1024
    """bytes of an address: the longest of ours, a filter or a link, has a few hundred"""
    HEAD: ClassVar = 32 * 1024
    """bytes of the request line and all headers; a browser keeps 4 KB for a cookie"""
    HEADERS: ClassVar = 100
    BODY: ClassVar = 32 * 1024 * 1024
    """bytes after which whoever goes on sending is cut off, long after the answer (`bodies`)"""
    PATIENCE: ClassVar = 10.0
    """seconds for a head, and at the beginning of a body"""
    RATE: ClassVar = 1024
    """bytes of a body that give a further second"""
    LEAVES: ClassVar = 30.0
    """seconds in which an answer must have been taken off the line"""
    LINES: ClassVar = 400
    """so many at once, well below the files that a process may open"""

    _doing = _Doing.WAITING
    _refused = 0
    _head = 0
    _body = 0
    _since = 0.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > self.LINES:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._doing is _Doing.WAITING and self._timer is None:
            self._wait()  # another request on the same line; uvicorn's own timer ends with a byte
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._doing is _Doing.WAITING:
            self._head += len(data)
            if self._head > self.HEAD:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            self._body += len(data)
            if self._body > self.BODY:
                self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._doing is not _Doing.WAITING:
            self._wait()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.LINE:
            self._stop_at(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > self.HEADERS:
            self._stop_at(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        length = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if length > self.HEAD:
            self._stop_at(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        self._doing = _Doing.READING
        self._body, self._since = 0, self.loop.time()
        self._arm(self.PATIENCE)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self.cycle.response_complete:
            self._wait()  # it was answered before it had come whole
        else:
            self._disarm()
            self._doing = _Doing.ANSWERING
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._doing is _Doing.ANSWERING:
            self._doing, self._since, self._head = _Doing.WAITING, self.loop.time(), 0
        if self.transport.get_write_buffer_size():
            self.loop.call_later(self.LEAVES, self._let_go)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._leaving = self.loop.call_later(self.LEAVES, self.transport.abort)

    def resume_writing(self) -> None:
        self._leaving.cancel()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        if self._refused:
            self._refuse(HTTPStatus(self._refused))
        else:
            super().send_400_response(msg)

    def _wait(self) -> None:
        """For a request, from now on."""
        self._doing, self._since, self._head = _Doing.WAITING, self.loop.time(), 0
        self._arm(self.PATIENCE)

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, self._is_late)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        """The time is over, but for a body that comes slowly and does come."""
        self._timer = None
        if self._doing is _Doing.READING:
            left = self._since + self.PATIENCE + self._body / self.RATE - self.loop.time()
            if left > 0:
                self._arm(left)
            else:
                self.transport.abort()
        elif not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _let_go(self) -> None:
        """Nobody takes the answer off the line."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _stop_at(self, status: HTTPStatus) -> None:
        self._refused = status
        raise TooMuch

    def _refuse(self, status: HTTPStatus) -> None:
        """In one line and without a page: who sends this reads none."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()  # it would stand in the middle of an answer
            return
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode())
        self.transport.close()

    def _make_room(self) -> None:
        """The line that has waited longest goes; where every other one is at work, the new one."""
        waiting = [
            one
            for one in self.connections
            if isinstance(one, Listener) and one is not self and one._doing is _Doing.WAITING
        ]
        oldest = min(waiting, key=lambda one: one._since, default=self)
        oldest.transport.abort()
