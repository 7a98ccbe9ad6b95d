"""A clinic with a row in every table, a backup of it, and an empty place to put it into."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.keys import make_key_file
from app.models.people import AUTH_SESSION
from app.recovery.backup import take
from app.settings import Settings
from tests.cast import NOW, staff_session
from tests.databases import quick_folder
from tests.house.tables import sow

_numbers = itertools.count(1)


@pytest.fixture
def clinic(database, cast):
    """The cast, with a row of everything about ANNA, whose free text has the canary."""
    known = {
        "participant_id": cast.anna,
        "site_id": cast.site,
        "staff_id": cast.petrova,
        "public_id": "sownsownsownsown",
    }
    staff_session(database, cast.petrova, NOW)
    with database.write() as session:
        begun = session.execute(select(AUTH_SESSION.c.id)).scalar()
        sow(session, {**known, "auth_session": begun})
    return database


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="daybook-recovery-", dir=quick_folder()) as name:
        yield Path(name)


@pytest.fixture
def backup(clinic, clock, folder) -> Path:
    return take(clinic, folder / "backups", clock())


@pytest.fixture
def empty_place(database, template, backend, folder) -> Settings:
    """Under the same key, without a database; on PostgreSQL with an empty one."""
    settings = Settings(
        data_dir=folder / "elsewhere",
        key_file=database.settings.key_path,
        base_url=database.settings.base_url,
    )
    if backend == "sqlite":
        return settings
    name = f"elsewhere_{next(_numbers)}"
    template._create(name, "template1")
    return settings.but(database_url=template.server.get_uri(database=name))


@pytest.fixture
def another_key(folder) -> Path:
    path = folder / "another" / "key"
    make_key_file(path)
    return path
