"""The database starts safely or not at all, and what lies on the disk cannot be read."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import insert, select

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database, UnsafeDatabase
from app.keys import KeyFileError, make_key_file, read_keys
from app.migrate import migrate
from app.models.base import metadata
from tests.cast import NOW
from tests.databases import settings_in

CANARY = "the-canary-of-the-diary"
SAFE = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 2500,
}


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Database]:
    settings = settings_in(tmp_path)
    make_key_file(settings.key_path)
    database = Database(settings)
    migrate(database)
    yield database
    database.close()


@pytest.mark.req("O1")
@pytest.mark.req("R14")
def test_every_connection_of_the_pool_is_durable_also_after_a_migration(started):
    held = [started.engine.connect() for _ in range(8)]
    for connection in held:
        raw = connection.connection.driver_connection
        assert {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in SAFE} == SAFE
        assert raw.isolation_level is None
    for connection in held:
        connection.close()


def test_a_session_that_writes_holds_the_database_from_its_first_read(started):
    """A read that is upgraded in the middle fails at once, however long it would wait."""
    other = sqlcipher.connect(str(started.settings.sqlite_path), isolation_level=None)
    other.execute(f"PRAGMA key = \"x'{started.keys.database}'\"")
    other.execute("PRAGMA busy_timeout = 0")
    with started.open(write=True) as session:
        session.execute(select(metadata.tables["site"]))
        with pytest.raises(sqlcipher.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    with started.open(write=False) as session:
        session.execute(select(metadata.tables["site"]))
        other.execute("BEGIN IMMEDIATE")
    other.close()


@pytest.mark.req("O1")
@pytest.mark.parametrize(("version", "safe"), [((3, 51, 2), False), ((3, 51, 3), True)])
def test_a_sqlite_that_can_lose_commits_is_refused(started, monkeypatch, version, safe):
    monkeypatch.setattr(sqlcipher, "sqlite_version_info", version)
    if safe:
        Database(started.settings).close()
        return
    with pytest.raises(UnsafeDatabase, match="install sqlcipher3"):
        Database(started.settings)


@pytest.mark.req("O1")
def test_a_database_that_does_not_take_its_settings_is_refused(tmp_path):
    """In memory there is no write-ahead log, so nothing would survive a power cut."""
    settings = settings_in(tmp_path, database_url="sqlite:///:memory:")
    make_key_file(settings.key_path)
    database = Database(settings)
    with pytest.raises(UnsafeDatabase, match="journal_mode"):
        database.engine.connect()


@pytest.mark.req("O1")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o601])
def test_a_key_that_others_can_read_is_refused_with_the_remedy(started, mode):
    started.settings.key_path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        Database(started.settings)
    started.settings.key_path.chmod(0o400)
    Database(started.settings).close()


def test_a_new_key_is_for_its_owner_alone_and_never_overwrites_one(tmp_path):
    path = tmp_path / "key" / "daybook.key"
    make_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        make_key_file(path)


@pytest.mark.req("O1")
@pytest.mark.parametrize("content", ["", "ab" * 31, "ab" * 33, "xy" * 32])
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    path = tmp_path / "daybook.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError):
        read_keys(path)
    with pytest.raises(KeyFileError, match="no key"):
        read_keys(tmp_path / "nowhere.key")


def test_another_key_does_not_open_the_database(started, tmp_path):
    elsewhere = settings_in(tmp_path / "other")
    make_key_file(elsewhere.key_path)
    shutil.copy2(started.settings.sqlite_path, elsewhere.sqlite_path)
    with pytest.raises(UnsafeDatabase, match="does not open with this key"):
        Database(elsewhere).engine.connect()
    plain = sqlite3.connect(started.settings.sqlite_path)
    with pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT count(*) FROM sqlite_master")
    plain.close()


def on_disk(folder: Path, word: str) -> list[str]:
    spellings = [word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(s in path.read_bytes() for s in spellings)]


@pytest.mark.req("O2")
def test_what_people_write_is_not_found_on_the_disk(started, tmp_path):
    for _ in range(200):
        with started.write() as session:
            site = metadata.tables["site"]
            named = {"name": CANARY, "timezone": "Europe/Moscow", "emergency_number": CANARY}
            session.execute(insert(site), {**named, "crisis_number": "", "clinic_number": ""})
            audit.record(session, SYSTEM, "test", Subject("site", 1), now=NOW, reason=CANARY)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"daybook.db", "daybook.db-wal"} <= names
    assert on_disk(tmp_path, CANARY) == []
    assert not started.settings.sqlite_path.read_bytes().startswith(b"SQLite format 3")


def test_the_search_would_find_it_in_a_plain_database(tmp_path):
    plain = sqlite3.connect(tmp_path / "plain.db")
    plain.execute("CREATE TABLE a (b TEXT)")
    plain.execute("INSERT INTO a VALUES (?)", (CANARY,))
    plain.commit()
    plain.close()
    assert on_disk(tmp_path, CANARY) == ["plain.db"]


def test_who_a_participant_is_stays_sealed_inside_the_database_too(database, cast):
    contact = metadata.tables["participant_contact"]
    with database.read() as session:
        rows = session.execute(select(contact)).all()
        names = [session.info["keys"].unseal(row.name_sealed) for row in rows]
    assert sorted(names) == ["Name of DB-001", "Name of DB-001", "Name of DB-002"]
    assert "Name of" not in str(rows) and "+7" not in str(rows)
    assert len({row.name_sealed for row in rows}) == 3, "one name twice looks different twice"
