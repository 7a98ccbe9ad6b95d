"""An outbox on either database, a mail server, and settings that lead to it."""

from collections.abc import Callable, Iterator

import pytest

from app.db import Database
from app.outbox.service import enqueue
from app.outbox.worker import Pace, Worker
from tests.conftest import Clock
from tests.smtp import Mailbox, mail_server


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def put(database: Database, clock: Clock) -> Callable[..., int]:
    """Put a mail into the outbox; returns its id."""

    def write(key: str = "one", recipient: str = "orlova@clinic.test") -> int:
        with database.write() as session:
            return enqueue(
                session, key, "test", recipient, f"About {key}", "Text.", "<p>Text.</p>", clock()
            )

    return write


@pytest.fixture
def worker_to(database: Database, clock: Clock) -> Callable[..., Worker]:
    """A worker that sends to ``url`` by the test's clock."""

    def make(url: str, **more: object) -> Worker:
        settings = database.settings.model_copy(update={"smtp_url": url})
        database.settings = settings
        return Worker(database, clock, pace=Pace(deadline=2.0, lease=10.0), **more)  # type: ignore[arg-type]

    return make
