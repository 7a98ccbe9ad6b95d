"""Servers as processes of their own, a bounded load on loopback, and what it cost them."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """One round: requests, the server's CPU per request in µs, latencies in ms."""

    requests: int
    cpu_us: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request must lead to, or the bench ends: a refusal is cheap, and so is a lock."""

    status: int
    location: str = ""

    def hold(self, status: int, location: str) -> None:
        if (status, location) != (self.status, self.location):
            raise RuntimeError(f"the server answered {status} {location}".rstrip())


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self) -> float:
        """Resident memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        line = next(line for line in lines if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextmanager
def serving(factory: str, port: int, folder: Path) -> Iterator[Server]:
    """``python -m bench.serve FACTORY`` in a process of its own, ended by its id."""
    command = [sys.executable, "-m", "bench.serve", factory, str(port), str(folder)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port, process)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not answer within 30 s")


Request = Callable[[int, int], bytes]
"""(connection, number) to the raw bytes of one HTTP request"""


def measure(server: Server, request: Request, expected: Answer, *, clients: int, each: int) -> Cost:
    """``clients`` connections send ``each`` requests one after another."""
    before = server.cpu_seconds()
    latencies = sorted(asyncio.run(_drive(server.port, request, expected, clients, each)))
    spent = server.cpu_seconds() - before
    count = len(latencies)
    return Cost(
        count,
        spent / count * 1e6,
        latencies[count // 2] * 1e3,
        latencies[min(count - 1, int(count * 0.99))] * 1e3,
    )


async def _drive(
    port: int, request: Request, expected: Answer, clients: int, each: int
) -> Sequence[float]:
    rounds = await asyncio.gather(
        *(_client(port, request, expected, client, each) for client in range(clients))
    )
    return [latency for one in rounds for latency in one]


async def _client(
    port: int, request: Request, expected: Answer, client: int, each: int
) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies = []
    try:
        for number in range(each):
            started = time.perf_counter()
            writer.write(request(client, number))
            await writer.drain()
            status, location = await _read_answer(reader)
            latencies.append(time.perf_counter() - started)
            expected.hold(status, location)
    finally:
        writer.close()
    return latencies


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Status and Location of one HTTP/1.1 answer with a Content-Length, read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    await reader.readexactly(int(fields.get("content-length", 0)))
    return int(first.split(" ", 2)[1]), fields.get("location", "")


def form_request(path: str, origin: str, cookie: str, body: str) -> bytes:
    """A form POST as a browser sends it."""
    host = origin.split("//")[1]
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nCookie: {cookie}\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        f"{body}"
    ).encode()


def page_request(path: str, origin: str, cookie: str) -> bytes:
    host = origin.split("//")[1]
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n\r\n"
    ).encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
