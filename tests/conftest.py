"""Fixtures: both databases, a clock that stands still, the cast, a running app."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.db import Database
from app.main import create_app
from tests.browser import Browser, running
from tests.cast import NOW, Cast, invite_cast, participant_session, staff_session
from tests.databases import PostgresTemplate, SqliteTemplate

BACKENDS = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Everything that touches the database runs on both of them."""
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", BACKENDS, scope="session")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = {}
    yield made
    if "postgresql" in made:
        made["postgresql"].stop()


@pytest.fixture
def database(
    backend: str,
    templates: dict[str, Any],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    """A migrated, empty database of this test alone."""
    if backend not in templates:
        kind = SqliteTemplate if backend == "sqlite" else PostgresTemplate
        templates[backend] = kind(tmp_path_factory.mktemp(backend))
    with templates[backend].fresh(tmp_path) as fresh:
        yield fresh


class Clock:
    """Stands still until the test moves it."""

    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_long: float) -> datetime:
        self.now += timedelta(**how_long)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def cast(database: Database) -> Cast:
    with database.write() as session:
        return invite_cast(session)


@pytest.fixture
def app(database: Database, cast: Cast, clock: Clock) -> FastAPI:
    return create_app(database.settings, database, clock)


@pytest.fixture
def browser(app: FastAPI) -> Iterator[Browser]:
    """A browser that nobody has signed in on."""
    with running(app) as found:
        yield found


@pytest.fixture
def anna(browser: Browser, database: Database, cast: Cast, clock: Clock) -> Browser:
    """Participant ANNA's open phone."""
    return browser.signed_in(participant_session(database, cast.anna, clock()))


@pytest.fixture
def petrova(browser: Browser, database: Database, cast: Cast, clock: Clock) -> Browser:
    """Counselor Petrova, signed in."""
    return browser.signed_in(staff_session(database, cast.petrova, clock()))


@pytest.fixture
def orlova(browser: Browser, database: Database, cast: Cast, clock: Clock) -> Browser:
    """Coordinator Orlova, signed in."""
    return browser.signed_in(staff_session(database, cast.orlova, clock()))
