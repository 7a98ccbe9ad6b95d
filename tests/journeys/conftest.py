"""A running product for journeys: web on loopback, a worker beside it, real mail, Chromium."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from app.clock import utc_now
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.cast import Cast, invite_cast
from tests.smtp import Mailbox, mail_server, wait_until

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Live:
    """The running product, its people and its mail."""

    url: str
    database: Database
    cast: Cast
    mailbox: Mailbox


@pytest.fixture
def live(database: Database, unused_port: int) -> Iterator[Live]:
    """The cast's site on a real port, by the machine's own clock."""
    with mail_server() as mailbox:
        settings = Settings(
            data_dir=database.settings.data_dir,
            database_url=database.settings.database_url,
            key_file=database.settings.key_path,
            base_url=f"http://localhost:{unused_port}",
            smtp_url=mailbox.url,
        )
        served = Database(settings)
        with served.write() as session:
            cast = invite_cast(session, utc_now())
        app = create_app(settings, served, with_worker=True)
        with _serving(app, unused_port):
            yield Live(settings.base_url, served, cast, mailbox)
        served.close()


@contextmanager
def _serving(app: Any, port: int) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=15)
        assert not thread.is_alive()


@pytest.fixture
def unused_port() -> int:
    return free_port()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def windows(chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """Opens pages of their own browser context; a page error or CSP report fails the test."""
    contexts = []
    problems: list[str] = []

    def open_window(size: dict[str, int], **options: Any) -> Page:
        context = chromium.new_context(viewport=size, locale="en-GB", **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda line: problems.append(line.text) if "Content Security" in line.text else None,
        )
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert problems == []
