"""Whoever sends too much, too slowly or nothing at all is let go; nobody else waits for them."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from app.listener import Listener
from app.settings import Settings
from app.start import server_options

pytestmark = pytest.mark.req("W7")
# A test waits for what comes, and fails where it never does.
NEVER = 15.0
LONG = b"a" * (1 << 20)
GET = b"GET / HTTP/1.1\r\nhost: a\r\n"
POST = b"POST / HTTP/1.1\r\nhost: a\r\n"


class Hasty(Listener):
    """The same in a second."""

    PATIENCE = 0.5
    LEAVES = 0.5
    LINES = 40


async def echo(scope, receive, send):
    """Says how long the body was; with `/long` more than any line holds."""
    assert scope["type"] == "http"
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    body = LONG * 32 if scope["path"] == "/long" else str(length).encode()
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with the options of ours, on a line of its own."""
    options = {**server_options(Settings()), "lifespan": "off"}
    assert options["http"] is Listener
    server = uvicorn.Server(uvicorn.Config(echo, **{**options, "http": Hasty}))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
        )
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(NEVER)


@contextlib.contextmanager
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=NEVER) as found:
        yield found


def told(one: socket.socket) -> bytes:
    """All that comes until the other end lets go; a reset is an end as well."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while piece := one.recv(65536):
            found += piece
    return found


def answered(port: int) -> bool:
    """Whether somebody else gets an answer meanwhile."""
    with line(port) as one:
        one.sendall(
            b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc"
        )
        return told(one).endswith(b"\r\n\r\n3")


def drip(one: socket.socket, piece: bytes) -> float:
    """Seconds for which a piece a moment is taken."""
    began = time.monotonic()
    one.settimeout(0.05)
    while time.monotonic() - began < NEVER:
        try:
            one.sendall(piece)
            if not one.recv(65536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nhost: a\r\n\r\n", b"414"),
        (GET + b"x: " + b"a" * 33_000 + b"\r\n\r\n", b"431"),
        (GET + b"".join(b"x%d: 1\r\n" % n for n in range(101)) + b"\r\n", b"431"),
        (GET + b"".join(b"x%d: %s\r\n" % (n, b"a" * 500) for n in range(90)) + b"\r\n", b"431"),
    ],
    ids=["line", "one header", "many headers", "all headers"],
)
def test_a_head_that_is_too_long_is_refused(port, sent, status):
    with line(port) as one:
        one.sendall(sent)
        assert told(one).split()[1:2] == [status]
    assert answered(port)


def test_a_head_without_an_end_is_cut_off_where_it_is_too_long(port):
    """60 MB of one header were taken, and kept."""
    with line(port) as one:
        one.sendall(GET + b"x: ")
        with pytest.raises(ConnectionError):
            for _ in range(64):
                one.sendall(LONG)
    assert answered(port)


@pytest.mark.parametrize(
    "sent", [b"", b"\r\n", b"GET / HT", GET], ids=["nothing", "end", "line", "head"]
)
def test_half_a_request_is_not_waited_for(port, sent):
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(line(port)) for _ in range(30)]
        for one in lines:
            one.sendall(sent)
        assert answered(port)
        for one in lines:
            assert told(one)[:12] in (b"HTTP/1.1 408", b"")
    assert answered(port)


@pytest.mark.parametrize(
    ("begun", "piece"),
    [
        (b"", b"\r\n"),
        (GET, b"x: 1\r\n"),
        (POST + b"content-length: 60000\r\n\r\n", b"a"),
        (POST + b"transfer-encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (POST + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"x: 1\r\n"),
    ],
    ids=["ends of lines", "headers", "body", "chunks", "trailers"],
)
def test_what_drips_is_not_waited_for(port, begun, piece):
    with line(port) as one:
        one.sendall(begun)
        assert drip(one, piece) < NEVER / 2
    assert answered(port)


def test_a_slow_phone_is_waited_for(port):
    """Two kilobytes and more a second, for three times as long as silence is waited for."""
    with line(port) as one:
        one.sendall(POST + b"connection: close\r\ncontent-length: 6000\r\n\r\n")
        for _ in range(6):
            one.sendall(b"a" * 1000)
            time.sleep(0.25)
        assert told(one).endswith(b"\r\n\r\n6000")


def test_a_line_is_used_again_and_again(port):
    with line(port) as one:
        for _ in range(3):
            one.sendall(POST + b"content-length: 3\r\n\r\nabc")
            found = b""
            while not found.endswith(b"\r\n\r\n3"):
                piece = one.recv(65536)
                assert piece, "the line was closed"
                found += piece


def test_an_answer_that_nobody_takes_is_let_go(port):
    with line(port) as one:
        one.sendall(b"GET /long HTTP/1.1\r\nhost: a\r\n\r\n")
        time.sleep(3 * Hasty.LEAVES)
        assert len(told(one)) < len(LONG) * 32


def test_more_lines_than_there_is_room_for_shut_nobody_out(port):
    """Who has waited longest for nothing makes room; before, everybody else was told 503."""
    with contextlib.ExitStack() as held:
        for _ in range(3 * Hasty.LINES):
            held.enter_context(line(port)).sendall(GET)
        assert answered(port)
