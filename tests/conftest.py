"""Fixtures: both databases, a clock that stands still, the cast, a running app."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from _pytest.junitxml import xml_key
from fastapi import FastAPI

from app.db import Database
from tests.apps import app_of
from tests.browser import Browser, running
from tests.cast import NOW, Cast, participant_session, staff_session
from tests.chromium import Chromiums
from tests.chromium import chromiums as started
from tests.databases import PostgresTemplate, SqliteTemplate, quick_folder
from tests.fonts import NARROW, SETS, WIDE
from tests.reasons import watch
from tests.trace.source import fingerprint

watch()
BACKENDS = ("sqlite", "postgresql")
T = TypeVar("T")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sweep", action="store_true", help="sweeps whole, and on both databases")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Everything that touches the database runs on both of them, but for sweeps over the product.

    What a sweep finds is in a page, a form or a route, whichever database stands below.
    """
    if "backend" in metafunc.fixturenames:
        backends = BACKENDS[:1] if _once(metafunc) else BACKENDS
        metafunc.parametrize("backend", backends, scope="session")
    # Whatever measures pages does so under narrow and under wide letters, but for a sweep: what
    # fits under the wide ones fits.
    if "letters" in metafunc.fixturenames:
        metafunc.parametrize("letters", [WIDE] if _once(metafunc) else SETS)
    # Russian is the longer of the two.
    if "longer" in metafunc.fixturenames:
        metafunc.parametrize("longer", ["ru"] if _once(metafunc) else ["en", "ru"])


def _once(metafunc: pytest.Metafunc) -> bool:
    swept = metafunc.definition.get_closest_marker("sweep") is not None
    return swept and not metafunc.config.getoption("sweep")


def pytest_sessionstart(session: pytest.Session) -> None:
    """A report says of which source it is, for the validation pack."""
    xml = session.config.stash.get(xml_key, None)
    if xml is not None:
        xml.add_global_property("source", fingerprint())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker is left alone with it at the end.

    A report names the requirements that each test proves.
    """
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)
    for item in items:
        item.user_properties += [("req", mark.args[0]) for mark in item.iter_markers("req")]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = {}
    yield made
    if "postgresql" in made:
        made["postgresql"].stop()


@pytest.fixture
def template(
    backend: str, templates: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> SqliteTemplate | PostgresTemplate:
    """What the databases of this backend are copied from."""
    if backend not in templates:
        kind = SqliteTemplate if backend == "sqlite" else PostgresTemplate
        templates[backend] = kind(tmp_path_factory.mktemp(backend))
    return templates[backend]


@pytest.fixture
def database(
    request: pytest.FixtureRequest, template: SqliteTemplate | PostgresTemplate
) -> Iterator[Database]:
    """A migrated database of this test alone: empty, or with the cast if the test asks for it."""
    with (
        tempfile.TemporaryDirectory(prefix="daybook-", dir=quick_folder()) as folder,
        template.fresh(Path(folder), cast="cast" in request.fixturenames) as fresh,
    ):
        yield fresh


@pytest.fixture(scope="session")
def demo_at_now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers of this run share the demo (``databases.demo_copy``)."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demo"


@pytest.fixture
def share(request: pytest.FixtureRequest) -> "Share":
    return Share(whole=bool(request.config.getoption("sweep")))


@dataclass(frozen=True)
class Share:
    """Of pairs of two lists so many that each of both is met; all of them with ``--sweep``."""

    whole: bool

    def of(self, columns: Iterable[T], row: int, every: int) -> list[T]:
        """What is tried in this row: every so many, beginning one further in each row."""
        found = list(columns)
        return found if self.whole else found[row % every :: every]


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
def cast(database: Database, template: SqliteTemplate | PostgresTemplate) -> Cast:
    return template.cast


@pytest.fixture
def app(database: Database, cast: Cast, clock: Clock) -> FastAPI:
    return app_of(database, clock)


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


# One a module: Playwright keeps an event loop running, which other modules could not start.
@pytest.fixture(scope="module")
def chromiums() -> Iterator[Chromiums]:
    """The browsers of the tests, by their fonts."""
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def chromium(chromiums: Chromiums) -> Any:
    """A browser with the letters of a phone."""
    return chromiums(NARROW)
