"""The outbound sign of life: only while all is well, and never a reason to stop."""

import asyncio
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from app.outbox.heartbeat import WORKER, beat
from app.outbox.ping import keep_pinging, ping


@contextmanager
def monitor(status=200):
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            return None

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/check", calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def alive(database, clock):
    with database.write() as session:
        beat(session, WORKER, clock())


def test_a_well_product_calls_and_a_faulty_one_stays_silent(database, clock):
    with monitor() as (url, calls):
        assert not asyncio.run(ping(database, clock(), url))
        alive(database, clock)
        assert asyncio.run(ping(database, clock(), url))
        assert calls == ["/check"]
        assert not asyncio.run(ping(database, clock.forward(minutes=3), url))
        assert calls == ["/check"]


def test_an_answer_that_is_no_success_is_an_error(database, clock):
    alive(database, clock)
    with monitor(500) as (url, _), pytest.raises(httpx.HTTPStatusError):
        asyncio.run(ping(database, clock(), url))


def test_a_failing_ping_is_logged_without_its_address_and_tried_again(database, clock, caplog):
    alive(database, clock)
    with monitor(500) as (url, calls):
        database.settings = database.settings.model_copy(update={"ping_url": url})
        stop = threading.Event()
        threading.Timer(1.3, stop.set).start()
        asyncio.run(keep_pinging(database, clock, stop, every=0.1))
    assert len(calls) >= 2
    assert "the ping failed: HTTPStatusError" in caplog.text
    assert url not in "".join(r.getMessage() for r in caplog.records if r.name == "daybook.worker")


def test_without_an_address_nobody_is_called(database, clock):
    asyncio.run(asyncio.wait_for(keep_pinging(database, clock, threading.Event()), 5))
